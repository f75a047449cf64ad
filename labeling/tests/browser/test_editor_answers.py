"""Tags and attributes said by keys and pointer in a real browser, and what is stored of them."""

import json

import pytest
from playwright.sync_api import expect

from labeling.models import Attribute, ImageValue, Label, LabelClass, Shape
from labeling.tests.browser.editing import revision, stored

pytestmark = pytest.mark.browser


@pytest.fixture
def asked(world):
    """Weather and what is seen of the image; roof and floors of houses, a note of every shape."""

    def ask(name, kind, of, options="", **more):
        count = Attribute.objects.count()
        fields = {"applies_to": of, "kind": kind, "options": options, "position": count} | more
        return Attribute.objects.create(task=world.task, name=name, **fields)

    house = world.task.classes.get(name="House")
    world.weather = ask("Weather", "choice", "image", "sun\nrain", is_required=True)
    world.seen = ask("Seen", "choices", "image", "car\ndog")
    world.roof = ask("Roof", "choice", "shapes", "flat\nsteep", label_class=house)
    world.floors = ask("Floors", "number", "shapes", label_class=house, default_value="1")
    world.note = ask("Note", "text", "shapes")
    world.dark = ask("Dark", "checkbox", "shapes")
    return world


def said(label):
    values = ImageValue.objects.current().filter(label=label)
    return {value.attribute.name: json.loads(value.value) for value in values}


def attributes(label):
    shapes = Shape.objects.current().filter(label=label).order_by("z", "id")
    return [json.loads(shape.attributes) for shape in shapes]


def draw_two_houses(editor):
    editor.press("r")
    editor.drag((50, 50), (120, 120))
    editor.drag((200, 50), (270, 120))
    editor.wait_saved()


def test_tags_are_set_by_keys_and_undone(asked, editor):
    editor.press("Shift+Digit1", "Shift+Digit3", "Shift+Digit4", "Shift+Digit3")
    editor.wait_saved()
    assert said(asked.label) == {"Weather": "sun", "Seen": ["dog"]}
    editor.press("Shift+Digit2")
    editor.wait_saved()
    assert said(asked.label)["Weather"] == "rain"
    editor.press("Control+z", "Control+z")
    editor.wait_saved()
    assert said(asked.label) == {"Weather": "sun", "Seen": ["car", "dog"]}
    editor.press("Control+y", "Shift+Digit1")
    editor.wait_saved()
    assert said(asked.label) == {"Seen": ["dog"]}
    button = editor.page.get_by_role("button", name="dog Shift+4")
    expect(button).to_have_attribute("aria-pressed", "true")


def test_a_new_shape_has_the_defaults_and_its_attributes_are_said_in_the_panel(asked, editor):
    draw_two_houses(editor)
    assert attributes(asked.label) == [{"Dark": False, "Floors": 1}] * 2
    panel = editor.page.get_by_role("region", name="Attributes of the selected shapes")
    expect(panel).to_be_hidden()
    editor.press("v")
    editor.click(80, 80)
    editor.press("a")
    # By keys: the first option, the number below it, and back to the image.
    editor.press("ArrowDown", "Enter", "ArrowDown")
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.type("2,5")
    editor.press("Enter")
    editor.wait_saved()
    dressed = {"Dark": False, "Floors": 2.5, "Roof": "steep"}
    assert attributes(asked.label) == [dressed, {"Dark": False, "Floors": 1}]
    row = editor.page.locator(".shape-row").last
    expect(row).to_contain_text("steep, 2.5")
    editor.press("Control+z", "Control+z")
    editor.wait_saved()
    assert attributes(asked.label) == [{"Dark": False, "Floors": 1}] * 2


def test_many_shapes_are_answered_at_once_as_one_step(asked, editor):
    draw_two_houses(editor)
    before = revision(asked.label)
    editor.press("Control+a")
    panel = editor.page.get_by_role("region", name="Attributes of the selected shapes")
    panel.get_by_role("button", name="flat").click()
    panel.get_by_role("checkbox", name="Dark").check()
    editor.wait_saved()
    assert attributes(asked.label) == [{"Dark": True, "Floors": 1, "Roof": "flat"}] * 2
    assert revision(asked.label) <= before + 2
    editor.press("Control+z")
    editor.wait_saved()
    assert attributes(asked.label) == [{"Dark": False, "Floors": 1, "Roof": "flat"}] * 2


