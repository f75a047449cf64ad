"""Labels go out and come back: a second export has the same bytes as the first."""

import shutil
import tempfile
import uuid
from pathlib import Path

import orjson
import pytest
from django.conf import settings
from django.core.management import call_command

from datasets.models import Dataset, DatasetGroup, Image
from labeling.exporting import export_labels
from labeling.exports.choosing import Choice
from labeling.importing import Wishes, import_labels
from labeling.imports.contents import PREDICTED
from labeling.models import (
    Assignment,
    ImageValue,
    Label,
    LabelClass,
    LabelRevision,
    LabelStep,
    LabelTask,
    Shape,
)
from labeling.saving import save_changes
from labeling.steps import submit
from labeling.tests.exports import samples
from labeling.tests.exports.samples import point
from labeling.tests.imports.test_predictions import PredictionTestCase
from s3label_site.testing import S3LabelTestCase, make_cast

SHARED = settings.BASE_DIR.parent / "shared" / "data"
POINTS = {"points": [point("nose", 3, 4.25), point("tail", 8, 9, False)]}
DRAWN = [
    ("polygon", samples.SQUARE),
    ("polygon", samples.FRAME),
    ("polygon", samples.TWO_PARTS),
    ("rect", {"cx": 30.5, "cy": 20, "w": 7, "h": 5.5, "angle": 0}),
    ("rect", samples.TURNED),
    ("ellipse", samples.ROUND),
    ("line", samples.LINE),
    ("points", POINTS),
]
# What an export calls a format, and what an import calls it.
FORMATS = {
    "json": "json",
    "coco": "coco",
    "yolo": "yolo",
    "yolo-seg": "yolo",
    "yolo-obb": "yolo",
    "voc": "voc",
    "labelme": "labelme",
    "cvat": "cvat",
    "masks": "masks",
    "masks-colors": "masks",
}


def forget_the_work():
    """As if nothing had been drawn; rows of labels keep their ids."""
    Shape.objects.all().delete()
    ImageValue.objects.all().delete()
    LabelRevision.objects.all().delete()
    LabelStep.objects.all().delete()
    Label.objects.update(
        **{"status": "free", "labeler": None, "rev": 0, "claimed_rev": 0, "n_shapes": 0}
    )


def exported(task, format, folder):
    path = Path(folder) / format
    export_labels(task, format=format, path=path, choice=Choice(status="all"), replace=True)
    return path.read_bytes()


def there_and_back(task, format, folder, labeler=None, submit=True):
    """(the file, the file after its import into a task without work)."""
    before = exported(task, format, folder)
    forget_the_work()
    report = import_labels(
        task,
        path=Path(folder) / format,
        format=FORMATS[format],
        wishes=Wishes(labeler=labeler, submit=submit),
    )
    assert report.problems == []
    return before, exported(task, format, folder)


