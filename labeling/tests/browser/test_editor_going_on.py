"""From shape to shape and from image to image, nothing has to be put right by hand."""

import pytest
from playwright.sync_api import expect

from labeling.models import Label, LabelClass
from labeling.tests.browser.editing import stored
from labeling.tests.browser.test_editor_drawing import near
from labeling.tests.browser.test_editor_unfinished import click_all

pytestmark = pytest.mark.browser


def classes(label):
    return [name for _, name, _ in stored(label)]


def tool(editor):
    return editor.page.locator('[data-command^="tool-"][aria-pressed="true"]')


def test_the_class_of_the_next_shape_is_not_given_to_the_one_that_was_drawn_on(editor, world):
    editor.use("rectangle")
    editor.drag((40, 40), (120, 120))
    editor.press("v")
    editor.click(80, 80)
    editor.press("f")
    with editor.held("Shift"):
        editor.loop(100, 60, 160, 100)
    editor.press("2")
    editor.loop(250, 150, 300, 200)
    editor.wait_saved()
    assert classes(world.label) == ["House", "Tree"]
    # Nor where Select was held to put it right; who only chooses it does mean it.
    editor.press("r", "1")
    with editor.held("Space"):
        editor.click(275, 175)
        editor.drag((275, 175), (285, 185))
    editor.press("1")
    editor.wait_saved()
    assert classes(world.label) == ["House", "Tree"]
    with editor.held("Space"):
        editor.click(285, 185)
    editor.press("1")
    editor.wait_saved()
    assert classes(world.label) == ["House", "House"]


def test_what_is_half_drawn_waits_in_its_own_class(editor, world):
    LabelClass.objects.filter(name="House").update(skeleton="nose - left eye\nnose - right eye")
    editor.page.reload()
    editor.wait_for(world.label)
    editor.press("k")
    click_all(editor, [(200, 50), (180, 30)])
    editor.use("rotated_rectangle")
    editor.drag((100, 100), (200, 100))
    editor.press("r", "2")
    editor.drag((300, 200), (350, 250))
    editor.use("rotated_rectangle")
    editor.click(150, 140)
    editor.press("k")
    editor.click(220, 30)
    editor.wait_saved()
    assert classes(world.label) == ["Tree", "House", "House"]
    *_, (kind, _, turned), (_, _, face) = stored(world.label)
    assert kind == "rect"
    assert near([turned[name] for name in ("cx", "cy", "w", "h")], [150, 120, 100, 40], 1.5)
    places = [(one["name"], round(one["x"]), round(one["y"])) for one in face["points"]]
    assert places == [("nose", 200, 50), ("left eye", 180, 30), ("right eye", 220, 30)]


def test_a_polygon_is_taken_away_by_enter_while_alt_is_held_and_closed_at_the_border(editor, world):
    editor.use("polygon")
    editor.zoom("-", "-")
    click_all(editor, [(-30, -20), (200, 0), (200, 200), (0, 200), (-31, -21)])
    with editor.held("Alt"):
        click_all(editor, [(50, 50), (150, 50), (150, 150)])
        expect(editor.page.locator(".hint")).to_contain_text("take it away")
        editor.press("Enter")
    editor.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    whole, hole = sorted(geometry["rings"], key=max, reverse=True)
    assert len(whole) == 8 and (min(whole), max(whole)) == (0, pytest.approx(200, abs=1.5))
    assert len(hole) == 6 and min(hole) > 48 and max(hole) < 152


def test_a_new_image_opens_with_the_tool_that_drew_last(editor, world):
    editor.use("freehand")
    editor.loop(50, 50, 120, 120)
    editor.press("e")
    editor.drag((50, 60), (130, 60))
    editor.press("Control+Enter")
    second = editor.wait_for_another(world.label)
    expect(editor.page.locator(".progress-words")).to_have_text("1 of 3 done")
    expect(tool(editor)).to_have_attribute("data-command", "tool-freehand")
    editor.loop(50, 50, 120, 120)
    # Looking back at what is submitted takes nothing out of one's hand.
    editor.press("ArrowLeft")
    editor.wait_for(world.label)
    expect(tool(editor)).to_have_attribute("data-command", "tool-select")
    expect(editor.page.locator('[data-command="reopen"]')).to_have_text("Reopen this image")
    editor.press("ArrowRight")
    editor.wait_for(second)
    expect(tool(editor)).to_have_attribute("data-command", "tool-freehand")
    assert Label.objects.get(pk=world.label.pk).status == "submitted"
    assert [kind for kind, _, _ in stored(second)] == ["polygon"]


def test_what_needs_a_selection_says_so_and_words_make_room(editor, world):
    editor.use("rectangle")
    editor.drag((50, 50), (120, 120))
    toast = editor.page.locator(".toast-line")
    editor.press("Control+d")
    expect(toast).to_have_text("Select a shape first.")
    editor.press("m")
    expect(toast).to_have_text("Select at least two shapes first.")
    hint = editor.page.locator(".hint")
    box = editor.page.locator(".stage").bounding_box()
    editor.page.mouse.move(box["x"] + 300, box["y"] + box["height"] - 30)
    expect(hint).to_have_css("opacity", "0")
    editor.page.mouse.move(box["x"] + 300, box["y"] + 200)
    expect(hint).to_have_css("opacity", "1")
    editor.press("Control+z")
    expect(toast).to_contain_text("Undone")
    editor.press("ArrowRight")
    editor.wait_for_another(world.label)
    expect(toast).to_have_count(0)
    # The history gives the focus back to the image.
    editor.press("Shift+h")
    expect(editor.page.locator(".event.now")).to_be_focused()
    editor.press("Shift+h")
    expect(editor.page.locator(".stage")).to_be_focused()


def test_a_shape_that_fills_the_stage_can_be_turned(editor, world):
    editor.use("rectangle")
    editor.drag((100, 20), (300, 280))
    editor.press("v")
    editor.zoom("+")
    editor.click(200, 150)
    # There is no room for the round handle above or below: it stands inside.
    scale = float(editor.page.locator(".stage").get_attribute("data-scale"))
    editor.drag((200, 20 + 30 / scale), (250, 100), (280, 150))
    editor.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    values = [geometry[name] for name in ("cx", "cy", "w", "h", "angle")]
    assert near(values, [200, 150, 200, 260, 90], 1.5)
