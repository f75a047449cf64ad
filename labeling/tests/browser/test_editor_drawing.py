"""Draw with every tool in a real browser, and look at what the database holds."""

import pytest
from playwright.sync_api import expect

from labeling.models import LabelClass, LabelTask
from labeling.shapes import area_of, rings_of
from labeling.tests.browser.editing import stored

pytestmark = pytest.mark.browser


def near(numbers, wanted, tolerance=1.0):
    return len(numbers) == len(wanted) and all(
        abs(a - b) <= tolerance for a, b in zip(numbers, wanted, strict=True)
    )


def test_a_polygon_is_stored_where_it_was_clicked(editor, world):
    editor.use("polygon")
    editor.polygon((50, 50), (150, 50), (150, 120), (50, 120))
    editor.wait_saved()
    [(kind, name, geometry)] = stored(world.label)
    assert (kind, name) == ("polygon", "House")
    assert near(geometry["rings"][0], [50, 50, 150, 50, 150, 120, 50, 120])


def test_a_polygon_closes_at_its_first_corner_and_by_a_double_click(editor, world):
    editor.use("polygon")
    for corner in ((50, 50), (150, 50), (100, 120), (51, 50)):
        editor.click(*corner)
    for corner in ((250, 50), (350, 50)):
        editor.click(*corner)
    editor.click(300, 120, click_count=2)
    editor.wait_saved()
    assert [len(geometry["rings"][0]) for _, _, geometry in stored(world.label)] == [6, 6]


def test_corners_are_taken_back_one_by_one_and_two_are_no_polygon(editor, world):
    editor.use("polygon")
    for corner in ((50, 50), (150, 50), (380, 280), (150, 120)):
        editor.click(*corner)
    editor.press("Control+z", "Backspace")
    editor.press("Enter")
    assert "at least three corners" in editor.toast()
    editor.click(100, 120)
    editor.press("Enter")
    editor.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    assert near(geometry["rings"][0], [50, 50, 150, 50, 100, 120])
    editor.click(200, 200)
    editor.press("Escape", "Enter")
    assert editor.count == 1


def test_a_rectangle_is_stored_as_one(editor, world):
    editor.use("rectangle")
    editor.drag((200, 100), (300, 180))
    editor.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "rect"
    assert near([geometry[k] for k in ("cx", "cy", "w", "h", "angle")], [250, 140, 100, 80, 0], 2)


def test_what_leaves_the_image_is_cut_at_its_border(editor, world):
    editor.use("rectangle")
    editor.drag((350, 250), (420, 320))
    editor.use("freehand")
    editor.loop(-8, -8, 60, 60)
    editor.wait_saved()
    (_, _, rect), (_, _, area) = stored(world.label)
    assert near([rect["cx"] + rect["w"] / 2, rect["cy"] + rect["h"] / 2], [400, 300], 0.02)
    assert min(area["rings"][0]) == 0
    assert abs(area_of(area["rings"]) - 3600) < 150


def test_a_stroke_is_an_area_that_shift_adds_to_and_alt_takes_from(editor, world):
    editor.use("freehand")
    editor.loop(100, 100, 200, 200)
    with editor.held("Shift"):
        editor.loop(180, 120, 260, 180)
    with editor.held("Alt"):
        editor.loop(130, 130, 160, 160)
    editor.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "polygon"
    assert len(geometry["rings"]) == 2
    assert abs(area_of(geometry["rings"]) - (10_000 + 60 * 60 - 900)) < 500


def test_an_eraser_that_goes_through_leaves_two_parts(editor, world):
    editor.use("freehand")
    editor.loop(100, 100, 200, 200)
    with editor.held("Alt"):
        editor.loop(140, 80, 160, 220)
    editor.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    assert len(geometry["rings"]) == 2
    assert abs(area_of(geometry["rings"]) - 8000) < 400


