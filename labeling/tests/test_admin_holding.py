"""Who holds what, in the admin, over HTTP: seeing it, moving it, taking people out of the queue."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from labeling.claiming import claim_next
from labeling.models import Assignment, ImageReport, Label, LabelStep
from labeling.steps import report, skip
from labeling.tests.submitted import LIST, SubmittedLabelTestCase
from s3label_site.testing import make_image

PEOPLE = reverse("admin:labeling_assignment_changelist")
REPORTS = reverse("admin:labeling_imagereport_changelist")
STEPS = reverse("admin:labeling_labelstep_changelist")


class HoldingTestCase(SubmittedLabelTestCase):
    """Ann holds one image that she drew on and one that she did not; Ben labels, too."""

    def setUp(self):
        super().setUp()
        make_image(self.dataset, "second.png")
        self.drawn = claim_next(task=self.task, labeler=self.ann)
        self.draw(self.drawn)
        self.untouched = claim_next(task=self.task, labeler=self.ann, after=self.drawn.pk)
        self.ann_here = Assignment.objects.get(user=self.ann)

    def lapse(self, *labels):
        past = timezone.now() - timedelta(minutes=1)
        Label.objects.filter(pk__in=[label.pk for label in labels]).update(lease_until=past)

    def shown(self, query):
        return list(self.client.get(LIST + query).context["cl"].result_list)

    def act(self, page, action, *rows, **fields):
        data = {"action": action, "_selected_action": [row.pk for row in rows]} | fields
        return self.client.post(page, data, follow=True)

    def messages(self, answer):
        return [str(message) for message in answer.context["messages"]]


class LabelListTests(HoldingTestCase):
    def test_it_shows_what_is_in_somebodys_hands_since_when(self):
        self.assertCountEqual(self.shown("?holding=all"), [self.drawn, self.untouched])
        self.assertContains(self.client.get(LIST), "held since", count=2)

    def test_it_shows_lapsed_work_with_something_drawn(self):
        self.assertEqual(self.shown("?holding=lapsed"), [])
        self.assertNotContains(self.client.get(LIST), ">Lapsed<")
        self.lapse(self.drawn, self.untouched)
        self.assertEqual(self.shown("?holding=lapsed"), [self.drawn])
        self.assertContains(self.client.get(LIST), ">Lapsed<", count=2)

    def test_it_shows_work_of_people_who_have_the_task_no_more(self):
        self.assertEqual(self.shown("?holding=left"), [])
        Assignment.objects.filter(user=self.ann).update(is_active=False)
        self.assertCountEqual(self.shown("?holding=left"), [self.drawn, self.untouched])

    def test_an_unknown_filter_shows_all(self):
        self.assertEqual(len(self.shown("?holding=x")), 3)

    def test_many_are_given_to_another_person(self):
        labels = (self.drawn, self.untouched, self.label)
        asked = self.act(LIST, "reassign_selected", *labels)
        self.assertContains(asked, "2 of 3 labels are unfinished")
        answer = self.act(LIST, "reassign_selected", *labels, to=self.ben.pk)
        self.assertIn(f"2 labels given to {self.ben}.", self.messages(answer)[0])
        self.assertIn("The label is submitted now.", self.messages(answer)[1])
        held = Label.objects.filter(labeler=self.ben)
        self.assertCountEqual(held, [self.drawn, self.untouched])

    def test_only_people_of_the_task_can_be_chosen(self):
        for person in (self.cem.pk, 10**30, "x", ""):
            answer = self.act(LIST, "reassign_selected", self.drawn, to=person)
            self.assertContains(answer, "errorlist")
        self.drawn.refresh_from_db()
        self.assertEqual(self.drawn.labeler, self.ann)

    def test_sending_back_names_the_revision_that_the_list_showed(self):
        fields = {"comment": "Again.", f"seen-{self.label.pk}": "0"}
        asked = self.act(LIST, "send_back_selected", self.label, **{f"seen-{self.label.pk}": "0"})
        self.assertContains(asked, f'name="seen-{self.label.pk}" value="0"')
        answer = self.act(LIST, "send_back_selected", self.label, **fields)
        self.assertIn("The label was changed", self.messages(answer)[0])
        self.assertEqual(self.status(), "submitted")


class LabelPageTests(HoldingTestCase):
    def test_one_is_given_to_another_person(self):
        page = self.client.get(self.page_of(self.drawn))
        self.assertContains(page, "Give it to another person")
        answer = self.decide("_reassign", self.drawn, to=self.ben.pk)
        self.assertContains(answer, "given to")
        self.drawn.refresh_from_db()
        self.assertEqual(self.drawn.labeler, self.ben)
        self.assertContains(answer, "given to another person")

    def test_without_a_person_nothing_is_done(self):
        answer = self.decide("_reassign", self.drawn, to="")
        self.assertContains(answer, "Choose a person.")

    def test_sending_back_names_the_revision_that_was_seen(self):
        answer = self.decide("_send_back", comment="Again.", rev=0)
        self.assertContains(answer, "The label was changed")
        self.assertEqual(self.status(), "submitted")
        self.decide("_send_back", comment="Again.", rev=1)
        self.assertEqual(self.status(), "sent_back")


class PeopleTests(HoldingTestCase):
    def test_it_shows_what_each_person_holds_and_leads_there(self):
        page = self.client.get(PEOPLE)
        row = next(row for row in page.context["cl"].result_list if row.user == self.ann)
        self.assertEqual((row.n_open, row.n_done), (2, 1))
        query = f"?task__id__exact={self.task.pk}&labeler={self.ann.pk}&holding=all"
        self.assertContains(page, query.replace("&", "&amp;"))
        self.assertEqual(len(self.shown(query)), 2)

    def test_people_are_taken_out_of_the_queue_and_come_back(self):
        everybody = Assignment.objects.all()
        answer = self.act(PEOPLE, "stop_new_images", *everybody)
        self.assertEqual(self.messages(answer), ["2 people will get no new images."])
        self.assertIsNone(claim_next(task=self.task, labeler=self.ben))
        self.act(PEOPLE, "give_new_images", *everybody)
        self.assertEqual(claim_next(task=self.task, labeler=self.ben), None)
        make_image(self.dataset, "third.png")
        self.assertIsNotNone(claim_next(task=self.task, labeler=self.ben))

    def test_the_task_is_closed_to_people_and_opened_again(self):
        self.act(PEOPLE, "close", self.ann_here)
        self.client.force_login(self.ann)
        url = f"/api/v1/labels/{self.drawn.pk}"
        self.assertEqual(self.client.get(url).status_code, 404)
        self.client.force_login(self.rita)
        self.act(PEOPLE, "reopen", self.ann_here)
        self.client.force_login(self.ann)
        self.assertEqual(self.client.get(url).status_code, 200)

    def test_what_they_have_not_touched_goes_back_and_the_rest_stays(self):
        answer = self.act(PEOPLE, "release_untouched", self.ann_here)
        self.assertEqual(self.messages(answer), ["1 image put back into the queue."])
        self.assertEqual(self.status(self.untouched), "free")
        self.assertEqual(self.status(self.drawn), "in_progress")
        self.assertEqual(LabelStep.objects.get(step="release").by, self.rita)

    def test_others_of_the_task_keep_theirs(self):
        make_image(self.dataset, "third.png")
        bens = claim_next(task=self.task, labeler=self.ben)
        self.act(PEOPLE, "release_untouched", self.ann_here)
        self.assertEqual(self.status(bens), "in_progress")

    def test_who_may_only_view_cannot_act(self):
        self.make_staff("view_assignment")
        self.assertEqual(self.client.get(PEOPLE).status_code, 200)
        self.act(PEOPLE, "close", self.ann_here)
        self.ann_here.refresh_from_db()
        self.assertTrue(self.ann_here.is_active)

    def test_the_number_of_queries_does_not_grow_with_the_people(self):
        with self.assertNumQueries(5):
            self.client.get(PEOPLE)
        Assignment.objects.create(user=self.cem, task=self.task)
        with self.assertNumQueries(5):
            self.client.get(PEOPLE)


class GivenBackTests(HoldingTestCase):
    def test_reported_images_wait_for_a_decision(self):
        report(self.untouched, by=self.ann, reason="<b>Black</b>")
        page = self.client.get(REPORTS)
        self.assertContains(page, "&lt;b&gt;Black&lt;/b&gt;")
        self.assertIsNone(claim_next(task=self.task, labeler=self.ben))
        answer = self.act(REPORTS, "give_out_again", ImageReport.objects.get())
        self.assertEqual(self.messages(answer), ["1 image is given out again."])
        self.assertEqual(claim_next(task=self.task, labeler=self.ben).image, self.untouched.image)
        found = ImageReport.objects.get()
        self.assertEqual((found.state, found.settled_by), ("fine", self.rita))

    def test_a_decision_counts_for_every_report_of_the_image(self):
        report(self.untouched, by=self.ann, reason="Black")
        first = ImageReport.objects.get()
        ImageReport.objects.create(image=first.image, label=self.label, by=self.ben, reason="Dark")
        self.act(REPORTS, "keep_back", first)
        self.assertEqual(set(ImageReport.objects.values_list("state")), {("unusable",)})
        self.assertIsNone(claim_next(task=self.task, labeler=self.ben))

    def test_reasons_for_skipping_are_listed(self):
        skip(self.untouched, by=self.ann, reason="Too dark for me.")
        self.assertContains(self.client.get(STEPS + "?step=skip"), "Too dark for me.")
        self.assertNotContains(self.client.get(STEPS + "?step=approve"), "Too dark for me.")

    def test_the_task_says_what_is_stuck(self):
        page = reverse("admin:labeling_labeltask_change", args=[self.task.pk])
        self.assertNotContains(self.client.get(page), "lapsed")
        self.lapse(self.drawn)
        report(self.untouched, by=self.ann, reason="Black")
        self.assertContains(self.client.get(page), "1 lapsed")
        self.assertContains(self.client.get(page), "1 reported")
