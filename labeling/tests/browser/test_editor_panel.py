"""The panel beside the image: instructions, examples, a search for classes, a filter of shapes."""

import pytest
from playwright.sync_api import expect

from labeling.models import Attribute, LabelClass, TaskExample
from labeling.tests.browser.editing import stored
from labeling.tests.test_instructions import ATTACKS

pytestmark = pytest.mark.browser


def test_instructions_are_shown_as_markdown_and_run_nothing(editor, world):
    world.task.description = "\n\n".join([*ATTACKS, "End with **care**."])
    world.task.save()
    editor.page.on("dialog", lambda dialog: editor.problems.append(dialog.message))
    editor.open(world.label)
    words = editor.page.locator(".about .words")
    expect(words.locator("strong").last).to_have_text("care")
    # A click on each link and into the text does nothing in this page either.
    assert words.locator("script, img, iframe, form, style, [onclick], [onerror]").count() == 0
    assert editor.page.url.endswith(world.label.get_absolute_url())


def test_examples_say_good_or_bad_and_are_looked_at_large(editor, world):
    for number, (verdict, title) in enumerate([("good", "Tight"), ("bad", "Loose"), ("", "Odd")]):
        TaskExample.objects.create(
            task=world.task,
            image=world.images[number],
            title=title,
            description=f"Look at {title}.",
            verdict=verdict,
            position=number,
        )
    editor.open(world.label)
    buttons = editor.page.locator(".examples button")
    expect(buttons).to_have_text(["GoodTight", "BadLoose", "Odd"])
    buttons.first.click()
    large = editor.page.get_by_role("dialog", name="Example")
    expect(large.get_by_alt_text("Good example: Tight")).to_be_visible()
    editor.press("ArrowRight")
    expect(large.get_by_text("Look at Loose.")).to_be_visible()
    editor.press("Escape")
    expect(large).to_be_hidden()
    assert editor.page.url.endswith(world.label.get_absolute_url()), "the arrow was for the example"


def test_a_class_is_found_by_its_name_and_drawn_with(editor, world):
    for number in range(12):
        name = "Greenhouse" if number == 10 else f"Thing {number}"
        LabelClass.objects.create(task=world.task, name=name, position=10 + number)
    editor.open(world.label)
    editor.press("/")
    editor.page.keyboard.type("green")
    expect(editor.page.locator(".class-button")).to_have_count(1)
    editor.press("Enter", "r")
    expect(editor.page.locator(".class-button")).to_have_count(14)
    editor.drag((100, 100), (200, 180))
    editor.wait_saved()
    [(_, class_name, _)] = stored(world.label)
    assert class_name == "Greenhouse"


def test_long_names_can_be_told_apart(editor, world):
    for number, end in enumerate(("rusted through", "painted blue")):
        name = f"Roof of corrugated iron, {end}"
        LabelClass.objects.create(task=world.task, name=name, position=number)
    editor.open(world.label)
    names = editor.page.locator(".class-button .name").filter(has_text="Roof")
    cut = "(all) => all.filter((one) => one.scrollHeight > one.clientHeight + 1).length"
    assert (names.count(), names.evaluate_all(cut)) == (2, 0)
    editor.page.set_viewport_size({"width": 820, "height": 1180})
    assert names.evaluate_all(cut) == 0


def test_nothing_moves_when_the_first_shape_is_made_and_selected(editor, world):
    Attribute.objects.create(task=world.task, applies_to="shapes", name="Floors", kind="text")
    editor.open(world.label)
    under = editor.page.get_by_text("Nothing drawn yet.")
    was = under.bounding_box()["y"]
    editor.use("rectangle")
    editor.drag((50, 50), (100, 100))
    row = editor.page.locator(".shape-row")
    now = row.bounding_box()["y"]
    assert abs(now - was) < 12
    row.click()
    expect(editor.page.get_by_role("region", name="Attributes of the selected")).to_be_visible()
    assert row.bounding_box()["y"] == now


def test_the_hint_fades_and_what_was_read_often_stays_away(editor):
    hint = editor.page.locator(".hint span")

    def come_back():
        editor.press("r")
        expect(hint).to_contain_text("Drag from corner")
        editor.press("p")
        expect(hint).to_contain_text("Click from corner to corner")

    come_back()
    come_back()
    expect(hint).to_have_css("opacity", "1")
    hint.evaluate("(line) => line.getAnimations()[0].finish()")
    expect(hint).to_have_css("opacity", "0")
    come_back()
    expect(hint).to_have_class("known")
    expect(hint).to_have_css("opacity", "0")


def test_the_list_of_shapes_is_filtered_and_what_is_left_selected(editor, world):
    editor.use("rectangle")
    editor.drag((50, 50), (100, 100))
    editor.press("2")
    editor.drag((150, 50), (200, 100))
    editor.use("polygon")
    editor.polygon((250, 50), (300, 50), (300, 100))
    rows = editor.page.locator(".shape-row")
    expect(rows).to_have_count(3)
    editor.press("Control+/")
    editor.page.keyboard.type("tree")
    expect(rows).to_have_text(["TreePolygon 3", "TreeRectangle 2"])
    editor.page.keyboard.type(" rect")
    expect(rows).to_have_count(1)
    editor.press("Enter", "Delete")
    expect(rows).to_have_count(0)
    expect(editor.page.get_by_text("No shape matches the filter.")).to_be_visible()
    editor.press("Control+/", "Escape")
    editor.wait_saved()
    assert [kind for kind, _, _ in stored(world.label)] == ["rect", "polygon"]
    editor.page.locator(".shape-row").first.click()
    editor.press("Shift+L", "Control+/")
    editor.page.keyboard.type("locked")
    expect(rows).to_have_count(1)
    expect(rows.locator(".mark")).to_have_attribute("title", "locked")
