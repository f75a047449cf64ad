"""The API of the editor, over HTTP: open, save, repeat, conflict, submit."""

import uuid
from unittest import mock

from labeling.claiming import claim_next
from labeling.models import Assignment, Label, LabelRevision, LabelStep, LabelTask, Shape
from labeling.steps import approve
from s3label_site.testing import S3LabelTestCase, make_image

TRIANGLE = {"rings": [[1, 1, 20, 1, 10.25, 15]]}


class ApiTestCase(S3LabelTestCase):
    def setUp(self):
        self.house = self.task.classes.get(name="House")
        self.client.force_login(self.ann)
        self.uid = str(uuid.uuid4())

    def url(self, what=""):
        return f"/api/v1/labels/{self.label.pk}{what}"

    def post(self, what, body):
        return self.client.post(self.url(what), body, content_type="application/json")

    def state(self, **fields):
        return {"class": self.house.pk, "kind": "polygon", "geom": TRIANGLE, "z": 0} | fields

    def save(self, base, shape, op_id=None, uid=None):
        change = {"id": uid or self.uid, "base": base, "shape": shape}
        return self.post("/changes", {"op_id": op_id or str(uuid.uuid4()), "changes": [change]})

    def shapes(self):
        return self.client.get(self.url()).json()["shapes"]


class OpenTests(ApiTestCase):
    def test_the_document_names_image_task_and_classes(self):
        document = self.client.get(self.url()).json()
        self.assertTrue(document["editable"])
        self.assertEqual(document["image"]["width"], 64)
        self.assertEqual([c["name"] for c in document["task"]["classes"]], ["House", "Tree"])
        self.assertEqual(document["task"]["default_tool"], "polygon")
        self.assertEqual(document["task"]["progress"], {"submitted": 0, "total": 2})

    def test_only_its_labeler_and_staff_can_open_it(self):
        for person, status in [(self.ann, 200), (self.rita, 200), (self.ben, 404), (self.cem, 404)]:
            self.client.force_login(person)
            self.assertEqual(self.client.get(self.url()).status_code, status, person)

    def test_without_a_session_it_is_401(self):
        self.client.logout()
        response = self.client.get(self.url())
        self.assertEqual((response.status_code, response.json()["error"]), (401, "not_logged_in"))

    def test_staff_see_it_but_cannot_draw_on_it(self):
        self.client.force_login(self.rita)
        self.assertFalse(self.client.get(self.url()).json()["editable"])
        self.assertEqual(self.save(None, self.state()).status_code, 409)


