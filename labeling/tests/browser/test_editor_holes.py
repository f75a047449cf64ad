"""Holes stay holes whatever is done with their shape; the database has the last word."""

import json

import pytest
import shapely
import shapely.affinity
from playwright.sync_api import expect

from labeling.models import Label, LabelTask, Shape
from labeling.tests.browser.editing import areas, stored

pytestmark = pytest.mark.browser

OUTLINE, HOLE = shapely.box(100, 100, 200, 200), shapely.box(130, 130, 160, 160)
FRAME = OUTLINE - HOLE


def flat(box):
    return [value for corner in box.exterior.coords[:-1] for value in corner]


@pytest.fixture
def frame(editor, world):
    """A square with a square hole, and the select tool."""
    Shape.objects.create(
        label=world.label,
        label_class=world.task.classes.get(name="House"),
        kind="polygon",
        geometry=json.dumps({"rings": [flat(OUTLINE), flat(HOLE)]}),
        rev_added=1,
    )
    Label.objects.filter(pk=world.label.pk).update(rev=1, n_shapes=1)
    editor.open(world.label)
    editor.use("select")
    return editor


def is_same(area, wanted, off=0.01):
    return area.symmetric_difference(wanted).area <= off * wanted.length


def run(editor, words):
    editor.press("Control+k")
    editor.page.keyboard.type(words)
    editor.press("Enter")


def test_a_click_into_the_hole_does_not_select_and_a_drag_moves_both(frame, world):
    frame.click(145, 145)
    expect(frame.page.locator('.shape-row[aria-pressed="true"]')).to_have_count(0)
    frame.click(110, 110)
    frame.press("Control+Shift+ArrowRight", "Control+ArrowDown")
    frame.wait_saved()
    [area] = areas(world.label)
    assert is_same(area, shapely.affinity.translate(FRAME, 10, 1))


def test_copies_have_it_here_and_on_the_next_image(frame, world):
    frame.click(110, 110)
    frame.press("Control+d", "Control+c")
    frame.wait_saved()
    one, other = areas(world.label)
    assert is_same(one, FRAME)
    assert len(other.interiors) == 1 and other.area == pytest.approx(one.area)
    frame.press("ArrowRight")
    second = frame.wait_for_another(world.label)
    frame.press("Control+v")
    frame.wait_saved()
    [pasted] = areas(second)
    assert is_same(pasted, other)


def test_what_is_cut_comes_back_whole_to_the_same_image(frame, world):
    frame.click(110, 110)
    frame.press("Control+x")
    frame.wait_saved()
    assert stored(world.label) == []
    frame.press("Control+v")
    frame.wait_saved()
    [area] = areas(world.label)
    assert len(area.interiors) == 1 and area.area == pytest.approx(FRAME.area)


def test_a_line_through_it_leaves_two_brackets_and_merging_closes_it_again(frame, world):
    frame.press("x")
    with frame.held("Shift"):
        frame.drag((145, 80), (145, 220))
    frame.wait_saved()
    left, right = sorted(areas(world.label), key=lambda area: area.bounds)
    assert is_same(left, FRAME & shapely.box(0, 0, 145, 300), 0.02)
    assert is_same(right, FRAME & shapely.box(145, 0, 400, 300), 0.02)
    frame.press("v", "Control+a", "m")
    frame.wait_saved()
    [area] = areas(world.label)
    assert len(area.interiors) == 1 and is_same(area, FRAME, 0.02)


def test_what_is_drawn_into_it_fills_only_that_where_overlap_is_forbidden(frame, world):
    LabelTask.objects.update(permit_overlap=False)
    frame.open(world.label)
    frame.use("rectangle")
    frame.drag((120, 120), (170, 170))
    frame.wait_saved()
    frame_again, filled = areas(world.label)
    assert is_same(frame_again, FRAME) and is_same(filled, HOLE)


def test_the_hole_is_filled_by_its_command_and_undo_opens_it_again(frame, world):
    frame.click(110, 110)
    run(frame, "fill the holes")
    frame.wait_saved()
    assert is_same(areas(world.label)[0], OUTLINE)
    frame.press("Control+z")
    frame.wait_saved()
    assert is_same(areas(world.label)[0], FRAME)


def test_shift_and_alt_add_to_a_polygon_and_take_from_it_corner_by_corner(frame, world):
    frame.press("p")
    with frame.held("Shift"):
        frame.polygon((190, 120), (260, 120), (260, 180), (190, 180))
    with frame.held("Alt"):
        frame.polygon((220, 140), (240, 140), (240, 160), (220, 160))
    frame.wait_saved()
    [area] = areas(world.label)
    wanted = (FRAME | shapely.box(190, 120, 260, 180)) - shapely.box(220, 140, 240, 160)
    assert len(area.interiors) == 2 and is_same(area, wanted, 1)


def test_a_corner_of_the_hole_is_pulled_and_the_hole_goes_with_its_last_corners(frame, world):
    frame.click(110, 110)
    frame.drag((160, 160), (180, 180))
    frame.wait_saved()
    [area] = areas(world.label)
    pulled = shapely.Polygon([(130, 130), (160, 130), (180, 180), (130, 160)])
    assert is_same(area, OUTLINE - pulled, 1)
    with frame.held("Alt"):
        frame.click(130, 130)
        frame.click(160, 130)
    frame.wait_saved()
    assert is_same(areas(world.label)[0], OUTLINE)
