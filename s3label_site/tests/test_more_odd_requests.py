"""Odd requests to every route of the API, and what guards log-ins beyond the pages themselves."""

import re
import uuid
from unittest import mock

from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from accounts.tokens import make_token
from labeling.models import LabelRevision
from labeling.saving import save_changes
from s3label_site.api import api
from s3label_site.testing import S3LabelTestCase
from s3label_site.tests.test_odd_requests import FAST_HASHER

PATHS = api.get_openapi_schema()["paths"]
UUID = "d9b1c3a0-0000-4000-8000-000000000000"
NO_IDS = ("-1", "1e3", "1.0", "0x1", "null", "%EF%BC%90%EF%BC%91", UUID, "..", "%2e%2e")
HUGE_IDS = ("0", str(2**63), str(2**64), "9" * 500)


class EveryRouteTests(S3LabelTestCase):
    def setUp(self):
        self.client.force_login(self.rita)

    def urls(self, given):
        """Every address with ids in it, with this in their place."""
        for path, methods in PATHS.items():
            if "{" in path:
                url = path.replace("{kind}", "export")
                yield re.sub(r"{\w+}", given, url), methods

    def test_what_is_no_id_is_not_found(self):
        for given in (*NO_IDS, *HUGE_IDS):
            for url, methods in self.urls(given):
                with self.subTest(url=url[:80]):
                    answer = self.client.get(url)
                    # Where one may only write, that is said first.
                    wanted = 404 if "get" in methods or given in NO_IDS else 405
                    self.assertEqual(answer.status_code, wanted)
                    if wanted == 404:
                        self.assertEqual(answer.json()["error"], "not_found")
        self.assertEqual(self.client.get(f"/api/v1/tasks/{self.task.pk}").status_code, 200)

    def test_only_the_methods_that_are_described(self):
        for path, methods in PATHS.items():
            url = re.sub(r"{\w+}", str(self.label.pk), path.replace("{kind}", "export"))
            for method in ("get", "post", "put", "patch", "delete", "trace", "options", "head"):
                if method not in methods:
                    with self.subTest(url=url, method=method):
                        answer = getattr(self.client, method)(url)
                        self.assertEqual(answer.status_code, 405)
                        allowed = {name.lower() for name in answer["Allow"].split(", ")}
                        self.assertEqual(allowed, set(methods))
            self.assertEqual(self.client.generic("BREW", url).status_code, 405)

    def test_other_spellings_of_an_address_are_other_addresses(self):
        for path in PATHS:
            url = re.sub(r"{\w+}", str(self.label.pk), path)
            for other in (f"{url}/", url.replace("/v1/", "/v1//"), url.upper(), f"{url}%20"):
                with self.subTest(url=other):
                    self.assertEqual(self.client.get(other).status_code, 404)

    def test_programs_get_json_also_where_no_route_is(self):
        for url in ("/api/v1/nowhere", "/api/v1/labels/x", "/api/v1/labels/7/nothing"):
            answer = self.client.get(url, headers={"Accept": "text/html"})
            self.assertEqual((answer.status_code, answer.json()["error"]), (404, "not_found"))
        self.assertContains(self.client.get("/nowhere"), "There is nothing here", status_code=404)


class SecretsTests(S3LabelTestCase):
    def test_a_token_counts_in_its_header_only(self):
        _, secret = make_token(self.ann, "x", "manage", 1)
        client = Client()
        for where in ("token", "access_token", "api_key", "key", "Authorization"):
            self.assertEqual(client.get(f"/api/v1/me?{where}={secret}").status_code, 401)
            client.cookies[where] = secret
        self.assertEqual(client.get("/api/v1/me").status_code, 401)
        self.assertEqual(client.get("/api/v1/me", headers={"X-Api-Key": secret}).status_code, 401)
        headers = {"Authorization": f"Bearer {secret}"}
        answer = client.get("/api/v1/me", headers=headers)
        self.assertEqual((answer.status_code, answer.json()["scope"]), (200, "manage"))
        self.assertNotContains(answer, secret)

    def test_nothing_tells_other_sites_where_somebody_was(self):
        self.client.force_login(self.ann)
        for url in ("/", "/api/v1/me", reverse("accounts:tokens")):
            self.assertEqual(self.client.get(url)["Referrer-Policy"], "same-origin")

    def test_a_save_whose_assignment_ends_meanwhile_is_whole(self):
        def end_and_save(label, **sent):
            self.ann.assignments.update(is_active=False)
            return save_changes(label, **sent)

        shape = {"class": self.task.classes.first().pk, "kind": "rect"}
        shape["geom"] = {"cx": 20, "cy": 20, "w": 9, "h": 9, "angle": 0}
        changes = [{"id": str(uuid.uuid4()), "base": None, "shape": shape} for _ in range(3)]
        self.client.force_login(self.ann)
        url = f"/api/v1/labels/{self.label.pk}/changes"
        body = {"op_id": str(uuid.uuid4()), "changes": changes}
        with mock.patch("labeling.api.drawing.save_changes", end_and_save):
            answer = self.client.post(url, body, content_type="application/json")
        self.assertEqual((answer.status_code, answer.json()), (200, {"rev": 1}))
        self.assertEqual(self.label.shapes.current().count(), 3)
        again = self.client.post(url, body, content_type="application/json")
        self.assertEqual(again.status_code, 404)

    def test_a_save_from_a_closed_account_is_told_apart_from_one_that_is_refused(self):
        """The editor keeps on its own disk what is answered like this."""
        self.client.force_login(self.ann)
        User.objects.filter(pk=self.ann.pk).update(is_active=False)
        url = f"/api/v1/labels/{self.label.pk}/changes"
        answer = self.client.post(url, "{}", content_type="application/json")
        self.assertEqual((answer.status_code, answer.json()["error"]), (401, "not_logged_in"))
        self.assertFalse(LabelRevision.objects.exists())


@override_settings(PASSWORD_HASHERS=FAST_HASHER)
class LogInTests(S3LabelTestCase):
    PASSWORD = "seven grey herons"

    def setUp(self):
        self.ann.set_password(self.PASSWORD)
        self.ann.save()

    def log_in(self, email, password, **headers):
        fields = {"username": email, "password": password}
        return Client().post(reverse("accounts:login"), fields, headers=headers)

    def test_whether_somebody_has_an_account_is_not_told_by_the_time_it_takes(self):
        for email in (self.ann.email, "nobody@example.org"):
            with (
                self.subTest(email=email),
                mock.patch.object(MD5PasswordHasher, "encode", autospec=True) as encode,
            ):
                encode.side_effect = lambda hasher, password, salt: f"md5${salt}$x"
                self.log_in(email, "wrong")
                self.assertEqual(encode.call_count, 1)

    def test_a_made_up_forwarded_address_does_not_open_a_closed_door(self):
        for number in range(settings.AXES_FAILURE_LIMIT):
            forwarded = {"X-Forwarded-For": f"192.0.2.{number}", "X-Real-IP": f"192.0.2.{number}"}
            self.log_in(self.ann.email, "wrong", **forwarded)
        answer = self.log_in(self.ann.email, self.PASSWORD, **{"X-Forwarded-For": "192.0.2.99"})
        self.assertEqual(answer.status_code, 429)