class SaveTests(ApiTestCase):
    def test_a_new_shape_comes_back_as_it_was_sent(self):
        self.assertEqual(self.save(None, self.state(z=4)).json(), {"rev": 1})
        (shape,) = self.shapes()
        self.assertEqual(shape["geom"], TRIANGLE)
        self.assertEqual((shape["id"], shape["rev"], shape["z"]), (self.uid, 1, 4))
        self.label.refresh_from_db()
        self.assertEqual((self.label.rev, self.label.n_shapes), (1, 1))

    def test_a_repeated_operation_is_answered_and_not_applied_again(self):
        op_id = str(uuid.uuid4())
        first = self.save(None, self.state(), op_id)
        again = self.save(None, self.state(), op_id)
        self.assertEqual((first.status_code, again.status_code), (200, 200))
        self.assertEqual(first.json(), again.json())
        self.assertEqual(Shape.objects.count(), 1)
        other = self.save(None, self.state(z=9), op_id)
        self.assertEqual(other.status_code, 422)

    def test_changing_and_deleting_keep_every_state(self):
        self.save(None, self.state())
        self.save(1, self.state(geom={"rings": [[1, 1, 30, 1, 10, 15]]}))
        self.save(2, None)
        self.assertEqual(self.shapes(), [])
        ranges = Shape.objects.order_by("id").values_list("rev_added", "rev_removed")
        self.assertEqual(list(ranges), [(1, 2), (2, 3)])

    def test_undoing_a_deletion_brings_the_shape_back(self):
        self.save(None, self.state())
        self.save(1, None)
        self.assertEqual(self.save(2, self.state()).json(), {"rev": 3})
        self.assertEqual(len(self.shapes()), 1)

    def test_a_change_on_an_old_state_is_a_conflict_and_is_kept(self):
        self.save(None, self.state())
        self.save(1, self.state(z=2))
        response = self.save(1, self.state(z=3))
        self.assertEqual((response.status_code, response.json()["error"]), (409, "conflict"))
        self.assertEqual(response.json()["shapes"][0]["z"], 2)
        self.assertEqual(self.shapes()[0]["z"], 2)
        kept = LabelRevision.objects.get(rev=None)
        self.assertIn('"z":3', kept.changes)

    def test_a_change_of_a_deleted_shape_is_a_conflict(self):
        self.save(None, self.state())
        self.save(1, None)
        answer = self.save(1, self.state()).json()
        self.assertEqual(answer["shapes"], [{"id": self.uid, "deleted": True, "rev": 2}])

    def test_of_many_changes_one_bad_one_stops_all_and_is_named(self):
        bad = str(uuid.uuid4())
        outside = self.state(geom={"rings": [[900, 900, 910, 900, 905, 910]]})
        changes = [
            {"id": self.uid, "base": None, "shape": self.state()},
            {"id": bad, "base": None, "shape": outside},
        ]
        response = self.post("/changes", {"op_id": str(uuid.uuid4()), "changes": changes})
        self.assertEqual(response.status_code, 422)
        self.assertEqual(response.json()["problems"][0]["id"], bad)
        self.assertEqual(Shape.objects.count(), 0)

    def test_classes_of_other_tasks_and_archived_ones_are_refused(self):
        self.assertEqual(self.save(None, self.state(**{"class": 999})).status_code, 422)
        self.assertEqual(self.save(None, self.state()).status_code, 200)
        self.house.is_archived = True
        self.house.save()
        # What has the class already keeps it and can still be moved.
        self.assertEqual(self.save(1, self.state(z=1)).status_code, 200)
        self.assertEqual(self.save(None, self.state(), uid=str(uuid.uuid4())).status_code, 422)

    def test_a_kind_that_no_allowed_tool_draws_is_refused(self):
        self.task.allowed_tools = "rectangle"
        self.task.save()
        self.assertEqual(self.save(None, self.state()).status_code, 422)
        rect = {"cx": 20, "cy": 20, "w": 10, "h": 8.5, "angle": 0}
        self.assertEqual(self.save(None, self.state(kind="rect", geom=rect)).status_code, 200)

    def test_bodies_that_are_no_changes_are_refused_in_words(self):
        for body in ("", "{}", "[]", "null", "{", '{"op_id": 3, "changes": []}', '{"a": NaN}'):
            response = self.client.post(self.url("/changes"), body, content_type="application/json")
            self.assertIn(response.status_code, (400, 422), body)
            self.assertTrue(response.json()["message"])
        self.assertEqual(LabelRevision.objects.count(), 0)


class StepTests(ApiTestCase):
    def test_submitting_closes_the_label_for_drawing_until_it_is_reopened(self):
        self.save(None, self.state())
        self.assertEqual(self.post("/submit", {"rev": 1}).json(), {"status": "submitted"})
        self.assertEqual(self.save(1, self.state(z=1)).json()["error"], "not_editable")
        self.assertEqual(self.post("/reopen", {}).json(), {"status": "in_progress"})
        self.assertEqual(self.save(1, self.state(z=1)).status_code, 200)
        steps = LabelStep.objects.values_list("step", "rev", "by")
        self.assertEqual(list(steps), [("submit", 1, self.ann.pk), ("reopen", 1, self.ann.pk)])

    def test_submitting_another_revision_than_the_head_is_refused(self):
        self.save(None, self.state())
        response = self.post("/submit", {"rev": 0})
        self.assertEqual((response.status_code, response.json()["rev"]), (409, 1))
        self.assertEqual(self.post("/submit", {"rev": 1}).status_code, 200)

    def test_what_is_approved_can_not_be_reopened_by_its_labeler(self):
        self.post("/submit", {"rev": 0})
        approve(Label.objects.get(pk=self.label.pk), by=self.rita, rev=0)
        self.assertEqual(self.post("/reopen", {}).status_code, 409)

    def test_staff_can_not_submit_the_work_of_others(self):
        self.client.force_login(self.rita)
        self.assertEqual(self.post("/submit", {"rev": 0}).status_code, 409)


