"""Staff make tasks, assign people, review and export over the API, as on the pages."""

import json

from django.conf import settings

from datasets.tests.test_sets_api import ApiTestCase
from labeling.models import Assignment, Export, Label, LabelClass, LabelTask
from labeling.tests.test_api import ApiTestCase as LabelApiTestCase


class TaskTests(ApiTestCase):
    def new(self, status=201, **fields):
        body = {
            "dataset_group": self.task.dataset_group_id,
            "title": "Roofs",
            "description": "Draw around each roof.",
            "type": "instance_segmentation",
        }
        return self.send("/tasks", body | fields, status)

    def test_a_task_is_made_with_what_it_needs_and_changed(self):
        task = self.new(tools=["polygon", "rectangle"], default_tool="rectangle")
        self.assertEqual((task["tools"], task["images"]), (["rectangle", "polygon"], 2))
        self.assertEqual(task["labels"]["free"], 0)
        path = f"/tasks/{task['id']}"
        changed = self.send(path, {"title": "All roofs", "labels_per_image": 2}, method="patch")
        self.assertEqual((changed["title"], changed["labels_per_image"]), ("All roofs", 2))
        # What was left out stayed.
        self.assertEqual((changed["tools"], changed["default_tool"]), (task["tools"], "rectangle"))
        self.assertEqual(self.get(path), changed)

    def test_a_task_that_the_form_of_the_admin_refuses_is_refused(self):
        for wrong in (
            {"type": "bounding_boxes", "tools": ["polygon"]},
            {"tools": ["polygon"], "default_tool": "brush"},
            {"tools": ["hammer"]},
            {"type": "guessing"},
            {"labels_per_image": 0},
            {"labels_per_image": 40_000},
            {"dataset_group": 987},
            {"title": ""},
            {"title": "x" * 201},
            {"title": "a\0b"},
            {"description": ""},
            {"last_export_id": 5},
            {"id": self.task.pk},
            {"members": [self.ann.pk]},
        ):
            with self.subTest(wrong=str(wrong)[:60]):
                self.new(422, **wrong)
                path = f"/tasks/{self.task.pk}"
                if "members" in wrong or "type" in wrong or "title" in wrong:
                    self.send(path, wrong, 422, method="patch")
        self.assertEqual(LabelTask.objects.get(), self.task)
        self.new()

    def test_a_class_gets_colour_place_and_export_id_and_is_archived(self):
        path = f"/tasks/{self.task.pk}/classes"
        made = self.send(path, {"name": "Roof"}, 201)
        self.assertEqual((made["position"], made["export_id"]), (3, 3))
        self.assertRegex(made["color"], "^#[0-9a-f]{6}$")
        for taken in ("Roof", "roof", "ｒｏｏｆ"):
            self.send(path, {"name": taken}, 422)
        self.send(path, {"name": "x", "color": "red"}, 422)
        archived = self.send(f"/classes/{made['id']}", {"is_archived": True}, method="patch")
        self.assertEqual(archived, made | {"is_archived": True})
        self.send(f"/classes/{made['id']}", {"export_id": 9}, 422, method="patch")
        self.send(f"/classes/{made['id']}", {"task": 9}, 422, method="patch")
        self.assertEqual(len(self.get(path)["items"]), 3)
        self.assertEqual(LabelClass.objects.get(pk=made["id"]).export_id, 3)

    def test_a_person_is_assigned_and_the_assignment_ended(self):
        path = f"/tasks/{self.task.pk}/assignments"
        made = self.send(path, {"email": "CEM@example.org"}, 201)
        self.assertEqual((made["user"], made["is_active"]), (self.cem.pk, True))
        self.send(path, {"user": self.cem.pk}, 409)
        for nobody in ({"email": "x@example.org"}, {"user": 987}, {}, {"user": 1, "email": "x"}):
            self.send(path, nobody, 422)
        self.client.force_login(self.cem)
        self.get(f"/tasks/{self.task.pk}")
        self.client.force_login(self.rita)
        self.send(f"/assignments/{made['id']}", {"is_active": False}, method="patch")
        self.assertEqual(len(self.get("/assignments", is_active="true")["items"]), 2)
        self.send(f"/assignments/{made['id']}", {"user": self.rita.pk}, 422, method="patch")
        self.assertEqual(Assignment.objects.get(pk=made["id"]).user, self.cem)
        self.client.force_login(self.cem)
        self.get(f"/tasks/{self.task.pk}", 404)

    def test_labelers_see_their_tasks_and_labels_only(self):
        self.new(title="Nobody's")
        self.client.force_login(self.ann)
        self.assertEqual([task["id"] for task in self.get("/tasks")["items"]], [self.task.pk])
        self.assertEqual([one["id"] for one in self.get("/labels")["items"]], [self.label.pk])
        for person in (self.ben, self.cem):
            self.client.force_login(person)
            self.assertEqual(self.get("/labels", labeler=self.ann.pk)["items"], [])
        self.assertEqual(self.get("/tasks")["items"], [])


