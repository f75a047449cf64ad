"""How the picture and the shapes look, and where one is in the image."""

import pytest
from PIL import Image as Picture
from playwright.sync_api import expect

from accounts.models import EditorSettings
from labeling.models import Attribute
from labeling.tests.browser.conftest import enlarge
from labeling.tests.browser.editing import stored

pytestmark = pytest.mark.browser


@pytest.fixture
def looks(editor):
    editor.press("i")
    expect(editor.page.get_by_role("region", name="Picture and shapes")).to_be_visible()
    return editor


def setting(editor, name):
    return editor.page.locator(f'[data-look="{name}"]')


def box(editor, x0, y0, x1, y1):
    """A rectangle that is on the stage and saved."""
    count = editor.count + 1
    editor.use("rectangle")
    editor.drag((x0, y0), (x1, y1))
    editor.page.wait_for_selector(f'[data-shape-count="{count}"]')
    editor.wait_saved()


def view(editor):
    return editor.page.locator(".stage").evaluate("({dataset: d}) => [+d.scale, +d.x, +d.y]")


def wait_view(editor, is_right):
    for _ in range(60):
        if is_right(*view(editor)):
            return
        editor.page.wait_for_timeout(50)
    raise AssertionError(f"The view is {view(editor)}.")


def bright(color):
    return min(color) > 180


def dark(color):
    return max(color) < 80


def test_brightness_changes_what_one_sees_and_nothing_else(looks, world):
    # The middle of the picture is black, and stays so in the file.
    looks.wait_color(200, 150, dark)
    before = world.images[0].sha256
    setting(looks, "brightness").fill("90")
    looks.wait_color(200, 150, bright)
    box(looks, 300, 20, 380, 60)
    setting(looks, "brightness").fill("0")
    looks.wait_color(200, 150, dark)
    world.images[0].refresh_from_db()
    assert world.images[0].sha256 == before
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "rect" and abs(geometry["w"] - 80) < 1


def test_the_slider_moves_by_keys_and_says_its_value(looks):
    setting(looks, "contrast").focus()
    looks.press("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight")
    expect(setting(looks, "contrast")).to_have_attribute("aria-valuetext", "+2")
    # Letters are for the image again, wherever the slider is.
    looks.press("p")
    expect(looks.page.locator('[data-command="tool-polygon"]')).to_have_attribute(
        "aria-pressed", "true"
    )


def test_invert_channel_and_gamma_are_shown(looks):
    looks.press("Shift+I")
    looks.wait_color(200, 150, bright)
    expect(setting(looks, "invert")).to_be_checked()
    looks.press("Shift+I")
    looks.wait_color(200, 150, dark)
    # The corner has red only; as grey it is seen in all three.
    setting(looks, "gamma").fill("20")
    looks.wait_color(100, 75, lambda color: min(color) > 160)


def test_what_was_chosen_stays_for_the_next_login_until_it_is_reset(looks, world):
    with looks.page.expect_response("**/api/v1/settings"):
        setting(looks, "invert").check()
        setting(looks, "grid").check()
    assert EditorSettings.of(world.ann)["picture"]["invert"] is True
    looks.page.context.clear_cookies()
    looks.log_in(world.ann)
    looks.open(world.label)
    looks.wait_color(210, 160, bright)
    notice = looks.page.get_by_role("button", name="Picture adjusted. Show it as it is")
    with looks.page.expect_response("**/api/v1/settings"):
        notice.click()
    expect(notice).not_to_be_visible()
    looks.wait_color(210, 160, dark)
    kept = EditorSettings.of(world.ann)
    assert (kept["picture"]["invert"], kept["look"]["grid"]) == (False, True)


def test_shapes_are_filled_as_one_likes(looks):
    box(looks, 150, 120, 250, 180)
    looks.wait_color(200, 150, lambda c: 20 < c[0] < 100)
    setting(looks, "fill").fill("100")
    looks.wait_color(200, 150, lambda c: c[0] > 200 and c[1] < 60)
    setting(looks, "fill").fill("0")
    looks.wait_color(200, 150, dark)


def test_each_shape_may_have_a_colour_of_its_own(looks):
    setting(looks, "fill").fill("100")
    setting(looks, "color_by").select_option("object")
    for x in (200, 260, 320):
        box(looks, x, 20, x + 40, 60)
    for x in (220, 280, 340):
        looks.wait_color(x, 40, lambda color: max(color) - min(color) > 60)
    # What is drawn last may be on the way to the bitmap; the list tells the same colours.
    swatches = looks.page.locator(".shape-row .swatch")
    colors = {swatches.nth(i).evaluate("e => e.style.backgroundColor") for i in range(3)}
    assert len(colors) == 3