def test_a_number_that_is_none_is_told_in_words(asked, editor):
    draw_two_houses(editor)
    editor.press("Control+a")
    editor.page.get_by_label("Floors").fill("many")
    editor.press("Enter")
    assert "Floors is a number" in editor.toast()
    editor.wait_saved()
    assert attributes(asked.label) == [{"Dark": False, "Floors": 1}] * 2


def test_another_class_keeps_what_it_knows(asked, editor):
    draw_two_houses(editor)
    editor.press("Control+a")
    editor.page.get_by_label("Note").fill("old")
    editor.press("Enter", "2")
    editor.wait_saved()
    assert attributes(asked.label) == [{"Dark": False, "Note": "old"}] * 2


def test_the_image_is_completed_when_what_is_required_is_said(asked, editor):
    Attribute.objects.filter(pk=asked.roof.pk).update(is_required=True)
    Attribute.objects.filter(pk=asked.seen.pk).update(default_value="car")
    editor.open(asked.label)
    draw_two_houses(editor)
    editor.press("Control+Enter")
    expect(editor.page.locator(".toasts")).to_contain_text("“Weather”; of 2 shapes: “Roof”")
    field = editor.page.locator(f'[data-attribute="{asked.weather.pk}"]')
    expect(field).to_contain_text("Answer this before you complete the image.")
    assert Label.objects.get(pk=asked.label.pk).status == "in_progress"
    editor.press("Shift+Digit1")
    expect(field).not_to_contain_text("Answer this")
    editor.press("Control+Enter")
    # The first shape that lacks it is selected: one says it and goes on.
    panel = editor.page.get_by_role("region", name="Attributes of the selected shapes")
    expect(panel).to_contain_text("Answer this before you complete the image.")
    editor.press("Control+a")
    panel.get_by_role("button", name="flat").click()
    editor.press("Control+Enter")
    editor.wait_for_another(asked.label)
    assert Label.objects.get(pk=asked.label.pk).status == "submitted"
    assert said(asked.label) == {"Weather": "sun", "Seen": ["car"]}


def test_without_a_network_tags_are_kept_and_sent_later(asked, editor):
    editor.page.context.set_offline(True)
    editor.press("Shift+Digit2")
    editor.wait_state("offline")
    assert said(asked.label) == {}
    editor.page.context.set_offline(False)
    editor.wait_saved()
    assert said(asked.label) == {"Weather": "rain"}


def test_a_conflict_is_told_and_the_other_answer_shown(asked, editor):
    ImageValue.objects.create(
        label=asked.label, attribute=asked.weather, rev_added=1, value='"rain"'
    )
    Label.objects.filter(pk=asked.label.pk).update(rev=1)
    editor.press("Shift+Digit1")
    expect(editor.page.locator(".toasts")).to_contain_text(
        "Conflict: Weather is “rain” in another window. Your “sun” is kept in the history."
    )
    rain = editor.page.get_by_role("button", name="rain Shift+2")
    expect(rain).to_have_attribute("aria-pressed", "true")
    assert said(asked.label) == {"Weather": "rain"}
    editor.press("Shift+Digit1")
    editor.wait_saved()
    assert said(asked.label) == {"Weather": "sun"}


def test_the_past_shows_its_tags_and_restores_them(asked, editor):
    editor.press("Shift+Digit1")
    editor.wait_saved()
    editor.press("Shift+Digit2")
    editor.wait_saved()
    editor.press("Shift+h")
    expect(editor.page.locator(".event.save")).to_have_count(2)
    editor.press("Shift+PageDown")
    sun = editor.page.get_by_role("button", name="sun Shift+1")
    expect(sun).to_have_attribute("aria-pressed", "true")
    expect(editor.page.locator(".past-bar")).to_contain_text("1 said of the image")
    editor.press("Shift+Enter")
    editor.wait_saved()
    assert said(asked.label) == {"Weather": "sun"}
    expect(editor.page.locator(".event.save .what").first).to_have_text("1 tag changed")


