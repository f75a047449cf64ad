"""Of images that are called alike, the one is meant that lies where the format has it."""

import tempfile
from pathlib import Path

from labeling.importing import Wishes, import_labels
from labeling.models import Shape
from labeling.tests.imports.files import write, write_json
from s3label_site.testing import S3LabelTestCase, make_image

BOX = "<bndbox><xmin>2</xmin><ymin>3</ymin><xmax>12</xmax><ymax>9</ymax></bndbox>"
VOC = (
    "<annotation><folder>{}</folder><filename>7.png</filename>"
    f"<object><name>House</name>{BOX}</object></annotation>"
)
LINE = "0 0.5 0.5 0.25 0.{}\n"


class PlacesTest(S3LabelTestCase):
    def setUp(self):
        root = Path(self.enterContext(tempfile.TemporaryDirectory())).resolve()
        dataset = self.image.dataset
        self.images = {
            folder: make_image(dataset, f"{folder}/7.png", folder=root)
            for folder in ("day/images", "night/images")
        }
        self.top = Path(self.images["day/images"].path).parents[2]

    def image_of(self, format, path):
        """The image that got the shape of a file, or why none did."""
        wishes = Wishes(labeler=self.ann, renames={"0": "House"})
        report = import_labels(self.task, path=path, format=format, wishes=wishes)
        if report.added:
            return Shape.objects.latest("pk").label.image
        return report.problems[0][1]

    def labelme(self, name, image_path):
        row = {
            "label": "House",
            "points": [[1, 1], [9, 1], [9, len(name)]],
            "shape_type": "polygon",
        }
        return write_json(self.top, name, {"shapes": [row], "imagePath": image_path})

    def test_labelme_beside_the_image_and_where_it_points_to(self):
        beside = self.labelme("night/images/7.json", "7.png")
        self.assertEqual(self.image_of("labelme", beside), self.images["night/images"])
        pointing = self.labelme("night/labels/7.json", "..\\..\\day\\images\\7.png")
        self.assertEqual(self.image_of("labelme", pointing), self.images["day/images"])
        folder = self.labelme("day/images/x.json", "7.png").parent
        self.assertEqual(self.image_of("labelme", folder), self.images["day/images"])

    def test_pascal_voc(self):
        beside = write(self.top, "night/images/7.xml", VOC.format("odd"))
        self.assertEqual(self.image_of("voc", beside), self.images["night/images"])
        next_to_it = write(self.top, "day/Annotations/7.xml", VOC.format("images"))
        self.assertEqual(self.image_of("voc", next_to_it), self.images["day/images"])

    def test_yolo(self):
        beside = write(self.top, "night/images/7.txt", LINE.format(1))
        self.assertEqual(self.image_of("yolo", beside), self.images["night/images"])
        next_to_it = write(self.top, "day/labels/7.txt", LINE.format(2))
        self.assertEqual(self.image_of("yolo", next_to_it), self.images["day/images"])
        for folder, height in (("day", 4), ("day/labels", 5)):
            write(self.top, "day/labels/7.txt", LINE.format(height))
            found = self.image_of("yolo", self.top / folder)
            self.assertEqual(found, self.images["day/images"])

    def test_elsewhere_it_is_not_known_which_one_is_meant(self):
        for format, path in (
            ("labelme", self.labelme("x/7.json", "7.png")),
            ("voc", write(self.top, "x/7.xml", VOC.format(""))),
            ("yolo", write(self.top, "x/7.txt", LINE.format(1))),
        ):
            with self.subTest(format):
                self.assertIn("2 images of this task are called so", self.image_of(format, path))
