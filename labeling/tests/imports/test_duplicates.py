"""Labels of files that were not imported, because an image has their content."""

import tempfile
from pathlib import Path

from django.core.management import call_command
from django.test import override_settings

from datasets.models import FoundFile
from labeling.importing import Wishes, import_labels
from labeling.models import Shape
from labeling.tests.imports.files import write_json
from s3label_site.testing import S3LabelTestCase, make_picture


class DuplicatesTest(S3LabelTestCase):
    def setUp(self):
        self.top = Path(self.enterContext(tempfile.TemporaryDirectory())).resolve()
        self.enterContext(override_settings(IMAGE_ROOTS=[str(self.top)]))
        for name in ("a.png", "b.png"):
            make_picture(self.top / "images" / name, color=(7, 7, 7))
        for _ in range(2):
            call_command("import_folder", self.image.dataset_id, str(self.top / "images"))

    def imported(self, *names):
        content = {
            "images": [{"id": at, "file_name": f"images/{name}"} for at, name in enumerate(names)],
            "annotations": [
                {"id": at, "image_id": at, "category_id": 1, "bbox": [2, 3, 10, 4 + at]}
                for at in range(len(names))
            ],
            "categories": [{"id": 1, "name": "House"}],
        }
        path = write_json(self.top, "labels.json", content)
        wishes = Wishes(labeler=self.ann)
        return import_labels(self.task, path=path, format="coco", wishes=wishes)

    def test_the_image_that_it_is_a_duplicate_of_gets_its_labels(self):
        self.assertTrue(FoundFile.objects.filter(state="duplicate", path__endswith="b.png"))
        self.assertEqual(self.imported("b.png").added, 1)
        self.assertTrue(Shape.objects.get().label.image.path.endswith("/images/a.png"))

    def test_but_not_beside_those_of_the_image_itself(self):
        report = self.imported("b.png", "a.png")
        self.assertEqual((report.added, report.refused), (1, 1))
        self.assertEqual(Shape.objects.get().geometry.count('"h":5'), 1)
        ((_, reason),) = report.problems
        self.assertIn("It is a duplicate of", reason)
        self.assertIn("/images/a.png, for which the file has another entry", reason)

    def test_what_nobody_found_is_still_not_known(self):
        report = self.imported("c.png")
        self.assertEqual(report.problems[0][1], "No image of this task is images/c.png.")
