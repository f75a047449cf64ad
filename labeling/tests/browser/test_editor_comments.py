"""Comments on places: a reviewer marks one in the admin, the labeler finds and answers it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from labeling.comments import LabelComment
from labeling.models import Label, Shape
from labeling.steps import send_back, submit
from labeling.tests.browser.editing import revision, stored
from s3label_site.testing import log_in

pytestmark = pytest.mark.browser


def box(world, editor):
    """Ann has drawn a rectangle."""
    editor.use("rectangle")
    editor.drag((100, 100), (200, 180))
    editor.wait_saved()


def place_of(comment):
    return round(comment.x), round(comment.y)


def test_what_a_reviewer_marks_in_the_admin_is_found_answered_and_settled(
    editor, world, page, live_server
):
    box(world, editor)
    submit(world.label, by=world.ann, rev=revision(world.label))
    log_in(page.context, live_server, world.rita)
    page.goto(live_server.url + reverse("admin:labeling_label_change", args=[world.label.pk]))
    page.keyboard.press("c")
    box_of_picture = page.locator("#picture").bounding_box()
    scale = min(box_of_picture["width"] / 400, box_of_picture["height"] / 300)
    left = box_of_picture["x"] + (box_of_picture["width"] - 400 * scale) / 2
    at = (left + 105 * scale, box_of_picture["y"] + 105 * scale)
    page.mouse.click(*at)
    page.keyboard.type("The roof goes on to the left.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".thread")).to_contain_text("The roof goes on to the left.")
    comment = LabelComment.objects.get()
    assert abs(comment.x - 105) < 2 and abs(comment.y - 105) < 2
    assert str(comment.shape) == str(world.label.shapes.get().uid)
    # The pin points at its place, whatever the size of the image on the screen.
    pin = page.locator("#pins .pin path").bounding_box()
    assert abs(pin["x"] + pin["width"] / 2 - at[0]) < 4
    assert abs(pin["y"] + pin["height"] - at[1]) < 4
    send_back(world.label, by=world.rita, comment="See the mark.")

    editor.log_in(world.ann)
    editor.open(world.label)
    pin = page.get_by_role("button", name="Comment 1 by Rita: The roof goes on to the left.")
    expect(pin).to_be_visible()
    before = page.locator(".stage").get_attribute("data-scale")
    editor.press("j")
    expect(page.locator(".thread.is-chosen")).to_contain_text("Rita")
    expect(page.locator(".stage")).not_to_have_attribute("data-scale", before)
    at, shown = editor.on_screen(comment.x, comment.y), pin.bounding_box()
    assert abs(shown["x"] - at[0]) < 3 and abs(shown["y"] + shown["height"] - at[1]) < 4

    page.get_by_role("button", name="Answer").click()
    page.keyboard.type("That is the shed.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".thread")).to_contain_text("That is the shed.")
    page.get_by_role("button", name="Settled").click()
    expect(page.get_by_text("Settled (1)")).to_be_visible()
    page.keyboard.press("v")
    assert [answer.author for answer in comment.answers.all()] == [world.ann]
    comment.refresh_from_db()
    assert comment.settled_by == world.ann


def test_a_labeler_asks_about_a_place_and_goes_on_drawing(editor, world):
    editor.use("rectangle")
    editor.press("t")
    editor.click(300, 200)
    editor.page.keyboard.type("Is this a house?\nOr a shed?")
    editor.page.get_by_role("button", name="Comment", exact=True).click()
    expect(editor.page.locator(".pin")).to_have_text("1")
    comment = LabelComment.objects.get()
    assert place_of(comment) == (300, 200)
    assert comment.words == "Is this a house?\nOr a shed?"
    # The tool of before is there again, and a pin in the way of a stroke does no harm.
    editor.drag((250, 150), (302, 196))
    editor.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "rect" and abs(geometry["w"] - 52) < 2


def test_what_one_writes_stays_when_the_server_is_away_or_the_page_is_opened_again(editor, world):
    page = editor.page
    editor.press("Shift+T")
    page.keyboard.type("Blurred, is it not?")
    page.route("**/comments", lambda route: route.abort())
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toasts")).to_contain_text("What you wrote is kept here")
    page.unroute("**/comments")
    editor.open(world.label)
    expect(page.locator(".composer textarea")).to_have_value("Blurred, is it not?")
    page.locator(".composer textarea").press("Control+Enter")
    expect(page.locator(".thread")).to_contain_text("Blurred, is it not?")
    assert LabelComment.objects.get().x is None


def test_pins_hide_with_the_shapes_and_are_reached_by_keys(editor, world):
    LabelComment.objects.create(label=world.label, author=world.rita, words="Here", x=50, y=60)
    editor.open(world.label)
    pin = editor.page.locator(".pin")
    expect(pin).to_be_visible()
    with editor.held("h"):
        expect(pin).to_be_hidden()
    pin.focus()
    editor.press("Enter")
    expect(editor.page.locator(".thread.is-chosen")).to_contain_text("Here")


def other_label(world):
    """Ben has drawn on the same image."""
    label = Label.objects.create(
        task=world.task, image=world.label.image, slot=1, labeler=world.ben, status="submitted"
    )
    Shape.objects.create(
        label=label,
        rev_added=1,
        label_class=world.task.classes.first(),
        kind="rect",
        geometry='{"angle":0,"cx":300,"cy":150,"h":100,"w":120}',
    )
    return label


def test_a_reviewer_sees_what_others_drew_and_a_labeler_does_not(editor, world):
    other_label(world)
    said = editor.page.locator(".toasts")
    was = editor.color_at(240, 150)
    editor.press("Shift+O")
    editor.page.wait_for_timeout(300)
    assert said.inner_text() == "" and editor.color_at(240, 150) == was
    editor.log_in(world.rita)
    editor.open(world.label)
    editor.press("Shift+O")
    expect(said).to_contain_text("Ben: 1 shape")
    editor.wait_color(240, 150, lambda color: color != was)
    editor.press("Shift+O")
    editor.wait_color(240, 150, lambda color: color == was)


def test_a_reviewer_comments_in_the_editor_too_and_draws_nothing(editor, world):
    box(world, editor)
    submit(world.label, by=world.ann, rev=revision(world.label))
    editor.log_in(world.rita)
    editor.open(world.label)
    editor.click(150, 140)
    editor.press("Shift+T")
    editor.page.keyboard.type("Too wide.")
    editor.press("Control+Enter")
    expect(editor.page.locator(".thread")).to_contain_text("Too wide.")
    comment = LabelComment.objects.get()
    assert (comment.author, place_of(comment)) == (world.rita, (150, 140))
    assert comment.shape is not None
    assert revision(world.label) == 1


def test_a_place_is_marked_by_keys_alone(editor, world):
    editor.page.locator(".stage").focus()
    editor.press("t")
    expect(editor.page.locator(".hint")).to_contain_text("press Enter")
    scale = float(editor.page.locator(".stage").get_attribute("data-scale"))
    editor.press("Control+Shift+ArrowLeft", *["Control+ArrowUp"] * 4, "Enter")
    expect(editor.page.locator(".composer textarea")).to_be_focused()
    editor.page.keyboard.type("What is this?")
    editor.press("Control+Enter")
    expect(editor.page.locator(".pin")).to_have_text("1")
    x, y = place_of(LabelComment.objects.get())
    assert abs(x - (200 - 80 / scale)) < 1.5
    assert abs(y - (150 - 4 * 8 / scale)) < 1.5
    expect(editor.page.locator(".stage")).to_be_focused()
