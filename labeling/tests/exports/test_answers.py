"""Tags and attributes in every format: what it carries, and what it counts as left out."""

import csv
import io
import json
import uuid
import zipfile
from xml.etree import ElementTree

import pytest

from labeling.exports import FORMATS
from labeling.exports.contents import AttributeRecord
from labeling.models import Attribute
from labeling.saving import save_changes
from labeling.steps import approve, reopen, submit
from labeling.tests.exports import samples
from labeling.tests.exports.samples import image, label, shape, written
from labeling.tests.exports.test_exporting import ExportTestCase
from labeling.tests.exports.test_s3label_json import SCHEMA_CHECK

VALUES = {"Seen": ["car", "House"], "Weather": "sun", "Remark": "a <b>", "Night": False, "N": 2.5}
LEFT_OUT = "The tags and attributes of an image were left out."


def define(name, kind, about="image", class_id=None, options=()):
    return AttributeRecord(name, about, class_id, kind, list(options), False, False)


TASK = samples.task(
    type="classification",
    attributes=[
        define("Weather", "choice", options=["sun", "rain", "car"]),
        define("Seen", "choices", options=["car", "House"]),
        define("Remark", "text"),
        define("Night", "checkbox"),
        define("N", "number"),
        define("Roof", "choice", "shapes", 1, ["flat"]),
    ],
)
DRAWN = shape("polygon", samples.SQUARE, attributes={"Roof": "flat"})


def export(format, *images):
    return written(FORMATS[format].write, images or [image(label(DRAWN, values=VALUES))], TASK)


def test_our_own_format_loses_nothing_and_fits_its_schema():
    data, notes = export("json")
    file = json.loads(data)
    SCHEMA_CHECK.validate(file)
    assert notes == {}
    assert file["images"][0]["labels"][0]["values"] == VALUES
    assert file["attributes"][0] == {
        "name": "Weather",
        "about": "image",
        "class": None,
        "kind": "choice",
        "options": ["sun", "rain", "car"],
        "required": False,
        "archived": False,
    }
    assert file["attributes"][5]["class"] == 1


def test_coco_says_it_of_the_image_and_of_each_person():
    other = label(id=8, slot=1, labeler=4, values={"Weather": "rain"})
    data, notes = export("coco", image(label(DRAWN, values=VALUES), other), image(label(), id=6))
    first, second = json.loads(data)["images"]
    assert first["attributes"] == VALUES
    assert [one.get("attributes") for one in first["labels"]] == [VALUES, {"Weather": "rain"}]
    assert "attributes" not in second
    assert notes == {}


def test_cvat_has_a_tag_for_each_option_and_one_for_the_rest():
    data, notes = export("cvat")
    root = ElementTree.fromstring(data)
    tags = root.findall("image/tag")
    # An option that is called like a class, or like that of another question, says its question.
    names = ["Seen: car", "Seen: House", "sun", "image"]
    assert [tag.get("label") for tag in tags] == names
    rest = {one.get("name"): one.text for one in tags[-1]}
    assert rest == {"Remark": "a <b>", "Night": "false", "N": "2.5"}
    labels = root.findall("meta/task/labels/label")
    tagged = [one.findtext("name") for one in labels if one.findtext("type") == "tag"]
    assert set(names) <= set(tagged)
    assert {"rain", "Weather: car"} <= set(tagged)
    assert len(tagged) == len(set(tagged))
    assert notes == {}


def test_a_row_of_csv_has_what_is_said_of_its_image():
    data, notes = export("csv", image(label(DRAWN, values=VALUES)), image(label(values=VALUES)))
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [json.loads(row["image_attributes"]) for row in rows] == [VALUES, VALUES]
    assert notes == {}


def test_labelme_has_flags_and_counts_the_rest():
    data, notes = export("labelme", image(label(values=VALUES)))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = json.loads(archive.read("a.json"))
    flags = {"Weather: sun": True, "Seen: car": True, "Seen: House": True, "Night": False}
    assert content["flags"] == flags
    assert notes == {"A text or number about an image was left out.": 2}


@pytest.mark.parametrize(
    "format", [name for name in FORMATS if name not in ("json", "coco", "cvat", "csv", "labelme")]
)
def test_what_a_format_cannot_carry_is_counted(format):
    _, notes = export(format)
    assert notes[LEFT_OUT] == 1
    assert notes["The attributes of a shape were left out."] == 1
    _, notes = export(format, image(label()))
    assert LEFT_OUT not in notes


class AnswerExportTests(ExportTestCase):
    def setUp(self):
        super().setUp()
        about = {"task": self.task, "applies_to": "image", "kind": "choice"}
        self.weather = Attribute.objects.create(name="Weather", options="sun\nrain", **about)

    def say(self, value, base=None):
        change = {"attribute": self.weather.pk, "base": base, "value": value}
        save_changes(self.label, author=self.ann, op_id=uuid.uuid4(), changes=[], values=[change])
        self.label.refresh_from_db()

    def said(self, **options):
        _, file = self.export(**options)
        SCHEMA_CHECK.validate(file)
        return [one["values"] for found in file["images"] for one in found["labels"]]

    def test_an_export_has_the_tags_of_the_revision_that_was_approved(self):
        self.say("sun")
        submit(self.label, by=self.ann, rev=1)
        self.assertEqual(self.said(), [{"Weather": "sun"}])
        reopen(self.label, by=self.ann)
        self.say("rain", 1)
        self.assertEqual(self.said(status="all", replace=True), [{"Weather": "rain"}])
        submit(self.label, by=self.ann, rev=2)
        approve(self.label, by=self.rita, rev=2)
        # Whatever is said later:
        self.label.values.current().update(rev_removed=9)
        self.label.values.create(attribute=self.weather, value='"sun"', rev_added=9)
        self.assertEqual(self.said(status="approved", replace=True), [{"Weather": "rain"}])

    def test_the_name_in_exports_stays_and_an_image_with_tags_is_not_empty(self):
        self.say("sun")
        submit(self.label, by=self.ann, rev=1)
        choice = {"empty": False}
        self.assertEqual(self.said(choice=choice), [{"Weather": "sun"}])
        Attribute.objects.filter(pk=self.weather.pk).update(name="Sky")
        self.assertEqual(self.said(choice=choice, replace=True), [{"Weather": "sun"}])
        self.label.values.all().delete()
        self.assertEqual(self.said(choice=choice, replace=True), [])
