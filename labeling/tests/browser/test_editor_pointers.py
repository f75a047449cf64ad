"""What hands, windows and keyboards do beside drawing; the database has the last word."""

import pytest
from PIL import Image as Picture
from playwright.sync_api import expect

from labeling.models import LabelClass
from labeling.tests.browser.conftest import enlarge
from labeling.tests.browser.editing import EditorPage, stored
from labeling.tests.browser.test_editor_commands import choose_key
from labeling.tests.browser.test_editor_drawing import near
from labeling.tests.browser.test_editor_looks import setting, wait_view
from labeling.tests.browser.test_editor_touch import finger, pen

pytestmark = pytest.mark.browser

SQUARE = [(100, 100), (200, 100), (200, 200), (100, 200)]


def move(editor, *places):
    for place in places:
        editor.page.mouse.move(*editor.on_screen(*place), steps=4)


def box_of(geometry):
    xs, ys = geometry["rings"][0][::2], geometry["rings"][0][1::2]
    return [min(xs), min(ys), max(xs), max(ys)]


@pytest.mark.parametrize("other", ["right", "middle"])
def test_another_button_during_a_stroke_neither_ends_nor_prolongs_it(editor, world, other):
    mouse = editor.page.mouse
    before = editor.on_screen(0, 0)
    editor.use("freehand")
    move(editor, SQUARE[0])
    mouse.down()
    move(editor, SQUARE[1])
    mouse.down(button=other)
    move(editor, *SQUARE[2:], SQUARE[0])
    mouse.up()
    move(editor, (350, 250))
    mouse.up(button=other)
    editor.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "polygon"
    assert near(box_of(geometry), [100, 100, 200, 200], 1.5)
    assert editor.on_screen(0, 0) == before, "the image did not move"
    editor.loop(250, 100, 300, 150)
    editor.wait_saved()
    assert len(stored(world.label)) == 2


def test_keys_pressed_by_mistake_during_a_stroke_do_not_drop_it(editor, world):
    editor.use("freehand")
    move(editor, SQUARE[0])
    editor.page.mouse.down()
    for corner, key in zip([*SQUARE[1:], SQUARE[0]], ("p", "Space", "h", "v"), strict=True):
        move(editor, corner)
        editor.press(key)
    expect(editor.page.locator(".toast-line.warning").first).to_contain_text("Let go first")
    editor.page.mouse.up()
    editor.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "polygon"
    assert near(box_of(geometry), [100, 100, 200, 200], 1.5)


def test_a_stroke_that_leaves_the_window_ends_where_it_is_let_go(editor, world):
    editor.use("rectangle")
    move(editor, (300, 200))
    editor.page.mouse.down()
    editor.page.mouse.move(-300, 2000, steps=5)
    editor.page.mouse.move(*editor.on_screen(500, 290), steps=5)
    editor.page.mouse.up()
    editor.wait_saved()
    [(_, _, rect)] = stored(world.label)
    values = [rect[name] for name in ("cx", "cy", "w", "h")]
    assert near(values, [350, 245, 100, 90], 1.5)


def test_wheel_and_window_may_change_the_view_during_a_stroke(editor, world):
    editor.use("freehand")
    move(editor, SQUARE[0])
    editor.page.mouse.down()
    move(editor, SQUARE[1])
    scale = editor.page.locator(".stage").get_attribute("data-scale")
    editor.page.mouse.wheel(0, -200)
    expect(editor.page.locator(".stage")).not_to_have_attribute("data-scale", scale)
    move(editor, SQUARE[2])
    editor.page.set_viewport_size({"width": 1100, "height": 700})
    editor.page.wait_for_function("innerWidth === 1100 && innerHeight === 700")
    move(editor, SQUARE[3], SQUARE[0])
    editor.page.mouse.up()
    editor.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    # Where the pointer lay while the view changed is part of it, so only the corners count.
    for corner in SQUARE:
        assert any(
            near(corner, place, 1.5)
            for ring in geometry["rings"]
            for place in zip(ring[::2], ring[1::2], strict=True)
        )