class DrawnRoundTripTest(S3LabelTestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.draw(self.label, DRAWN)

    def draw(self, label, drawn):
        house = self.task.classes.get(name="House").pk
        changes = [
            {
                "id": uuid.uuid5(uuid.NAMESPACE_OID, str(z)),
                "base": None,
                "shape": {
                    "class": house,
                    "kind": kind,
                    "geom": geometry,
                    "z": 2 * z,
                    "attrs": {"roof": "flat", "floors": z},
                },
            }
            for z, (kind, geometry) in enumerate(drawn)
        ]
        save_changes(label, author=label.labeler, op_id=uuid.uuid4(), changes=changes)
        submit(label, by=label.labeler, rev=1)

    def test_s3label_json_is_the_same_to_the_byte(self):
        other = Label.objects.create(
            task=self.task, image=self.other_image, labeler=self.ben, status="in_progress"
        )
        self.draw(other, DRAWN[:2])
        before, after = there_and_back(self.task, "json", self.folder)
        self.assertEqual(len(orjson.loads(before)["images"]), 2)
        self.assertEqual(before, after)

    def test_what_two_people_drew_is_not_made_the_work_of_one(self):
        self.task.labels_per_image = 2
        self.task.save()
        fields = {"task": self.task, "image": self.image, "labeler": self.ben, "slot": 1}
        self.draw(Label.objects.create(status="in_progress", **fields), DRAWN[:2])
        exported(self.task, "json", self.folder)
        forget_the_work()
        path = Path(self.folder) / "json"
        for labeler, added in ((self.ann, 0), (None, 10)):
            wishes = Wishes(labeler=labeler)
            report = import_labels(self.task, path=path, format="json", wishes=wishes)
            self.assertEqual((report.added, bool(report.problems)), (added, not added))

    def test_other_formats_are_the_same_once_they_have_lost_what_they_cannot_carry(self):
        for format in FORMATS:
            with self.subTest(format):
                there_and_back(self.task, format, self.folder, self.ann)
                before, after = there_and_back(self.task, format, self.folder, self.ann)
                self.assertEqual(before, after)
                self.assertGreater(Shape.objects.count(), 0)
                forget_the_work()
                Label.objects.filter(pk=self.label.pk).update(
                    status="in_progress", labeler=self.ann
                )
                self.label.refresh_from_db()
                self.draw(self.label, DRAWN)

    def test_coco_keeps_all_but_the_ellipse_and_the_pixels_of_holes(self):
        before, after = there_and_back(self.task, "coco", self.folder, self.ann)
        rows = zip(*(orjson.loads(data)["annotations"] for data in (before, after)), strict=True)
        different = [a["attributes"]["kind"] for a, b in rows if a != b]
        # The run lengths are the same, the box around them is that of the pixels.
        self.assertEqual(set(different) - {"ellipse"}, set())


class PredictedRoundTripTest(PredictionTestCase):
    def test_predictions_are_told_as_before_and_the_report_says_that_they_are_not_imported(self):
        self.take(self.suggestions()[0])
        submit(self.label, by=self.ann, rev=1)
        before = exported(self.task, "json", self.folder)
        self.assertIn(b'"prediction":{"model"', before)
        wishes = Wishes(labeler=self.ann, submit=True)
        exported(self.task, "coco", self.folder)
        for format in ("coco", "json"):
            forget_the_work()
            path = self.folder / format
            report = import_labels(self.task, path=path, format=format, wishes=wishes)
            self.assertEqual([reason for _, reason in report.problems], [PREDICTED])
            self.assertEqual((report.added, report.refused), (1, 0))
        self.assertEqual(exported(self.task, "json", self.folder), before)


def task_of_folder(folder, person, class_names, type="instance_segmentation"):
    """A task on the images of a folder."""
    dataset = Dataset.objects.create(site="Shared", sensor="Shared")
    group = DatasetGroup.objects.create(name="Shared")
    group.datasets.add(dataset)
    with tempfile.TemporaryFile("w") as nothing:
        call_command("import_folder", str(dataset.pk), str(folder), workers=1, stdout=nothing)
    task = LabelTask.objects.create(dataset_group=group, title="Shared", description="-", type=type)
    for name in class_names:
        LabelClass.objects.create(task=task, name=name)
    Assignment.objects.create(task=task, user=person)
    return task


@pytest.fixture
def ann(settings):
    if not SHARED.is_dir():
        pytest.skip("There is no shared data beside the project.")
    settings.IMAGE_ROOTS = [str(SHARED)]
    return make_cast()["ann"]


@pytest.mark.django_db(transaction=True)
def test_the_boxes_of_the_raccoons_go_out_in_every_format_and_come_back(ann, tmp_path):
    task = task_of_folder(SHARED / "raccoon" / "images", ann, ["raccoon"])
    wishes = Wishes(labeler=ann)
    boxes = SHARED / "raccoon" / "annotations"
    report = import_labels(task, path=boxes, format="voc", wishes=wishes)
    assert Image.objects.count() == report.images == Label.objects.claimed().count()
    assert report.added == Shape.objects.filter(kind="rect").count() > 190
    # Of the 200 photos four are the doubles of others, which have their own entries.
    assert len(report.problems) == 4
    assert all("for which the file has another entry" in reason for _, reason in report.problems)
    for format in FORMATS:
        if not format.startswith("masks"):
            before, after = there_and_back(task, format, tmp_path, ann, submit=False)
            assert before == after, format
            forget_the_work()
            import_labels(task, path=boxes, format="voc", wishes=wishes)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("format", ["masks", "masks-colors"])
def test_some_of_them_go_out_as_masks_and_come_back(ann, settings, tmp_path, format):
    settings.IMAGE_ROOTS = [str(tmp_path)]
    (tmp_path / "photos").mkdir()
    for number in range(1, 16):
        name = f"raccoon-{number}.jpg"
        shutil.copy(SHARED / "raccoon" / "images" / name, tmp_path / "photos" / name)
    task = task_of_folder(tmp_path / "photos", ann, ["raccoon"])
    boxes = SHARED / "raccoon" / "annotations"
    import_labels(task, path=boxes, format="voc", wishes=Wishes(labeler=ann))
    # Of boxes on one another only what is seen comes back, under new numbers.
    there_and_back(task, format, tmp_path, ann, submit=False)
    before, after = there_and_back(task, format, tmp_path, ann, submit=False)
    assert before == after
    assert Shape.objects.filter(kind="polygon").count() >= 15


@pytest.mark.django_db(transaction=True)
def test_outlines_of_labelme_go_out_as_the_coco_that_lies_beside_them(ann, tmp_path):
    folder = SHARED / "labelme" / "data_annotated"
    theirs = orjson.loads((SHARED / "labelme" / "coco" / "annotations.json").read_bytes())
    names = {row["name"] for row in theirs["categories"]}
    task = task_of_folder(folder, ann, sorted(names))
    wishes = Wishes(labeler=ann, renames={"__ignore__": ""})
    report = import_labels(task, path=folder, format="labelme", wishes=wishes)
    assert (report.problems, report.left_out) == ([], 2)
    ours = _outlines(orjson.loads(exported(task, "coco", tmp_path)))
    for about, ring in _outlines(theirs):
        assert any(a == about and r == pytest.approx(ring, abs=0.01) for a, r in ours), about
    assert len(ours) == len(_outlines(theirs))


def _outlines(coco):
    """((name of the image, class), ring) of every outline in a file."""
    images = {row["id"]: row["file_name"].rpartition("/")[2] for row in coco["images"]}
    names = {row["id"]: row["name"] for row in coco["categories"]}
    return [
        ((images[row["image_id"]], names[row["category_id"]]), ring)
        for row in coco["annotations"]
        for ring in row["segmentation"]
    ]
