"""Imports of labels in the admin, over HTTP: ask for them, watch them, read what became of them."""

import tempfile
from pathlib import Path
from unittest import mock

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse

from datasets.bulkhead import Bulkhead
from datasets.jobs import Cancelled, Job
from labeling import importing
from labeling.models import Label, LabelImport, Prediction, Shape
from labeling.tests.imports.files import write, write_json
from s3label_site.testing import S3LabelTestCase

ADD = "/admin/labeling/labelimport/add/"
LINES = "0 0.5 0.5 0.25 0.25\n0 0.5 0.5 0.5\n"


class LabelImportTestCase(S3LabelTestCase):
    def setUp(self):
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        uploads = Path(self.enterContext(tempfile.TemporaryDirectory())) / "uploads"
        self.enterContext(override_settings(IMAGE_ROOTS=[str(self.root)], UPLOAD_DIR=uploads))
        self.uploads = uploads
        write(self.root, "labels/000.txt", LINES)
        write(self.root, "labels/classes.txt", "dwelling\n")
        self.client.force_login(self.rita)

    def ask(self, **fields):
        data = {
            "label_task": self.task.pk,
            "format": "yolo",
            "path": str(self.root / "labels"),
            "kind": "labels",
            "labeler": self.ann.pk,
            "classes": "dwelling = House",
        }
        self.answer = self.client.post(ADD, data | fields)
        return LabelImport.objects.order_by("pk").last()

    def made(self, **fields):
        found = self.ask(**fields)
        found.run()
        return LabelImport.objects.get(pk=found.pk)

    def page(self, found, name="change"):
        return self.client.get(self.url(found, name))

    def url(self, found, name="change"):
        return reverse(f"admin:labeling_labelimport_{name}", args=[found.pk])


class AskTest(LabelImportTestCase):
    def test_it_is_queued_and_its_page_opens(self):
        found = self.ask()
        self.assertRedirects(self.answer, self.url(found))
        self.assertEqual(
            (found.status, found.created_by, found.renames),
            (Job.Status.QUEUED, self.rita, '{"dwelling":"House"}'),
        )
        self.assertContains(self.page(found), "Waiting for a worker")
        self.assertContains(self.page(found, "progress"), "Cancel")

    def test_what_cannot_be_is_refused_with_the_cure(self):
        for bad, said in (
            ({"path": ""}, "Write a path, or upload a file."),
            ({"path": "/etc/passwd"}, "below an image root"),
            ({"path": str(self.root / "nothing")}, "below an image root"),
            ({"format": "exe"}, "Select a valid choice"),
            ({"kind": "predictions"}, "Say which model"),
            ({"classes": "House"}, "as name = class"),
        ):
            with self.subTest(said):
                self.assertIsNone(self.ask(**bad))
                self.assertContains(self.answer, said)

    def test_a_root_that_does_not_answer_is_not_waited_for(self):
        with mock.patch("datasets.roots.WEB", Bulkhead(threads=2, seconds=0.01)) as web:
            with web.place_in(str(self.root)):
                self.assertIsNone(self.ask())
                self.assertContains(self.answer, "does not answer; try again later")
            self.assertIsNotNone(self.ask())

    def test_a_link_that_leads_out_of_the_roots_is_refused(self):
        (self.root / "out").symlink_to("/etc")
        self.assertIsNone(self.ask(path=str(self.root / "out")))


