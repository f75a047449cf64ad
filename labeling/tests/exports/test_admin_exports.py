"""Exports in the admin, over HTTP: ask for them, watch them, download them."""

import hashlib
import json
import os
import tempfile
from pathlib import Path
from unittest import mock

from django.test import override_settings
from django.urls import reverse

from datasets.jobs import Job
from labeling import exporting
from labeling.exports.choosing import Choice
from labeling.models import Export, Label
from s3label_site.testing import S3LabelTestCase, make_task

ADD = "/admin/labeling/export/add/"
LIST = "/admin/labeling/export/"


class ExportPagesTestCase(S3LabelTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory())) / "exports"
        self.enterContext(override_settings(EXPORT_DIR=self.folder))
        Label.objects.filter(pk=self.label.pk).update(status="submitted")
        self.client.force_login(self.rita)

    def ask(self, **fields):
        data = {"label_task": self.task.pk, "format": "coco", "which": "submitted"} | fields
        self.answer = self.client.post(ADD, data)
        return Export.objects.order_by("pk").last()

    def made(self, **fields):
        """An export that the worker has been through."""
        export = self.ask(**fields)
        export.run()
        return Export.objects.get(pk=export.pk)

    def page(self, export, name="change"):
        return self.client.get(self.url(export, name))

    def url(self, export, name="change"):
        return reverse(f"admin:labeling_export_{name}", args=[export.pk])


class AskTests(ExportPagesTestCase):
    def test_an_export_is_queued_and_its_page_opens(self):
        export = self.ask(which="approved")
        self.assertRedirects(self.answer, self.url(export))
        self.assertEqual(
            (export.status, export.label_task, export.format, export.which, export.created_by),
            (Job.Status.QUEUED, self.task, "coco", "approved", self.rita),
        )

    def test_unknown_formats_and_choices_are_refused(self):
        for bad in ({"format": "exe"}, {"which": "others"}, {"label_task": 9999}):
            self.assertIsNone(self.ask(**bad))
            self.assertEqual(self.answer.status_code, 200)

    def test_what_is_chosen_is_kept_and_said(self):
        export = self.ask(
            labelers=[self.ann.pk],
            datasets=[self.dataset.pk],
            since="2026-01-01",
            whose="newest",
            without_empty="on",
            shares="70/30",
            split="val",
            with_images="on",
        )
        self.assertEqual(
            export.chosen,
            Choice(
                labelers=(self.ann.pk,),
                datasets=(self.dataset.pk,),
                since="2026-01-01",
                whose="newest",
                empty=False,
                shares=(70, 30, 0),
                split="val",
                images="copy",
            ),
        )
        for words in (
            f"By {self.ann}",
            "Since 2026-01-01",
            "only the newest",
            "no shapes",
            "Split 70/30/0",
            "Only validation images",
            "With the images",
        ):
            self.assertContains(self.page(export), words)

    def test_choices_that_cannot_be_are_refused_in_words(self):
        for bad, words in (
            ({"shares": "80/30"}, "80/10/10"),
            ({"since": "2026-02-01", "until": "2026-01-01"}, "before the first"),
            ({"labelers": [9999]}, "9999"),
        ):
            self.assertIsNone(self.ask(**bad))
            self.assertContains(self.answer, words)

    def test_the_action_asks_first_and_then_makes_an_export_of_each_task(self):
        other = make_task(self.ann, title="Trees")
        tasks = reverse("admin:labeling_labeltask_changelist")
        chosen = {"action": "export_labels", "_selected_action": [self.task.pk, other.pk]}
        page = self.client.post(tasks, chosen)
        self.assertContains(page, "A file is written for each of 2 tasks")
        self.assertEqual(Export.objects.count(), 0)
        more = {"format": "json", "which": "all", "shares": "80/10/10"}
        answer = self.client.post(tasks, chosen | more)
        self.assertRedirects(answer, LIST)
        self.assertEqual({e.chosen.shares for e in Export.objects.all()}, {(80, 10, 10)})
        exports = Export.objects.values_list("label_task", "format", "which")
        self.assertEqual(set(exports), {(self.task.pk, "json", "all"), (other.pk, "json", "all")})

    def test_the_action_with_one_task_leads_to_its_export(self):
        tasks = reverse("admin:labeling_labeltask_changelist")
        chosen = {"action": "export_labels", "_selected_action": [self.task.pk]}
        self.assertContains(self.client.post(tasks, chosen), "S3Label JSON")
        answer = self.client.post(tasks, chosen | {"format": "coco", "which": "submitted"})
        self.assertRedirects(answer, self.url(Export.objects.get()))


