"""The page of one label in the admin, over HTTP: what it shows, the decisions, the refusals."""

from django.urls import reverse

from datasets.models import Image
from labeling.models import Assignment, Label, LabelStep
from labeling.steps import reopen, submit
from labeling.tests.submitted import LIST, SQUARE, SubmittedLabelTestCase


def painted(page):
    return page.context["drawing"].painting


class LabelPageTests(SubmittedLabelTestCase):
    def test_it_draws_the_shapes_on_the_image(self):
        page = self.client.get(self.page)
        self.assertContains(page, 'viewBox="0 0 64 48"')
        self.assertContains(page, reverse("labeling:image_reduced", args=[self.image.pk]))
        [shape] = painted(page)["shapes"]
        self.assertEqual(shape["geom"]["rings"][1], [10, 10, 20, 10, 20, 20, 10, 20])
        [house, _] = painted(page)["classes"]
        self.assertEqual((shape["class"], house["name"]), (house["id"], "House"))
        self.assertContains(page, "1 label waits for your review")

    def test_every_kind_of_shape_is_drawn(self):
        label = self.submitted_by(self.ben, "kinds.png")
        reopen(label, by=self.ben)
        turned = {"cx": 20, "cy": 20, "angle": 30}
        self.draw(label, "rect", turned | {"w": 9, "h": 5})
        self.draw(label, "ellipse", turned | {"rx": 9, "ry": 5})
        point = {"name": "nose", "x": 5, "y": 6, "visible": True}
        self.draw(label, "points", {"points": [point]})
        kinds = [one["kind"] for one in painted(self.client.get(self.page_of(label)))["shapes"]]
        self.assertEqual(kinds, ["polygon", "rect", "ellipse", "points"])

    def test_what_others_drew_on_the_image_comes_along(self):
        self.assertEqual(painted(self.client.get(self.page))["others"], [])
        other = Label.objects.create(
            task=self.task, image=self.image, slot=2, labeler=self.ben, status="in_progress"
        )
        self.draw(other)
        page = self.client.get(self.page)
        [found] = painted(page)["others"]
        self.assertEqual((found["by"], len(found["shapes"])), ("Ben", 1))
        self.assertContains(page, "What Ben drew")

    def test_a_colour_that_sql_wrote_is_not_passed_on(self):
        self.task.classes.update(color="url(x)")
        page = self.client.get(self.page)
        self.assertEqual({one["color"] for one in painted(page)["classes"]}, {"#e6194b"})
        self.assertNotContains(page, "url(x)")

    def test_an_older_revision_is_shown_but_not_decided_on(self):
        reopen(self.label, by=self.ann)
        self.draw(self.label)
        submit(self.label, by=self.ann, rev=2)
        self.assertEqual(len(painted(self.client.get(self.page))["shapes"]), 2)
        old = self.client.get(self.page + "?rev=1")
        self.assertEqual(len(painted(old)["shapes"]), 1)
        self.assertNotContains(old, "_approve")

    def test_the_history_names_who_did_what_at_which_revision(self):
        self.decide("_send_back", comment="The roof on the left is missing.")
        events = self.client.get(self.page).context["history"]
        found = [(event.who, event.what, event.change, event.rev) for event in events]
        expected = [
            ("Rita", "sent back", "Submitted → Sent back", 1),
            ("Ann", "submitted", "In progress → Submitted", 1),
            ("Ann", "saved", "1 drawn", 1),
        ]
        self.assertEqual(found, expected)
        self.assertEqual(events[0].comment, "The roof on the left is missing.")

    def test_the_history_tells_changed_shapes_from_new_and_deleted_ones(self):
        reopen(self.label, by=self.ann)
        old = self.label.shapes.get()
        self.change(old.uid, base=1, shape=self.state_of_house(geom=SQUARE, z=5))
        self.draw(self.label)
        self.change(old.uid, base=2, shape=None)
        events = self.client.get(self.page).context["history"]
        saved = [event.change for event in events if event.what == "saved"]
        self.assertEqual(saved, ["1 deleted", "1 drawn", "1 changed", "1 drawn"])

    def test_the_number_of_queries_does_not_grow_with_shapes_and_history(self):
        with self.assertNumQueries(23):
            self.client.get(self.page)
        for _ in range(3):
            reopen(self.label, by=self.ann)
            self.draw(self.label)
            submit(self.label, by=self.ann, rev=self.label.rev)
        with self.assertNumQueries(23):
            self.client.get(self.page)

    def comment(self, **fields):
        url = reverse("admin:labeling_label_comment", args=[self.label.pk])
        return self.client.post(url, fields, follow=True)

    def test_a_reviewer_marks_a_place_and_the_page_shows_it_there(self):
        page = self.comment(words="This is a <b>shed</b>.", x="12.5", y="30")
        self.assertContains(page, 'data-x="12.5" data-y="30.0"')
        self.assertContains(page, "This is a &lt;b&gt;shed&lt;/b&gt;.")
        refused = self.comment(words="Here.", x="900", y="1")
        self.assertContains(refused, "That place is outside the image.")
        self.assertContains(self.comment(words=" "), "Nothing was written.")
        self.assertEqual(self.label.comments.count(), 1)

    def test_a_thread_is_answered_settled_and_opened_again(self):
        self.comment(words="Is this a shed?")
        thread = self.label.comments.get()
        self.assertContains(self.comment(words="It is.", thread=thread.pk), "It is.")
        self.assertContains(self.comment(_settle=thread.pk), "Settled by Rita")
        self.assertNotContains(self.comment(_open=thread.pk), "Settled by")
        self.assertEqual(self.comment(words="x", thread=thread.pk + 9).status_code, 404)

    def test_marks_are_words_enough_to_send_a_label_back(self):
        self.decide("_send_back", comment=" ")
        self.label.refresh_from_db()
        self.assertEqual(self.label.status, "submitted")
        self.comment(words="The roof ends here.", x="5", y="5")
        self.decide("_send_back", comment=" ")
        self.label.refresh_from_db()
        self.assertEqual(self.label.status, "sent_back")
        self.assertEqual(
            self.label.steps.last().comment, "Please look at the comment on the image."
        )

    def test_a_free_place_in_the_queue_has_no_page(self):
        free = Label.objects.create(task=self.task, image=self.other_image)
        self.assertRedirects(self.client.get(self.page_of(free)), reverse("admin:index"))

    def test_an_image_whose_file_is_gone_is_told_before_the_decision(self):
        words = "The file of this image is missing"
        self.assertNotContains(self.client.get(self.page), words)
        Image.objects.filter(pk=self.image.pk).update(state="missing")
        self.assertContains(self.client.get(self.page), words)

    def test_a_color_that_sql_wrote_wrongly_stays_out_of_the_page(self):
        self.task.classes.update(color="red;x:")
        self.assertNotContains(self.client.get(self.page), "red;x:")


