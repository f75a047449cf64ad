"""On a tablet: one finger draws, two move and zoom the image."""

import pytest

from labeling.tests.browser.editing import EditorPage, stored

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


def test_two_fingers_zoom_and_draw_nothing(tablet, world):
    tablet.use("freehand")
    before = float(tablet.page.locator(".stage").get_attribute("data-scale"))
    touch(tablet, [(180, 150), (220, 150)], [(160, 150), (240, 150)], [(120, 150), (280, 150)])
    tablet.page.wait_for_timeout(300)
    assert float(tablet.page.locator(".stage").get_attribute("data-scale")) > 2 * before
    assert tablet.count == 0


def test_the_panel_can_be_put_away(tablet):
    panel = tablet.page.locator(".panel")
    assert panel.is_visible()
    tablet.page.click(".panel-toggle")
    assert not panel.is_visible()
