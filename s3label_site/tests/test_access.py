"""Who may open what: one row for every URL name, tried by everybody. See docs/architecture.md.

A URL name without a row fails test_every_url_name_has_a_row.
"""

import json
import re
import uuid
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from PIL import Image as Picture

from accounts.links import password_link
from accounts.models import User
from accounts.tokens import make_token
from datasets.caching import storing
from datasets.models import FolderImport, FoundFile, ImageCheck
from datasets.pyramids import TILES, Builder
from labeling.exports.models import Export
from labeling.models import Assignment, Label, LabelClass, LabelComment, LabelRevision, TaskExample
from s3label_site.testing import S3LabelTestCase, make_image

LOGIN = "the login page"
# Ann, Ben: assigned, the label is Ann's. Cem: not assigned. Ended: Ann, after her assignment
# ended. Deactivated: Ann, whose account was closed while she was logged in. Rita: staff.
TILE = ("level", "column", "column")
ROLES = ("anonymous", "cem", "ben", "ann", "ended", "deactivated", "rita")


@dataclass(frozen=True)
class Row:
    """One kind of request and the answer for each role, in the order of ROLES."""

    name: str
    answers: tuple
    # Names of things in the world of the test, which become the arguments of the URL.
    args: tuple = ()
    method: str = "GET"
    # The name of a body in the world; None for a form without fields.
    body: str | None = None


def page(name, *answers, args=()):
    return Row(name, answers, args)


def post(name, *answers, args=(), body=None):
    return Row(name, answers, args, "POST", body)


