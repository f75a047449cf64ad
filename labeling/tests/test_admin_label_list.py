"""The list of labels in the admin, over HTTP: previews, filters, and steps with many at once."""

from django.urls import reverse

from datasets.models import Image
from labeling.models import Label, LabelStep
from labeling.tests.submitted import LIST, SubmittedLabelTestCase


class ListTests(SubmittedLabelTestCase):
    def names(self, query=""):
        return [
            label.image.name for label in self.client.get(LIST + query).context["cl"].result_list
        ]

    def test_it_shows_claimed_labels_with_a_drawn_preview(self):
        Label.objects.create(task=self.task, image=self.other_image)
        page = self.client.get(LIST)
        self.assertEqual(self.names(), ["000.png"])
        self.assertContains(page, reverse("labeling:image_thumbnail", args=[self.image.pk]))
        self.assertContains(page, '"geom": {"rings": [[2, 2, 30, 2', count=1)
        [label] = page.context["cl"].result_list
        self.assertEqual(label.preview["classes"][0]["name"], "House")
        self.assertContains(page, "Review 1 submitted")

    def test_the_number_of_queries_does_not_grow_with_the_labels(self):
        with self.assertNumQueries(13):
            self.client.get(LIST)
        for number in range(5):
            self.submitted_by(self.ben, f"more-{number}.png")
        with self.assertNumQueries(13):
            self.client.get(LIST)

    def test_it_is_filtered_by_task_status_and_labeler(self):
        self.submitted_by(self.ben, "second.png")
        self.assertEqual(self.names(f"?labeler={self.ben.pk}"), ["second.png"])
        self.assertEqual(self.names("?status=approved"), [])
        self.assertEqual(len(self.names(f"?status=submitted&task__id__exact={self.task.pk}")), 2)

    def test_it_is_searched_by_the_path_of_the_image(self):
        self.submitted_by(self.ben, "north side_1.png")
        self.assertEqual(self.names("?q=north+side_"), ["north side_1.png"])
        self.assertEqual(self.names("?q=side%25"), [])

    def test_hostile_filters_and_searches_are_answered(self):
        words = "+".join("x" * 1500)
        queries = ("?q=" + words, "?labeler=x", "?status=x", "?labeler=" + "9" * 30)
        tasks = ("?task__id__exact=" + "9" * 30, "?task__id__exact=x")
        for query in (*queries, *tasks):
            self.assertIn(self.client.get(LIST + query).status_code, (200, 302), query[:40])

    def test_a_label_with_too_many_shapes_has_no_drawing_in_the_list(self):
        Label.objects.filter(pk=self.label.pk).update(n_shapes=50_000)
        page = self.client.get(LIST)
        self.assertContains(page, "too many shapes to draw here")
        self.assertNotContains(page, "M2 2L30 2")


class ActionTests(SubmittedLabelTestCase):
    def setUp(self):
        super().setUp()
        self.second = self.submitted_by(self.ben, "second.png")
        self.open = Label.objects.create(
            task=self.task, image=self.other_image, labeler=self.ben, status="in_progress"
        )

    def act(self, action, *labels, **fields):
        data = {"action": action, "_selected_action": [label.pk for label in labels]} | fields
        return self.client.post(LIST, data, follow=True)

    def messages(self, answer):
        return [str(message) for message in answer.context["messages"]]

    def test_approving_many_says_what_happened_and_why_not(self):
        answer = self.act("approve_selected", self.label, self.second, self.open)
        self.assertEqual(
            self.messages(answer),
            ["2 labels approved.", "1 label not approved: The label is in progress now."],
        )
        self.assertEqual(self.status(self.second), "approved")
        self.assertEqual(self.status(self.open), "in_progress")

    def test_only_the_revisions_that_the_list_showed_are_approved(self):
        seen = {f"seen-{self.label.pk}": "0", f"seen-{self.second.pk}": "1"}
        answer = self.act("approve_selected", self.label, self.second, **seen)
        self.assertIn("1 label not approved: The label was changed", self.messages(answer)[1])
        self.assertEqual((self.status(), self.status(self.second)), ("submitted", "approved"))

    def test_a_revision_that_cannot_be_is_not_approved(self):
        for seen in ("9" * 5000, "-1", "x", ""):
            answer = self.act("approve_selected", self.label, **{f"seen-{self.label.pk}": seen})
            self.assertIn("1 label not approved", self.messages(answer)[0])
        self.assertEqual(self.status(), "submitted")

    def test_own_work_is_not_approved_among_others(self):
        own = self.submitted_by(self.rita, "own.png")
        answer = self.act("approve_selected", own, self.label)
        self.assertEqual(self.messages(answer)[0], "1 label approved.")
        self.assertEqual(self.status(own), "submitted")

    def test_sending_back_many_asks_for_the_comment_first(self):
        asked = self.act("send_back_selected", self.label, self.second)
        self.assertContains(asked, "Send back 2 labels")
        self.assertEqual(self.status(), "submitted")
        empty = self.act("send_back_selected", self.label, self.second, comment=" ")
        self.assertContains(empty, "This field is required.")
        done = self.act("send_back_selected", self.label, self.second, self.open, comment="Again.")
        self.assertEqual(self.messages(done)[0], "2 labels sent back.")
        self.assertEqual((self.status(), self.status(self.second)), ("sent_back", "sent_back"))
        self.assertEqual(LabelStep.objects.filter(comment="Again.").count(), 2)

    def test_releasing_frees_only_what_nobody_touched(self):
        answer = self.act("release_selected", self.label, self.open)
        self.assertEqual(self.messages(answer)[0], "1 label put back into the queue.")
        self.assertEqual((self.status(self.open), self.status()), ("free", "submitted"))

    def test_releasing_keeps_what_was_drawn_on(self):
        self.draw(self.open)
        answer = self.act("release_selected", self.open)
        self.assertIn("Something was drawn on it", self.messages(answer)[0])
        self.assertEqual(self.status(self.open), "in_progress")

    def test_staff_who_may_only_view_cannot_act(self):
        self.make_staff("view_label")
        self.act("approve_selected", self.label)
        self.assertEqual(self.status(), "submitted")

    def test_more_labels_than_one_request_can_take_are_refused(self):
        Image.objects.bulk_create(
            Image(
                dataset=self.dataset,
                path=f"/many/{number}.png",
                sha256=f"{number:064}",
                byte_size=1,
                format="PNG",
                width=1,
                height=1,
            )
            for number in range(1000)
        )
        Label.objects.bulk_create(
            Label(task=self.task, image=image, labeler=self.ben, status="in_progress")
            for image in Image.objects.filter(path__startswith="/many/")
        )
        fields = {"select_across": "1", f"seen-{self.label.pk}": "1"}
        answer = self.act("approve_selected", self.label, **fields)
        self.assertIn("Choose at most 1,000 labels", self.messages(answer)[0])
        self.assertEqual(self.status(), "submitted")
