"""Staff start a check in the admin, and see what is not in order and why."""

import os

from django.test import TestCase
from django.urls import reverse

from accounts.models import User
from datasets.models import Dataset, ImageCheck
from datasets.tests.folders import FolderMixin


class CheckPageTests(FolderMixin, TestCase):
    def setUp(self):
        super().setUp()
        self.put_many(5)
        self.run_import()
        self.rita = User.objects.create(email="rita@example.org", is_staff=True, is_superuser=True)
        self.client.force_login(self.rita)

    def start(self, how="look"):
        url = reverse("admin:datasets_dataset_check", args=[self.dataset.pk])
        return self.client.post(url, {"how": how})

    def run_waiting(self):
        job = ImageCheck.objects.get()
        job.workers = 1
        job.run()
        return job

    def page(self, job):
        return self.client.get(reverse("admin:datasets_imagecheck_change", args=[job.pk]))

    def test_a_check_is_started_run_and_shows_what_is_wrong(self):
        os.rename(self.root / "many/1/0001.png", self.root / "seen.png")
        self.put("many/2/0002.png", b"other")
        answer = self.start()
        job = ImageCheck.objects.get()
        self.assertRedirects(answer, reverse("admin:datasets_imagecheck_change", args=[job.pk]))
        self.assertContains(self.page(job), "Waiting for a worker")
        self.assertEqual((job.created_by, job.verify), (self.rita, False))
        job = self.run_waiting()
        page = self.page(job)
        self.assertContains(page, "Not all in order")
        self.assertContains(page, "it is not there any more")
        self.assertContains(page, f"{self.root}/seen.png")
        self.assertContains(page, "its file has other content than when it was imported")
        missing = (
            f"/admin/datasets/image/?state__exact=missing&amp;dataset__id__exact={job.dataset_id}"
        )
        self.assertContains(page, missing)
        listed = self.client.get(missing.replace("&amp;", "&"))
        self.assertContains(listed, "0001.png")
        self.assertNotContains(listed, "0002.png")

    def test_when_all_is_in_order_it_says_so(self):
        self.start()
        page = self.page(self.run_waiting())
        self.assertContains(page, "5 images checked, all in order.")
        self.assertNotContains(page, "not-in-order")

    def test_a_root_that_is_away_is_said(self):
        self.start("verify")
        with self.settings(IMAGE_ROOTS=["/nowhere"]):
            job = self.run_waiting()
        self.assertTrue(job.verify)
        page = self.page(job)
        self.assertContains(page, "Not all looked at")
        self.assertContains(page, "not below an image root any more: 5 images not looked at")

    def test_the_list_of_datasets_checks_one_or_many(self):
        def act(*datasets):
            url = reverse("admin:datasets_dataset_changelist")
            chosen = {"action": "check_images", "_selected_action": [d.pk for d in datasets]}
            return self.client.post(url, chosen)

        answer = act(self.dataset)
        job = ImageCheck.objects.get()
        self.assertRedirects(answer, reverse("admin:datasets_imagecheck_change", args=[job.pk]))
        other = Dataset.objects.create(site="x", sensor="y")
        answer = act(self.dataset, other)
        self.assertRedirects(answer, reverse("admin:datasets_imagecheck_changelist"))
        self.assertEqual(ImageCheck.objects.count(), 2)

    def test_a_check_can_be_cancelled_and_started_again(self):
        self.start()
        job = ImageCheck.objects.get()
        self.client.post(reverse("admin:datasets_imagecheck_cancel", args=[job.pk]))
        self.assertContains(self.page(job), "This check was cancelled")
        self.client.post(reverse("admin:datasets_imagecheck_again", args=[job.pk]))
        job.refresh_from_db()
        self.assertEqual(job.status, "queued")
        done = self.run_waiting()
        url = reverse("admin:datasets_imagecheck_progress", args=[done.pk])
        self.assertEqual(self.client.get(url)["HX-Refresh"], "true")

    def test_the_image_says_why_and_since_when(self):
        os.remove(self.root / "many/1/0001.png")
        self.start()
        self.run_waiting()
        image = self.dataset.images.get(state="missing")
        page = self.client.get(reverse("admin:datasets_image_change", args=[image.pk]))
        self.assertContains(page, "it is not there any more")
