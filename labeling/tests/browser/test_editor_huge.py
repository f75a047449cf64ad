"""A huge image: a wait with progress, then tiles; drawn on in its own pixels."""

import hashlib
import math
import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from PIL import Image as Picture
from PIL import ImageDraw
from playwright.sync_api import expect

from datasets.models import Tiling
from labeling.tests.browser.editing import EditorPage, stored

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 12_000, 9_000
# A red square of some pixels, far from the corner.
LEFT, TOP, SIDE = 8_000, 6_000, 40


def open_editor(world, page, live_server, shrunk):
    """Ann's label is of a huge image, whose tiles nobody has made."""
    size = (WIDTH // shrunk, HEIGHT // shrunk)
    picture = Picture.radial_gradient("L").resize(size).convert("RGB")
    left, top = LEFT // shrunk, TOP // shrunk
    square = (left, top, left + SIDE - 1, top + SIDE - 1)
    ImageDraw.Draw(picture).rectangle(square, fill=(255, 0, 0))
    image = world.images[0]
    image.path = str(Path(image.path).with_name(f"huge-{uuid4()}.jpg"))
    picture.save(image.path, quality=90, subsampling=0)
    image.format, (image.width, image.height) = "JPEG", size
    note_content(image)
    shutil.rmtree(settings.CACHE_DIR, ignore_errors=True)
    page.set_default_timeout(60_000)
    page.set_viewport_size({"width": 1280, "height": 800})
    editor = EditorPage(page, live_server.url)
    editor.log_in(world.ann)
    return editor


def note_content(image):
    data = Path(image.path).read_bytes()
    image.sha256, image.byte_size = hashlib.sha256(data).hexdigest(), len(data)
    image.save()


@pytest.fixture
def huge(world, page, live_server):
    editor = open_editor(world, page, live_server, 1)
    yield editor
    assert editor.problems == []


@pytest.fixture
def smaller(world, page, live_server, settings):
    """The same with a sixteenth of the pixels, where their number does not matter."""
    settings.TILES_ABOVE_PIXELS = 1_000_000
    editor = open_editor(world, page, live_server, 4)
    yield editor
    assert editor.problems == []


def begin(editor, label):
    """Open the label and see the wait; then do what a worker does, and see the image."""
    editor.page.goto(editor.base_url + label.get_absolute_url())
    expect(editor.page.get_by_role("progressbar", name="Prepared")).to_be_visible()
    # What it says stands on the dark of the stage.
    expect(editor.page.locator(".how-far")).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(editor.page.get_by_text("No class has such a name.")).not_to_be_visible()
    job = Tiling.objects.get()
    job.run()
    assert (job.status, job.error) == ("done", "")
    editor.wait_for(label)


def zoom_to(editor, x, y, scale):
    """Turn the wheel over a place of the image until the scale is reached."""
    for _ in range(100):
        # Again each time: a pixel of the screen was many of the image before.
        editor.page.mouse.move(*editor.on_screen(x, y))
        now = float(editor.page.locator(".stage").get_attribute("data-scale"))
        if abs(now / scale - 1) < 0.01:
            return
        wheel = max(-400, min(400, 625 * math.log(now / scale)))
        editor.page.mouse.wheel(0, wheel)
        editor.page.wait_for_function(
            "before => +document.querySelector('.stage').dataset.scale !== before", arg=now
        )
    raise AssertionError(f"The scale is {now}.")


def is_red(color):
    return color[0] > 180 and max(color[1:]) < 90


def is_cyan(color):
    return color[0] < 80 and min(color[1:]) > 160


def is_grey(color):
    return max(color) - min(color) < 12


def test_shapes_on_a_huge_image_are_stored_in_its_own_pixels(huge, world):
    begin(huge, world.label)
    # All of it is seen, from tiles of a low level; at its edge the gradient is white.
    huge.wait_color(100, 4_500, lambda color: min(color) > 150)
    huge.wait_color(6_000, 4_500, lambda color: max(color) < 80)
    middle = LEFT + SIDE / 2, TOP + SIDE / 2
    zoom_to(huge, *middle, 4)
    huge.wait_color(*middle, is_red)
    # Each pixel is where it is in the file.
    for x, y, is_right in (
        (LEFT + 1, TOP + 1, is_red),
        (LEFT - 2, TOP + 1, is_grey),
        (LEFT + SIDE - 1, TOP + SIDE - 1, is_red),
        (LEFT + SIDE + 1, TOP + SIDE + 1, is_grey),
    ):
        huge.wait_color(x, y, is_right)
    huge.use("rectangle")
    huge.drag((LEFT, TOP), (LEFT + SIDE, TOP + SIDE))
    huge.page.wait_for_selector('[data-shape-count="1"]')
    huge.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "rect"
    assert abs(geometry["cx"] - middle[0]) < 0.2 and abs(geometry["cy"] - middle[1]) < 0.2
    assert abs(geometry["w"] - SIDE) < 0.2 and abs(geometry["h"] - SIDE) < 0.2


def test_zoom_map_and_look_work_on_tiles(smaller, world):
    begin(smaller, world.label)
    zoom_to(smaller, LEFT // 4 + 5, TOP // 4 + 5, 64)
    smaller.wait_color(LEFT // 4 + 3.5, TOP // 4 + 3.5, is_red)
    expect(smaller.page.locator(".minimap")).to_be_visible()
    smaller.press("Shift+I")
    smaller.wait_color(
        LEFT // 4 + 3.5, TOP // 4 + 3.5, lambda color: color[0] < 80 and min(color[1:]) > 160
    )
    smaller.press("Shift+I", "0")
    smaller.wait_color(1_500, 1_125, lambda color: max(color) < 80)


def test_tiles_that_were_cleared_away_are_made_again(smaller, world):
    begin(smaller, world.label)
    smaller.wait_color(1_500, 1_125, lambda color: max(color) < 80)
    shutil.rmtree(settings.CACHE_DIR)
    zoom_to(smaller, LEFT // 4 + 5, TOP // 4 + 5, 16)
    # The page asks for them by itself; what it says of that is soon gone.
    for _ in range(600):
        if Tiling.objects.get().status == "queued":
            break
        smaller.page.wait_for_timeout(50)
    assert Tiling.objects.get().run()
    smaller.wait_color(LEFT // 4 + 3.5, TOP // 4 + 3.5, is_red)


def test_an_image_that_cannot_be_decoded_says_so(smaller, world):
    image = world.images[0]
    Path(image.path).write_bytes(Path(image.path).read_bytes()[:10_000])
    note_content(image)
    smaller.page.goto(smaller.base_url + world.label.get_absolute_url())
    expect(smaller.page.get_by_role("progressbar", name="Prepared")).to_be_visible()
    Tiling.objects.get().run()
    expect(smaller.page.locator(".cover")).to_contain_text(
        "This image cannot be shown: It cannot be"
    )
    image.refresh_from_db()
    assert image.state == "broken"
