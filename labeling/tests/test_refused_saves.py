"""Saves whose form is right, of things that the task does not have or of work that is closed."""

import copy
import uuid

from labeling.models import Label, LabelClass, LabelRevision, Shape
from labeling.steps import approve, release, submit
from labeling.tests.test_payloads import MEGABYTE, PayloadTestCase
from s3label_site.testing import make_task


class NameTests(PayloadTestCase):
    def test_ids_are_uuids_and_each_shape_is_changed_once(self):
        values = ("", "7", 7, None, [], "x" * 36, "x" * MEGABYTE, "\0" * 36, True)
        cases = {f"id {value!r}"[:30]: self.with_change(id=value) for value in values}
        cases |= {f"op_id {value!r}"[:30]: self.good | {"op_id": value} for value in values}
        twice = copy.deepcopy(self.good)
        twice["changes"] *= 2
        capitals = copy.deepcopy(self.good)
        capitals["changes"].append(capitals["changes"][0] | {"id": self.uid.upper()})
        self.try_each(cases | {"twice": twice, "twice, in capitals": capitals}, 422)

    def test_classes_that_are_not_of_the_task_are_refused(self):
        other = make_task(self.ann, images=0).classes.first()
        archived = LabelClass.objects.create(
            task=self.task, name="Barn", color="#000000", export_id=9, is_archived=True
        )
        self.try_each(
            {
                "of another task": self.changed(**{"class": other.pk}),
                "archived": self.changed(**{"class": archived.pk}),
                "unknown": self.changed(**{"class": 2**31 - 1}),
                "0": self.changed(**{"class": 0}),
            },
            422,
        )

    def test_kinds_that_the_task_does_not_have_are_refused(self):
        kinds = ("", "line", "Polygon", "polygon ", "bitmap", "__proto__", "\0", "x" * MEGABYTE)
        cases = {kind[:20]: self.changed(kind=kind) for kind in kinds}
        cases |= {repr(kind): self.changed(kind=kind) for kind in (None, 7, [], {})}
        self.try_each(cases, 422)

    def test_texts_that_not_every_database_keeps_are_refused(self):
        cases = {
            "NUL": self.changed(attrs={"note": "a\0b"}),
            "NUL in a name": self.changed(attrs={"a\0b": 1}),
            "a lone surrogate": self.with_text('"n": 1', '"n": "\\ud800"'),
            "a lone surrogate in a name": self.with_text('"n": 1', '"\\udc00": 1'),
            "NUL in a point": self.point(name="a\0b"),
            "a long name of a point": self.point(name="x" * 101),
            "long attributes": self.changed(attrs={"note": "x" * 10_001}),
            "attributes in a list": self.changed(attrs=[]),
            "attributes that are text": self.changed(attrs="note"),
        }
        self.try_each(cases, 400, 422)

    def test_names_that_mean_something_elsewhere_are_only_names(self):
        attrs = {
            "__proto__": {"admin": True},
            "constructor": 1,
            "toString": None,
            "ＮＵＬ": "\\u0000",
        }
        self.task.classes.filter(pk=self.house.pk).update(name="__proto__")
        self.assertEqual(self.send(self.changed(attrs=attrs)).status_code, 200)
        document = self.client.get(self.url()).json()
        self.assertEqual(document["shapes"][0]["attrs"], attrs)
        self.assertIn("__proto__", [found["name"] for found in document["task"]["classes"]])


class WhoAndWhenTests(PayloadTestCase):
    def assert_kept_out(self, status, error):
        response = self.send(self.good)
        self.assertEqual((response.status_code, response.json()["error"]), (status, error))
        self.assertTrue(response.json()["message"])
        self.assertEqual((LabelRevision.objects.count(), Shape.objects.count()), (0, 0))

    def again(self, **fields):
        """The good save as another operation, or as another's."""
        return copy.deepcopy(self.good) | {"op_id": str(uuid.uuid4())} | fields

    def test_what_is_submitted_or_approved_is_not_drawn_on(self):
        submit(self.label, by=self.ann, rev=0)
        self.assert_kept_out(409, "not_editable")
        approve(self.label, by=self.rita, rev=0)
        self.assert_kept_out(409, "not_editable")
        Label.objects.filter(pk=self.label.pk).update(status="sent_back")
        self.assertEqual(self.send(self.good).status_code, 200)

    def test_after_the_assignment_ended_the_label_is_not_there(self):
        self.ann.assignments.update(is_active=False)
        self.assert_kept_out(404, "not_found")
        self.ann.assignments.update(is_active=True)
        self.assertEqual(self.send(self.good).status_code, 200)

    def test_a_label_that_was_released_meanwhile_is_not_there(self):
        release(self.label, by=self.rita)
        self.assert_kept_out(404, "not_found")
        Label.objects.filter(pk=self.label.pk).update(labeler=self.ben, status="in_progress")
        self.assert_kept_out(404, "not_found")

    def test_a_deactivated_user_is_asked_to_log_in(self):
        type(self.ann).objects.filter(pk=self.ann.pk).update(is_active=False)
        self.assert_kept_out(401, "not_logged_in")
        type(self.ann).objects.filter(pk=self.ann.pk).update(is_active=True)
        self.assertEqual(self.send(self.good).status_code, 200)

    def test_the_answer_stays_the_same_after_the_label_was_submitted(self):
        self.send(self.good)
        submit(Label.objects.get(pk=self.label.pk), by=self.ann, rev=1)
        again = self.send(self.good)
        self.assertEqual((again.status_code, again.json()), (200, {"rev": 1}))

    def test_an_operation_belongs_to_one_label_and_one_user(self):
        self.send(self.good)
        label = Label.objects.create(
            task=self.task, image=self.other_image, labeler=self.ben, status="in_progress"
        )
        self.client.force_login(self.ben)
        url = f"/api/v1/labels/{label.pk}/changes"
        taken = self.client.post(url, self.good, content_type="application/json")
        self.assertEqual((taken.status_code, taken.json()["error"]), (422, "invalid"))
        self.assertNotIn("rev", taken.json())
        self.assertEqual(LabelRevision.objects.count(), 1)
        # The same shape on another label, as an operation of its own, is another shape.
        own = self.client.post(url, self.again(), content_type="application/json")
        self.assertEqual((own.status_code, own.json()), (200, {"rev": 1}))

    def test_an_operation_with_other_content_is_refused(self):
        self.send(self.good)
        other = self.changed(z=3)
        self.assertEqual(self.send(other).status_code, 422)
        self.assertEqual(self.send(self.good).json(), {"rev": 1})
        self.assertEqual(LabelRevision.objects.count(), 1)

    def test_a_change_of_a_shape_that_is_not_there_is_a_conflict_without_it(self):
        # As after the database was put back from a copy: kept, and to be sent as a new one.
        body = self.with_change(base=2**31 - 1)
        answer = self.send(body)
        self.assertEqual((answer.status_code, answer.json()["error"]), (409, "conflict"))
        self.assertEqual(answer.json()["shapes"], [])
        self.assertEqual(LabelRevision.objects.get().rev, None)
        self.assertEqual(self.send(self.again()).json(), {"rev": 1})
