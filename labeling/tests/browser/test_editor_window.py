"""A grey image with 16 bits: a window on its values tells apart what 8 bits do not."""

import hashlib
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image as Picture
from playwright.sync_api import expect

from accounts.models import EditorSettings
from labeling.tests.browser.editing import EditorPage

pytestmark = pytest.mark.browser


@pytest.fixture
def deep(world, page, live_server):
    """All of it is 30,000 but a square of 30,020; one pixel has 0, another 65,535."""
    values = np.full((300, 400), 30_000, np.uint16)
    values[100:200, 150:250] = 30_020
    values[0, 0], values[0, 1] = 0, 65_535
    image = world.images[0]
    image.path = str(Path(image.path).with_name(f"deep-{uuid4()}.png"))
    Picture.fromarray(values).save(image.path)
    data = Path(image.path).read_bytes()
    image.sha256, image.byte_size = hashlib.sha256(data).hexdigest(), len(data)
    image.save()
    page.set_default_timeout(30_000)
    page.set_viewport_size({"width": 1280, "height": 800})
    editor = EditorPage(page, live_server.url)
    editor.log_in(world.ann)
    editor.open(world.label)
    editor.press("i")
    expect(page.locator('[data-look="level"]')).to_be_visible()
    yield editor
    assert editor.problems == []


def is_grey(color):
    return min(color) > 100 and max(color) < 130


def test_a_window_shows_what_lies_close_together(deep, world):
    level, width = (deep.page.locator(f'[data-look="{name}"]') for name in ("level", "width"))
    assert [level.get_attribute(name) for name in ("min", "max")] == ["0", "65535"]
    # Over the whole range the square has the grey of what is around it.
    deep.wait_color(350, 50, is_grey)
    deep.wait_color(200, 150, is_grey)
    level.fill("30010")
    with deep.page.expect_response("**/api/v1/settings"):
        width.fill("20")
    deep.wait_color(350, 50, lambda color: max(color) < 20)
    deep.wait_color(200, 150, lambda color: min(color) > 235)
    assert EditorSettings.of(world.ann)["picture"]["window"] == {"level": 30010, "width": 20}
    # It is kept, and works at once when the image is opened again.
    deep.open(world.label)
    deep.wait_color(200, 150, lambda color: min(color) > 235)
    deep.page.get_by_role("button", name="Picture adjusted. Show it as it is").click()
    deep.wait_color(350, 50, is_grey)
    deep.wait_color(200, 150, is_grey)


def test_an_image_with_8_bits_has_no_window(deep, world):
    label = world.label
    label.pk, label.image = None, world.images[1]
    label.save()
    deep.open(label)
    with deep.page.expect_response("**/deep") as response:
        deep.press("i")
    assert response.value.status == 204
    expect(deep.page.locator('[data-look="brightness"]')).to_be_visible()
    expect(deep.page.locator('[data-look="level"]')).not_to_be_visible()
