"""The world in which everybody tries everything, and how one request of the tables is made."""

import json
import re
import uuid
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from PIL import Image as Picture

from accounts.managers import complete_managers
from accounts.models import User
from accounts.tokens import make_token
from datasets.caching import storing
from datasets.models import FolderImport, FoundFile, ImageCheck
from datasets.pyramids import TILES, Builder
from labeling.exports.models import Export
from labeling.manifest import manifest_path
from labeling.models import (
    Assignment,
    ImageReport,
    Label,
    LabelClass,
    LabelComment,
    LabelImport,
    LabelRevision,
    PredictionSet,
    TaskExample,
)
from s3label_site.testing import S3LabelTestCase, make_image

LOGIN = "the login page"
# Ann, Ben: assigned, the label is Ann's. Cem: not assigned. Ended: Ann, after her assignment
# ended. Deactivated: Ann, whose account was closed while she was logged in. Rita: staff.
ROLES = ("anonymous", "cem", "ben", "ann", "ended", "deactivated", "rita")
# Staff without any permission, and staff of the group Managers, who are no superusers.
ROLES_OF_API = (*ROLES, "sam", "mia")


@dataclass(frozen=True)
class Row:
    """One kind of request and the answer for each role, in the order of ROLES (or ROLES_OF_API)."""

    name: str
    answers: tuple
    # Names of things in the world of the test, which become the arguments of the URL.
    args: tuple = ()
    method: str = "GET"
    # The name of a body in the world; None for a form without fields.
    body: str | None = None

    def __iter__(self):
        """(role, answer) of each."""
        roles = ROLES_OF_API if self.name.startswith("api:") else ROLES
        return zip(roles, self.answers, strict=True)

    @property
    def is_read(self):
        return self.method == "GET"


def page(name, *answers, args=()):
    return Row(name, answers, args)


def post(name, *answers, args=(), body=None):
    return Row(name, answers, args, "POST", body)


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
        cls.sam = User.objects.create(email="sam@example.org", is_staff=True)
        cls.mia = User.objects.create(email="mia@example.org", is_staff=True)
        cls.mia.groups.add(complete_managers())
        cls.world = cls.make_jobs() | {
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
            "dataset": cls.dataset.pk,
            "group": cls.task.dataset_group_id,
            "class": cls.task.classes.first().pk,
            "attribute": cls.task.attributes.create(
                name="Weather",
                export_name="Weather",
                applies_to="image",
                kind="choice",
                options="sun\nrain",
            ).pk,
            "report": ImageReport.objects.create(
                image=cls.other_image, label=submitted, by=cls.ann, reason="It is black."
            ).pk,
            "predictions": PredictionSet.objects.create(task=cls.task, model="Roofs 1").pk,
            "assignment": cls.ben.assignments.get().pk,
            "token": make_token(cls.ann, "nightly", "read", 1)[0].pk,
        }
        for image in (cls.image, free_image):
            make_tiles(image)
        reason = {"reason": "It is black."}
        cls.bodies = {
            "time": {"sitting": str(uuid.uuid4()), "seconds": 5},
            "empty": {},
            "none": {"rejected": []},
            "dataset": {"site": "Here", "sensor": "A camera"},
            "group": {"name": "All", "datasets": [cls.dataset.pk]},
            "member": {"dataset": cls.dataset.pk},
            "import": {"folder": settings.IMAGE_ROOTS[0]},
            "selection": {"selected": False, "files": {}},
            "task": {
                "dataset_group": cls.task.dataset_group_id,
                "title": "Roofs",
                "description": "Draw.",
                "type": "bounding_boxes",
            },
            "changes": {"title": "Roofs"},
            "class": {"name": "Roof"},
            "archive": {"is_archived": True},
            "question": {"name": "Season", "of_image": True, "kind": "text"},
            "archive_question": {"archived": True},
            "description": {"description": "All of them"},
            "person": {"email": "cem@example.org"},
            "ending": {"is_active": False},
            "comment": {"comment": "The shed is missing."},
            "to": {"to": cls.ben.pk},
            "export": {"format": "coco"},
            "labels": {"format": "coco", "path": settings.IMAGE_ROOTS[0], "labeler": cls.ann.pk},
            # Only this one is sent as a form, with a file.
            "upload": {"file": b"{}", "wishes": '{"format": "coco"}'},
            "predictions": {
                "model": "Roofs 1",
                "images": [{"image": cls.image.pk, "shapes": [cls.make_prediction()]}],
            },
            "fine": {"fine": True},
            "priorities": {"images": [{"image": cls.image.pk, "priority": 5}]},
            "suggested": {"is_suggested": False},
            "rev": {"rev": 0},
            "reason": reason,
            "words": {"words": "Where does the roof end?", "place": [3, 4]},
            "done": {"settled": True},
            "drawing": cls.make_drawing(),
        }

    @classmethod
    def make_jobs(cls):
        """An import of each stage and exports, with what belongs to them."""
        about = {"dataset": cls.dataset, "folder": settings.IMAGE_ROOTS[0]}
        found = FolderImport.objects.create(**about, status="done", stage="found")
        waiting = FolderImport.objects.create(**about, stage="finding")
        failed = FolderImport.objects.create(**about, status="failed", stage="finding")
        file = FoundFile.objects.create(
            folder_import=found, path=cls.image.path, state="new", selected=True
        )
        counts = {"byte_size": 2, "n_images": 1, "n_labels": 0, "n_shapes": 0, "sha256": "0"}
        export = Export.objects.create(
            label_task=cls.task, format="json", status="done", file_name="access.json", **counts
        )
        for path in (export.path, manifest_path(export.path)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}")
        is_waiting = Export.objects.create(label_task=cls.task, format="json")
        check = ImageCheck.objects.create(dataset=cls.dataset, status="done")
        label_import = LabelImport.objects.create(label_task=cls.task, format="coco", status="done")
        fruitless = Export.objects.create(label_task=cls.task, format="json", status="failed")
        return {
            "import": found.pk,
            "import_kind": "folderimport",
            "waiting_import": waiting.pk,
            "failed_import": failed.pk,
            "file": file.pk,
            "export": export.pk,
            "waiting_export": is_waiting.pk,
            "failed_export": fruitless.pk,
            "label_import": label_import.pk,
            "check": check.pk,
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

    @classmethod
    def make_prediction(cls):
        box = {"cx": 20, "cy": 20, "w": 10, "h": 10, "angle": 0}
        return {"class": cls.task.classes.first().name, "kind": "rect", "geom": box}

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

    def args(self, row):
        return [self.world[name] for name in row.args]

    def ask(self, client, row, method=None, headers=None):
        url = reverse(row.name, args=self.args(row))
        method, body = method or row.method, {}
        sent = self.bodies[row.body] if row.body and method != "GET" else None
        if sent and "file" in sent:
            body = {"data": sent | {"file": ContentFile(sent["file"], "labels.json")}}
        elif sent is not None:
            body = {"data": json.dumps(sent), "content_type": "application/json"}
        return getattr(client, method.lower())(url, headers=headers or {}, **body)

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
