"""On a tablet: one finger draws, two move and zoom the image."""

import pytest
from playwright.sync_api import expect

from labeling.models import Attribute
from labeling.tests.browser.editing import EditorPage, stored
from labeling.tests.browser.test_editor_answers import attributes, said

pytestmark = pytest.mark.browser


@pytest.fixture
def tablet(world, browser, live_server):
    context = browser.new_context(has_touch=True, viewport={"width": 820, "height": 1180})
    page = context.new_page()
    page.set_default_timeout(30_000)
    editor = EditorPage(page, live_server.url)
    editor.log_in(world.ann)
    editor.open(world.label)
    yield editor
    assert editor.problems == []
    context.close()


def touch(editor, *frames):
    """Fingers at the places of each frame, in image coordinates; then they are lifted."""
    session = editor.page.context.new_cdp_session(editor.page)
    screen = [[editor.on_screen(*place) for place in frame] for frame in frames]
    for number, frame in enumerate(screen):
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(frame)]
        kind = "touchMove" if number else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        editor.page.wait_for_timeout(30)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_one_finger_draws(tablet, world):
    tablet.use("rectangle")
    touch(tablet, [(100, 100)], [(150, 130)], [(200, 180)])
    tablet.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "rect"
    assert abs(geometry["w"] - 100) < 3 and abs(geometry["h"] - 80) < 3


def test_answers_are_given_by_taps(tablet, world):
    shared = {"task": world.task, "kind": "choice"}
    Attribute.objects.create(name="Weather", applies_to="image", options="sun\nrain", **shared)
    Attribute.objects.create(name="Roof", applies_to="shapes", options="flat\nsteep", **shared)
    tablet.page.reload()
    tablet.wait_for(world.label)
    tablet.use("rectangle")
    touch(tablet, [(100, 100)], [(150, 130)], [(200, 180)])
    expect(tablet.page.locator(".shape-row")).to_have_count(1)
    tablet.page.locator('[data-command="tool-select"]').tap()
    touch(tablet, [(150, 140)])
    tablet.page.get_by_role("button", name="steep").tap()
    tablet.page.get_by_role("button", name="rain").tap()
    expect(tablet.page.get_by_role("button", name="rain")).to_have_attribute("aria-pressed", "true")
    tablet.wait_saved()
    assert attributes(world.label) == [{"Roof": "steep"}]
    assert said(world.label) == {"Weather": "rain"}


def test_two_fingers_zoom_and_draw_nothing(tablet, world):
    tablet.use("freehand")
    before = float(tablet.page.locator(".stage").get_attribute("data-scale"))
    touch(tablet, [(180, 150), (220, 150)], [(160, 150), (240, 150)], [(120, 150), (280, 150)])
    tablet.page.wait_for_timeout(300)
    assert float(tablet.page.locator(".stage").get_attribute("data-scale")) > 2 * before
    assert tablet.count == 0


def finger(session, kind, *places):
    points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def pen(session, kind, place, force=0.5):
    event = {"type": kind, "x": place[0], "y": place[1], "pointerType": "pen", "button": "left"}
    event |= {"buttons": 0 if kind == "mouseReleased" else 1, "clickCount": 1, "force": force}
    session.send("Input.dispatchMouseEvent", event)


def test_a_tap_of_two_fingers_undoes_and_of_three_does_it_again(tablet, world):
    tablet.use("rectangle")
    touch(tablet, [(100, 100)], [(150, 130)], [(200, 180)])
    expect(tablet.page.locator(".shape-row")).to_have_count(1)
    before = tablet.page.locator(".stage").get_attribute("data-scale")
    touch(tablet, [(180, 150), (220, 150)])
    expect(tablet.page.locator(".shape-row")).to_have_count(0)
    touch(tablet, [(160, 150), (200, 150), (240, 150)])
    expect(tablet.page.locator(".shape-row")).to_have_count(1)
    assert tablet.page.locator(".stage").get_attribute("data-scale") == before
    tablet.wait_saved()
    assert len(stored(world.label)) == 1


def test_a_hand_on_the_glass_does_not_disturb_a_pen(tablet, world):
    session = tablet.page.context.new_cdp_session(tablet.page)
    tablet.use("freehand")
    corners = [tablet.on_screen(*at) for at in ((60, 60), (160, 60), (160, 160), (60, 160))]
    palm = tablet.on_screen(200, 250)
    finger(session, "touchStart", palm)
    pen(session, "mousePressed", corners[0])
    for corner in corners[1:]:
        pen(session, "mouseMoved", corner)
        finger(session, "touchMove", (palm[0] + 30, palm[1]))
    pen(session, "mouseReleased", corners[-1])
    finger(session, "touchEnd")
    tablet.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "polygon"
    assert max(geometry["rings"][0]) < 170, "the palm is no part of it"