def test_keys_that_were_held_when_another_window_came_are_let_go(editor, world):
    editor.use("rectangle")
    editor.drag((100, 100), (200, 180))
    for key in ("h", "s", "Space"):
        editor.page.keyboard.down(key)
        editor.page.evaluate("window.dispatchEvent(new Event('blur'))")
        editor.page.keyboard.up(key)
    expect(editor.page.locator(".layer.shapes")).to_have_class("layer shapes")
    # Neither snapped to the first, nor moved by Select.
    editor.drag((203, 103), (260, 160))
    editor.wait_saved()
    _, (_, _, rect) = stored(world.label)
    assert near([rect["cx"], rect["cy"], rect["w"], rect["h"]], [231.5, 131.5, 57, 57], 1)


def test_the_wheel_zooms_around_the_pointer_and_what_is_drawn_there_is_stored_there(editor, world):
    place = editor.on_screen(120, 90)
    editor.page.mouse.move(*place)
    editor.page.mouse.wheel(0, -700)
    wait_view(editor, lambda scale, *_: scale > 4)
    # The mouse stands on whole pixels, and each of them was a third of what it is now.
    assert near(editor.on_screen(120, 90), place, 2.5)
    editor.use("rectangle")
    editor.drag((110, 80), (130, 100))
    editor.wait_saved()
    [(_, _, rect)] = stored(world.label)
    assert near([rect[name] for name in ("cx", "cy", "w", "h")], [120, 90, 20, 20], 0.5)


def test_contrast_is_seen_and_changes_no_data(editor, world):
    picture = Picture.new("RGB", (400, 300), (90, 90, 90))
    picture.paste((150, 150, 150), (200, 0, 400, 300))
    enlarge(world.images[0], picture)
    editor.open(world.label)
    editor.press("i")
    editor.wait_color(300, 150, lambda color: max(color) < 155)
    setting(editor, "contrast").fill("60")
    editor.wait_color(300, 150, lambda color: min(color) > 160)
    editor.wait_color(100, 150, lambda color: max(color) < 80)
    editor.use("rectangle")
    editor.drag((220, 80), (260, 100))
    editor.wait_saved()
    [(_, _, rect)] = stored(world.label)
    assert near([rect[name] for name in ("cx", "cy", "w", "h")], [240, 90, 40, 20], 1)


@pytest.mark.parametrize("ratio", [1.5, 3])
def test_every_density_of_pixels_draws_at_its_place(world, browser, live_server, ratio):
    context = browser.new_context(
        device_scale_factor=ratio, viewport={"width": 1000, "height": 700}
    )
    editor = EditorPage(context.new_page(), live_server.url)
    editor.log_in(world.ann)
    editor.open(world.label)
    editor.use("rectangle")
    editor.drag((100, 60), (200, 140))
    editor.wait_saved()
    [(_, _, rect)] = stored(world.label)
    assert near([rect["cx"], rect["cy"], rect["w"], rect["h"]], [150, 100, 100, 80], 1)
    editor.page.reload()
    editor.wait_for(world.label)

    def red_at(x, y):
        place = [round(ratio * value) for value in editor.on_screen(x, y)]
        red, green, _ = editor.picture().getpixel(tuple(place))
        return red > green + 20

    inside, outside = [(104, 64), (196, 136)], [(96, 56), (204, 144)]
    for _ in range(40):
        if all(red_at(*at) for at in inside):
            break
        editor.page.wait_for_timeout(100)
    assert all(red_at(*at) for at in inside) and not any(red_at(*at) for at in outside)
    assert editor.problems == []
    context.close()


@pytest.fixture
def glass(world, browser, live_server):
    """A screen that is touched, with a mouse and a pen beside it."""
    context = browser.new_context(has_touch=True, viewport={"width": 1000, "height": 800})
    page = context.new_page()
    page.set_default_timeout(30_000)
    editor = EditorPage(page, live_server.url)
    editor.log_in(world.ann)
    editor.open(world.label)
    editor.session = context.new_cdp_session(page)
    yield editor
    assert editor.problems == []
    context.close()


def test_who_touches_the_screen_beside_the_mouse_draws_nothing_with_it(glass, world):
    glass.use("freehand")
    move(glass, SQUARE[0])
    glass.page.mouse.down()
    move(glass, *SQUARE[1:3])
    finger(glass.session, "touchStart", glass.on_screen(350, 250))
    finger(glass.session, "touchMove", glass.on_screen(340, 240))
    move(glass, SQUARE[3])
    finger(glass.session, "touchEnd")
    move(glass, SQUARE[0])
    glass.page.mouse.up()
    glass.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    assert near(box_of(geometry), [100, 100, 200, 200], 1.5)