def test_patterns_tell_classes_apart_without_colours(looks):
    box(looks, 20, 20, 180, 140)
    setting(looks, "fill").fill("0")
    setting(looks, "patterns").check()
    x0, y0 = looks.on_screen(40, 40)
    clip = {"x": x0, "y": y0, "width": 40, "height": 40}
    looks.wait_color(100, 100, lambda color: True)

    def hatched():
        picture = looks.picture(clip)
        return len({pixel for _, pixel in picture.getcolors(10_000) if pixel[0] > 180}) > 0

    for _ in range(40):
        if hatched():
            break
        looks.page.wait_for_timeout(100)
    assert hatched()
    image = looks.page.locator(".class-button .swatch").first.evaluate(
        "e => getComputedStyle(e).backgroundImage"
    )
    assert image.startswith('url("data:image/svg+xml')


def test_names_stand_on_shapes(looks):
    box(looks, 150, 100, 250, 200)
    x, y = looks.on_screen(150, 100)
    clip = {"x": x, "y": y, "width": 60, "height": 24}
    before = looks.picture(clip).tobytes()
    setting(looks, "labels").check()
    for _ in range(40):
        whites = [n for n, color in looks.picture(clip).getcolors(10_000) if min(color) > 230]
        if whites:
            break
        looks.page.wait_for_timeout(100)
    assert whites and looks.picture(clip).tobytes() != before


def brightest(editor, x, y):
    """Of a little square around a place, which a line crosses or not."""
    x, y = editor.on_screen(x, y)
    picture = editor.picture({"x": x - 6, "y": y - 6, "width": 12, "height": 12})
    return max(max(color) for _, color in picture.getcolors(10_000))


def wait_brightest(editor, x, y, is_right):
    for _ in range(40):
        if is_right(brightest(editor, x, y)):
            return
        editor.page.wait_for_timeout(100)
    raise AssertionError(f"The brightest at {x}, {y} is {brightest(editor, x, y)}.")


def test_a_grid_and_a_crosshair_lie_on_the_image(looks):
    looks.press("Escape")
    assert view(looks)[0] < 2.4  # so the lines of the grid are 50 pixels apart
    looks.page.mouse.move(*looks.on_screen(213, 20))
    wait_brightest(looks, 200, 163, lambda value: value < 80)
    looks.press("Shift+G")
    wait_brightest(looks, 200, 163, lambda value: value > 80)
    wait_brightest(looks, 213, 163, lambda value: value < 80)
    looks.press("Shift+X")
    wait_brightest(looks, 213, 163, lambda value: value > 200)
    looks.page.mouse.move(*looks.on_screen(240, 20))
    wait_brightest(looks, 213, 163, lambda value: value < 80)


def test_one_to_one_and_the_limits_of_zoom(editor):
    editor.press("Shift+Digit0")
    wait_view(editor, lambda scale, *_: scale == 1)
    for _ in range(30):
        editor.press("+")
    wait_view(editor, lambda scale, *_: scale == 64)
    for _ in range(60):
        editor.press("-")
    wait_view(editor, lambda scale, *_: scale == 0.05)
    editor.press("0")
    wait_view(editor, lambda scale, *_: scale > 1)


def test_pixels_are_squares_when_enlarged(editor, world):
    for _ in range(30):
        editor.press("+")
    wait_view(editor, lambda scale, *_: scale == 64)
    # All of one pixel has one colour, and the next one another.
    inside = [(x / 10 + 200, y / 10 + 150) for x in (1, 5, 9) for y in (1, 5, 9)]
    editor.wait_color(200.5, 150.5, lambda _: len({editor.color_at(*at) for at in inside}) == 1)


def test_keys_move_the_image_and_the_minimap_shows_where_one_is(editor):
    minimap = editor.page.locator(".minimap")
    expect(minimap).not_to_be_visible()
    editor.zoom(*"++++++++")
    expect(minimap).to_be_visible()
    scale, x, y = view(editor)
    editor.press("Shift+ArrowRight")
    wait_view(editor, lambda s, now, _: s == scale and now < x - 100)
    frame = minimap.bounding_box()
    # A click near the upper left corner brings it into the middle of the stage.
    editor.page.mouse.click(frame["x"] + frame["width"] * 0.25, frame["y"] + frame["height"] * 0.2)
    stage = editor.page.locator(".stage").bounding_box()
    wait_view(
        editor,
        lambda s, x, y: (
            abs((stage["width"] / 2 - x) / s - 100) < 3
            and abs((stage["height"] / 2 - y) / s - 60) < 3
        ),
    )
    assert editor.count == 0
    editor.press("Control+k")
    editor.page.keyboard.type("minimap")
    editor.press("Enter")
    expect(minimap).not_to_be_visible()


def test_it_goes_to_the_selected_shape(editor):
    box(editor, 300, 200, 320, 215)
    editor.press("n", "g")
    stage = editor.page.locator(".stage").bounding_box()
    wait_view(
        editor,
        lambda s, x, y: (
            s > 5
            and abs(310 * s + x - stage["width"] / 2) < 3
            and abs(207.5 * s + y - stage["height"] / 2) < 3
        ),
    )


def test_escape_closes_the_panel_and_the_key_opens_it_again(looks):
    panel = looks.page.get_by_role("region", name="Picture and shapes")
    looks.press("Escape")
    expect(panel).not_to_be_visible()
    looks.press("i")
    expect(panel).to_be_visible()
    looks.page.get_by_role("button", name="Close").click()
    expect(panel).not_to_be_visible()


