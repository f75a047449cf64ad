"""Turned rectangles, ellipses and lines, drawn and turned in a real browser."""

import pytest
import shapely
import shapely.affinity
from playwright.sync_api import expect

from labeling.tests.browser.editing import stored
from labeling.tests.browser.test_editor_drawing import near

pytestmark = pytest.mark.browser

RECT = ("cx", "cy", "w", "h", "angle")


def values(geometry, names=RECT):
    return [geometry[name] for name in names]


def test_a_rotated_rectangle_is_drawn_by_its_side_and_its_width(editor, world):
    editor.use("rotated_rectangle")
    editor.drag((100, 100), (200, 200))
    editor.click(200, 100)
    editor.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "rect"
    # From the side's middle, (150, 150), half-way to the corner: (175, 125).
    assert near(values(geometry), [175, 125, 141.4, 70.7, 45], 1.5)


def test_three_clicks_do_as_well_and_the_side_can_be_taken_back(editor, world):
    editor.use("rotated_rectangle")
    editor.click(50, 50)
    editor.click(350, 250)
    editor.press("Backspace")
    editor.click(150, 50)
    editor.click(120, 90)
    editor.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    assert near(values(geometry), [100, 70, 100, 40, 0], 1.5)


def test_the_round_handle_turns_a_rectangle_and_its_sides_are_pulled_along_its_axes(editor, world):
    editor.use("rectangle")
    editor.drag((150, 120), (250, 180))
    editor.use("select")
    editor.click(200, 150)
    scale = float(editor.page.locator(".stage").get_attribute("data-scale"))
    top = (200, 120 - 30 / scale)
    editor.drag(top, (300, 150))
    editor.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "rect"
    assert near(values(geometry), [200, 150, 100, 60, 90], 1.5)
    # Turned by 90°, its right side lies below: pulled down, only the width grows.
    editor.drag((200, 200), (200, 220))
    editor.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    assert near(values(geometry), [200, 160, 120, 60, 90], 1.5)
    editor.press("Control+z", "Control+z")
    editor.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    assert near(values(geometry), [200, 150, 100, 60, 0], 1.5)


def test_shift_turns_by_steps_of_15_degrees(editor, world):
    editor.use("rectangle")
    editor.drag((150, 120), (250, 180))
    editor.use("select")
    editor.click(200, 150)
    scale = float(editor.page.locator(".stage").get_attribute("data-scale"))
    with editor.held("Shift"):
        editor.drag((200, 120 - 30 / scale), (262, 90))
    editor.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    assert geometry["angle"] == 45


def test_an_ellipse_fills_its_box_and_can_be_turned(editor, world):
    editor.press("Shift+C")
    editor.drag((100, 100), (260, 180))
    editor.use("select")
    editor.click(180, 140)
    scale = float(editor.page.locator(".stage").get_attribute("data-scale"))
    editor.drag((180, 100 - 30 / scale), (100, 140))
    editor.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "ellipse"
    assert near(values(geometry, ("cx", "cy", "rx", "ry", "angle")), [180, 140, 80, 40, 270], 1.5)


def test_a_line_ends_by_enter_or_a_double_click_and_covers_nothing(editor, world):
    editor.press("l")
    editor.polygon((50, 50), (150, 80), (250, 50))
    editor.click(50, 150)
    editor.click(150, 250)
    editor.click(250, 200, click_count=2)
    editor.wait_saved()
    assert [(kind, len(g["points"])) for kind, _, g in stored(world.label)] == [
        ("line", 6),
        ("line", 6),
    ]
    assert near(stored(world.label)[0][2]["points"], [50, 50, 150, 80, 250, 50])
    editor.click(300, 100)
    editor.press("Enter")
    expect(editor.page.locator(".toast-line.warning")).to_contain_text("at least two points")
    editor.click(350, 100)
    editor.press("Enter")
    expect(editor.page.locator("[data-shape-count]")).to_have_attribute("data-shape-count", "3")


def test_what_would_reach_far_outside_the_image_is_refused_and_nothing_is_lost(editor, world):
    editor.use("rectangle")
    editor.drag((2, 130), (398, 170))
    editor.use("select")
    editor.click(200, 150)
    scale = float(editor.page.locator(".stage").get_attribute("data-scale"))
    editor.drag((200, 130 - 30 / scale), (300, 150))
    expect(editor.page.locator(".toast-line.warning")).to_contain_text("too far outside")
    editor.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    assert geometry["angle"] == 0


def test_corners_of_a_line_are_added_moved_and_taken_away_and_all_is_turned(editor, world):
    editor.press("l")
    editor.polygon((100, 100), (200, 100), (200, 180))
    editor.press("v")
    editor.click(150, 100)
    editor.page.mouse.move(*editor.on_screen(130, 100))
    editor.drag((130, 100), (130, 60))
    with editor.held("Shift"):
        editor.click(200, 180)
    expect(editor.page.locator(".hint")).to_contain_text("2 corners")
    editor.drag((200, 180), (210, 200))
    editor.wait_saved()
    points = stored(world.label)[0][2]["points"]
    assert near(points, [100, 100, 140, 80, 200, 100, 210, 200], 1.5)
    with editor.held("Alt"):
        editor.click(140, 80)
    # About the middle of its box, (155, 150), by a quarter.
    scale = float(editor.page.locator(".stage").get_attribute("data-scale"))
    editor.drag((155, 100 - 30 / scale), (250, 150))
    editor.wait_saved()
    points = stored(world.label)[0][2]["points"]
    assert near(points, [205, 95, 205, 195, 105, 205], 2)


def test_a_polygon_with_a_hole_is_turned_as_a_whole(editor, world):
    editor.press("p")
    editor.polygon((100, 100), (200, 100), (200, 160), (100, 160))
    with editor.held("Alt"):
        editor.polygon((110, 110), (130, 110), (130, 130), (110, 130))
    editor.press("v")
    editor.click(180, 150)
    scale = float(editor.page.locator(".stage").get_attribute("data-scale"))
    with editor.held("Shift"):
        editor.drag((150, 100 - 30 / scale), (190, 90), (208, 114.5))
    editor.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    whole, hole = [list(zip(r[::2], r[1::2], strict=True)) for r in geometry["rings"]]
    assert shapely.Polygon(whole).equals_exact(turned(TURNED_BOX), 2, normalize=True)
    assert shapely.Polygon(hole).equals_exact(turned(TURNED_HOLE), 2, normalize=True)


TURNED_BOX, TURNED_HOLE = shapely.box(100, 100, 200, 160), shapely.box(110, 110, 130, 130)


def turned(box):
    return shapely.affinity.rotate(box, 75, origin=(150, 130))
