"""Tiles look as the picture would as a whole: adjusted, equalised, in a window on 16 bits."""

from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image as Picture
from playwright.sync_api import expect

from labeling.tests.browser.editing import EditorPage
from labeling.tests.browser.test_editor_huge import begin, is_grey, note_content, zoom_to
from labeling.tests.browser.test_editor_looks import setting

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 2_000, 1_500
# As a slider or a box of the panel has it.
LOOKS = {
    "brightness": "30", "contrast": "40", "gamma": "8", "saturation": "-70",
    "channel": "red", "invert": True, "equalise": True,
}  # fmt: skip
USUAL = {
    "window": None, "brightness": 0, "contrast": 0, "gamma": 1, "saturation": 0,
    "channel": "all", "invert": False, "equalise": False,
}  # fmt: skip
PLACES = [(x, y) for y in (150, 513, 700) for x in (1000, 1026, 1300, 1540, 1800)]


@pytest.fixture
def opened(world, page, live_server, settings):
    """Open Ann's label on a picture, whole or in tiles."""
    page.set_default_timeout(60_000)
    page.set_viewport_size({"width": 1280, "height": 800})
    editor = EditorPage(page, live_server.url)
    editor.log_in(world.ann)

    def opened(values, *, tiled):
        settings.TILES_ABOVE_PIXELS = 1_000_000 if tiled else 50_000_000
        image = world.images[0]
        image.path = str(Path(image.path).with_name(f"looks-{uuid4()}.png"))
        Picture.fromarray(values).save(image.path, compress_level=1)
        image.format, (image.height, image.width) = "PNG", values.shape[:2]
        note_content(image)
        if tiled:
            begin(editor, world.label)
        else:
            editor.open(world.label)
        editor.press("i")
        expect(page.locator('[data-look="brightness"]')).to_be_visible()
        return editor

    yield opened
    assert editor.problems == []


def choose(editor, name, value):
    if value is True:
        setting(editor, name).check()
    elif name == "channel":
        setting(editor, name).select_option(value)
    else:
        setting(editor, name).fill(value)


def as_it_is(editor):
    """Also for the page that is opened next."""

    def is_kept(response):
        is_setting = response.url.endswith("/api/v1/settings")
        return is_setting and response.request.post_data_json.get("picture") == USUAL

    with editor.page.expect_response(is_kept):
        editor.page.get_by_role("button", name="Picture adjusted. Show it as it is").click()


def colors_of(editor):
    picture = editor.picture()
    return np.array(
        [picture.getpixel(tuple(map(round, editor.on_screen(x, y)))) for x, y in PLACES], int
    )


def wait_colors(editor, is_right):
    for _ in range(60):
        colors = colors_of(editor)
        if is_right(colors):
            return colors
        editor.page.wait_for_timeout(100)
    raise AssertionError(f"The colours are {colors.tolist()}.")


def test_all_looks_are_those_of_the_picture_as_a_whole(opened):
    x, y = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    values = np.stack([255 * x * x, 255 * y, 60 + 60 * x], axis=-1).astype(np.uint8)

    def shown(near, before):
        """What each look makes of the places, once it is painted."""
        found = {"": before}
        for name, value in LOOKS.items():
            choose(editor, name, value)
            found[name] = wait_colors(editor, lambda colors, name=name: near(name, colors))
            as_it_is(editor)
            wait_colors(editor, lambda colors: np.abs(colors - before).max() <= 2)
        return found

    editor = opened(values, tiled=False)
    usual = wait_colors(editor, lambda colors: np.ptp(colors[:, 0]) > 100)
    whole = shown(lambda name, colors: np.abs(colors - usual).max() > 30, usual)
    # Tiles are made with a little loss, and equalising makes much of it.
    editor = opened(values, tiled=True)
    usual = wait_colors(editor, lambda colors: np.abs(colors - whole[""]).max() <= 4)
    shown(lambda name, colors: np.abs(colors - whole[name]).max() <= 14, usual)


def test_a_window_on_16_bits_of_a_huge_image(opened):
    # A square across the borders of tiles, which 8 bits of the whole range would not tell apart.
    values = np.full((HEIGHT, WIDTH), 30_000, np.uint16)
    values[400:600, 900:1200] = 30_020
    values[0, 0], values[0, 1] = 0, 65_535
    inside = [(905, 405), (1020, 508), (1028, 516), (1195, 595)]
    outside = [(700, 500), (1300, 300), (1020, 650), (1600, 1100)]
    editor = opened(values, tiled=True)
    level, width = setting(editor, "level"), setting(editor, "width")
    assert [level.get_attribute(name) for name in ("min", "max")] == ["0", "65535"]
    for place in inside + outside:
        editor.wait_color(*place, is_grey)

    def assert_window():
        for place in inside:
            editor.wait_color(*place, lambda color: min(color) > 235)
        for place in outside:
            editor.wait_color(*place, lambda color: max(color) < 20)

    level.fill("30010")
    width.fill("20")
    assert_window()
    # In its own pixels, each value is exact: fifteen of twenty are three quarters of the way.
    zoom_to(editor, 1024, 512, 1)
    level.fill("30015")
    for place in ((1020, 508), (1028, 516)):
        editor.wait_color(*place, lambda color: set(color) == {191})
    level.fill("30010")
    # It holds for tiles that come later, and when the image is opened again.
    with editor.page.expect_response("**/api/v1/settings"):
        width.fill("21")
    editor.zoom("0")
    zoom_to(editor, 1600, 1100, 4)
    editor.wait_color(1600, 1100, lambda color: max(color) < 20)
    editor.page.reload()
    expect(editor.page.locator("[data-ready]")).to_be_visible()
    assert_window()
    as_it_is(editor)
    for place in inside + outside:
        editor.wait_color(*place, is_grey)
