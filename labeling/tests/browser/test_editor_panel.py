"""The panel beside the image: instructions, examples, a search for classes, a filter of shapes."""

import pytest
from playwright.sync_api import expect

from labeling.models import LabelClass, TaskExample
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
