"""Staff say over the API which images come first, and decide on those that were reported."""

from datasets.models import Dataset
from datasets.tests.test_sets_api import ApiTestCase
from labeling.claiming import claim_next
from labeling.models import ImageReport, Label
from labeling.queueing import top_up
from labeling.steps import report
from s3label_site.testing import make_image


class QueueTests(ApiTestCase):
    def setUp(self):
        super().setUp()
        self.images = [make_image(self.dataset, f"more-{n}.png") for n in range(4)]
        self.path = f"/tasks/{self.task.pk}"

    def next_images(self):
        return [row["image"] for row in self.get(f"{self.path}/queue")["items"]]

    def give(self, status=200, **priorities):
        return self.send(f"{self.path}/priorities", priorities, status)

    def test_what_a_model_is_not_sure_of_comes_first(self):
        last, first = self.images[2], self.images[3]
        some = [{"image": last.pk, "priority": -5}, {"image": first.pk, "priority": 10}]
        answer = self.give(images=some)
        self.assertEqual(answer["items"][0], {"image": first.pk, "slot": 0, "priority": 10})
        # The rest comes into the queue when somebody claims, and its priority is 0.
        claimed = claim_next(task=self.task, labeler=self.ben)
        self.assertEqual(claimed.image, first)
        self.assertEqual(self.next_images()[-1], last.pk)

    def test_a_dataset_comes_first_with_what_comes_into_it_later(self):
        other = Dataset.objects.create(site="Other", sensor="x")
        self.task.dataset_group.datasets.add(other)
        self.give(datasets=[{"dataset": other.pk, "priority": 7}])
        late = make_image(other, "late.png")
        top_up(self.task)
        self.assertEqual(self.next_images()[0], late.pk)

    def test_what_is_not_of_the_task_changes_nothing(self):
        foreign = make_image(Dataset.objects.create(site="Far", sensor="x"), "far.png")
        good = {"image": self.images[0].pk, "priority": 5}
        for wrong in (
            {"images": [good, {"image": foreign.pk, "priority": 5}]},
            {"images": [good, {"image": 987, "priority": 5}]},
            {"images": [good], "datasets": [{"dataset": foreign.dataset_id, "priority": 1}]},
            {"images": [good | {"priority": 10**7}]},
            {"images": [good | {"priority": 1.5}]},
            {"images": [good | {"priority": None}]},
            {"image": good},
        ):
            with self.subTest(wrong=wrong):
                self.give(422, **wrong)
        self.assertFalse(Label.objects.exclude(priority=0).exists())
        self.give(images=[good])


class ReportTests(ApiTestCase):
    def setUp(self):
        super().setUp()
        report(self.label, by=self.ann, reason="It is black.")
        (self.found,) = self.get("/reports", task=self.task.pk)["items"]
        self.path = f"/reports/{self.found['id']}/settle"

    def is_given_out(self):
        top_up(self.task)
        items = self.get(f"/tasks/{self.task.pk}/queue")["items"]
        return self.image.pk in [row["image"] for row in items]

    def test_a_reported_image_is_given_out_again_or_not(self):
        self.assertEqual(
            (self.found["image"], self.found["reason"], self.found["state"]),
            (self.image.pk, "It is black.", "open"),
        )
        self.assertFalse(self.is_given_out())
        self.assertEqual(self.send(self.path, {"fine": True})["state"], "fine")
        self.assertTrue(self.is_given_out())
        self.assertEqual(self.send(self.path, {"fine": False})["state"], "unusable")
        self.assertFalse(self.is_given_out())
        self.assertEqual(ImageReport.objects.get().settled_by, self.rita)
        self.assertEqual(self.get("/reports?state=open")["items"], [])
        self.send(self.path, {"fine": "yes"}, 422)
        self.send("/reports/987/settle", {"fine": True}, 404)
