"""Tags and attributes of images are read by name and stored by the rules of a save."""

import json
import tempfile
import uuid
from io import StringIO

import pytest
from django.core.management import call_command

from labeling.attributes import Attribute, ImageValue
from labeling.importing import NOT_PREDICTED, Wishes, import_labels
from labeling.imports.answers import Answers
from labeling.imports.contents import FileValue
from labeling.models import Label, LabelRevision, Shape
from labeling.saving import save_changes
from labeling.steps import submit
from labeling.tests.exports.samples import SQUARE
from labeling.tests.imports.files import write
from labeling.tests.imports.test_round_trips import exported, forget_the_work
from labeling.values import Definition, Definitions
from s3label_site.testing import S3LabelTestCase

SAID = {"Weather": "sun", "Seen": ["car", "House"], "Remark": "a <b>", "Night": False, "N": 2.5}
ROUND_TRIPS = ("json", "cvat", "coco")


def definition(number, name, kind, *options, archived=False):
    return Definition(number, name, name, True, None, kind, options, archived=archived)


ANSWERS = Answers(
    Definitions(
        [
            definition(1, "Weather", "choice", "sun", "rain", "car"),
            definition(2, "Seen", "choices", "car", "House"),
            definition(3, "Remark", "text"),
            definition(4, "Night", "checkbox"),
            definition(5, "N", "number"),
            definition(6, "Old", "text", archived=True),
        ]
    )
)


def tag(name):
    return FileValue(name, form="tag")


def flag(name, value=True):
    return FileValue(name, value, "flag")


def text(name, value):
    return FileValue(name, value, "text")


@pytest.mark.parametrize(
    "said, values",
    [
        ([FileValue("Weather", "sun")], {1: '"sun"'}),
        ([FileValue("Seen", ["House", "car"])], {2: '["car","House"]'}),
        ([tag("sun"), tag("House"), tag("Seen: car")], {1: '"sun"', 2: '["car","House"]'}),
        ([tag("House"), tag("House"), tag("sun"), tag("sun")], {1: '"sun"', 2: '["House"]'}),
        ([text("N", "2.5"), text("Night", "false")], {5: "2.5", 4: "false"}),
        ([text("Remark", "12")], {3: '"12"'}),
        ([flag("Weather: sun"), flag("rain", False), flag("House")], {1: '"sun"', 2: '["House"]'}),
        ([flag("Night")], {4: "true"}),
        ([flag("Night", False), flag("unknown", False)], {4: "false"}),
        ([FileValue("Remark", " "), FileValue("N", None)], {}),
    ],
)
def test_what_is_meant_is_found_and_kept_as_a_save_keeps_it(said, values):
    assert ANSWERS.read(said) == (values, [])


@pytest.mark.parametrize(
    "wrong, reason",
    [
        (FileValue("Sky", "sun"), "The task has no attribute of images called Sky."),
        (FileValue("Weather", "fog"), "Weather has no option “fog”."),
        (FileValue("Night", "yes"), "Night is true or false."),
        (FileValue("Old", "a"), "Old is archived."),
        (FileValue("Seen", "car"), "Seen is a list of options."),
        (text("N", "many"), "N is a number."),
        (tag("fog"), "The task has no tag called fog."),
        (flag("fog"), "The task has no tag called fog."),
        (tag("car"), "The tag car may belong to any of Weather, Seen."),
    ],
)
def test_what_cannot_be_is_told_and_the_rest_is_taken(wrong, reason):
    assert ANSWERS.read([wrong, FileValue("Remark", "a")]) == ({3: '"a"'}, [reason])


def test_one_question_has_one_answer():
    assert ANSWERS.read([tag("sun"), tag("rain")]) == ({}, ["Weather is answered in two ways."])


