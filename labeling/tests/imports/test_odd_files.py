"""Files that are broken or meant ill: each odd entry has its reason, the others are taken."""

import io
import json
import shutil
import uuid
import zipfile

import numpy as np
import pytest
from PIL import Image as Picture

from labeling.exports import masks, s3label_json
from labeling.importing import Wishes, import_labels
from labeling.imports import source
from labeling.imports.contents import BadFile
from labeling.models import LabelClass, Shape
from labeling.resolving import Refused
from labeling.tests.exports import samples
from labeling.tests.exports.independent import unpacked
from labeling.tests.exports.samples import image, label, shape, written
from labeling.tests.imports.files import items_of, problems_of, shapes_of, write, write_json
from labeling.tests.imports.test_importing import BOX, ImportingTestCase

COCO = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 48}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5]}],
    "categories": [{"id": 1, "name": "House"}],
}
GOOD = {"id": 2, "image_id": 1, "category_id": 1, "bbox": [2, 2, 5, 5]}
RUNS = {"size": [48, 64], "counts": [1, 48 * 64 - 1]}
CVAT = '<annotations><image name="a.jpg" width="64" height="48">{}</image></annotations>'
BOX_OF_CVAT = '<box label="House" xtl="1" ytl="1" xbr="5" ybr="6"/>'
MASK_OF_CVAT = '<mask label="House" rle="{}" left="{}" top="0" width="{}" height="{}"/>'
OF_2019 = [{"type": "circle", "label": {"x": 9, "y": 9, "radius": 3}, "label_class": "House"}]
ROW_OF_2019 = {"data_path": "/a.jpg", "label_serialised": OF_2019}


@pytest.mark.parametrize(
    "odd",
    [
        {"category_id": [1]},
        {"category_id": {}},
        {"image_id": None},
        {"image_id": 1 << 63},
        {"segmentation": [["x"] * 6]},
        {"segmentation": 7},
        {"segmentation": RUNS | {"size": [-48, -64]}},
        {"segmentation": RUNS | {"size": [1 << 40, 1 << 40]}},
        {"segmentation": RUNS | {"counts": [1 << 62] * 4 + [48 * 64]}},
        {"segmentation": RUNS | {"counts": "o" * 100_000}},
        {"keypoints": [{}, [], 2], "bbox": []},
    ],
    ids=str,
)
def test_an_odd_annotation_of_coco(tmp_path, odd):
    rows = [COCO["annotations"][0] | odd, GOOD]
    path = write_json(tmp_path, "a.json", COCO | {"annotations": rows})
    shapes = shapes_of("coco", path)
    # What only the task can judge is told later, when the shape is checked.
    assert len(problems_of("coco", path)) + len(shapes) == 2
    assert shapes[-1].geometry["cx"] == 4.5


@pytest.mark.parametrize(
    "content, said",
    [
        (COCO | {"images": [[]]}, "holds something that is no object"),
        (COCO | {"images": [7, *COCO["images"]]}, "holds something that is no object"),
        (COCO | {"annotations": [GOOD, None]}, "holds something that is no object"),
        (COCO | {"annotations": {"1": GOOD}}, "annotations are no list"),
        (COCO | {"images": {}}, "images are no list"),
        (COCO | {"categories": [{"id": [1], "name": "House"}]}, "a category has no number"),
    ],
)
def test_a_coco_file_of_which_something_would_be_lost(tmp_path, content, said):
    with pytest.raises(BadFile, match=said):
        items_of("coco", write_json(tmp_path, "a.json", content))


def test_two_documents_in_one_file(tmp_path):
    text = json.dumps(COCO)
    assert len(items_of("coco", write(tmp_path, "a.json", f"{text} \n"))) == 1
    with pytest.raises(BadFile, match="goes on behind its end"):
        items_of("coco", write(tmp_path, "a.json", text + text))


def test_annotations_of_no_image_are_all_counted(tmp_path):
    rows = [GOOD | {"image_id": 9}] * 1_500
    path = write_json(tmp_path, "a.json", COCO | {"annotations": rows})
    problems = [problem for item in items_of("coco", path) for problem in item.problems]
    assert (len(problems), sum(problem.shapes for problem in problems)) == (1_001, 1_500)