class JobTests(ExportPagesTestCase):
    def test_it_writes_the_file_and_records_what_is_in_it(self):
        export = self.made()
        data = export.path.read_bytes()
        self.assertEqual(export.status, Job.Status.DONE)
        self.assertEqual(export.sha256, hashlib.sha256(data).hexdigest())
        self.assertEqual(export.byte_size, len(data))
        self.assertEqual((export.n_images, export.n_labels, export.n_shapes), (1, 1, 0))
        self.assertEqual((export.done, export.total), (1, 1))
        self.assertEqual(len(json.loads(data)["images"]), 1)

    def test_images_are_taken_along_and_counted(self):
        # The files of the tests are not what their hashes say, so none is taken.
        export = self.made(with_images="on", format="yolo")
        self.assertEqual((export.done, export.total, export.path.suffix), (2, 2, ".zip"))
        self.assertIn("An image was left out", export.notes)

    def test_every_export_has_a_file_of_its_own(self):
        self.assertNotEqual(self.made().path, self.made().path)
        self.assertEqual(len(list(self.folder.glob("*coco.json"))), 2)

    def test_titles_cannot_lead_out_of_the_folder(self):
        self.task.title = "../../etc/passwd ☃ " + "x" * 150
        self.task.save()
        export = self.made()
        self.assertEqual(export.path.parent, self.folder)
        self.assertRegex(export.file_name, r"^[a-z0-9-]+\.json$")

    def test_a_cancelled_export_leaves_no_file(self):
        export = self.ask()

        def cancel(*args, **options):
            Export.objects.get(pk=export.pk).cancel()
            return iter(())

        with (
            mock.patch.object(exporting, "image_records", cancel),
            mock.patch("datasets.jobs.SECONDS_BETWEEN_REPORTS", 0),
        ):
            export.run()
        export.refresh_from_db()
        self.assertEqual((export.status, export.file_name), (Job.Status.CANCELLED, ""))
        self.assertEqual(os.listdir(self.folder), [])

    def test_who_was_taken_for_dead_leaves_the_file_of_the_next_alone(self):
        export, export_labels = self.ask(), exporting.export_labels
        theirs = Export.objects.get(pk=export.pk)

        def stall(*arguments, **options):
            written = export_labels(*arguments, **options)
            with mock.patch.object(exporting, "export_labels", export_labels):
                Export.objects.filter(pk=export.pk).update(status=Job.Status.QUEUED)
                theirs.run()
            return written

        with mock.patch.object(exporting, "export_labels", stall):
            export.run()
        theirs.refresh_from_db()
        self.assertEqual(theirs.status, Job.Status.DONE)
        self.assertTrue(theirs.path.exists())

    def test_what_a_killed_worker_left_is_removed_by_the_next(self):
        export = self.ask()
        name = f"{export.pk}-{exporting.file_name(self.task, 'coco', Choice())}"
        self.folder.mkdir()
        (self.folder / f".{name}.12345678.part").write_text("half")
        export.run()
        self.assertEqual(sorted(os.listdir(self.folder)), [name, f"{name}.manifest.json"])

    def test_deleting_an_export_deletes_its_files(self):
        export, kept = self.made(), self.made()
        self.client.post(self.url(export, "delete"), {"post": "yes"})
        self.assertEqual(list(Export.objects.all()), [kept])
        self.assertEqual(len(os.listdir(self.folder)), 2)
        chosen = {"action": "delete_selected", "_selected_action": [kept.pk], "post": "yes"}
        self.client.post(LIST, chosen)
        self.assertEqual((Export.objects.count(), os.listdir(self.folder)), (0, []))

    def test_an_export_that_is_being_made_is_not_deleted(self):
        export = self.ask()
        self.assertEqual(
            self.client.post(self.url(export, "delete"), {"post": "yes"}).status_code, 403
        )
        chosen = {"action": "delete_selected", "_selected_action": [export.pk], "post": "yes"}
        self.client.post(LIST, chosen)
        self.assertTrue(Export.objects.filter(pk=export.pk).exists())


