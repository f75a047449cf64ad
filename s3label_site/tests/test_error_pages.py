from unittest import mock

from django.test import Client
from django.urls import reverse
from django_vite.core.asset_loader import DjangoViteAssetLoader

from s3label_site.testing import S3LabelTestCase


class ErrorPageTests(S3LabelTestCase):
    def test_a_crash_shows_a_page_that_needs_nothing_that_may_be_broken(self):
        client = Client(raise_request_exception=False)
        client.force_login(self.ann)
        crash = mock.patch.object(DjangoViteAssetLoader, "generate_vite_asset", side_effect=OSError)
        with crash:
            response = client.get(reverse("labeling:task_list"))
        self.assertContains(response, "What you saved before is safe", status_code=500)
        self.assertNotContains(response, "OSError", status_code=500)

    def test_a_foreign_host_gets_no_page_of_ours_filled_with_its_name(self):
        response = self.client.get("/", headers={"host": "evil.example"})
        self.assertContains(response, "did not understand", status_code=400)
        self.assertNotContains(response, "evil.example", status_code=400)

    def test_a_form_from_an_outdated_page_says_what_to_do(self):
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.ann)
        response = client.post(reverse("labeling:next_image", args=[self.task.pk]))
        self.assertContains(response, "This page was out of date", status_code=403)
        self.assertContains(response, "Go to my tasks", status_code=403)

    def test_every_page_carries_the_policy(self):
        for url in ("/", "/nowhere/", reverse("accounts:login")):
            with self.subTest(url=url):
                policy = self.client.get(url).headers["Content-Security-Policy"]
                self.assertIn("default-src 'none'", policy)
                self.assertNotIn("unsafe", policy)