class AnsweredImportTest(S3LabelTestCase):
    """Ann says all of one image and draws nothing; her other image has a tag."""

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        kinds = {"Remark": "text", "Night": "checkbox", "N": "number"}
        options = {"Weather": ("choice", "sun\nrain\ncar"), "Seen": ("choices", "car\nHouse")}
        about = {"task": self.task, "applies_to": "image"}
        for name, kind in kinds.items():
            Attribute.objects.create(name=name, kind=kind, **about)
        for name, (kind, some) in options.items():
            Attribute.objects.create(name=name, kind=kind, options=some, **about)
        other = {"task": self.task, "image": self.other_image, "labeler": self.ann}
        self.say(self.label, SAID)
        self.say(Label.objects.create(status="in_progress", **other), {"Weather": "rain"})

    def say(self, label, said, base=None, changes=()):
        ids = dict(self.task.attributes.values_list("name", "pk"))
        values = [{"attribute": ids[k], "base": base, "value": v} for k, v in said.items()]
        about = {"author": self.ann, "op_id": uuid.uuid4()}
        save_changes(label, changes=list(changes), values=values, **about)

    def file_of(self, format):
        data = exported(self.task, format, self.folder)
        return write(self.folder, f"a.{format}", data)

    def run_import(self, path, format, **wishes):
        wishes = Wishes(**{"labeler": self.ann} | wishes)
        return import_labels(self.task, path=path, format=format, wishes=wishes)

    def test_they_come_back_to_the_byte_and_twice_adds_nothing(self):
        before = exported(self.task, "json", self.folder)
        for format in ROUND_TRIPS:
            with self.subTest(format):
                path = self.file_of(format)
                forget_the_work()
                report = self.run_import(path, format)
                self.assertEqual((report.values, report.labels, report.problems), (6, 2, []))
                self.assertEqual(exported(self.task, "json", self.folder), before)
                again = self.run_import(path, format)
                self.assertEqual((again.values, again.labels, again.problems), (0, 0, []))
                self.assertEqual(LabelRevision.objects.count(), 2)

    def test_the_attributes_of_shapes_come_back_from_text_as_what_they_are(self):
        kinds = {"roof": "choice", "parts": "choices", "old": "checkbox", "floors": "number"}
        for name, kind in kinds.items():
            options = "a\nb" if "choice" in kind else ""
            about = {"task": self.task, "applies_to": "shapes", "options": options}
            Attribute.objects.create(name=name, kind=kind, **about)
        said = {"roof": "a", "parts": ["a", "b"], "old": False, "floors": 2.5}
        state = {"class": self.task.classes.first().pk, "kind": "polygon", "z": 4, "attrs": said}
        drawn = {"id": uuid.uuid4(), "base": None, "shape": state | {"geom": SQUARE}}
        self.say(self.label, {}, changes=[drawn])
        path = self.file_of("cvat")
        forget_the_work()
        self.assertEqual(self.run_import(path, "cvat").problems, [])
        self.assertEqual(json.loads(Shape.objects.get().attributes), said)

    def test_labelme_brings_back_what_is_chosen_or_ticked(self):
        data = exported(self.task, "labelme", self.folder)
        path = write(self.folder, "labelme.zip", data)
        before = list(self.values())
        forget_the_work()
        report = self.run_import(path, "labelme")
        self.assertEqual((report.values, report.labels, report.problems), (4, 2, []))
        carried = [one for one in before if one[1] not in ("Remark", "N")]
        self.assertEqual(self.values(), carried)

    def values(self):
        found = ImageValue.objects.order_by("label__image", "attribute")
        return list(found.values_list("label__image", "attribute__name", "value"))

    def test_with_a_shape_they_are_one_revision_and_come_back_to_the_byte(self):
        forget_the_work()
        Label.objects.filter(pk=self.label.pk).update(status="in_progress", labeler=self.ann)
        state = {"class": self.task.classes.first().pk, "kind": "polygon", "z": 4, "attrs": {}}
        drawn = {"id": uuid.uuid4(), "base": None, "shape": state | {"geom": SQUARE}}
        self.say(self.label, SAID, changes=[drawn])
        before, path = exported(self.task, "json", self.folder), self.file_of("json")
        self.assertIn(b'"rings"', before)
        forget_the_work()
        report = self.run_import(path, "json")
        self.assertEqual((report.added, report.values, report.problems), (1, 5, []))
        self.assertEqual(exported(self.task, "json", self.folder), before)

    def test_they_are_a_save_of_the_labeler(self):
        path = self.file_of("json")
        forget_the_work()
        self.run_import(path, "json", submit=True)
        label = Label.objects.get(pk=self.label.pk)
        self.assertEqual((label.status, label.labeler, label.rev), ("submitted", self.ann, 1))
        revision = label.revisions.get()
        self.assertEqual((revision.author, revision.summary), (self.ann, '{"imported":5}'))

    def test_what_the_labeler_says_stays_and_is_told_where_the_file_says_otherwise(self):
        path = self.file_of("json")
        self.say(self.label, {"Weather": "rain", "Remark": None}, base=1)
        self.assertEqual(self.run_import(path, "json").problems, [])
        forget_the_work()
        Label.objects.filter(pk=self.label.pk).update(status="in_progress", labeler=self.ann)
        self.say(self.label, {"Weather": "rain"})
        report = self.run_import(path, "json")
        reasons = [reason for _, reason in report.problems]
        self.assertEqual(reasons, ["Weather is answered already; that stays."])
        self.assertEqual(report.values, 5)
        self.assertIn(self.image.path.rpartition("/")[2], report.problems[0][0])

    def test_submitted_work_is_not_changed(self):
        path = self.file_of("json")
        forget_the_work()
        about = {"status": "in_progress", "labeler": self.ann}
        Label.objects.filter(pk=self.label.pk).update(**about)
        self.say(self.label, {"Night": True})
        submit(self.label, by=self.ann, rev=1)
        report = self.run_import(path, "json")
        self.assertEqual(report.values, 1)
        self.assertIn("Its label is submitted", report.problems[0][1])

    def test_what_the_task_does_not_ask_any_more_is_left_out_with_the_reason(self):
        path = self.file_of("json")
        forget_the_work()
        self.task.attributes.filter(name="Weather").update(is_archived=True)
        report = self.run_import(path, "json")
        self.assertEqual([reason for _, reason in report.problems], ["Weather is archived."] * 2)
        self.assertEqual((report.values, report.labels), (4, 1))

    def test_a_dry_run_counts_and_stores_nothing(self):
        path = self.file_of("json")
        forget_the_work()
        report = self.run_import(path, "json", dry_run=True)
        self.assertEqual((report.values, report.labels), (6, 2))
        self.assertFalse(ImageValue.objects.exists())

    def test_the_command_says_how_many(self):
        path, out = self.file_of("json"), StringIO()
        forget_the_work()
        options = {"format": "json", "labeler": self.ann.email, "stdout": out}
        call_command("import_labels", str(self.task.pk), str(path), **options)
        self.assertIn("\n6 tags and attributes of images added.\n", out.getvalue())

    def test_predictions_have_none_and_the_report_says_so(self):
        path = self.file_of("json")
        report = self.run_import(path, "json", labeler=None, model="Sky 1")
        self.assertEqual([reason for _, reason in report.problems], [NOT_PREDICTED] * 2)
        self.assertEqual(report.as_dict()["values"], 0)
