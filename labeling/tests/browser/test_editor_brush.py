"""Paint and rub out with a real pointer; the areas in the database are those of the strokes."""

import math

import pytest
from playwright.sync_api import expect

from labeling.shapes import area_of
from labeling.tests.browser.editing import stored

pytestmark = pytest.mark.browser


def disc(radius):
    return math.pi * radius * radius


def radius(editor):
    return float(editor.page.evaluate("sessionStorage.getItem('s3label brush')") or 10)


def test_a_stroke_is_stored_as_the_area_it_covers(editor, world):
    editor.use("brush")
    editor.drag((100, 100), (200, 100))
    editor.wait_saved()
    [(kind, name, geometry)] = stored(world.label)
    assert (kind, name) == ("polygon", "House")
    assert area_of(geometry["rings"]) == pytest.approx(100 * 20 + disc(10), rel=0.03)
    xs, ys = geometry["rings"][0][::2], geometry["rings"][0][1::2]
    assert (min(xs), max(xs)) == pytest.approx((90, 210), abs=1)
    assert (min(ys), max(ys)) == pytest.approx((90, 110), abs=1)


def test_keys_and_the_wheel_size_the_brush_and_a_click_leaves_a_disc(editor, world):
    editor.use("brush")
    editor.press("]", "]", "]")
    assert radius(editor) == 17.5
    editor.page.mouse.move(*editor.on_screen(200, 150))
    with editor.held("Alt"):
        editor.page.mouse.wheel(0, -100)
    editor.page.wait_for_function("sessionStorage.getItem('s3label brush') === '21'")
    editor.press("[")
    assert radius(editor) == 17.5
    editor.click(200, 150)
    editor.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    assert area_of(geometry["rings"]) == pytest.approx(disc(17.5), rel=0.04)


def test_shift_adds_to_the_shape_and_alt_takes_away(editor, world):
    editor.use("brush")
    editor.drag((100, 100), (200, 100))
    with editor.held("Shift"):
        editor.drag((150, 100), (150, 160))
    with editor.held("Alt"):
        editor.click(150, 150)
    editor.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    # A T of two arms, the lower one shortened by a disc.
    whole = 100 * 20 + disc(10) + 20 * 50 + disc(10) / 2
    assert area_of(geometry["rings"]) < whole - 0.7 * disc(10)
    assert area_of(geometry["rings"]) > 100 * 20 + disc(10)


def test_the_eraser_makes_holes_and_takes_whole_shapes_away(editor, world):
    editor.use("rectangle")
    editor.drag((100, 100), (200, 200))
    editor.drag((300, 100), (310, 110))
    editor.use("eraser")
    editor.click(150, 150)
    editor.click(305, 105)
    editor.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "polygon"
    assert len(geometry["rings"]) == 2
    assert area_of(geometry["rings"]) == pytest.approx(10_000 - disc(10), rel=0.04)
    editor.press("Control+z", "Control+z")
    editor.wait_saved()
    assert [kind for kind, _, _ in stored(world.label)] == ["rect", "rect"]


def test_the_ring_at_the_pointer_is_as_large_as_the_brush(editor, world):
    editor.use("brush")
    before = editor.color_at(210, 150)
    editor.page.mouse.move(*editor.on_screen(200, 150))
    editor.wait_color(210, 150, lambda color: color != before)
    assert editor.color_at(218, 150) != before
    expect(editor.page.locator(".hint")).to_contain_text("change the size")
