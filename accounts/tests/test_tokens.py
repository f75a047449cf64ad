"""Scripts use the API with tokens that act as their users, and end."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken
from accounts.tokens import make_token
from s3label_site.testing import S3LabelTestCase


class TokenTests(S3LabelTestCase):
    def setUp(self):
        self.token, self.secret = make_token(self.ann, "nightly", "label", 1)
        self.url = f"/api/v1/labels/{self.label.pk}"

    def ask(self, secret, method="get", url=None, **body):
        client = Client(enforce_csrf_checks=True)
        return getattr(client, method)(
            url or self.url,
            body or None,
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )

    def test_a_token_opens_what_its_user_may_open(self):
        self.assertEqual(self.ask(self.secret).status_code, 200)
        self.assertEqual(self.ask(make_token(self.ben, "x", "label", 1)[1]).status_code, 404)

    def test_a_token_writes_without_a_cookie(self):
        answer = self.ask(self.secret, "post", f"{self.url}/submit", rev=0)
        self.assertEqual(answer.json(), {"status": "submitted"})

    def test_a_reading_token_does_not_write(self):
        _, secret = make_token(self.ann, "reader", "read", 1)
        self.assertEqual(self.ask(secret).status_code, 200)
        answer = self.ask(secret, "post", f"{self.url}/submit", rev=0)
        self.assertContains(answer, "may only read", status_code=403)
        self.label.refresh_from_db()
        self.assertEqual(self.label.status, "in_progress")

    def test_what_ends_a_token(self):
        ends = {
            "expired": lambda: ApiToken.objects.update(expires_at=timezone.now()),
            "revoked": lambda: ApiToken.objects.update(revoked_at=timezone.now()),
            "deactivated": lambda: type(self.ann).objects.update(is_active=False),
        }
        for name, end in ends.items():
            with self.subTest(name):
                self.setUp()
                self.assertEqual(self.ask(self.secret).status_code, 200)
                end()
                self.assertContains(self.ask(self.secret), "wrong, expired", status_code=401)

    def test_a_wrong_token_is_not_replaced_by_the_session(self):
        client = Client(headers={"Authorization": "Bearer s3l_wrong"})
        client.force_login(self.ann)
        self.assertEqual(client.get(self.url).status_code, 401)
        for odd in ("", " ", "\x7f", "ä" * 9, "x" * 5000, self.secret[:-1], self.token.sha256):
            self.assertEqual(self.ask(odd).status_code, 401)

    def test_only_the_hash_is_kept_and_use_is_noted(self):
        stored = "".join(str(value) for value in ApiToken.objects.values_list()[0])
        self.assertNotIn(self.secret, stored)
        self.ask(self.secret)
        self.token.refresh_from_db()
        self.assertAlmostEqual(self.token.last_used_at, timezone.now(), delta=timedelta(minutes=5))

    def test_the_description_of_the_api_opens_with_a_token(self):
        paths = self.ask(self.secret, url="/api/v1/openapi.json").json()["paths"]
        self.assertIn("/api/v1/labels/{label_id}", paths)
        self.assertEqual(self.ask("no", url="/api/v1/openapi.json").status_code, 401)


class PageTests(S3LabelTestCase):
    def setUp(self):
        self.client.force_login(self.ann)

    def make(self, **form):
        form = {"name": "nightly", "scope": "read", "days": 30} | form
        return self.client.post(reverse("accounts:tokens"), form)

    def test_the_secret_is_shown_once(self):
        answer = self.make()
        secret = answer.context["secret"]
        self.assertContains(answer, secret)
        self.assertEqual(answer["Cache-Control"], "no-store")
        again = self.client.get(reverse("accounts:tokens"))
        self.assertNotContains(again, secret)
        self.assertContains(again, secret[:10])

    def test_what_makes_no_token(self):
        for wrong in ({"days": 0}, {"days": 5000}, {"scope": "all"}, {"name": ""}, {"days": "x"}):
            with self.subTest(wrong):
                self.assertNotContains(self.make(**wrong), "s3l_")
        self.assertFalse(ApiToken.objects.exists())

    def test_a_token_is_revoked_by_its_user_only(self):
        self.make()
        token = ApiToken.objects.get()
        revoke = reverse("accounts:revoke_token", args=[token.pk])
        self.client.force_login(self.ben)
        self.assertEqual(self.client.post(revoke).status_code, 404)
        self.client.force_login(self.ann)
        self.client.post(revoke)
        token.refresh_from_db()
        self.assertEqual(token.state, "Revoked")

    def test_staff_revoke_tokens_and_never_see_the_hash(self):
        self.make()
        token = ApiToken.objects.get()
        self.client.force_login(self.rita)
        changelist = reverse("admin:accounts_apitoken_changelist")
        form = {"action": "revoke_tokens", "_selected_action": [token.pk]}
        self.assertContains(self.client.post(changelist, form, follow=True), "1 revoked")
        page = self.client.get(reverse("admin:accounts_apitoken_change", args=[token.pk]))
        self.assertNotContains(page, token.sha256)
