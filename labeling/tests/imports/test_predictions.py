"""Predictions are kept apart from labels, suggested, and what became of them is counted."""

import uuid

from django.test import Client
from django.urls import reverse

from labeling.models import Label, Prediction, PredictionSet, Shape
from labeling.saving import save_changes
from labeling.suggestions import outcomes_of
from labeling.tests.imports.test_importing import ImportingTestCase

MODEL = "Roofs 1.2"


class PredictionTestCase(ImportingTestCase):
    """A model found two boxes on the image of Ann's label, and one on the other image."""

    def setUp(self):
        super().setUp()
        self.rows[0]["score"] = 0.5
        self.rows.append(self.rows[0] | {"id": 3, "bbox": [20, 20, 5, 5], "score": 0.75})
        self.report = self.run_import(labeler=None, model=MODEL)
        self.client.force_login(self.ann)

    def document(self, person=None):
        if person:
            self.client.force_login(person)
        return self.client.get(reverse("api:get_label", args=[self.label.pk])).json()

    def suggestions(self):
        return self.document()["suggestions"]

    def take(self, suggestion, base=None, **changes):
        fields = {name: suggestion[name] for name in ("class", "kind", "geom", "attrs")}
        change = {"id": uuid.UUID(suggestion["id"]), "base": base}
        change["shape"] = fields | {"z": 1} | changes
        return save_changes(self.label, author=self.ann, op_id=uuid.uuid4(), changes=[change])

    def reject(self, *ids, label=None, person=None):
        client = Client()
        client.force_login(person or self.ann)
        url = reverse("api:reject_suggestions", args=[(label or self.label).pk])
        return client.post(url, {"rejected": list(ids)}, content_type="application/json")


class StoredTest(PredictionTestCase):
    def test_they_are_no_labels(self):
        self.assertEqual((self.report.added, self.report.labels), (3, 2))
        self.assertEqual(Prediction.objects.count(), 3)
        self.assertFalse(Shape.objects.exists())
        self.assertEqual(Label.objects.count(), 1)

    def test_twice_adds_nothing_twice_and_another_model_has_its_own(self):
        again = self.run_import(labeler=None, model=MODEL)
        self.assertEqual((again.added, again.there), (0, 3))
        self.assertEqual(self.run_import(labeler=None, model="Roofs 2").added, 3)

    def test_what_people_drew_is_not_taken_for_a_prediction(self):
        self.run_import()
        self.assertEqual(outcomes_of(PredictionSet.objects.get())["accepted"], 0)


class SuggestedTest(PredictionTestCase):
    def test_the_labeler_gets_them_the_surest_first(self):
        found = self.suggestions()
        self.assertEqual([one["score"] for one in found], [0.75, 0.5])
        self.assertEqual(found[0]["model"], MODEL)
        self.assertEqual((found[0]["rejected"], found[0]["latest"]), (False, None))

    def test_staff_who_look_at_the_label_and_submitted_labels_have_none(self):
        self.assertEqual(self.document(self.rita)["suggestions"], [])
        Label.objects.filter(pk=self.label.pk).update(status="submitted")
        self.assertEqual(self.document(self.ann)["suggestions"], [])

    def test_a_set_can_be_taken_back(self):
        PredictionSet.objects.update(is_suggested=False)
        self.assertEqual(self.suggestions(), [])

    def test_those_of_another_task_are_not_shown(self):
        PredictionSet.objects.update(task=self.make_other_task())
        self.assertEqual(self.suggestions(), [])

    def make_other_task(self):
        task = self.task
        task.pk, task._state.adding = None, True
        task.save()
        return task

    def test_what_was_accepted_and_deleted_can_be_accepted_again(self):
        first = self.suggestions()[0]
        self.take(first)
        change = {"id": uuid.UUID(first["id"]), "base": 1, "shape": None}
        save_changes(self.label, author=self.ann, op_id=uuid.uuid4(), changes=[change])
        self.assertEqual(self.suggestions()[0]["latest"], 2)
        self.assertTrue(self.take(first, base=2).applied)


class RejectedTest(PredictionTestCase):
    def test_rejecting_and_taking_it_back(self):
        first, second = (one["id"] for one in self.suggestions())
        self.assertEqual(self.reject(first, second).json(), {"rejected": 2})
        self.assertEqual([one["rejected"] for one in self.suggestions()], [True, True])
        self.reject(second)
        self.assertEqual([one["rejected"] for one in self.suggestions()], [False, True])

    def test_another_labeler_of_the_image_decides_anew(self):
        self.task.labels_per_image = 2
        self.task.save()
        self.reject(*[one["id"] for one in self.suggestions()])
        fields = {"task": self.task, "image": self.image, "labeler": self.ben, "slot": 1}
        of_ben = Label.objects.create(status="in_progress", **fields)
        self.assertEqual(self.reject(label=of_ben, person=self.ben).status_code, 200)
        self.client.force_login(self.ben)
        url = reverse("api:get_label", args=[of_ben.pk])
        found = self.client.get(url).json()["suggestions"]
        self.assertEqual([one["rejected"] for one in found], [False, False])

    def test_only_its_labeler_and_only_while_it_is_open(self):
        self.assertEqual(self.reject(person=self.ben).status_code, 404)
        self.assertEqual(self.reject(person=self.rita).status_code, 409)
        Label.objects.filter(pk=self.label.pk).update(status="submitted")
        self.assertEqual(self.reject().status_code, 409)

    def test_ids_of_nothing_are_passed_over(self):
        self.assertEqual(self.reject(str(uuid.uuid4())).json(), {"rejected": 0})


class CountedTest(PredictionTestCase):
    def outcomes(self):
        return outcomes_of(PredictionSet.objects.get())

    def test_accepted_corrected_and_rejected(self):
        first, second = self.suggestions()
        self.take(first)
        self.assertEqual(
            self.outcomes(), {"suggested": 3, "accepted": 1, "corrected": 0, "rejected": 0}
        )
        self.take(first, base=1, geom=first["geom"] | {"w": 6})
        self.reject(second["id"])
        self.assertEqual(
            self.outcomes(), {"suggested": 3, "accepted": 0, "corrected": 1, "rejected": 1}
        )

    def test_staff_see_the_numbers(self):
        self.take(self.suggestions()[0])
        self.client.force_login(self.rita)
        url = reverse("admin:labeling_predictionset_change", args=[PredictionSet.objects.get().pk])
        answer = self.client.get(url)
        self.assertContains(answer, "3 suggested, 1 accepted, 0 corrected, 0 rejected")
