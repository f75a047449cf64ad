"""Shapes that were predictions are told apart in exports; others are written as ever."""

import csv
import io
import json
from xml.etree import ElementTree

import pytest

from labeling.exporting import export_labels
from labeling.exports import FORMATS
from labeling.exports.choosing import Choice
from labeling.models import PredictionSet
from labeling.tests.exports import samples
from labeling.tests.exports.samples import image, label, point, shape, written
from labeling.tests.exports.test_s3label_json import SCHEMA_CHECK
from labeling.tests.imports.test_predictions import MODEL, PredictionTestCase
from s3label_site.testing import make_task

DRAWN = shape("polygon", samples.SQUARE)
FOUND = shape("polygon", samples.FRAME, 2)
DOTS = shape("points", {"points": [point("", 3, 4)]}, 3)
ABOUT = {"model": "=Roofs 1.2", "score": 0.5, "corrected": True}
LEFT_OUT = "That a shape was predicted by a model was left out."


def export(format, predictions, **about_task):
    told = {uid: json.dumps(about) for uid, about in predictions.items()}
    of_label = label(DRAWN, FOUND, DOTS)._replace(predictions=told)
    return written(FORMATS[format].write, [image(of_label)], samples.task(**about_task))


def test_our_own_format_says_it_of_the_shape():
    predictions = {FOUND.uid: ABOUT, DOTS.uid: ABOUT | {"score": None}}
    file = json.loads(export("json", predictions, has_predictions=True)[0])
    SCHEMA_CHECK.validate(file)
    drawn, found, dots = file["images"][0]["labels"][0]["shapes"]
    assert "prediction" not in drawn
    assert (found["prediction"], dots["prediction"]["score"]) == (ABOUT, None)
    assert file["format_version"] == "1.2"


def test_coco_says_it_of_the_annotation_keypoints_too():
    data, notes = export("coco", {FOUND.uid: ABOUT, DOTS.uid: ABOUT})
    told = [one.get("prediction") for one in json.loads(data)["annotations"]]
    assert told == [None, ABOUT, ABOUT]
    assert notes == {}


def test_cvat_says_whether_it_was_corrected():
    root = ElementTree.fromstring(
        export("cvat", {FOUND.uid: ABOUT, DOTS.uid: ABOUT | {"corrected": False}})[0]
    )
    assert [one.get("source") for one in root.find("image")] == ["manual", "semi-auto", "auto"]
    notes = export("cvat", {FOUND.uid: ABOUT})[1]
    assert notes["Which model predicted a shape, and how sure it was, was left out."] == 1


def test_csv_has_columns_for_it_and_no_formula():
    data, _ = export(
        "csv", {FOUND.uid: ABOUT, DOTS.uid: ABOUT | {"score": None}}, has_predictions=1
    )
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0][-3:] == ["prediction_model", "prediction_score", "prediction_corrected"]
    told = [["", "", ""], ["'=Roofs 1.2", "0.5", "true"], ["'=Roofs 1.2", "", "true"]]
    assert [row[-3:] for row in rows[1:]] == told
    assert {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.parametrize("format", FORMATS)
def test_the_others_count_it(format):
    notes = export(format, {FOUND.uid: ABOUT})[1]
    assert notes.get(LEFT_OUT, 0) == (format not in ("json", "coco", "csv", "cvat"))
    assert LEFT_OUT not in export(format, {})[1]


class PredictedExportTest(PredictionTestCase):
    def exported(self, format="json"):
        path = self.folder / "out"
        choice = Choice(status="all")
        export_labels(self.task, format=format, path=path, choice=choice, replace=True)
        return path.read_bytes()

    def told(self):
        file = json.loads(self.exported())
        SCHEMA_CHECK.validate(file)
        shapes = [s for i in file["images"] for one in i["labels"] for s in one["shapes"]]
        coco = json.loads(self.exported("coco"))["annotations"]
        told = [one.get("prediction") for one in shapes]
        self.assertEqual([one.get("prediction") for one in coco], told)
        return told

    def test_accepted_and_corrected(self):
        first, _ = self.suggestions()
        self.take(first)
        accepted = {"model": MODEL, "score": 0.75, "corrected": False}
        self.assertEqual(self.told(), [accepted])
        self.take(first, base=1, z=9)
        self.assertEqual(self.told(), [accepted])
        self.take(first, base=2, geom=first["geom"] | {"w": 6})
        self.assertEqual(self.told(), [accepted | {"corrected": True}])
        tree = self.task.classes.get(name="Tree").pk
        self.take(first, base=3, **{"class": tree})
        self.assertEqual(self.told(), [accepted | {"corrected": True}])

    def test_what_another_task_was_suggested_is_not_told(self):
        self.take(self.suggestions()[0])
        PredictionSet.objects.update(task=make_task())
        PredictionSet.objects.create(task=self.task, model="Another")
        self.assertEqual(self.told(), [None])

    def test_without_predictions_the_bytes_are_what_they_were(self):
        self.take(self.suggestions()[0])
        PredictionSet.objects.all().delete()
        before = [self.exported(format) for format in ("json", "coco", "csv")]
        self.assertIn(b'"format_version":"1.1"', before[0])
        self.assertFalse(any(b"prediction" in data for data in before))
        PredictionSet.objects.create(task=self.task, model=MODEL)
        self.assertEqual(self.exported("coco"), before[1])
