"""Who may open what: one row for every URL name, tried by everybody. See docs/architecture.md.

A URL name without a row fails test_every_url_name_has_a_row.
"""

import json

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from jsonschema import Draft202012Validator

from accounts.links import password_link
from accounts.models import ApiToken
from accounts.tokens import make_token
from datasets.models import FolderImport, FoundFile, Webhook
from datasets.webhooks import TEST, tell
from labeling.exports.models import Export
from labeling.models import Label
from s3label_site.api import api
from s3label_site.tests.access import (
    LOGIN,
    ROLES_OF_API,
    AccessTestCase,
    page,
    post,
    rows_of_all_tables,
    url_patterns,
    without_token,
)
from s3label_site.tests.access_api import TABLE as api_table

Scope = ApiToken.Scope
TILE = ("level", "column", "column")
TABLE = [
    *api_table,
    # Name                                  anonymous  Cem  Ben  Ann  ended  deactivated  Rita
    page("healthz", 200, 200, 200, 200, 200, 200, 200),
    page("readyz", 200, 200, 200, 200, 200, 200, 200),
    page("api_page", LOGIN, 200, 200, 200, 200, LOGIN, 200),
    page("accounts:login", 200, 302, 302, 302, 302, 200, 302),
    post("accounts:login", 200, 302, 302, 302, 302, 200, 302),
    post("accounts:logout", 302, 302, 302, 302, 302, 302, 302),
    page("accounts:change_password", LOGIN, 200, 200, 200, 200, LOGIN, 200),
    post("accounts:change_password", LOGIN, 200, 200, 200, 200, LOGIN, 200),
    page("accounts:tokens", LOGIN, 200, 200, 200, 200, LOGIN, 200),
    post("accounts:tokens", LOGIN, 200, 200, 200, 200, LOGIN, 200),
    post("accounts:revoke_token", LOGIN, 404, 404, 302, 302, LOGIN, 404, args=("token",)),
    page("accounts:set_password", 404, 404, 404, 404, 404, 404, 404, args=("user", "no_token")),
    page("labeling:task_list", LOGIN, 200, 200, 200, 200, LOGIN, 200),
    page("labeling:my_labels", LOGIN, 200, 200, 200, 200, LOGIN, 200),
    page("labeling:task_labels", LOGIN, 404, 200, 200, 404, LOGIN, 404, args=("task",)),
    post("labeling:next_image", LOGIN, 404, 302, 302, 404, LOGIN, 404, args=("task",)),
    page("labeling:annotate", LOGIN, 404, 404, 200, 404, LOGIN, 200, args=("label",)),
    page("labeling:annotate", LOGIN, 404, 404, 404, 404, LOGIN, 404, args=("free_label",)),
    page("labeling:give_back", LOGIN, 404, 404, 200, 404, LOGIN, 404, args=("label",)),
    post("labeling:give_back", LOGIN, 404, 404, 200, 404, LOGIN, 404, args=("label",)),
    page("labeling:image_file", LOGIN, 404, 404, 200, 404, LOGIN, 200, args=("image",)),
    page("labeling:image_thumbnail", LOGIN, 404, 404, 200, 404, LOGIN, 200, args=("image",)),
    page("labeling:image_reduced", LOGIN, 404, 404, 200, 404, LOGIN, 200, args=("image",)),
    # It has 8 bits, so there is nothing to send to those who see it.
    page("labeling:image_deep", LOGIN, 404, 404, 204, 404, LOGIN, 204, args=("image",)),
    page("labeling:image_deep", LOGIN, 404, 404, 404, 404, LOGIN, 204, args=("free_image",)),
    # It is not huge, so that those who see it are told that it needs none.
    post("labeling:image_tiles", LOGIN, 404, 404, 409, 404, LOGIN, 409, args=("image",)),
    post("labeling:image_tiles", LOGIN, 404, 404, 404, 404, LOGIN, 409, args=("free_image",)),
    page("labeling:image_tile", LOGIN, 404, 404, 200, 404, LOGIN, 200, args=("image", *TILE)),
    # An image in the queue is nobody's yet; an example is for all who label the task.
    page("labeling:image_file", LOGIN, 404, 404, 404, 404, LOGIN, 200, args=("free_image",)),
    page("labeling:image_thumbnail", LOGIN, 404, 404, 404, 404, LOGIN, 200, args=("free_image",)),
    page("labeling:image_reduced", LOGIN, 404, 404, 404, 404, LOGIN, 200, args=("free_image",)),
    page("labeling:image_tile", LOGIN, 404, 404, 404, 404, LOGIN, 200, args=("free_image", *TILE)),
    page("labeling:image_file", LOGIN, 404, 200, 200, 404, LOGIN, 200, args=("example",)),
    page("labeling:image_thumbnail", LOGIN, 404, 200, 200, 404, LOGIN, 200, args=("example",)),
]