class GoingOnTests(ApiTestCase):
    """Submitting and claiming the next in one request."""

    def submit(self, **body):
        response = self.post("/submit", {"rev": 0, "go_on": True} | body)
        self.assertEqual(response.json()["status"], "submitted", response.content)
        return response.json()["next"]

    def ahead(self):
        """What the editor claims and loads while one is still at work."""
        label = claim_next(task=self.task, labeler=self.ann, after=self.label.pk, ahead=True)
        return {"label": label.pk, "rev": label.rev}

    def test_the_next_label_comes_with_its_document(self):
        found = self.submit()
        label = Label.objects.get(pk=found["label"])
        self.assertEqual((label.labeler, label.image), (self.ann, self.other_image))
        alone = self.client.get(f"/api/v1/labels/{label.pk}").json()
        self.assertEqual(found["document"], alone)

    def test_what_the_editor_has_in_hand_is_not_sent_again(self):
        ready = self.ahead()
        self.assertEqual(self.submit(ready=ready), {"label": ready["label"]})

    def test_what_changed_since_is_sent_again(self):
        ready = self.ahead()
        Label.objects.filter(pk=ready["label"]).update(rev=1)
        self.assertEqual(self.submit(ready=ready)["document"]["rev"], 1)

    def test_what_was_sent_back_meanwhile_comes_before_what_is_in_hand(self):
        ready = self.ahead()
        image = make_image(self.dataset, "sent-back.png")
        sent_back = Label.objects.create(
            task=self.task, image=image, labeler=self.ann, status="sent_back"
        )
        found = self.submit(ready=ready)
        self.assertEqual(found["label"], sent_back.pk)
        self.assertEqual(found["document"]["status"], "sent_back")

    def test_a_sent_back_label_is_sent_again_with_its_comments(self):
        ready = self.ahead()
        Label.objects.filter(pk=ready["label"]).update(status="sent_back")
        self.assertEqual(self.submit(ready=ready)["document"]["status"], "sent_back")

    def test_when_nothing_is_left_the_label_is_submitted_all_the_same(self):
        Label.objects.create(
            task=self.task, image=self.other_image, labeler=self.ben, status="in_progress"
        )
        self.assertEqual(self.submit()["label"], None)

    def test_who_lost_the_task_is_told(self):
        ready = self.ahead()

        def end(**_):
            Assignment.objects.filter(user=self.ann).update(is_active=False)
            raise LabelTask.DoesNotExist

        with mock.patch("labeling.api.drawing.claim_next", end):
            found = self.submit(ready=ready)
        self.assertIn("not yours", found["message"])

    def test_a_refused_submit_claims_nothing(self):
        response = self.post("/submit", {"rev": 7, "go_on": True})
        self.assertEqual(response.status_code, 409)
        self.assertFalse(Label.objects.exclude(pk=self.label.pk).claimed().exists())


class ClaimTests(ApiTestCase):
    def claim(self, after=None):
        url = f"/api/v1/tasks/{self.task.pk}/claim"
        return self.client.post(url, {"after": after}, content_type="application/json")

    def test_the_next_image_is_claimed_once(self):
        first = self.claim(after=self.label.pk).json()["label"]
        self.assertNotEqual(first, self.label.pk)
        self.assertEqual(Label.objects.get(pk=first).labeler, self.ann)
        again = self.claim(after=first).json()
        self.assertIsNone(again["label"])
        self.assertIn("taken", again["message"])

    def test_a_task_that_is_not_assigned_does_not_exist(self):
        self.client.force_login(self.cem)
        self.assertEqual(self.claim().status_code, 404)
        self.client.force_login(self.ben)
        self.assertEqual(self.claim().status_code, 200)

    def test_no_label_is_its_own_neighbour(self):
        claimed = self.claim(after=self.label.pk).json()["label"]
        document = self.client.get(f"/api/v1/labels/{claimed}").json()
        self.assertNotEqual(document["previous"], claimed)
        self.assertIsNone(document["next"])

    def test_an_assignment_that_ends_during_the_claim_is_one_that_ended_before(self):
        def end(task):
            self.ann.assignments.update(is_active=False)

        with mock.patch("labeling.api.drawing.prepare_classes", end):
            answer = self.claim()
        self.assertEqual((answer.status_code, answer.json()["error"]), (404, "not_found"))

    def test_neighbours_follow_the_order_of_claims(self):
        Label.objects.filter(pk=self.label.pk).update(claimed_at="2026-01-01T00:00Z")
        second = self.claim(after=self.label.pk).json()["label"]
        self.assertEqual(self.client.get(self.url()).json()["next"], second)