class PageTests(ExportPagesTestCase):
    def test_the_page_follows_the_job(self):
        export = self.ask()
        self.assertContains(self.page(export), "Waiting for a worker")
        progress = self.page(export, "progress")
        self.assertNotIn("HX-Refresh", progress.headers)
        export.run()
        self.assertEqual(self.page(export, "progress").headers["HX-Refresh"], "true")
        self.assertContains(self.page(export), "1 image, 1 label, 0 shapes")
        self.assertContains(self.client.get(LIST), "Download")

    def test_cancel_and_start_again(self):
        export = self.ask()
        self.assertEqual(self.page(export, "cancel").status_code, 405)
        self.client.post(self.url(export, "cancel"))
        self.assertContains(self.page(export), "Start again")
        self.client.post(self.url(export, "again"))
        export.refresh_from_db()
        self.assertEqual(export.status, Job.Status.QUEUED)
        export.run()
        self.client.post(self.url(export, "again"))
        export.refresh_from_db()
        self.assertEqual(export.status, Job.Status.DONE)

    def test_the_file_is_downloaded_as_an_attachment(self):
        export = self.made()
        answer = self.page(export, "download")
        self.assertEqual(b"".join(answer), export.path.read_bytes())
        self.assertEqual(
            answer.headers["Content-Disposition"], f'attachment; filename="{export.file_name}"'
        )
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        manifest = json.loads(b"".join(self.page(export, "manifest")))
        self.assertEqual(manifest["sha256"], export.sha256)

    def test_a_download_that_broke_off_goes_on(self):
        export = self.made()
        whole = export.path.read_bytes()
        etag = self.page(export, "download").headers["ETag"]
        rest = {"Range": "bytes=10-", "If-Range": etag}
        answer = self.client.get(self.url(export, "download"), headers=rest)
        self.assertEqual((answer.status_code, b"".join(answer)), (206, whole[10:]))
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        other = self.made(which="all", format="json")
        answer = self.client.get(self.url(other, "download"), headers=rest)
        self.assertEqual(answer.status_code, 200)

    def test_without_a_file_the_page_says_so(self):
        export = self.made()
        export.path.unlink()
        answer = self.client.get(self.url(export, "download"), follow=True)
        self.assertContains(answer, "There is no file of this export")

    def test_only_staff_who_may_see_exports_get_them(self):
        export = self.made()
        names = ("change", "progress", "download", "manifest")
        for name in names:
            self.assertEqual(self.page(export, name).status_code, 200, name)
        self.ben.is_staff = True
        self.ben.save()
        for person, status in ((self.ben, 403), (self.ann, 302)):
            self.client.force_login(person)
            for name in names:
                self.assertEqual(self.page(export, name).status_code, status, (person, name))
            for name in ("cancel", "again"):
                self.assertEqual(self.client.post(self.url(export, name)).status_code, status)

    def test_the_number_of_queries_of_the_list_does_not_grow(self):
        def queries():
            with self.assertNumQueries(self.expected):
                self.client.get(LIST)

        self.made()
        self.expected = 5
        queries()
        self.made()
        self.made()
        queries()
