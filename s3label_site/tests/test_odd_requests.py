"""Requests that no browser of ours makes: strange ids, methods, hosts, cookies, tokens, ranges.

What is refused is tried beside what is done, so that nothing passes because all is refused.
"""

import json
from urllib.parse import quote

from django.conf import settings
from django.test import Client, override_settings

from accounts.models import User
from labeling.models import Label, LabelRevision
from s3label_site.testing import S3LabelTestCase

FAST_HASHER = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class OddTestCase(S3LabelTestCase):
    def setUp(self):
        self.client.force_login(self.ann)
        self.api = f"/api/v1/labels/{self.label.pk}"
        self.file = f"/images/{self.image.pk}/file"

    def as_rita(self):
        client = Client()
        client.force_login(self.rita)
        return client


class IdTests(OddTestCase):
    def test_what_is_no_id_is_not_found(self):
        ids = (
            0,
            -1,
            2**63,
            2**64,
            "9" * 5_000,
            "1e3",
            "０１",
            "٣",
            "+1",
            "1.0",
            "0x1",
            "null",
            "a",
        )
        for path in ("/label/{}/", "/images/{}/file", "/images/{}/thumbnail", "/api/v1/labels/{}"):
            for given in ids:
                with self.subTest(path=path, id=str(given)[:20]):
                    self.assertEqual(
                        self.client.get(path.format(quote(str(given)))).status_code, 404
                    )
            # Leading zeros are the same number, and the door is the same.
            for number, status in ((self.label.pk, 200), (987_654_321, 404)):
                if "label" in path:
                    found = self.client.get(path.format(f"00{number}"))
                    self.assertEqual(found.status_code, status)

    def test_what_is_no_id_of_an_export_is_not_found(self):
        for given in (0, 2**63, "9" * 5_000, "1e3", "x", "'"):
            with self.subTest(id=str(given)[:20]):
                response = self.as_rita().get(f"/admin/labeling/export/{given}/change/")
                self.assertEqual(response.status_code, 404)

    def test_a_number_above_what_the_database_stores_is_no_fault_in_lists_of_the_admin(self):
        rita, number = self.as_rita(), 2**63
        lists = (
            "labeling/label/?task=",
            "datasets/image/?dataset=",
            "datasets/folderimport/?dataset=",
        )
        for path in lists:
            with self.subTest(path=path):
                self.assertEqual(rita.get(f"/admin/{path}{self.task.pk}").status_code, 200)
                # PostgreSQL compares such numbers and finds nothing.
                self.assertIn(rita.get(f"/admin/{path}{number}").status_code, (200, 400))
        body = {"action": "release_selected", "_selected_action": [self.label.pk, number]}
        self.assertIn(rita.post("/admin/labeling/label/", body).status_code, (302, 400))

    def test_what_the_next_label_comes_after_is_a_number_or_nothing(self):
        url = f"/api/v1/tasks/{self.task.pk}/claim"
        for after in (-1, 2**31, 2**63, "1", True, [], {}, 1.5):
            with self.subTest(after=after):
                answer = self.client.post(url, {"after": after}, content_type="application/json")
                self.assertEqual((answer.status_code, answer.json()["error"]), (422, "invalid"))
        answer = self.client.post(url, {"after": None}, content_type="application/json")
        self.assertEqual(answer.json(), {"label": self.label.pk})

    def test_a_nul_character_is_refused_wherever_nothing_else_looks(self):
        rita = self.as_rita()
        for path in (
            "/label/%00/",
            "/labels/?status=%00",
            "/?next=%00",
            "/accounts/login/?x=%00",
            "/admin/labeling/label/?status__exact=%00",
            "/admin/datasets/image/?state=%00",
            "/admin/accounts/user/?q=%00",
        ):
            with self.subTest(path=path):
                self.assertEqual(rita.get(path).status_code, 400)
        self.assertEqual(rita.get("/admin/accounts/user/?q=%2500").status_code, 200)
        for cookie in ('sessionid="\\000aaaaaaaaaaa"', "sessionid=a\0aaaaaaaaa"):
            response = Client().get(self.api, HTTP_COOKIE=cookie)
            self.assertEqual(response.status_code, 400)


