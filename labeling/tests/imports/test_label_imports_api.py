"""Imports of labels over the API: by a path, by an upload, watched, and what became of the file."""

import json
from unittest import mock

from django.core.files.base import ContentFile
from django.test import override_settings

from datasets.jobs import MOST_WAITING
from datasets.tests.test_sets_api import ApiTestCase
from labeling.models import Label, LabelImport, Prediction, Shape
from labeling.tests.imports.test_admin_label_imports import LINES, LabelImportTestCase


class LabelImportApiTestCase(LabelImportTestCase, ApiTestCase):
    def start(self, status=201, **fields):
        body = {
            "format": "yolo",
            "path": str(self.root / "labels"),
            "labeler": self.ann.pk,
            "classes": {"dwelling": "House"},
        }
        return self.send(f"/tasks/{self.task.pk}/label-imports", body | fields, status)

    def run_it(self, found):
        LabelImport.objects.get(pk=found["id"]).run()
        return self.get(f"/label-imports/{found['id']}")

    def upload(self, status=201, content=LINES, **wishes):
        wishes = {"format": "yolo", "labeler": self.ann.pk, "classes": {"0": "Tree"}} | wishes
        url = f"/api/v1/tasks/{self.task.pk}/label-imports/upload"
        form = {"file": ContentFile(content, "000.txt"), "wishes": json.dumps(wishes)}
        answer = self.client.post(url, form)
        self.assertEqual(answer.status_code, status, answer.content)
        return answer.json()


class StartTests(LabelImportApiTestCase):
    def test_labels_come_and_what_did_not_is_told(self):
        found = self.start()
        self.assertEqual(
            (found["status"], found["as"], found["report"]), ("queued", "labels", None)
        )
        self.assertEqual(self.get(f"/jobs/labelimport/{found['id']}")["status"], "queued")
        done = self.run_it(found)
        self.assertEqual((done["status"], done["n_added"]), ("done", 1))
        self.assertEqual((done["report"]["added"], done["report"]["refused"]), (1, 1))
        self.assertIn("line 2", done["report"]["problems"][0]["where"])
        self.assertEqual(Label.objects.get(pk=self.label.pk).n_shapes, 1)
        listed = self.get("/label-imports", task=self.task.pk)["items"]
        self.assertEqual([one["id"] for one in listed], [found["id"]])
        self.assertEqual(self.get("/label-imports?status=failed")["items"], [])

    def test_a_dry_run_stores_nothing(self):
        done = self.run_it(self.start(dry_run=True))
        self.assertEqual(done["report"]["added"], 1)
        self.assertFalse(Shape.objects.exists())

    def test_predictions_of_a_model(self):
        wishes = {"as": "predictions", "model": "Roofs 1", "labeler": None}
        done = self.run_it(self.start(**wishes))
        self.assertEqual((done["model"], Prediction.objects.count()), ("Roofs 1", 1))
        self.assertFalse(Shape.objects.exists())

    def test_what_cannot_be_is_refused_and_leaves_no_job(self):
        predictions = {"as": "predictions", "labeler": None}
        (self.root / "out").symlink_to("/etc")
        for wrong in (
            {"path": "/etc/passwd"},
            {"path": str(self.root / "out")},
            {"path": str(self.root / ".." / "etc")},
            {"path": str(self.root / "nothing")},
            {"path": "labels"},
            {"path": ""},
            {"path": "/a\0b"},
            {"format": "exe"},
            {"labeler": 987},
            {"labeler": "ann@example.org"},
            {"model": "Roofs 1"},
            predictions,
            predictions | {"model": "Roofs 1", "labeler": self.ann.pk},
            predictions | {"model": "Roofs 1", "submit": True},
            {"classes": {"dwelling": 5}},
            {"classes": ["dwelling"]},
            {"created_by": self.ann.pk},
        ):
            with self.subTest(wrong=wrong):
                self.assertIn("message", self.start(422, **wrong))
        self.assertFalse(LabelImport.objects.exists())
        self.start()

    def test_a_job_that_failed_says_why_and_starts_again(self):
        found = self.start(classes={})
        self.assertIn("no classes called dwelling", self.run_it(found)["error"])
        again = self.send(f"/jobs/labelimport/{found['id']}/again")
        self.assertEqual(again["status"], "queued")
        self.send(f"/jobs/labelimport/{found['id']}/cancel")
        self.assertEqual(self.get(f"/label-imports/{found['id']}")["status"], "cancelled")

    def test_one_person_does_not_fill_the_queue(self):
        LabelImport.objects.bulk_create(
            LabelImport(label_task=self.task, format="coco", created_by=self.rita)
            for _ in range(MOST_WAITING)
        )
        self.start(429)
        self.upload(429)
        LabelImport.objects.update(status="done")
        self.start()