class DecisionTests(SubmittedLabelTestCase):
    def test_approving_names_the_revision_that_was_seen(self):
        answer = self.decide("_approve")
        self.label.refresh_from_db()
        self.assertEqual((self.label.status, self.label.approved_rev), ("approved", 1))
        self.assertContains(answer, "Approved: 000.png by Ann.")
        self.assertContains(answer, "No other label waits for your review.")

    def test_what_changed_since_it_was_seen_is_not_approved(self):
        reopen(self.label, by=self.ann)
        self.draw(self.label)
        submit(self.label, by=self.ann, rev=2)
        answer = self.decide("_approve", rev=1)
        self.assertEqual(self.status(), "submitted")
        self.assertContains(answer, "it is at revision 2, not 1")
        # The page shows the newer revision now, so that the next click means this one.
        self.assertContains(answer, '<input type="hidden" name="rev" value="2">', html=True)

    def test_sending_back_needs_a_comment(self):
        answer = self.decide("_send_back", comment="  ")
        self.assertContains(answer, "Nothing was changed. Say in a comment")
        self.assertEqual(self.status(), "submitted")
        self.decide("_send_back", comment="Two roofs are missing.")
        self.assertEqual(self.status(), "sent_back")
        step = LabelStep.objects.last()
        self.assertEqual((step.by, step.comment), (self.rita, "Two roofs are missing."))

    def test_a_label_sent_back_comes_first_when_its_labeler_asks_for_an_image(self):
        self.decide("_send_back", comment="Two roofs are missing.")
        self.client.force_login(self.ann)
        answer = self.client.post(reverse("labeling:next_image", args=[self.task.pk]))
        self.assertRedirects(answer, self.label.get_absolute_url(), fetch_redirect_response=False)
        document = self.client.get(f"/api/v1/labels/{self.label.pk}").json()
        self.assertEqual(document["comment"], "Two roofs are missing.")
        self.assertTrue(document["editable"])

    def test_the_document_says_who_may_decide_in_the_editor(self):
        def document():
            return self.client.get(f"/api/v1/labels/{self.label.pk}").json()

        def reviewable():
            return document()["reviewable"]

        self.assertTrue(reviewable())
        self.assertEqual(document()["review_url"], self.page)
        Label.objects.filter(pk=self.label.pk).update(labeler=self.rita)
        self.assertFalse(reviewable())
        Label.objects.filter(pk=self.label.pk).update(labeler=self.ann, status="in_progress")
        self.assertFalse(reviewable())
        Label.objects.filter(pk=self.label.pk).update(status="submitted")
        self.make_staff("view_label")
        self.assertFalse(reviewable())
        self.client.force_login(self.ann)
        self.assertFalse(reviewable())
        self.assertIsNone(document()["review_url"])

    def test_two_reviewers_cannot_both_decide(self):
        self.decide("_approve")
        answer = self.decide("_approve")
        self.assertContains(answer, "Nothing was changed. The label is approved now.")
        self.assertEqual(self.label.steps.filter(step="approve").count(), 1)

    def test_the_comment_is_kept_when_a_decision_was_refused(self):
        reopen(self.label, by=self.ann)
        submit(self.label, by=self.ann, rev=1)
        answer = self.decide("_approve", rev=0, comment="Please look again.")
        self.assertContains(answer, "Please look again.")

    def test_nobody_reviews_their_own_work(self):
        Assignment.objects.create(task=self.task, user=self.rita)
        own = self.submitted_by(self.rita, "own.png")
        self.assertContains(self.client.get(self.page_of(own)), "This is your own work.")
        answer = self.decide("_approve", own)
        self.assertContains(answer, "Nobody reviews their own work.")
        self.assertEqual(self.status(own), "submitted")

    def test_an_untouched_image_can_be_put_back_into_the_queue(self):
        claimed = Label.objects.create(
            task=self.task, image=self.other_image, labeler=self.ben, status="in_progress"
        )
        self.assertContains(self.client.get(self.page_of(claimed)), "has drawn nothing yet")
        self.decide("_release", claimed, rev=0)
        claimed.refresh_from_db()
        self.assertEqual((claimed.status, claimed.labeler), ("free", None))

    def test_a_crafted_revision_changes_nothing(self):
        for rev in ("", "x", "-1", "99999999999999999999"):
            answer = self.decide("_approve", rev=rev)
            self.assertContains(answer, "Nothing was changed.")
        self.assertEqual(self.status(), "submitted")


