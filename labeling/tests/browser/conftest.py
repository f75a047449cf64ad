"""The world of the browser tests: a task on a photo-like image, and an editor on it."""

import hashlib
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from PIL import Image as Picture

from labeling.models import Label
from labeling.tests.browser.editing import EditorPage
from s3label_site.testing import make_cast, make_task

WIDTH, HEIGHT = 400, 300


def enlarge(image, picture=None):
    """Put a picture in its place; usually one on which one can see where one is."""
    picture = picture or Picture.radial_gradient("L").resize((WIDTH, HEIGHT)).convert("RGB")
    picture.putpixel((0, 0), (image.pk % 256, 0, 0))
    # A name never used before: the server knows a file by its path and time for a while.
    path = Path(image.path)
    image.path = str(path.with_name(f"{path.stem}-{uuid4()}.png"))
    picture.save(image.path)
    data = Path(image.path).read_bytes()
    image.sha256, image.byte_size = hashlib.sha256(data).hexdigest(), len(data)
    image.width, image.height = WIDTH, HEIGHT
    image.save()


@pytest.fixture
def world(transactional_db):
    """Ann has begun the first of three images; every tool is allowed, overlap too."""

    class World:
        pass

    world = World()
    vars(world).update(make_cast())
    world.task = make_task(world.ann, world.ben, images=3, order="path")
    world.images = list(world.task.images().order_by("pk"))
    for image in world.images:
        enlarge(image)
    world.label = Label.objects.create(
        task=world.task,
        image=world.images[0],
        labeler=world.ann,
        status="in_progress",
        claimed_at=timezone.now(),
    )
    return world


@pytest.fixture
def editor(world, page, live_server):
    """Ann's editor; at the end nothing may have gone wrong in the page."""
    page.set_default_timeout(30_000)
    page.set_viewport_size({"width": 1280, "height": 800})
    editor = EditorPage(page, live_server.url)
    editor.log_in(world.ann)
    editor.open(world.label)
    yield editor
    assert editor.problems == []