def test_who_draws_with_a_pen_moves_the_image_with_one_finger(tablet, world):
    session = tablet.page.context.new_cdp_session(tablet.page)
    tablet.use("rectangle")
    pen(session, "mousePressed", tablet.on_screen(60, 60))
    pen(session, "mouseMoved", tablet.on_screen(100, 100))
    pen(session, "mouseReleased", tablet.on_screen(100, 100))
    expect(tablet.page.locator(".shape-row")).to_have_count(1)
    before = tablet.page.locator(".stage").get_attribute("data-x")
    tablet.page.wait_for_timeout(700)  # the hand goes away
    touch(tablet, [(200, 100)], [(220, 120)], [(240, 140)])
    expect(tablet.page.locator(".stage")).not_to_have_attribute("data-x", before)
    assert tablet.count == 1


def test_two_fingers_between_the_corners_of_a_line_lose_none(tablet, world):
    tablet.use("polyline")
    for at in ((60, 60), (120, 60), (120, 120)):
        touch(tablet, [at])
    touch(tablet, [(180, 150), (220, 150)], [(170, 150), (240, 150)], [(160, 150), (260, 150)])
    tablet.press("Enter")
    tablet.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "line" and len(geometry["points"]) == 6


def test_two_fingers_between_the_side_and_the_width_of_a_rectangle_lose_no_side(tablet, world):
    tablet.use("rotated_rectangle")
    touch(tablet, [(100, 100)], [(150, 100)], [(200, 100)])
    touch(tablet, [(180, 150), (220, 150)], [(170, 150), (240, 150)], [(160, 150), (260, 150)])
    touch(tablet, [(180, 140)])
    tablet.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    values = [geometry[name] for name in ("cx", "cy", "w", "h", "angle")]
    assert kind == "rect"
    assert values == pytest.approx([150, 120, 100, 40, 0], abs=1.5)


@pytest.mark.parametrize("size", [(820, 1180), (1180, 820), (1366, 768), (1440, 900), (3840, 2160)])
def test_everything_is_in_sight_from_a_tablet_to_4k(tablet, world, size):
    width, height = size
    page = tablet.page
    page.set_viewport_size({"width": width, "height": height})
    expect(page.locator(".stage")).not_to_have_attribute("data-scale", "")
    wide, high = page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]")
    assert (wide, high) == size, "nothing has to be scrolled to"
    for part in ("header.bar", ".tools", ".stage", ".panel"):
        box = page.locator(part).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, part
        assert box["y"] >= 0 and box["y"] + box["height"] <= height, part
    for button in page.locator("header.bar button:visible").all():
        box = button.bounding_box()
        assert box["x"] + box["width"] <= width, button.get_attribute("aria-label")
    tools = page.locator(".tools")
    assert tools.evaluate("part => part.scrollHeight <= part.clientHeight"), "every tool is seen"
    stage = page.locator(".stage").bounding_box()
    assert stage["width"] * stage["height"] > 0.5 * width * height


def test_the_panel_can_be_put_away(tablet):
    panel = tablet.page.locator(".panel")
    assert panel.is_visible()
    tablet.page.click(".panel-toggle")
    assert not panel.is_visible()


def places(label):
    return [[round(g[name]) for name in ("cx", "cy", "w", "h")] for _, _, g in stored(label)]


def near_to(found, wanted):
    return all(
        abs(a - b) <= 3
        for one, other in zip(found, wanted, strict=True)
        for a, b in zip(one, other, strict=True)
    )


def test_a_finger_moves_resizes_and_turns_back_what_is_stored(tablet, world):
    tablet.use("rectangle")
    touch(tablet, [(100, 100)], [(150, 130)], [(200, 180)])
    tablet.page.locator('[data-command="tool-select"]').tap()
    touch(tablet, [(150, 140)], [(160, 150)], [(200, 180)])
    tablet.wait_saved()
    assert near_to(places(world.label), [[200, 180, 100, 80]])
    touch(tablet, [(200, 180)])
    touch(tablet, [(250, 220)], [(260, 230)], [(290, 260)])
    tablet.wait_saved()
    assert near_to(places(world.label), [[220, 200, 140, 120]])
    for wanted in ([[200, 180, 100, 80]], [[150, 140, 100, 80]], []):
        tablet.page.wait_for_timeout(400)  # no third tap of a row
        touch(tablet, [(60, 250), (90, 250)])
        expect(tablet.page.locator(".toasts")).to_contain_text("Undone")
        tablet.wait_saved()
        assert near_to(places(world.label), wanted)


def test_two_fingers_move_the_image_with_what_is_drawn_on_it(tablet, world):
    tablet.use("rectangle")
    touch(tablet, [(180, 150), (220, 150)], [(160, 150), (240, 150)], [(120, 150), (280, 150)])
    scale, x, y = tablet.page.locator(".stage").evaluate("({dataset: d}) => [+d.scale, +d.x, +d.y]")
    touch(tablet, [(190, 140), (210, 140)], [(195, 145), (215, 145)], [(200, 150), (220, 150)])
    tablet.page.wait_for_function(
        "([x, y]) => { const d = document.querySelector('.stage').dataset;"
        " return Math.abs(d.x - x) < 3 && Math.abs(d.y - y) < 3 }",
        arg=[x + 10 * scale, y + 10 * scale],
    )
    touch(tablet, [(190, 140)], [(200, 150)], [(220, 160)])
    tablet.wait_saved()
    assert near_to(places(world.label), [[205, 150, 30, 20]])
