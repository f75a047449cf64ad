"""How long people really worked on a label, as their editor tells it."""

import uuid
from unittest import TestCase, mock

from django.db import IntegrityError

from labeling.models import Label
from labeling.timing import LONGEST_SITTING, Sitting, in_words
from s3label_site.testing import S3LabelTestCase


class TimeTests(S3LabelTestCase):
    def setUp(self):
        self.client.force_login(self.ann)

    def report(self, sitting, seconds):
        body = {"sitting": str(sitting), "seconds": seconds}
        url = f"/api/v1/labels/{self.label.pk}/time"
        return self.client.post(url, body, content_type="application/json")

    def test_sittings_are_added_up(self):
        morning, evening = uuid.uuid4(), uuid.uuid4()
        for sitting, seconds in [(morning, 30), (morning, 75), (evening, 20)]:
            answer = self.report(sitting, seconds)
        self.assertEqual(answer.json(), {"seconds": 95})
        document = self.client.get(f"/api/v1/labels/{self.label.pk}").json()
        self.assertEqual(document["seconds"], 95)

    def test_a_report_that_comes_again_or_late_changes_nothing(self):
        sitting = uuid.uuid4()
        for seconds in (60, 60, 30):
            answer = self.report(sitting, seconds)
        self.assertEqual(answer.json(), {"seconds": 60})

    def test_it_is_kept_with_the_revision(self):
        sitting = uuid.uuid4()
        self.report(sitting, 10)
        Label.objects.filter(pk=self.label.pk).update(rev=3)
        self.report(sitting, 20)
        self.assertEqual(list(Sitting.objects.values_list("rev", "seconds")), [(3, 20)])

    def test_a_clock_that_went_wrong_is_not_believed(self):
        self.assertEqual(self.report(uuid.uuid4(), 2**31 - 1).json(), {"seconds": LONGEST_SITTING})
        self.assertEqual(self.report(uuid.uuid4(), -5).status_code, 422)

    def test_a_last_report_of_what_is_deleted_meanwhile_is_no_fault(self):
        def fail(label, **_):
            raise IntegrityError("FOREIGN KEY constraint failed")

        def fail_without_label(label, **_):
            Label.objects.filter(pk=label.pk).delete()
            fail(label)

        with mock.patch.object(Sitting, "report", fail), self.assertRaises(IntegrityError):
            self.report(uuid.uuid4(), 10)
        with mock.patch.object(Sitting, "report", fail_without_label):
            self.assertEqual(self.report(uuid.uuid4(), 10).status_code, 404)

    def test_staff_who_look_on_are_not_counted(self):
        self.client.force_login(self.rita)
        self.assertEqual(self.report(uuid.uuid4(), 10).status_code, 409)
        self.assertEqual(self.label.sittings.seconds(), 0)

    def test_reporting_keeps_the_image_with_its_labeler(self):
        self.assertIsNone(self.label.lease_until)
        self.report(uuid.uuid4(), 10)
        self.label.refresh_from_db()
        self.assertIsNotNone(self.label.lease_until)

    def test_staff_see_it_in_the_list_and_beside_the_drawing(self):
        self.report(uuid.uuid4(), 75 * 60)
        self.client.force_login(self.rita)
        for page in ("/admin/labeling/label/", f"/admin/labeling/label/{self.label.pk}/change/"):
            self.assertContains(self.client.get(page), "1 h 15 min")


class WordsTests(TestCase):
    def test_the_words_for_a_time(self):
        for seconds, words in [(0, "0 s"), (59, "59 s"), (90, "2 min"), (3599, "1 h 0 min")]:
            self.assertEqual(in_words(seconds), words)