def test_a_circle_and_a_point(editor, world):
    editor.use("circle")
    editor.drag((200, 150), (240, 150))
    editor.use("point")
    editor.click(50, 60)
    editor.wait_saved()
    (kind, _, circle), (other, _, points) = stored(world.label)
    assert (kind, other) == ("ellipse", "points")
    assert near([circle[k] for k in ("cx", "cy", "rx", "ry")], [200, 150, 40, 40])
    assert near([points["points"][0]["x"], points["points"][0]["y"]], [50, 60])


def test_slips_of_the_hand_are_refused_in_words(editor, world):
    editor.use("polygon")
    editor.polygon((500, 100), (560, 100), (560, 200))
    editor.use("freehand")
    editor.drag((50, 50), (150, 150))
    assert "encloses nothing" in editor.toast()
    assert editor.count == 0


def test_a_class_key_chooses_for_the_next_shape_and_leaves_the_last_alone(editor, world):
    editor.use("rectangle")
    editor.drag((20, 20), (80, 80))
    editor.press("2")
    editor.drag((120, 20), (180, 80))
    editor.wait_saved()
    assert [name for _, name, _ in stored(world.label)] == ["House", "Tree"]


def test_a_new_shape_is_cut_by_others_where_overlap_is_forbidden(world, editor):
    LabelTask.objects.update(permit_overlap=False)
    editor.page.reload()
    editor.wait_for(world.label)
    editor.use("rectangle")
    editor.drag((50, 50), (150, 150))
    editor.use("polygon")
    editor.polygon((100, 60), (250, 60), (250, 140), (100, 140))
    editor.use("rectangle")
    editor.drag((60, 60), (140, 140))
    assert "cover all of that already" in editor.toast()
    editor.wait_saved()
    (_, _, first), (_, _, second) = stored(world.label)
    assert abs(area_of(second["rings"]) - 8000) < 300
    left = min(second["rings"][0][::2])
    assert left == first["cx"] + first["w"] / 2
    assert area_of(rings_of("rect", first)) > 9500


def test_only_the_tools_of_the_task_are_offered(world, editor):
    LabelTask.objects.update(allowed_tools="rectangle,freehand", default_tool="freehand")
    editor.page.evaluate("sessionStorage.clear()")
    editor.page.reload()
    editor.wait_for(world.label)
    tools = editor.page.locator('[data-command^="tool-"]')
    names = [tool.get_attribute("data-command") for tool in tools.all()]
    # Dividing shapes and filling gaps are for every task that has shapes.
    drawing = [name for name in names if name not in ("tool-split", "tool-fill")]
    assert drawing == ["tool-select", "tool-rectangle", "tool-freehand", "tool-comment"]
    chosen = editor.page.locator('[data-command^="tool-"][aria-pressed="true"]')
    assert chosen.get_attribute("data-command") == "tool-freehand"


def test_what_is_stored_is_seen_where_it_lies(editor, world):
    editor.use("rectangle")
    before = editor.color_at(150, 100)
    editor.drag((100, 60), (200, 140))
    editor.wait_saved()
    editor.page.mouse.move(5, 5)
    editor.wait_color(150, 100, lambda color: color != before and color[0] > color[1])
    with editor.held("h"):
        editor.wait_color(150, 100, lambda color: color == before)
    editor.page.reload()
    editor.wait_for(world.label)
    editor.wait_color(150, 100, lambda color: color[0] > color[1])
    # Zoomed and moved, the shape is still on the same part of the image.
    editor.page.mouse.move(*editor.on_screen(150, 100))
    editor.page.mouse.wheel(0, -600)
    editor.wait_color(110, 70, lambda color: color[0] > color[1])
    editor.wait_color(90, 100, lambda color: color[0] == color[1])


def test_without_a_class_nothing_is_drawn_and_it_is_said(editor, world):
    LabelClass.objects.update(is_archived=True)
    editor.page.reload()
    editor.wait_for(world.label)
    editor.use("rectangle")
    editor.drag((50, 50), (120, 120))
    expect(editor.page.locator(".toast-line.warning")).to_have_text("Choose a class first.")
    assert stored(world.label) == []