# Admin pages that staff without any permission may open, because nothing is shown or done there.
ADMIN_FOR_ALL_STAFF = {
    "admin:index",
    "admin:password_change",
    "admin:password_change_done",
    "admin:jsi18n",
    "admin:view_on_site",
}
LOG_IN_AND_OUT = {"admin:login", "admin:logout"}

# Pages that show a form by GET and take it by POST.
FORMS = ("accounts:login", "accounts:change_password", "accounts:tokens", "labeling:give_back")
DESCRIPTION = api.get_openapi_schema()
# {URL name: what the description says of it}
DESCRIBED = {
    f"api:{operation['operationId']}": operation
    for methods in DESCRIPTION["paths"].values()
    for operation in methods.values()
}

# What is read and changed at the same address.
ALSO_READ = {
    f"api:{operation['operationId']}"
    for methods in DESCRIPTION["paths"].values()
    for operation in methods.values()
    if "get" in methods
}


class TableTests(AccessTestCase):
    def test_every_url_name_has_a_row(self):
        in_table = {row.name for row in TABLE}
        named = set()
        for name, pattern, namespaces in url_patterns():
            if "admin" in namespaces:
                continue  # all of them are tried below
            self.assertIsNotNone(name, f"{pattern} has no name, so it cannot be in the table.")
            named.add(name)
        self.assertEqual(named - in_table, set(), "Add these to TABLE, one answer per role.")
        self.assertEqual(in_table - named, set(), "These URLs are gone; take them out of TABLE.")

    def test_everybody_gets_the_answer_of_the_table(self):
        for row in TABLE:
            for role, expected in row:
                with self.subTest(row=row.name, args=row.args, role=role), self.undone():
                    response = self.ask(self.become(role), row)
                    self.assertEqual(self.answer(response), expected)
                    self.assert_as_described(row, response)

    def assert_as_described(self, row, response):
        """The answer of a route is one that the description of the API tells of."""
        if row.name in DESCRIBED:
            content = DESCRIBED[row.name]["responses"][response.status_code].get("content", {})
            described = content.get(response.headers.get("Content-Type", "").partition(";")[0])
            if described and "json" in response["Content-Type"]:
                schema = described["schema"] | {"components": DESCRIPTION["components"]}
                Draft202012Validator(schema).validate(json.loads(response.getvalue()))

    def absent(self, row):
        """The URL of a row that does not exist."""
        return reverse(row.name, args=[987654321, *self.args(row)[1:]])

    def test_absent_and_forbidden_look_the_same(self):
        for row in TABLE:
            if not row.args or not row.name.startswith("labeling:"):
                continue
            with self.subTest(row=row.name):
                client = self.become("cem")
                forbidden = self.ask(client, row)
                absent = getattr(client, row.method.lower())(self.absent(row))
                self.assertEqual((forbidden.status_code, absent.status_code), (404, 404))
                self.assertEqual(*(without_token(page) for page in (forbidden, absent)))

    def test_a_get_changes_no_row(self):
        for role in ("ann", "ben", "rita"):
            client = self.become(role)
            before = rows_of_all_tables()
            for row in TABLE:
                with self.subTest(row=row.name, role=role):
                    self.ask(client, row, "GET")
            self.assertEqual(rows_of_all_tables(), before, role)

    def test_what_changes_rows_cannot_be_asked_by_get(self):
        for row in TABLE:
            if not row.is_read and row.name not in (*FORMS, *ALSO_READ):
                with self.subTest(row=row.name):
                    self.assertEqual(self.ask(self.become("ann"), row, "GET").status_code, 405)

    def test_a_post_without_the_token_is_refused(self):
        for row in TABLE:
            if row.is_read:
                continue
            with self.subTest(row=row.name), self.undone():
                client = self.become("ann", Client(enforce_csrf_checks=True))
                before = rows_of_all_tables()
                self.assertEqual(self.ask(client, row).status_code, 403)
                self.assertEqual(rows_of_all_tables(), before)

    def test_a_token_does_no_more_than_its_scope(self):
        """Rita may do it all, so what refuses her is the token."""
        secrets = {scope: make_token(self.rita, scope, scope, 1)[1] for scope in Scope.values}
        for row in api_table:
            is_for_staff = row.answers[1] == 403
            expected = row.answers[ROLES_OF_API.index("rita")]
            needed = set(Scope.values) if row.is_read else {"label", "manage"}
            for scope, secret in secrets.items():
                allowed = scope in needed and (row.is_read or scope == "manage" or not is_for_staff)
                with self.subTest(row=row.name, scope=scope), self.undone():
                    headers = {"Authorization": f"Bearer {secret}"}
                    response = self.ask(Client(enforce_csrf_checks=True), row, headers=headers)
                    self.assertEqual(response.status_code, expected if allowed else 403)

    def test_a_password_link_is_for_its_user_and_for_nobody_else(self):
        # The one page that opens without an account: by its token.
        link = password_link(self.ann, self.client.get("/").wsgi_request)
        self.assertEqual(self.client.get(link, follow=True).status_code, 200)
        user, token = link.rstrip("/").split("/")[-2:]
        for_rita = password_link(self.rita, self.client.get("/").wsgi_request)
        other = for_rita.rstrip("/").split("/")[-2]
        url = reverse("accounts:set_password", args=[other, token])
        self.assertEqual(Client().get(url, follow=True).status_code, 404)