def test_in_a_task_of_tags_alone_the_digits_set_them(asked, editor):
    asked.task.type = "classification"
    asked.task.save()
    asked.task.attributes.filter(applies_to="shapes").delete()
    editor.open(asked.label)
    expect(editor.page.locator(".panel .shapes")).to_be_hidden()
    editor.press("2", "4")
    editor.wait_saved()
    assert said(asked.label) == {"Weather": "rain", "Seen": ["dog"]}
    editor.press("Control+Enter")
    editor.wait_for_another(asked.label)
    assert Label.objects.get(pk=asked.label.pk).status == "submitted"


def test_a_class_is_drawn_with_its_own_tools(asked, editor):
    LabelClass.objects.filter(name="House").update(allowed_tools="rectangle")
    editor.open(asked.label)
    editor.press("2", "p")
    editor.polygon((20, 200), (80, 200), (80, 280))
    # The class takes its tool with it, and refuses others in words.
    editor.press("1")
    expect(editor.page.locator('[data-command="tool-rectangle"]')).to_have_attribute(
        "aria-pressed", "true"
    )
    editor.press("p")
    expect(editor.page.locator(".toasts")).to_contain_text("House is not drawn with this tool")
    editor.drag((50, 50), (120, 120))
    editor.wait_saved()
    assert [found[:2] for found in stored(asked.label)] == [("polygon", "Tree"), ("rect", "House")]
    editor.press("v")
    editor.click(60, 210)
    editor.press("1")
    expect(editor.page.locator(".toasts")).to_contain_text("cannot be House")
    editor.wait_saved()
    assert [found[:2] for found in stored(asked.label)] == [("polygon", "Tree"), ("rect", "House")]


def test_every_answer_has_a_name(asked, editor):
    draw_two_houses(editor)
    editor.press("Control+a")
    image = editor.page.get_by_role("region", name="Tags and attributes of the image")
    expect(image.get_by_role("group", name="Weather")).to_be_visible()
    shapes = editor.page.get_by_role("region", name="Attributes of the selected shapes")
    for role, name in (("group", "Roof"), ("textbox", "Floors"), ("checkbox", "Dark")):
        expect(shapes.get_by_role(role, name=name)).to_be_visible()


def test_an_image_has_numbers_words_and_ticks_and_what_is_usual(asked, editor):
    def ask(name, kind, **more):
        count = Attribute.objects.count()
        fields = {"applies_to": "image", "kind": kind, "position": count} | more
        Attribute.objects.create(task=asked.task, name=name, **fields)

    ask("Height", "number")
    ask("Storeys", "number", default_value="2")
    ask("Remark", "text")
    ask("Blurred", "checkbox")
    editor.open(asked.label)
    image = editor.page.get_by_role("region", name="Tags and attributes of the image")
    # By the mouse from field to field, each left as it is: nothing typed goes elsewhere.
    image.get_by_label("Height").click()
    editor.page.keyboard.type("12,5")
    image.get_by_label("Remark").click()
    editor.page.keyboard.type("Two clouds.")
    image.get_by_role("checkbox", name="Blurred").click()
    image.get_by_label("Remark").click()
    editor.press("End")
    editor.page.keyboard.type(" Or three?")
    image.get_by_role("button", name="sun").click()
    editor.wait_saved()
    answers = {"Weather": "sun", "Height": 12.5, "Remark": "Two clouds. Or three?", "Blurred": True}
    assert said(asked.label) == answers
    editor.page.reload()
    editor.wait_for(asked.label)
    expect(image.get_by_label("Remark")).to_have_value("Two clouds. Or three?")
    expect(image.get_by_role("checkbox", name="Blurred")).to_be_checked()
    editor.press("Control+z", "Control+z", "Control+y")
    editor.wait_saved()
    assert said(asked.label) == {name: answers[name] for name in answers if name != "Weather"}
    editor.press("Shift+Digit2", "Control+Enter")
    editor.wait_for_another(asked.label)
    assert said(asked.label) == answers | {"Weather": "rain", "Storeys": 2}