class MethodTests(OddTestCase):
    def test_methods_that_nobody_asked_for_are_refused(self):
        for method in ("put", "patch", "delete", "trace", "options", "head"):
            for url in (self.api, f"{self.api}/changes", f"{self.api}/submit"):
                with self.subTest(method=method, url=url):
                    self.assertEqual(getattr(self.client, method)(url).status_code, 405)
        for method in ("put", "patch", "delete", "trace", "options", "post"):
            with self.subTest(method=method):
                self.assertEqual(getattr(self.client, method)(self.file).status_code, 405)

    def test_a_header_cannot_change_the_method(self):
        for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
            answer = self.client.get(f"{self.api}/submit", headers={name: "POST"})
            self.assertEqual(answer.status_code, 405)
            answer = self.client.get(f"{self.api}/submit?_method=POST")
            self.assertEqual(answer.status_code, 405)
        self.label.refresh_from_db()
        self.assertEqual(self.label.status, "in_progress")

    def test_a_body_cannot_change_what_the_address_says(self):
        body = json.dumps({"rev": 0, "label_id": 987})
        answer = self.client.post(f"{self.api}/submit", body, content_type="application/json")
        self.assertEqual(answer.status_code, 422)
        url = f"{self.api}/submit?label_id=987&label_id=988"
        answer = self.client.post(url, {"rev": 0}, content_type="application/json")
        self.assertEqual(answer.json(), {"status": "submitted"})
        self.assertEqual(Label.objects.get(status="submitted"), self.label)

    def test_the_api_speaks_json_whatever_is_asked_for(self):
        for accept in ("text/html", "application/xml", "*/*;q=0", ""):
            for url, status in ((self.api, 200), ("/api/v1/labels/987654321", 404)):
                answer = self.client.get(url, headers={"Accept": accept})
                self.assertEqual(answer.status_code, status)
                self.assertEqual(answer["Content-Type"], "application/json; charset=utf-8")
                self.assertEqual(answer["X-Content-Type-Options"], "nosniff")


class TokenTests(OddTestCase):
    def setUp(self):
        super().setUp()
        self.client = Client(enforce_csrf_checks=True)
        self.client.force_login(self.ann)
        self.client.get(f"/label/{self.label.pk}/")
        self.token = self.client.cookies["csrftoken"].value

    def submit(self, content_type="application/json", **headers):
        body = json.dumps({"rev": 0})
        url = f"{self.api}/submit"
        return self.client.post(url, body, content_type=content_type, headers=headers)

    def test_another_site_cannot_send_for_the_user(self):
        for headers in (
            {},
            {"X-CSRFToken": ""},
            {"X-CSRFToken": "x" * 32},
            {"X-CSRFToken": self.token[:-1] + ("a" if self.token[-1] != "a" else "b")},
            {"X-CSRFToken": "\xff" * 64},
            {"X-CSRFToken": self.token, "Origin": "https://evil.example"},
            {"X-CSRFToken": self.token, "Origin": "null"},
        ):
            with self.subTest(headers=headers):
                answer = self.submit(**headers)
                self.assertEqual((answer.status_code, answer.json()["error"]), (403, "refused"))
        for content_type in ("text/plain", "multipart/form-data; boundary=x"):
            self.assertEqual(self.submit(content_type).status_code, 403)
        self.assertEqual(self.submit(**{"X-CSRFToken": self.token}).status_code, 200)

    def test_the_token_in_the_body_or_the_address_does_not_count(self):
        body = {"rev": 0, "csrfmiddlewaretoken": self.token}
        url = f"{self.api}/submit?csrfmiddlewaretoken={self.token}"
        answer = self.client.post(url, body, content_type="application/json")
        self.assertEqual(answer.status_code, 403)