class QueueTests(SubmittedLabelTestCase):
    def setUp(self):
        super().setUp()
        self.second = self.submitted_by(self.ben, "second.png")
        self.third = self.submitted_by(self.ann, "third.png")

    def test_the_queue_starts_with_the_longest_waiting(self):
        review = reverse("admin:labeling_label_review")
        self.assertRedirects(self.client.get(review), self.page)

    def test_a_decision_leads_to_the_next_and_after_the_last_to_the_first(self):
        self.assertRedirects(self.decide("_approve", self.second), self.page_of(self.third))
        self.assertRedirects(self.decide("_approve", self.third), self.page)

    def test_next_and_previous_follow_the_time_of_waiting(self):
        context = self.client.get(self.page_of(self.second)).context
        self.assertEqual((context["previous"], context["next"]), (self.label, self.third))

    def test_the_queue_of_a_task_stays_in_the_task(self):
        Label.objects.filter(pk=self.third.pk).update(task=self.other_task())
        query = f"?task={self.task.pk}"
        answer = self.decide("_approve", self.second, query)
        self.assertRedirects(answer, self.page + query)
        answer = self.decide("_approve", self.label, query)
        self.assertRedirects(answer, f"{LIST}?task__id__exact={self.task.pk}")

    def test_the_queue_of_all_tasks_goes_through_one_before_the_next(self):
        Label.objects.filter(pk=self.second.pk).update(task=self.other_task())
        self.assertEqual(self.client.get(self.page).context["next"], self.third)
        self.assertRedirects(self.decide("_approve"), self.page_of(self.third))
        answer = self.decide("_approve", self.third)
        self.assertRedirects(answer, self.page_of(self.second))
        self.assertContains(answer, "That was the last of")

    def other_task(self):
        self.task.pk, other = None, self.task
        other.save(force_insert=True)
        self.task = type(other).objects.order_by("pk").first()
        return other

    def test_own_work_is_not_in_the_queue(self):
        for label in (self.label, self.second):
            Label.objects.filter(pk=label.pk).update(labeler=self.rita)
        review = reverse("admin:labeling_label_review")
        self.assertRedirects(self.client.get(review), self.page_of(self.third))


class PermissionTests(SubmittedLabelTestCase):
    def codes(self):
        decision = {"_approve": "", "rev": 1, "comment": ""}
        return (
            self.client.get(LIST).status_code,
            self.client.get(self.page).status_code,
            self.client.get(reverse("admin:labeling_label_review")).status_code,
            self.client.post(self.page, decision).status_code,
        )

    def test_staff_with_the_permission_decide(self):
        self.make_staff("change_label")
        self.assertEqual(self.codes(), (200, 200, 302, 302))
        self.assertEqual(self.status(), "approved")

    def test_staff_who_may_only_view_see_no_buttons(self):
        self.make_staff("view_label")
        self.assertEqual(self.codes(), (200, 200, 302, 403))
        self.assertNotContains(self.client.get(self.page), "_approve")
        self.assertNotContains(self.client.get(LIST), "approve_selected")

    def test_staff_without_permission_are_refused(self):
        self.make_staff()
        self.assertEqual(self.codes(), (403, 403, 403, 403))
        self.assertEqual(self.status(), "submitted")

    def test_a_labeler_is_sent_to_the_log_in_of_staff(self):
        self.client.force_login(self.ann)
        self.assertEqual(self.codes(), (302, 302, 302, 302))
        self.assertEqual(self.status(), "submitted")

    def test_not_even_a_superuser_adds_or_deletes_a_label(self):
        delete = reverse("admin:labeling_label_delete", args=[self.label.pk])
        for url in (reverse("admin:labeling_label_add"), delete):
            self.assertEqual(self.client.post(url, {"post": "yes"}).status_code, 403, url)
        self.client.post(LIST, {"action": "delete_selected", "_selected_action": self.label.pk})
        self.assertTrue(Label.objects.filter(pk=self.label.pk).exists())