def test_a_touch_that_the_system_takes_away_costs_no_corners(glass, world):
    glass.use("polygon")
    for corner in SQUARE[:3]:
        finger(glass.session, "touchStart", glass.on_screen(*corner))
        finger(glass.session, "touchEnd")
    finger(glass.session, "touchStart", glass.on_screen(350, 250))
    finger(glass.session, "touchCancel")
    finger(glass.session, "touchStart", glass.on_screen(*SQUARE[3]))
    finger(glass.session, "touchEnd")
    glass.press("Enter")
    glass.wait_saved()
    [(_, _, geometry)] = stored(world.label)
    assert near(geometry["rings"][0], [value for corner in SQUARE for value in corner], 1.5)
    # Of what was drawn by that very touch, nothing is left.
    glass.use("freehand")
    finger(glass.session, "touchStart", glass.on_screen(250, 50))
    finger(glass.session, "touchMove", glass.on_screen(350, 50))
    finger(glass.session, "touchMove", glass.on_screen(350, 250))
    finger(glass.session, "touchCancel")
    move(glass, (250, 250))
    glass.press("Enter")
    assert glass.count == 1


def test_however_hard_the_pen_is_pressed_the_brush_is_as_wide(glass, world):
    glass.use("brush")
    for y, force in ((80, 0.1), (160, 1)):
        for kind, x in (("mousePressed", 100), ("mouseMoved", 200), ("mouseReleased", 200)):
            pen(glass.session, kind, glass.on_screen(x, y), force=force)
    glass.wait_saved()
    soft, hard = (box_of(geometry) for _, _, geometry in stored(world.label))
    assert near(soft, [90, 70, 210, 90], 1) and near(hard, [90, 150, 210, 170], 1)


def send_key(editor, key, code, modifiers=0):
    session = editor.page.context.new_cdp_session(editor.page)
    for kind in ("keyDown", "keyUp"):
        event = {"type": kind, "key": key, "code": code, "modifiers": modifiers}
        session.send("Input.dispatchKeyEvent", event)


def test_keys_work_where_the_keyboard_writes_another_alphabet_and_with_caps_lock(editor, world):
    send_key(editor, "к", "KeyR")
    editor.drag((50, 50), (120, 120))
    editor.drag((200, 50), (270, 120))
    editor.wait_saved()
    send_key(editor, "я", "KeyZ", modifiers=2)
    editor.wait_saved()
    assert [kind for kind, _, _ in stored(world.label)] == ["rect"]
    # With Caps Lock on: P, and no Shift.
    send_key(editor, "P", "KeyP")
    editor.polygon((200, 200), (300, 200), (300, 280))
    editor.wait_saved()
    assert [kind for kind, _, _ in stored(world.label)] == ["rect", "polygon"]


def test_letters_typed_into_a_field_are_no_commands_whatever_keys_one_chose(editor, world):
    for number in range(12):
        LabelClass.objects.create(task=world.task, name=f"Wood {number}", position=10 + number)
    editor.open(world.label)
    editor.use("rectangle")
    editor.drag((50, 50), (120, 120))
    editor.press("v")
    editor.click(80, 80)
    editor.press("?")
    for command, key in (("delete", "w"), ("undo", "Control+Alt+u")):
        with editor.page.expect_response("**/api/v1/settings"):
            choose_key(editor, command, key)
    editor.press("Escape")
    editor.press("/")
    editor.page.keyboard.type("wood 1")
    expect(editor.page.locator(".class-button")).to_have_count(3)
    editor.press("Escape")
    editor.wait_saved()
    assert len(stored(world.label)) == 1
    editor.press("w")
    editor.wait_saved()
    assert stored(world.label) == []
    editor.press("Control+Alt+u")
    editor.wait_saved()
    assert len(stored(world.label)) == 1


def test_the_enter_that_ends_a_japanese_word_runs_no_command(editor, world):
    editor.use("polygon")
    for corner in SQUARE:
        editor.click(*corner)
    editor.press("Control+k")
    box = editor.page.get_by_role("combobox", name="Find a command")
    editor.page.keyboard.type("ellipse")
    option = editor.page.get_by_role("option", selected=True)
    expect(option).to_contain_text("Ellipse")
    box.evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown',"
        " { key: 'Enter', code: 'Enter', isComposing: true, bubbles: true }))"
    )
    expect(option).to_be_visible()
    editor.press("Escape", "Enter")
    editor.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "polygon" and len(geometry["rings"][0]) == 8