TABLE = [
    # Name                                  anonymous  Cem  Ben  Ann  ended  deactivated  Rita
    page("healthz", 200, 200, 200, 200, 200, 200, 200),
    page("readyz", 200, 200, 200, 200, 200, 200, 200),
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
    page("api:openapi-json", 401, 200, 200, 200, 200, 401, 200),
    page("api:get_image_file", 401, 404, 404, 200, 404, 401, 200, args=("image",)),
    page("api:get_image_file", 401, 404, 404, 404, 404, 401, 200, args=("free_image",)),
    page("api:api-root", 404, 404, 404, 404, 404, 404, 404),
    page("api:get_label", 401, 404, 404, 200, 404, 401, 200, args=("label",)),
    page("api:get_label", 401, 404, 404, 404, 404, 401, 404, args=("free_label",)),
    post("api:save_label", 401, 404, 404, 200, 404, 401, 409, args=("label",), body="drawing"),
    page("api:get_changes", 401, 404, 404, 200, 404, 401, 200, args=("label", "revision")),
    page("api:get_changes", 401, 404, 404, 404, 404, 401, 404, args=("free_label", "revision")),
    page("api:get_history", 401, 404, 404, 200, 404, 401, 200, args=("label",)),
    page("api:get_history", 401, 404, 404, 404, 404, 401, 404, args=("free_label",)),
    page("api:get_revision", 401, 404, 404, 200, 404, 401, 200, args=("label", "revision")),
    page("api:get_kept", 401, 404, 404, 200, 404, 401, 200, args=("label", "kept")),
    # What was kept of one label is not seen through another.
    page("api:get_kept", 401, 404, 404, 404, 404, 401, 404, args=("submitted", "kept")),
    page("api:get_comments", 401, 404, 404, 200, 404, 401, 200, args=("label",)),
    page("api:get_comments", 401, 404, 404, 404, 404, 401, 404, args=("free_label",)),
    post("api:write_comment", 401, 404, 404, 200, 404, 401, 200, args=("label",), body="words"),
    post(
        "api:settle_comment",
        401,
        404,
        404,
        200,
        404,
        401,
        200,
        args=("label", "comment"),
        body="done",
    ),
    # A comment on one label is not reached through another.
    post(
        "api:settle_comment",
        401,
        404,
        404,
        404,
        404,
        401,
        404,
        args=("submitted", "comment"),
        body="done",
    ),
    post("api:report_time", 401, 404, 404, 200, 404, 401, 409, args=("label",), body="time"),
    post("api:submit_label", 401, 404, 404, 200, 404, 401, 409, args=("label",), body="rev"),
    post("api:skip_label", 401, 404, 404, 200, 404, 401, 409, args=("label",), body="reason"),
    post("api:report_image", 401, 404, 404, 200, 404, 401, 409, args=("label",), body="reason"),
    post("api:reopen_label", 401, 404, 404, 200, 404, 401, 409, args=("submitted",), body="empty"),
    post("api:claim_label", 401, 404, 200, 200, 404, 401, 404, args=("task",), body="empty"),
    post("api:save_settings", 401, 200, 200, 200, 200, 401, 200, body="empty"),
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
# Opening a label keeps it with its labeler; that is all a GET may write, besides the session.
ACTIVITY = {"active_at", "lease_until"}
UNCOUNTED = {"sessions.Session"}


def url_patterns(resolver=None, namespaces=()):
    """(name with its namespaces or None, the pattern) of every URL of the site."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from url_patterns(pattern, inner)
        else:
            name = ":".join((*namespaces, pattern.name)) if pattern.name else None
            yield (name, pattern, namespaces)


def rows_of_all_tables():
    """{model: its rows}, without what a GET may write."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label in UNCOUNTED or not model._meta.managed or model._meta.proxy:
            continue
        columns = [
            field.attname for field in model._meta.concrete_fields if field.name not in ACTIVITY
        ]
        found[model._meta.label] = sorted(map(repr, model._base_manager.values_list(*columns)))
    return found


def without_token(response):
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", response.content)


def make_tiles(image):
    """A pyramid of one tile, as a worker makes it of an image that is huge."""
    with storing(settings.CACHE_DIR, image.sha256, TILES) as target:
        builder = Builder(target, image.width, image.height, "RGB")
        builder.add(Picture.open(image.path))
        builder.finish()


class AccessTestCase(S3LabelTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        example = make_image(cls.dataset, "example.png")
        TaskExample.objects.create(task=cls.task, image=example, title="A house")
        free_image = make_image(cls.dataset, "free.png")
        free_label = Label.objects.create(task=cls.task, image=free_image)
        submitted = Label.objects.create(
            task=cls.task, image=cls.other_image, labeler=cls.ann, status="submitted"
        )
        kept = LabelRevision.objects.create(
            label=cls.label, op_id=uuid.uuid4(), author=cls.ann, changes="[]", answer="{}"
        )
        cls.world = {
            "user": "MQ",
            "no_token": "x-y",
            "task": cls.task.pk,
            "label": cls.label.pk,
            "free_label": free_label.pk,
            "submitted": submitted.pk,
            "revision": 0,
            "level": 6,
            "column": 0,
            "kept": kept.pk,
            "comment": LabelComment.objects.create(label=cls.label, author=cls.rita, words="?").pk,
            "image": cls.image.pk,
            "free_image": free_image.pk,
            "example": example.pk,
            "token": make_token(cls.ann, "nightly", "read", 1)[0].pk,
        }
        for image in (cls.image, free_image):
            make_tiles(image)
        reason = {"reason": "It is black."}
        cls.bodies = {
            "time": {"sitting": str(uuid.uuid4()), "seconds": 5},
            "empty": {},
            "rev": {"rev": 0},
            "reason": reason,
            "words": {"words": "Where does the roof end?", "place": [3, 4]},
            "done": {"settled": True},
            "drawing": cls.make_drawing(),
        }

    @classmethod
    def make_drawing(cls):
        shape = {
            "class": LabelClass.objects.filter(task=cls.task).first().pk,
            "kind": "rect",
            "geom": {"cx": 20, "cy": 20, "w": 10, "h": 10, "angle": 0},
            "z": 1,
            "attrs": {},
        }
        change = {"id": str(uuid.uuid4()), "base": None, "shape": shape}
        return {"op_id": str(uuid.uuid4()), "changes": [change]}

    def become(self, role, client=None):
        """A client logged in as the role; what happens to Ann happens after she logged in."""
        client = client or Client()
        user = {"anonymous": None, "ended": self.ann, "deactivated": self.ann}.get(role, role)
        if isinstance(user, str):
            user = getattr(self, role)
        if user is not None:
            client.force_login(user)
        if role == "ended":
            Assignment.objects.filter(user=self.ann).update(is_active=False)
        if role == "deactivated":
            User.objects.filter(pk=self.ann.pk).update(is_active=False)
        return client

    def ask(self, client, row, method=None):
        url = reverse(row.name, args=[self.world[name] for name in row.args])
        method, body = method or row.method, {}
        if row.body and method == "POST":
            body = {"data": json.dumps(self.bodies[row.body]), "content_type": "application/json"}
        return getattr(client, method.lower())(url, **body)

    def answer(self, response):
        is_redirect = response.status_code == 302
        if is_redirect and response.url.startswith(reverse("accounts:login") + "?"):
            return LOGIN
        return response.status_code

    def undone(self):
        """A block after which the database is as before, so that rows do not disturb each other."""
        return Undone()


class Undone(transaction.Atomic):
    def __init__(self):
        super().__init__(using=None, savepoint=True, durable=False)

    def __exit__(self, *problem):
        transaction.set_rollback(True)
        return super().__exit__(*problem)


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
            self.assertEqual(len(row.answers), len(ROLES), row)
            for role, expected in zip(ROLES, row.answers, strict=True):
                with self.subTest(row=row.name, args=row.args, role=role), self.undone():
                    response = self.ask(self.become(role), row)
                    self.assertEqual(self.answer(response), expected)

    def absent(self, row):
        """The URL of a row that does not exist."""
        return reverse(row.name, args=[987654321, *(self.world[name] for name in row.args[1:])])

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
                    self.assertEqual(rows_of_all_tables(), before)

    def test_what_changes_rows_cannot_be_asked_by_get(self):
        for row in TABLE:
            if row.method == "POST" and row.name not in (
                "accounts:login",
                "accounts:change_password",
                "accounts:tokens",
                "labeling:give_back",
                "api:write_comment",  # by GET the same address reads them
            ):
                with self.subTest(row=row.name):
                    self.assertEqual(self.ask(self.become("ann"), row, "GET").status_code, 405)

    def test_a_post_without_the_token_is_refused(self):
        for row in TABLE:
            if row.method != "POST":
                continue
            with self.subTest(row=row.name), self.undone():
                client = self.become("ann", Client(enforce_csrf_checks=True))
                before = rows_of_all_tables()
                self.assertEqual(self.ask(client, row).status_code, 403)
                self.assertEqual(rows_of_all_tables(), before)

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
        cls.sam = User.objects.create(email="sam@example.org", is_staff=True)
        # A row of every kind, so that no page can refuse only because there is nothing.
        Group.objects.create(name="Reviewers")
        folder_import = FolderImport.objects.create(
            dataset=cls.dataset, folder=str(settings.IMAGE_ROOTS[0]), status="done", stage="found"
        )
        cls.file = FoundFile.objects.create(
            folder_import=folder_import, path=cls.image.path, state="new"
        )
        Export.objects.create(label_task=cls.task, format="json", status="failed")
        ImageCheck.objects.create(dataset=cls.dataset, status="done", states={"ok": 1})

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
