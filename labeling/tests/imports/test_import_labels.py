"""manage.py import_labels: what it prints, what it refuses."""

import io
import json
import shutil
import tempfile
from pathlib import Path

from django.core.management import CommandError, call_command

from labeling.models import Prediction, Shape
from labeling.tests.imports.files import write
from s3label_site.testing import S3LabelTestCase

LINES = "0 0.5 0.5 0.25 0.25\n1 0.5 0.5 0.5\n"


class CommandTest(S3LabelTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        write(self.folder, "000.txt", LINES)
        write(self.folder, "nowhere.txt", LINES)
        write(self.folder, "classes.txt", "dwelling\nTree\n")

    def run_command(self, *args, **options):
        out, err = io.StringIO(), io.StringIO()
        options = {"format": "yolo", "labeler": "ann@example.org"} | options
        call_command(
            "import_labels",
            str(options.pop("task", self.task.pk)),
            str(options.pop("path", self.folder)),
            *args,
            **options,
            stdout=out,
            stderr=err,
        )
        return out.getvalue(), err.getvalue()

    def test_it_says_what_became_of_everything(self):
        out, err = self.run_command("--class", "dwelling=House")
        self.assertEqual(
            out,
            "2 entries, 1 with an image of the task; of 4 shapes 1 added to 1 labels, "
            "0 were there, 0 left out, 3 refused.\n",
        )
        self.assertIn("000.txt, line 2: 3 numbers make neither a box nor an outline.", err)
        self.assertIn("nowhere.txt: No image of this task is nowhere.", err)

    def test_the_same_as_json(self):
        out, _ = self.run_command("--new-classes", "create", "--json", "--dry-run")
        report = json.loads(out)
        self.assertEqual((report["added"], report["new_classes"]), (1, ["dwelling"]))
        self.assertEqual(report["problems"][0]["where"], "000.txt, line 2")
        self.assertFalse(Shape.objects.exists())

    def test_what_cannot_be_is_refused_with_the_cure(self):
        for options, said in (
            ({}, "no classes called dwelling"),
            ({"task": 999}, "no label task 999"),
            ({"labeler": "nobody@example.org"}, "no user nobody@example.org"),
            ({"labeler": "cem@example.org"}, "assign the person first"),
            ({"labeler": "file"}, "name the labeler"),
            ({"path": "/nowhere"}, "no file or folder /nowhere"),
            ({"format": "voc"}, "has no .xml file"),
        ):
            with self.subTest(said), self.assertRaisesMessage(CommandError, said):
                self.run_command(**options)

    def test_predictions_have_a_model_and_no_labeler(self):
        rename = ("--class", "dwelling=House")
        out, _ = self.run_command(*rename, "--as", "predictions", labeler="", model="Roofs 1")
        self.assertIn("1 added", out)
        self.assertEqual(Prediction.objects.get().set.model, "Roofs 1")
        for wrong in ({"model": "Roofs 1"}, {"kind": "predictions"}, {"labeler": ""}):
            with self.assertRaisesMessage(CommandError, "--model"):
                self.run_command(*rename, **wrong)

    def test_a_zip_file_will_do(self):
        with tempfile.TemporaryDirectory() as folder:
            path = shutil.make_archive(str(Path(folder) / "a"), "zip", self.folder)
            out, _ = self.run_command("--class", "dwelling=House", path=path)
        self.assertIn("1 added", out)