@pytest.mark.parametrize(
    "odd",
    [
        MASK_OF_CVAT.format("2,2", "1e999", 2, 2),
        MASK_OF_CVAT.format("2,2", "0", -2, -2),
        MASK_OF_CVAT.format(f"{1 << 63},2", "0", 2, 2),
        '<polygon label="House" points="nan,1;2,2;3,9"/>',
        '<polygon label="House" points="1,2,3;4,5,6"/>',
        '<box label="House" xtl="1" ytl="1" xbr="5" ybr="6" z_order="--5"/>',
    ],
)
def test_an_odd_shape_of_cvat(tmp_path, odd):
    path = write(tmp_path, "a.xml", CVAT.format(odd + BOX_OF_CVAT))
    assert (len(problems_of("cvat", path)), len(shapes_of("cvat", path))) == (1, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("format", ["cvat", "voc"])
def test_xml_with_entities_is_not_read_wherever_it_says_so(tmp_path, format, encoding):
    kind = '<?xml version="1.0"?>' + " " * (1 << 20) + '<!DOCTYPE a [<!ENTITY b "bb">]>'
    path = write(tmp_path, "a.xml", (kind + CVAT.format("&b;")).encode(encoding))
    with pytest.raises(BadFile, match="document type"):
        if reasons := problems_of(format, path):
            raise BadFile(reasons[0][1])


@pytest.mark.parametrize(
    "odd",
    [
        {"flags": 7, "points": [[1, 1], [5, 1], [5, 5]]},
        {"points": [["nan", 1], [5, 1], [5, 5]]},
        {"points": [["inf", 1], [5, 1], [5, 5]]},
        {"points": 9},
        {"points": [[1, 2, 3]]},
    ],
)
def test_an_odd_shape_of_labelme(tmp_path, odd):
    good = {"label": "House", "shape_type": "polygon", "points": [[1, 1], [5, 1], [5, 5]]}
    path = write_json(tmp_path, "a.json", {"imagePath": "a.jpg", "shapes": [good | odd, good]})
    assert (len(problems_of("labelme", path)), len(shapes_of("labelme", path))) == (1, 1)


@pytest.mark.parametrize("odd", [{"kind": 3}, {"geom": []}, {"class": [1]}, {"class": 99}, 7])
def test_an_odd_shape_of_our_own(tmp_path, odd):
    drawn = [shape("polygon", samples.SQUARE, 1), shape("polygon", samples.SQUARE, 2)]
    content = json.loads(written(s3label_json.write, [image(label(*drawn))])[0])
    shapes = content["images"][0]["labels"][0]["shapes"]
    shapes[0] = shapes[0] | odd if isinstance(odd, dict) else odd
    path = write_json(tmp_path, "a.json", content)
    # A kind and a geometry are judged later, by the task.
    assert len(problems_of("json", path)) + len(shapes_of("json", path)) == 2


@pytest.mark.parametrize(
    "row, said",
    [
        ({"label_serialised": [7, OF_2019[0]]}, "incomplete or odd"),
        ({"label_serialised": [{"label": "House", "polygon": 7}, OF_2019[0]]}, "padding"),
        ({"data_path": ""}, "no image of it"),
    ],
)
def test_an_odd_object_of_2019(tmp_path, row, said):
    path = write_json(tmp_path, "a.json", [ROW_OF_2019 | row, ROW_OF_2019])
    ((_, reason),) = problems_of("s3label2019", path)
    assert said in reason
    assert len(shapes_of("s3label2019", path)) == (1 if row.get("data_path") == "" else 2)


@pytest.mark.parametrize("task", [[1], "one", -1, 1 << 40])
def test_an_odd_task_of_2019(tmp_path, task):
    with pytest.raises(BadFile, match="no whole number"):
        items_of("s3label2019", write_json(tmp_path, "a.json", [ROW_OF_2019 | {"user_id": task}]))


@pytest.mark.parametrize(
    "table, old, new",
    [
        ("classes.csv", "House", '"House'),
        ("classes.csv", "id,", "number,"),
        ("labels.csv", "labeler_id", "labeler"),
        ("instances.csv", "class_id", "class"),
        ("instances.csv", "\n1,", "\nx,"),
    ],
)
def test_odd_tables_beside_masks(tmp_path, table, old, new):
    folder = unpacked(
        written(masks.write, [image(label(shape("rect", samples.TURNED)))])[0], tmp_path
    )
    text = (folder / table).read_text()
    write(folder, table, text.replace(old, new) if old in text else text[: len(text) // 2])
    with pytest.raises(BadFile, match=table):
        items_of("masks", folder)


def test_a_table_beside_masks_does_not_lead_out_of_the_folder(tmp_path):
    folder = unpacked(
        written(masks.write, [image(label(shape("rect", samples.TURNED)))])[0], tmp_path / "in"
    )
    (mask,) = (folder / "instances").iterdir()
    shutil.copy(mask, tmp_path / "secret.png")
    for table in ("labels.csv", "instances.csv"):
        text = (folder / table).read_text()
        write(folder, table, text.replace(mask.name, "../../secret.png"))
    ((_, reason),) = problems_of("masks", folder)
    assert reason == "There is no file instances/../../secret.png."


def test_names_of_yolo_that_are_code(tmp_path):
    write(tmp_path, "labels/a.txt", "0 0.5 0.5 0.1 0.1\n1 0.5 0.5 0.1 0.1\n")
    deep = "'a' " + "(" * 3_000 + " 'b'"
    write(tmp_path, "data.yaml", f"names:\n  0: {deep}\n  1: ''\n  {'9' * 5_000}: c\n")
    first, second = shapes_of("yolo", tmp_path)
    assert (first.class_name, second.class_name) == (deep[1:-1], "1")


def test_a_zip_file_whose_content_is_broken(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", json.dumps(COCO))
    data = bytearray(file.getvalue())
    data[45:55] = bytes(10)
    with pytest.raises(BadFile, match="cannot be unpacked"):
        items_of("coco", write(tmp_path, "a.zip", bytes(data)))


def test_a_zip_file_that_unpacks_to_more_than_there_is_room_for(tmp_path, monkeypatch):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b'{"images":[],"annotations":[],"categories":[]}' + b" " * 9_000)
    path = write(tmp_path, "a.zip", packed.getvalue())
    assert len(packed.getvalue()) < 1_000
    room = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(source.shutil, "disk_usage", lambda _: room._replace(free=10_000))
    with pytest.raises(BadFile, match="for which there is no room"):
        items_of("coco", path)
    monkeypatch.undo()
    assert items_of("coco", path) == []


def test_a_zip_file_that_would_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("labeling.imports.source.LARGEST_FILE", 1 << 20)
    path = tmp_path / "a.zip"
    for spaces, is_read in ((1 << 19, True), (1 << 21, False)):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.json", json.dumps(COCO) + " " * spaces)
        if is_read:
            assert len(shapes_of("coco", path)) == 1
            continue
        with pytest.raises(BadFile, match="unpacks to 2 MB"):
            items_of("coco", path)


class OddShapesTest(ImportingTestCase):
    """What the task finds odd, which stops neither the other shapes nor the import."""

    def test_two_shapes_of_one_id_on_an_image(self):
        own = {"kind": "rect", "shape_id": str(uuid.uuid4())}
        self.rows = [self.rows[0] | {"id": n, "attributes": own} for n in (1, 2)]
        report = self.run_import()
        self.assertEqual((report.added, report.refused), (1, 1))
        ((where, reason),) = report.problems
        self.assertEqual(where, "a.json, annotation 2")
        self.assertIn("has the same id", reason)
        self.assertEqual(self.run_import().there, 1)

    def test_an_id_that_a_shape_of_another_image_has(self):
        own = {"kind": "rect", "shape_id": str(uuid.uuid4())}
        self.rows = [row | {"attributes": own} for row in self.rows]
        self.assertEqual(self.run_import().added, 2)
        self.assertEqual(self.run_import().there, 2)
        self.assertEqual(Shape.objects.values("uid").distinct().count(), 1)

    def test_two_files_of_a_folder_that_say_the_same_of_an_image(self):
        content = {"images": self.images, "annotations": self.rows, "categories": self.categories}
        for name in ("train.json", "val.json"):
            write_json(self.folder / "two", name, content)
        for wishes, added, there in (
            (Wishes(labeler=self.ann), 2, 2),
            (Wishes(model="Roofs"), 2, 2),
            (Wishes(labeler=self.ann), 0, 4),
        ):
            report = import_labels(
                self.task, path=self.folder / "two", format="coco", wishes=wishes
            )
            self.assertEqual((report.added, report.there, report.problems), (added, there, []))

    def test_a_class_without_a_name_is_not_left_out_in_silence(self):
        self.categories.append({"id": 2, "name": ""})
        self.rows[1]["category_id"] = 2
        report = self.run_import()
        self.assertEqual((report.added, report.left_out, report.refused), (1, 0, 1))
        self.assertEqual(report.problems[0][1], "It has no class.")

    def test_a_class_that_no_database_can_keep(self):
        self.categories = [{"id": 1, "name": "Ho\0use"}]
        with self.assertRaisesMessage(Refused, "No class can be called Ho\ufffduse"):
            self.run_import(create_classes=True)
        self.assertEqual(self.run_import(renames={"Ho\0use": "House"}).added, 2)
        self.assertFalse(LabelClass.objects.filter(name__contains="use").exclude(name="House"))

    def test_a_score_that_is_none(self):
        for row, score in zip(self.rows, (1, 85), strict=True):
            row["score"] = score
        report = self.run_import(labeler=None, model="Roofs")
        self.assertEqual((report.added, report.refused), (1, 1))
        self.assertEqual(report.problems[0][1], "Its score is not between 0 and 1.")

    def test_a_file_whose_name_is_no_text(self):
        name = b"000\xff.png".decode(errors="surrogateescape")
        pixels = np.ones((48, 64), dtype=np.uint8)
        (self.folder / "masks").mkdir()
        Picture.fromarray(pixels).save(self.folder / "masks" / name, "PNG")
        report = import_labels(
            self.task, path=self.folder / "masks", format="masks",
            wishes=Wishes(labeler=self.ann, create_classes=True),
        )  # fmt: skip
        ((where, reason),) = report.problems
        self.assertEqual((where, reason), ("000?.png", "No image of this task is 000?."))
        self.assertEqual((BOX, report.added), ([2, 3, 10, 4], 0))
