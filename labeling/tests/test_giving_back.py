"""A labeler gives an image back: skipped, it goes to somebody else; reported, to nobody."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from labeling.claiming import claim_next
from labeling.models import Assignment, ImageReport, Label, LabelStep
from labeling.steps import InvalidStep, reassign, release, report, send_back, skip, submit
from labeling.tests.submitted import SubmittedLabelTestCase
from s3label_site.testing import make_image

WHY = "The picture is too dark for me."


class GivenBackTestCase(SubmittedLabelTestCase):
    """Ann has an image in her hands; Ben labels the same task."""

    def setUp(self):
        super().setUp()
        self.client.force_login(self.ann)
        self.mine = claim_next(task=self.task, labeler=self.ann)

    def claim(self, labeler, after=0):
        return claim_next(task=self.task, labeler=labeler, after=after)

    def everything_for(self, labeler):
        """The images that the labeler gets, one after the other."""
        images, last = [], 0
        while label := self.claim(labeler, last):
            images.append(label.image)
            last = submit(label, by=labeler, rev=label.rev).pk
        return images


class SkipTests(GivenBackTestCase):
    def test_who_skips_an_image_does_not_get_it_again_and_another_does(self):
        skip(self.mine, by=self.ann, reason=WHY)
        self.assertIsNone(self.claim(self.ann))
        self.assertEqual(self.claim(self.ben).image, self.mine.image)

    def test_with_more_labels_per_image_no_other_slot_comes_either(self):
        self.task.labels_per_image = 3
        self.task.save()
        skip(self.mine, by=self.ann, reason=WHY)
        images = self.everything_for(self.ann)
        self.assertNotIn(self.mine.image, images)
        self.assertIn(self.mine.image, self.everything_for(self.ben))

    def test_the_next_goes_on_from_what_is_drawn(self):
        self.draw(self.mine)
        skip(self.mine, by=self.ann, reason=WHY)
        taken = self.claim(self.ben)
        self.assertEqual((taken.pk, taken.rev, taken.n_shapes), (self.mine.pk, 1, 1))
        self.draw(taken)
        self.assertEqual(Label.objects.get(pk=taken.pk).n_shapes, 2)
        authors = taken.revisions.order_by("rev").values_list("author__email", flat=True)
        self.assertEqual(list(authors), ["ann@example.org", "ben@example.org"])

    def test_what_another_drew_does_not_count_as_touched(self):
        self.draw(self.mine)
        skip(self.mine, by=self.ann, reason=WHY)
        taken = self.claim(self.ben)
        past = timezone.now() - timedelta(minutes=1)
        Label.objects.filter(pk=taken.pk).update(lease_until=past)
        Assignment.objects.create(user=self.cem, task=self.task)
        self.assertEqual(self.claim(self.cem).pk, taken.pk)
        taken.refresh_from_db()
        self.assertEqual(release(taken, by=self.rita).status, "free")

    def test_the_reason_is_kept_with_who_and_when(self):
        skip(self.mine, by=self.ann, reason=f" {WHY}\n")
        step = LabelStep.objects.get(step="skip")
        self.assertEqual((step.by, step.comment, step.to_status), (self.ann, WHY, "free"))

    def test_it_takes_a_reason_and_work_of_ones_own_that_is_not_done(self):
        with self.assertRaisesMessage(InvalidStep, "Say in a few words why."):
            skip(self.mine, by=self.ann, reason=" ")
        with self.assertRaisesMessage(InvalidStep, "Only its labeler"):
            skip(self.mine, by=self.rita, reason=WHY)
        with self.assertRaisesMessage(InvalidStep, "The label is submitted now."):
            skip(self.label, by=self.ann, reason=WHY)
        self.assertEqual(self.status(self.mine), "in_progress")


class ReportTests(GivenBackTestCase):
    def test_nobody_gets_a_reported_image_until_staff_say_that_it_is_fine(self):
        report(self.mine, by=self.ann, reason="It is black.")
        found = ImageReport.objects.get()
        self.assertEqual((found.image, found.by, found.state), (self.mine.image, self.ann, "open"))
        self.assertIsNone(self.claim(self.ben))
        ImageReport.objects.update(state="unusable")
        self.assertIsNone(self.claim(self.ben))
        ImageReport.objects.update(state="fine")
        self.assertEqual(self.claim(self.ben).image, self.mine.image)

    def test_work_that_was_sent_back_can_be_reported_but_not_skipped(self):
        send_back(self.label, by=self.rita, comment="The roof is missing.")
        with self.assertRaisesMessage(InvalidStep, "The label is sent back now."):
            skip(self.label, by=self.ann, reason=WHY)
        self.assertEqual(report(self.label, by=self.ann, reason="There is none.").status, "free")

    def test_a_refused_report_leaves_nothing(self):
        with self.assertRaises(InvalidStep):
            report(self.mine, by=self.ben, reason=WHY)
        self.assertEqual(ImageReport.objects.count(), 0)


class ReassignTests(GivenBackTestCase):
    def test_unfinished_work_goes_to_another_person_with_all_that_is_drawn(self):
        self.draw(self.mine)
        moved = reassign(self.mine, by=self.rita, to=self.ben)
        self.assertEqual((moved.labeler, moved.status, moved.rev), (self.ben, "in_progress", 1))
        self.assertGreater(moved.lease_until, timezone.now())
        self.assertEqual(self.client.get(f"/api/v1/labels/{moved.pk}").status_code, 404)
        self.assertEqual(self.claim(self.ben, None), moved)

    def test_the_comment_of_the_reviewer_goes_with_it(self):
        send_back(self.label, by=self.rita, comment="The roof is missing.")
        reassign(self.label, by=self.rita, to=self.ben)
        self.client.force_login(self.ben)
        document = self.client.get(f"/api/v1/labels/{self.label.pk}").json()
        self.assertEqual(document["comment"], "The roof is missing.")
        self.assertContains(self.client.get("/"), "The roof is missing.")

    def test_it_needs_somebody_of_the_task_who_has_not_labeled_the_image(self):
        self.task.labels_per_image = 2
        self.task.save()
        other = self.claim(self.ben)
        while other.image != self.mine.image:
            other = self.claim(self.ben, other.pk)
        for person, problem in (
            (self.cem, "cem@example.org does not label this task."),
            (self.ben, "ben@example.org labels this image already."),
            (self.ann, "ann@example.org has it already."),
        ):
            with self.assertRaisesMessage(InvalidStep, problem.split("@")[1].split(" ", 1)[1]):
                reassign(self.mine, by=self.rita, to=person)
        with self.assertRaisesMessage(InvalidStep, "Only staff"):
            reassign(self.mine, by=self.ann, to=self.ben)
        with self.assertRaisesMessage(InvalidStep, "The label is submitted now."):
            reassign(self.label, by=self.rita, to=self.ben)
        self.mine.refresh_from_db()
        self.assertEqual(self.mine.labeler, self.ann)


class PageTests(GivenBackTestCase):
    def setUp(self):
        super().setUp()
        self.page = reverse("labeling:give_back", args=[self.mine.pk])

    def send(self, what, reason=WHY):
        return self.client.post(self.page, {"what": what, "reason": reason})

    def test_it_goes_on_with_the_next_image(self):
        another = make_image(self.dataset, "another.png")
        answer = self.send("skip")
        following = Label.objects.get(labeler=self.ann, status="in_progress")
        self.assertEqual(following.image, another)
        self.assertRedirects(answer, following.get_absolute_url())
        self.assertEqual(self.client.get(self.page).status_code, 404)

    def test_it_reports(self):
        self.assertRedirects(self.send("report"), reverse("labeling:task_list"))
        self.assertEqual(ImageReport.objects.get().reason, WHY)

    def test_what_is_missing_is_said_and_nothing_done(self):
        self.assertContains(self.send("skip", " "), "This field is required.")
        self.assertContains(self.send("other"), "Select a valid choice")
        self.assertEqual(self.status(self.mine), "in_progress")

    def test_sent_back_work_is_told_why_it_cannot_be_skipped(self):
        send_back(self.label, by=self.rita, comment="The roof is missing.")
        self.page = reverse("labeling:give_back", args=[self.label.pk])
        self.assertContains(self.send("skip"), "The label is sent back now.")

    def test_my_labels_lead_there(self):
        self.assertContains(self.client.get(reverse("labeling:my_labels")), self.page, count=1)


class ApiTests(GivenBackTestCase):
    def send(self, what, reason):
        url = f"/api/v1/labels/{self.mine.pk}/{what}"
        return self.client.post(url, {"reason": reason}, content_type="application/json")

    def test_it_skips_and_reports(self):
        self.assertEqual(self.send("skip", WHY).json(), {"status": "free"})
        self.assertEqual(self.send("skip", WHY).status_code, 404)
        self.mine = self.claim(self.ben)
        self.client.force_login(self.ben)
        self.assertEqual(self.send("report", "Black.").json(), {"status": "free"})
        self.assertEqual(ImageReport.objects.get().by, self.ben)

    def test_reasons_that_are_none_are_refused(self):
        self.assertEqual(self.send("skip", " ").status_code, 409)
        for reason in ("", "a\0", "x" * 4001, None, 5, ["x"]):
            with self.subTest(reason=str(reason)[:9]):
                self.assertIn(self.send("report", reason).status_code, (409, 422))
        self.assertEqual(self.status(self.mine), "in_progress")
