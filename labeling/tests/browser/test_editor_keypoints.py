"""Keypoints of a class with a skeleton, set and corrected in a real browser."""

import pytest
from playwright.sync_api import expect

from labeling.models import LabelClass
from labeling.tests.browser.editing import stored

pytestmark = pytest.mark.browser


@pytest.fixture
def faces(world, editor):
    """House has a face; the editor is opened again to learn of it."""
    LabelClass.objects.filter(name="House").update(skeleton="nose - left eye\nnose - right eye")
    editor.page.reload()
    editor.wait_for(world.label)
    editor.press("k")
    return editor


def points(label):
    [(kind, _, geometry)] = stored(label)
    assert kind == "points"
    return [(p["name"], round(p["x"]), round(p["y"]), p["visible"]) for p in geometry["points"]]


def test_points_are_set_in_order_skipped_and_occluded(faces, world):
    hint = faces.page.locator(".hint")
    expect(hint).to_contain_text("nose (1 of 3)")
    # Others fade; without this one, nobody knows which point is next.
    expect(hint.locator("span")).to_have_class("stays")
    faces.click(200, 150)
    expect(hint).to_contain_text("left eye (2 of 3)")
    with faces.held("Alt"):
        faces.click(150, 100)
    faces.press("Backspace")
    expect(hint).to_contain_text("left eye (2 of 3)")
    faces.press(".")
    expect(hint).to_contain_text("right eye (3 of 3)")
    # What is set so far outlives the page.
    faces.reload(world.label)
    expect(hint).to_contain_text("right eye (3 of 3)")
    with faces.held("Alt"):
        faces.click(250, 100)
    faces.wait_saved()
    assert points(world.label) == [("nose", 200, 150, True), ("right eye", 250, 100, False)]


def test_a_point_is_dragged_and_made_visible_and_a_missing_one_is_added(faces, world):
    faces.click(200, 150)
    faces.click(150, 100)
    faces.press("Enter")
    faces.use("select")
    # By the line between the two points.
    faces.click(175, 125)
    faces.drag((150, 100), (140, 80))
    faces.press("u")
    faces.wait_saved()
    assert points(world.label) == [("nose", 200, 150, True), ("left eye", 140, 80, False)]
    faces.press("k")
    expect(faces.page.locator(".hint")).to_contain_text("right eye (1 of 1)")
    faces.click(250, 100)
    faces.wait_saved()
    assert points(world.label)[2] == ("right eye", 250, 100, True)
    faces.press("Control+z", "Control+z")
    faces.wait_saved()
    assert points(world.label) == [("nose", 200, 150, True), ("left eye", 140, 80, True)]


def test_without_a_skeleton_the_tool_is_not_offered(editor):
    assert editor.page.locator('[data-command="tool-keypoints"]').count() == 0
