"""The cast and the world that tests share: Ann and Ben label, Cem is an outsider, Rita is staff."""

import hashlib
import io
from pathlib import Path

from django.conf import settings
from django.test import Client, TestCase
from PIL import Image as Picture

from accounts.models import User
from datasets.models import Dataset, DatasetGroup, Image
from labeling.models import Assignment, Label, LabelClass, LabelTask


def make_picture(path, size=(64, 48), color=(90, 120, 60)):
    """Write a small picture and return its bytes; the format follows the suffix."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    Picture.new("RGB", size, color).save(
        buffer, Picture.registered_extensions()[path.suffix.lower()]
    )
    path.write_bytes(buffer.getvalue())
    return buffer.getvalue()


def make_image(dataset, name="a.png", size=(64, 48), folder=None):
    """An Image row whose file really lies below the first root; its content is its own."""
    folder = Path(folder or settings.IMAGE_ROOTS[0]) / "tests"
    path = folder / f"{dataset.pk}" / name
    red, green, blue = hashlib.sha256(str(path).encode()).digest()[:3]
    data = make_picture(path, size, (red, green, blue))
    return Image.objects.create(
        dataset=dataset,
        path=str(path),
        sha256=hashlib.sha256(data + str(path).encode()).hexdigest(),
        byte_size=len(data),
        format="PNG",
        width=size[0],
        height=size[1],
    )


def make_cast():
    """Ann, Ben, Cem and Rita, who have no usable password: tests use force_login."""
    people = {}
    for name in ("ann", "ben", "cem", "rita"):
        people[name] = User.objects.create(
            email=f"{name}@example.org", first_name=name.title(), is_staff=name == "rita"
        )
    people["rita"].is_superuser = True
    people["rita"].save()
    return people


def make_task(*people, images=2, **fields):
    """A task with two classes on a group of one dataset; the people are assigned to it."""
    dataset = Dataset.objects.create(site="Test site", sensor="Test camera")
    group = DatasetGroup.objects.create(name=f"Group {DatasetGroup.objects.count() + 1}")
    group.datasets.add(dataset)
    for number in range(images):
        make_image(dataset, f"{number:03d}.png")
    fields = {"title": "Houses", "description": "Draw.", "type": "instance_segmentation"} | fields
    task = LabelTask.objects.create(dataset_group=group, **fields)
    LabelClass.objects.create(task=task, name="House", color="#e6194b", position=1, export_id=1)
    LabelClass.objects.create(task=task, name="Tree", color="#3cb44b", position=2, export_id=2)
    for person in people:
        Assignment.objects.create(user=person, task=task)
    return task


def log_in(context, live_server, user):
    """Log a browser context in without the login page, whose hashing would take its time."""
    client = Client()
    client.force_login(user)
    context.clear_cookies()  # of whoever was logged in before
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
    )


class S3LabelTestCase(TestCase):
    """A task that Ann and Ben are assigned to, with a label of Ann's in progress."""

    @classmethod
    def setUpTestData(cls):
        for name, person in make_cast().items():
            setattr(cls, name, person)
        cls.task = make_task(cls.ann, cls.ben)
        cls.dataset = Dataset.objects.get()
        cls.image, cls.other_image = Image.objects.order_by("pk")
        cls.label = Label.objects.create(
            task=cls.task, image=cls.image, labeler=cls.ann, status="in_progress"
        )