class ReviewTests(LabelApiTestCase):
    def setUp(self):
        super().setUp()
        self.save(None, self.state())
        self.post("/submit", {"rev": 1})
        self.client.force_login(self.rita)

    def waiting(self, **params):
        return self.client.get("/api/v1/review", params).json()["items"]

    def test_what_waits_is_approved_at_the_revision_that_was_seen(self):
        self.assertEqual([one["id"] for one in self.waiting()], [self.label.pk])
        self.assertEqual(self.post("/approve", {"rev": 0}).status_code, 409)
        self.assertEqual(self.post("/approve", {"rev": 1}).json(), {"status": "approved"})
        self.assertEqual(
            (self.waiting(), Label.objects.get(status="approved").approved_rev), ([], 1)
        )
        self.assertEqual(self.post("/approve", {"rev": 1}).status_code, 409)

    def test_sending_back_needs_words(self):
        self.assertEqual(self.post("/send-back", {"comment": " "}).status_code, 409)
        self.assertEqual(
            self.post("/send-back", {"comment": "More."}).json()["status"], "sent_back"
        )
        self.client.force_login(self.ann)
        self.assertEqual(self.client.get(self.url()).json()["comment"], "More.")

    def test_nobody_approves_their_own_work(self):
        self.ann.is_staff = self.ann.is_superuser = True
        self.ann.save()
        self.client.force_login(self.ann)
        self.assertEqual(self.waiting(), [])
        self.assertEqual(self.post("/approve", {"rev": 1}).status_code, 409)

    def test_unfinished_work_is_given_to_somebody_of_the_task(self):
        self.post("/send-back", {"comment": "More."})
        self.assertEqual(self.post("/reassign", {"to": self.cem.pk}).status_code, 409)
        self.assertEqual(self.post("/reassign", {"to": 987}).status_code, 422)
        self.assertEqual(self.post("/reassign", {"to": self.ben.pk}).json()["status"], "sent_back")
        self.client.force_login(self.ben)
        self.assertEqual(self.client.get(self.url()).status_code, 200)


class ExportTests(ApiTestCase):
    def start(self, status=201, **fields):
        path = f"/tasks/{self.task.pk}/exports"
        return self.send(path, {"format": "coco", "which": "all"} | fields, status)

    def test_an_export_is_asked_for_made_and_fetched(self):
        made = self.start(shares="80/20", datasets=[self.dataset.pk])
        choice = {"shares": [80, 20, 0], "status": "all", "datasets": [self.dataset.pk]}
        self.assertEqual(made["choice"], choice)
        path = f"/exports/{made['id']}"
        self.get(f"{path}/file", 404)
        Export.objects.get().run()
        done = self.get(path)
        self.assertEqual((done["status"], done["n_labels"]), ("done", 1))
        file = self.client.get(f"/api/v1{path}/file")
        self.assertEqual(len(file.getvalue()), done["byte_size"])
        part = self.client.get(f"/api/v1{path}/file", headers={"Range": "bytes=0-0"})
        self.assertEqual((part.status_code, part.getvalue()), (206, b"{"))
        manifest = self.client.get(f"/api/v1{path}/manifest")
        self.assertEqual(json.loads(manifest.getvalue())["format"], "coco")
        self.send(path, method="delete", status=204)
        self.get(path, 404)
        self.assertFalse((settings.EXPORT_DIR / done["file_name"]).exists())

    def test_an_export_that_cannot_be_is_not_begun(self):
        for wrong in (
            {"format": "x"},
            {"shares": "50/60"},
            {"labelers": [987]},
            {"datasets": [987]},
            {"since": "yesterday"},
            {"since": "2026-02-01", "until": "2026-01-01"},
            {"file_name": "../../x"},
            {"images": "link"},
        ):
            with self.subTest(wrong=wrong):
                self.start(422, **wrong)
        self.assertFalse(Export.objects.exists())

    def test_one_that_is_being_made_is_cancelled_before_it_is_deleted(self):
        path = f"/exports/{self.start()['id']}"
        self.send(path, method="delete", status=409)
        self.assertEqual(self.send(f"{path}/cancel")["status"], "cancelled")
        self.send(f"{path}/cancel", status=409)
        self.send(path, method="delete", status=204)