class AdminTests(AccessTestCase):
    """Every page of the admin, those of our own included, is for staff who have the permission."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        # A row of every kind, so that no page can refuse only because there is nothing.
        Group.objects.create(name="Reviewers")
        folder_import = FolderImport.objects.create(
            dataset=cls.dataset, folder=str(settings.IMAGE_ROOTS[0]), status="done", stage="found"
        )
        cls.file = FoundFile.objects.create(
            folder_import=folder_import, path=cls.image.path, state="new"
        )
        Export.objects.create(label_task=cls.task, format="json", status="failed")
        webhook = Webhook.objects.create(name="CI", url="https://ci.example.org/", events=[])
        tell([webhook], TEST, {})

    def pages(self):
        """(name, url) of every admin page, about a row that exists where there is one."""
        for name, pattern, namespaces in url_patterns():
            if "admin" not in namespaces or not name:
                continue
            given = {key: self.argument(name, key) for key in pattern.pattern.converters}
            if "app_label" in pattern.pattern.regex.groupindex:
                given["app_label"] = "auth"
            yield name, reverse(name, kwargs=given)

    def argument(self, name, key):
        if key == "file_id":
            return self.file.pk
        if key == "content_type_id":
            return ContentType.objects.get_for_model(Label).pk
        about = name.removeprefix("admin:")
        for model in apps.get_models():
            prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
            if about.startswith(prefix):
                row = model._base_manager.first()
                return row.pk if row else "1"
        return "1"

    def each_answer(self, role):
        """(name, method, answer) of every page, asked by GET and by an empty POST."""
        client = self.become(role)
        for name, url in self.pages():
            # Logging in or out would change who asks for the pages after it.
            for method in ("get", "post") if name not in LOG_IN_AND_OUT else ():
                with self.undone():
                    response = getattr(client, method)(url)
                yield name, method, response

    def is_refused(self, response):
        # The admin answers with its index when there is no such row.
        is_absent = response.status_code == 302 and response.url == reverse("admin:index")
        return is_absent or response.status_code in (403, 404, 405)

    def is_sent_to_login(self, response):
        return response.status_code == 302 and "/login/" in response.url

    def test_nobody_but_staff_gets_in(self):
        for role in ("anonymous", "ann", "deactivated"):
            for name, method, response in self.each_answer(role):
                with self.subTest(name=name, method=method, role=role):
                    self.assertTrue(self.is_sent_to_login(response), response)

    def test_staff_without_a_permission_see_and_do_nothing(self):
        for name, method, response in self.each_answer("sam"):
            if name not in ADMIN_FOR_ALL_STAFF:
                with self.subTest(name=name, method=method):
                    self.assertTrue(self.is_refused(response), response)

    def test_staff_with_all_permissions_get_in(self):
        self.rita.is_superuser = False
        self.rita.save()
        self.rita.user_permissions.set(Permission.objects.all())
        for name, method, response in self.each_answer("rita"):
            with self.subTest(name=name, method=method):
                self.assertFalse(self.is_sent_to_login(response), response)
                self.assertLess(response.status_code, 500)

    def test_the_login_page_of_the_admin_opens_for_everybody_and_lets_staff_in_only(self):
        for role, status in (("anonymous", 200), ("ann", 200), ("rita", 302)):
            with self.subTest(role=role):
                response = self.become(role).get(reverse("admin:login"))
                self.assertEqual(response.status_code, status)

    def test_a_get_changes_no_row(self):
        client = self.become("rita")
        before = rows_of_all_tables()
        for _, url in self.pages():
            with self.subTest(url=url):
                client.get(url)
                self.assertEqual(rows_of_all_tables(), before)

    def test_a_post_without_the_token_is_refused(self):
        client = self.become("rita", Client(enforce_csrf_checks=True))
        for _, url in self.pages():
            with self.subTest(url=url):
                self.assertEqual(client.post(url).status_code, 403)