@override_settings(PASSWORD_HASHERS=FAST_HASHER)
class SessionTests(OddTestCase):
    PASSWORD = "seven grey herons"

    def setUp(self):
        super().setUp()
        self.ann.set_password(self.PASSWORD)
        self.ann.save()
        self.client.force_login(self.ann)
        self.old = self.client.cookies[settings.SESSION_COOKIE_NAME].value

    def status_with_old_cookie(self):
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = self.old
        return thief.get(self.api).status_code

    def test_the_old_cookie_is_worth_nothing_after_logging_out(self):
        self.assertEqual(self.status_with_old_cookie(), 200)
        self.client.post("/accounts/logout/")
        self.assertEqual(self.status_with_old_cookie(), 401)

    def test_the_old_cookie_is_worth_nothing_after_a_new_password(self):
        fields = {"old_password": self.PASSWORD, "new_password1": "eight white storks"}
        fields["new_password2"] = fields["new_password1"]
        self.client.post("/accounts/password/", fields)
        self.assertEqual(self.status_with_old_cookie(), 401)
        self.assertEqual(self.client.get(self.api).status_code, 200)

    def test_the_cookie_is_worth_nothing_while_the_account_is_closed(self):
        User.objects.filter(pk=self.ann.pk).update(is_active=False)
        self.assertEqual(self.status_with_old_cookie(), 401)

    def test_a_made_up_key_is_not_taken_over(self):
        victim = Client()
        victim.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
        fields = {"username": self.ann.email, "password": self.PASSWORD}
        self.assertEqual(victim.post("/accounts/login/", fields).status_code, 302)
        self.assertNotEqual(victim.cookies[settings.SESSION_COOKIE_NAME].value, "a" * 32)
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
        self.assertEqual(thief.get(self.api).status_code, 401)

    def test_losing_the_rights_of_staff_counts_at_once(self):
        rita = self.as_rita()
        self.assertEqual(rita.get(self.api).status_code, 200)
        User.objects.filter(pk=self.rita.pk).update(is_staff=False)
        self.assertEqual(rita.get(self.api).status_code, 404)

    def test_strange_cookies_are_nobody(self):
        for key in ("a" * 5_000, "%00", "ÿ" * 20, "../../etc/passwd", "{}", "' or 1=1 --"):
            with self.subTest(key=key[:20]):
                answer = Client().get(self.api, HTTP_COOKIE=f"sessionid={key}")
                self.assertEqual(answer.status_code, 401)


class HostTests(OddTestCase):
    def test_other_hosts_are_refused(self):
        for host in ("evil.example", "testserver.evil.example", "testserver@evil", "", "a b"):
            with self.subTest(host=host):
                self.assertEqual(self.client.get(self.api, HTTP_HOST=host).status_code, 400)

    def test_a_forwarded_host_is_not_believed(self):
        headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
        answer = Client().get("/", headers=headers)
        self.assertEqual(answer["Location"], "/accounts/login/?next=/")
        self.assertEqual(self.client.get(self.api, headers=headers).status_code, 200)


class BytesTests(OddTestCase):
    def test_odd_ranges_get_a_part_all_or_nothing_but_no_fault(self):
        whole = self.client.get(self.file).getvalue()
        many = ",".join(f"{n}-{n}" for n in range(2_000))
        for wanted, status in (
            (f"bytes=0-{'9' * 18}", 206),
            (f"bytes=-{'9' * 18}", 206),
            (f"bytes=0-{'9' * 300}", 200),
            (f"bytes={many}", 200),
            ("bytes=0-,0-,0-,0-", 200),
            ("bytes=9-1", 416),
            (f"bytes={'9' * 18}-", 416),
            ("bytes=-0", 416),
            ("items=0-1", 200),
            ("bytes=٣-٤", 200),
            ("bytes = 0-1", 200),
        ):
            with self.subTest(range=wanted[:30]):
                response = self.client.get(self.file, headers={"Range": wanted})
                self.assertEqual(response.status_code, status)
                self.assertEqual(response.getvalue(), b"" if status == 416 else whole)

    def test_every_answer_about_bytes_is_kept_from_being_run(self):
        part = self.client.get(self.file, headers={"Range": "bytes=0-1"})
        none = self.client.get(self.file, headers={"Range": "bytes=9-1"})
        for response in (part, none, self.client.get(self.file), self.client.head(self.file)):
            self.assertEqual(response["Content-Security-Policy"], "default-src 'none'; sandbox")
            self.assertEqual(response["X-Content-Type-Options"], "nosniff")
            self.assertEqual(response["Cache-Control"], "private, no-cache")

    def test_whose_assignment_ended_gets_no_part_either(self):
        etag = self.client.get(self.file)["ETag"]
        self.ann.assignments.update(is_active=False)
        for headers in ({"Range": "bytes=0-1"}, {"If-None-Match": etag}, {"If-None-Match": "*"}):
            self.assertEqual(self.client.get(self.file, headers=headers).status_code, 404)
        self.assertEqual(LabelRevision.objects.count(), 0)