def is_near(color, wanted):
    return all(abs(a - b) <= 2 for a, b in zip(color, wanted, strict=True))


def test_one_channel_without_colours_and_equalised(looks, world):
    picture = Picture.new("RGB", (400, 300), (120, 60, 90))
    picture.paste((140, 60, 90), (0, 0, 200, 300))
    enlarge(world.images[0], picture)
    looks.page.reload()
    looks.wait_for(world.label)
    looks.press("i")
    looks.wait_color(300, 150, lambda color: is_near(color, (120, 60, 90)))
    setting(looks, "channel").select_option("blue")
    looks.wait_color(300, 150, lambda color: is_near(color, (90, 90, 90)))
    setting(looks, "channel").select_option("all")
    setting(looks, "saturation").fill("-100")
    looks.wait_color(300, 150, lambda color: max(color) - min(color) <= 1)
    setting(looks, "equalise").check()
    looks.wait_color(100, 50, lambda color: min(color) > 200)
    box(looks, 300, 20, 380, 60)
    setting(looks, "stroke").fill("6")
    setting(looks, "fill").fill("0")
    # Beside the border; with a thin outline the picture is seen there.
    x = 300 + 1.5 / view(looks)[0]
    looks.wait_color(x, 40, lambda color: color[0] - color[1] > 80)
    setting(looks, "stroke").fill("0.5")
    looks.wait_color(x, 40, lambda color: abs(color[0] - color[1]) < 40)
    [(_, _, geometry)] = stored(world.label)
    assert abs(geometry["w"] - 80) < 1


def test_what_is_said_stands_on_shapes_and_at_the_pointer(looks, world):
    Attribute.objects.create(
        task=world.task, name="Roof", applies_to="shapes", kind="choice", options="flat\nsteep"
    )
    looks.page.reload()
    looks.wait_for(world.label)
    looks.use("rectangle")
    looks.drag((150, 100), (250, 200))
    looks.press("v")
    looks.click(200, 150)
    looks.page.get_by_role("button", name="flat").click()
    looks.wait_saved()
    looks.press("Escape", "i")
    x, y = looks.on_screen(150, 100)
    tag = {"x": x, "y": y, "width": 60, "height": 24}
    assert not whites(looks, tag)
    setting(looks, "answers").check()
    wait_whites(looks, tag)
    # Where there is no room for it, the pointer tells.
    looks.press("Escape")
    looks.zoom(*["-"] * 6)
    x, y = looks.on_screen(200, 150)
    beside = {"x": x + 40, "y": y - 26, "width": 60, "height": 20}
    assert not whites(looks, beside)
    looks.page.mouse.move(x, y)
    wait_whites(looks, {"x": x + 14, "y": y - 26, "width": 40, "height": 20})


def whites(editor, clip):
    return [n for n, color in editor.picture(clip).getcolors(10_000) if min(color) > 230]


def wait_whites(editor, clip):
    for _ in range(40):
        if whites(editor, clip):
            return
        editor.page.wait_for_timeout(100)
    raise AssertionError("Nothing is written there.")


#: What is asked of the painting workers comes to nothing while the page says so.
STOPPED_PAINTERS = """
    const tell = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message, ...more) {
        if (!(window.isStopped && message.type === "paint")) tell.call(this, message, ...more);
    };
"""


def wheel(editor, x, y, steps, turn):
    editor.page.mouse.move(*editor.on_screen(x, y))
    for _ in range(steps):
        editor.page.mouse.wheel(0, turn)
    editor.page.evaluate("new Promise(requestAnimationFrame)")


def test_before_it_is_painted_what_comes_into_sight_is_there_already(editor, world):
    editor.page.add_init_script(STOPPED_PAINTERS)
    editor.open(world.label)
    box(editor, 20, 20, 120, 100)
    box(editor, 205, 155, 240, 190)
    editor.press("Escape", "v")
    wheel(editor, 200, 150, steps=1, turn=-1)
    outside, inside = editor.color_at(70, 60), editor.color_at(208, 158)
    wheel(editor, 200, 150, steps=12, turn=-120)
    wait_painted(editor)
    editor.page.evaluate("window.isStopped = true")
    wheel(editor, 200, 150, steps=12, turn=120)
    wait_view(editor, lambda scale, *_: scale < 3)
    # Half transparent, and once only: neither missing nor darker than before.
    for (x, y), color in {(70, 60): outside, (208, 158): inside}.items():
        editor.wait_color(x, y, lambda now, was=color: near(now, was))


def near(one, other):
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < 12


def wait_painted(editor):
    """Until the shapes on the stage were painted for this very view."""
    editor.page.wait_for_function("""() => {
        const { transform } = document.querySelector(".layer.shapes canvas").style;
        return transform.endsWith("scale(1)");
    }""")


def test_after_a_long_turn_of_the_wheel_all_is_sharp(editor):
    box(editor, 160, 110, 240, 190)
    for turn in (-40, 40):
        wheel(editor, 200, 150, steps=40, turn=turn)
        wait_painted(editor)