class MadeTest(LabelImportTestCase):
    def test_the_labels_come_and_the_page_says_what_did_not(self):
        found = self.made()
        self.assertEqual((found.status, found.n_added), ("done", 1))
        self.assertEqual(Label.objects.get(pk=self.label.pk).n_shapes, 1)
        page = self.page(found)
        self.assertContains(page, "Of 2 shapes 1 added on 1 image, 0 were there")
        self.assertContains(page, "000.txt, line 2")
        self.assertContains(page, "neither a box nor an outline")
        self.assertContains(page, "dwelling → House")

    def test_an_uploaded_file_is_read_and_goes_with_the_record(self):
        upload = SimpleUploadedFile("000.txt", LINES.encode())
        found = self.made(path="", upload=upload, classes="0 = Tree")
        self.assertEqual((found.status, found.n_added, found.source_name), ("done", 1, "000.txt"))
        self.assertTrue(found.place.exists())
        self.client.post(self.url(found, "delete"), {"post": "yes"})
        self.assertFalse(LabelImport.objects.exists())
        self.assertEqual(list(self.uploads.iterdir()), [])
        self.assertEqual(Shape.objects.count(), 1)

    def test_predictions(self):
        found = self.made(kind="predictions", model="Roofs 1", labeler="")
        self.assertEqual((found.status, Prediction.objects.count()), ("done", 1))
        self.assertFalse(Shape.objects.exists())
        self.assertContains(self.page(found), "Predictions of Roofs 1")

    def test_the_padding_and_the_task_of_a_file_of_2019(self):
        ring = [[81, 81], [90, 81], [90, 90]]
        drawn = {"label": "House", "polygon": {"regions": [ring], "inverted": False}}
        rows = [
            {"data_path": "000.png", "label_task_id": task, "label_serialised": [drawn] * task}
            for task in (1, 2)
        ]
        path = str(write_json(self.root, "old.json", rows))
        failed = self.made(format="s3label2019", path=path, classes="", padding=80)
        self.assertIn("say which one", failed.error)
        self.made(format="s3label2019", path=path, classes="", padding=80, their_task=2)
        geometries = set(Shape.objects.values_list("geometry", flat=True))
        self.assertEqual((Shape.objects.count(), geometries), (2, {'{"rings":[[1,1,10,1,10,10]]}'}))

    def test_a_file_that_cannot_be_imported_says_why_and_can_be_started_again(self):
        found = self.made(classes="")
        self.assertEqual(found.status, "failed")
        self.assertContains(self.page(found), "The task has no classes called dwelling.")
        self.assertRedirects(self.client.post(self.url(found, "again")), self.url(found))
        self.assertEqual(LabelImport.objects.get().status, "queued")

    def corrected(self, failed):
        """Another import by the form that the page of a failed one leads to, as it is filled in."""
        page = self.page(failed)
        url = f"{ADD}?again={failed.pk}"
        self.assertContains(page, f'href="{url}"')
        self.page_again = self.client.get(url)
        form = self.page_again.context["adminform"].form
        values = {name: form[name].value() for name in form.fields if name != "upload"}
        values = {name: value for name, value in values.items() if value not in (None, False)}
        self.answer = self.client.post(url, values)
        found = LabelImport.objects.order_by("pk").last()
        self.assertNotEqual(found, failed)
        self.assertRedirects(self.answer, self.url(found))
        found.run()
        return values, LabelImport.objects.get(pk=found.pk)

    def test_a_failed_import_is_changed_and_started_again(self):
        write(self.root, "labels/classes.txt", "house\n")
        failed = self.made(classes="cloud =", boxes="on")
        values, found = self.corrected(failed)
        self.assertEqual(values["classes"], "cloud = \nhouse = House")
        self.assertEqual((found.status, found.path, found.boxes), ("done", failed.path, True))
        self.assertEqual(Shape.objects.get().label_class.name, "House")

    def test_what_is_called_like_no_class_waits_for_a_word(self):
        values, found = self.corrected(self.made(classes="dwelling = Hut"))
        self.assertEqual(values["classes"], "dwelling = ")
        self.assertContains(self.page_again, "The task has no classes called Hut.")
        self.assertEqual((found.status, found.outcome["left_out"]), ("done", 1))

    def test_an_uploaded_file_need_not_be_uploaded_again(self):
        upload = SimpleUploadedFile("000.txt", LINES.encode())
        failed = self.made(path="", upload=upload, classes="0 = house")
        _, found = self.corrected(failed)
        self.assertEqual((found.status, found.source_name), ("done", "000.txt"))
        self.assertNotEqual(found.place, failed.place)
        failed.place.unlink()
        refused = self.ask(path="", earlier=failed.pk)
        self.assertEqual(refused, found)
        self.assertContains(self.answer, "upload it again")

    def test_a_cancelled_import_goes_on_where_it_was(self):
        write(self.root, "labels/001.txt", "0 0.5 0.5 0.25 0.25\n")
        found = self.ask()

        def report(self, *, force=False, **progress):
            if progress.get("done"):
                raise Cancelled

        with (
            mock.patch.object(importing, "IMAGES_AT_ONCE", 1),
            mock.patch.object(LabelImport, "report", report),
        ):
            found.run()
        found.refresh_from_db()
        self.assertEqual((found.status, Shape.objects.count()), ("cancelled", 1))
        self.client.post(self.url(found, "again"))
        LabelImport.objects.get().run()
        found.refresh_from_db()
        self.assertEqual((found.status, Shape.objects.count(), found.n_added), ("done", 2, 1))

    def test_cancelling_a_waiting_import(self):
        found = self.ask()
        self.client.post(self.url(found, "cancel"))
        self.assertContains(self.page(found), "This import was cancelled.")