class UploadTests(LabelImportApiTestCase):
    def test_an_uploaded_file_is_read_and_goes_with_the_record(self):
        found = self.upload()
        self.assertEqual((found["path"], found["upload_name"]), ("", "000.txt"))
        path = f"/label-imports/{found['id']}"
        self.send(path, status=409, method="delete")
        self.assertEqual(self.run_it(found)["report"]["added"], 1)
        self.assertEqual(len(list(self.uploads.iterdir())), 1)
        self.send(path, status=204, method="delete")
        self.get(path, 404)
        self.assertEqual(list(self.uploads.iterdir()), [])
        self.assertEqual(Shape.objects.count(), 1)

    def test_wishes_are_checked_as_without_a_file(self):
        for wrong in ({"format": "exe"}, {"path": "/etc"}, {"labeler": 987}, {"submit": "yes"}):
            self.upload(422, **wrong)
        url = f"/api/v1/tasks/{self.task.pk}/label-imports/upload"
        wishes = '{"format": "yolo"}'
        for form, status in (
            ({"wishes": wishes}, 422),
            ({"wishes": wishes, "file": "no file"}, 422),
            ({"file": LINES}, 422),
            ({"file": LINES, "wishes": "{"}, 400),
            ({"file": LINES, "wishes": '{"format": "yolo", "format": "coco"}'}, 400),
        ):
            if form.get("file") == LINES:
                form["file"] = ContentFile(LINES, "000.txt")
            self.assertEqual(self.client.post(url, form).status_code, status, form)
        self.assertFalse(LabelImport.objects.exists())

    def test_what_is_no_form_is_told_in_json(self):
        url = f"/api/v1/tasks/{self.task.pk}/label-imports/upload"
        for content_type in ("multipart/form-data", "multipart/form-data; boundary=" + "x" * 500):
            answer = self.client.post(url, b"x", content_type=content_type)
            self.assertEqual((answer.status_code, answer.json()["error"]), (400, "refused"))
        many = [ContentFile("x", f"{n}.txt") for n in range(101)]
        answer = self.client.post(url, {"file": many, "wishes": '{"format": "yolo"}'})
        self.assertEqual((answer.status_code, answer.json()["error"]), (400, "refused"))

    def test_a_name_leads_nowhere_else(self):
        url = f"/api/v1/tasks/{self.task.pk}/label-imports/upload"
        parts = {'file"; filename="../../../../tmp/x y.txt': LINES, "wishes": '{"format": "yolo"}'}
        body = "".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{content}\r\n'
            for name, content in parts.items()
        )
        form = {"content_type": "multipart/form-data; boundary=b"}
        found = self.client.post(url, f"{body}--b--", **form).json()
        self.assertEqual(found["upload_name"], "x_y.txt")
        (kept,) = self.uploads.rglob("*.txt")
        self.assertEqual(kept, LabelImport.objects.get().place)

    def test_what_is_too_large_is_refused_before_it_is_read(self):
        with override_settings(LARGEST_UPLOAD=len(LINES) - 1):
            self.upload(413)
        with override_settings(LARGEST_UPLOAD=0):
            self.assertEqual(self.upload(413, content="x" * (1 << 20))["error"], "too_large")
        with override_settings(LARGEST_UPLOAD=len(LINES)):
            self.upload()

    def test_a_full_disk_leaves_no_record_without_its_file(self):
        full = OSError(28, "No space left on device")
        self.client.raise_request_exception = False
        with mock.patch("labeling.uploading.shutil.copyfileobj", side_effect=full):
            self.upload(507)
        self.assertFalse(LabelImport.objects.exists())
        self.assertEqual(list(self.uploads.iterdir()), [])
        self.upload()
