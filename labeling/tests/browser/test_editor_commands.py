"""The command palette, and keys that one chooses oneself."""

import pytest
from playwright.sync_api import expect

from accounts.models import EditorSettings
from labeling.tests.browser.editing import stored

pytestmark = pytest.mark.browser


def expect_tool(editor, name):
    pressed = editor.page.locator('.tools [aria-pressed="true"]')
    expect(pressed).to_have_attribute("data-command", f"tool-{name}")


def key_button(editor, command):
    return editor.page.locator(f'[data-key-of="{command}"]')


def choose_key(editor, command, key):
    key_button(editor, command).click()
    expect(editor.page.locator(".ear")).to_be_focused()
    editor.press(key)


def kept_keys(user):
    return EditorSettings.of(user)["keys"]


@pytest.fixture
def keys(editor):
    editor.press("?")
    expect(editor.page.get_by_role("dialog", name="Keys")).to_be_visible()
    return editor


def test_a_command_is_found_by_a_few_letters_and_run_by_enter(editor, world):
    editor.use("rectangle")
    editor.drag((50, 50), (120, 90))
    expect(editor.page.locator("[data-shape-count='1']")).to_be_visible()
    editor.press("Control+k")
    box = editor.page.get_by_role("combobox", name="Find a command")
    expect(box).to_be_focused()
    editor.page.keyboard.type("und")
    expect(editor.page.get_by_role("option", selected=True)).to_contain_text("Undo")
    editor.press("Enter")
    expect(editor.page.locator("[data-shape-count='0']")).to_be_attached()
    expect(box).not_to_be_visible()
    editor.wait_saved()
    assert stored(world.label) == []


def test_arrows_choose_in_the_palette_and_escape_leaves_all_as_it_was(editor):
    editor.use("rectangle")
    editor.press("Control+k")
    editor.page.keyboard.type("tool poly")
    options = editor.page.get_by_role("option")
    expect(options.first).to_contain_text("Polygon")
    editor.press("Escape")
    expect(options.first).not_to_be_visible()
    expect_tool(editor, "rectangle")
    editor.press("Control+k", "ArrowDown", "ArrowDown", "ArrowDown", "Enter")
    expect_tool(editor, "polygon")


def test_the_palette_says_when_nothing_is_called_so(editor):
    editor.press("Control+k")
    editor.page.keyboard.type("make coffee")
    expect(editor.page.get_by_text("Nothing is called so.")).to_be_visible()
    editor.press("Enter")
    editor.page.get_by_role("combobox", name="Find a command").fill("save")
    expect(editor.page.get_by_text("is saved by itself")).to_be_visible()
    editor.press("Enter", "Escape")


def test_enter_on_what_is_not_possible_now_says_why_and_runs_nothing_else(editor):
    editor.press("Control+k")
    editor.page.keyboard.type("merge")
    expect(editor.page.get_by_role("option", selected=True)).to_contain_text("Merge into one")
    editor.press("Enter")
    said = editor.page.locator("dialog.palette").get_by_role("status")
    expect(said).to_contain_text("Select at least two shapes first.")
    expect(editor.page.get_by_role("combobox", name="Find a command")).to_be_focused()


def test_a_class_without_a_key_is_chosen_by_the_palette(editor, world):
    editor.press("Control+k")
    editor.page.keyboard.type("tree")
    editor.press("Enter")
    editor.use("rectangle")
    editor.drag((50, 50), (120, 90))
    editor.wait_saved()
    assert [name for _, name, _ in stored(world.label)] == ["Tree"]


def test_another_key_draws_at_once_and_after_the_next_login(keys, world):
    with keys.page.expect_response("**/api/v1/settings"):
        choose_key(keys, "tool-rectangle", "Control+Alt+q")
    expect(key_button(keys, "tool-rectangle")).to_have_text("Ctrl+Alt+Q")
    expect(key_button(keys, "tool-rectangle")).to_be_focused()
    keys.press("Escape", "Control+Alt+q")
    expect_tool(keys, "rectangle")
    title = keys.page.locator('[data-command="tool-rectangle"]').get_attribute("title")
    assert title == "Rectangle (Ctrl+Alt+Q)"
    keys.page.context.clear_cookies()
    keys.log_in(world.ann)
    keys.open(world.label)
    keys.press("p", "r")
    expect_tool(keys, "polygon")
    keys.press("Control+Alt+q")
    keys.drag((50, 50), (120, 90))
    keys.wait_saved()
    assert [kind for kind, _, _ in stored(world.label)] == ["rect"]
    assert kept_keys(world.ben) == {}


def test_a_key_that_is_taken_is_refused_in_words(keys, world):
    choose_key(keys, "tool-rectangle", "p")
    expect(keys.page.get_by_role("alert")).to_contain_text("P already is “Polygon”")
    keys.press("Control+t")
    expect(keys.page.get_by_role("alert")).to_contain_text("belongs to the browser")
    keys.press("Escape")
    expect(key_button(keys, "tool-rectangle")).to_have_text("R")
    assert keys.page.get_by_role("dialog", name="Keys").is_visible()
    assert kept_keys(world.ann) == {}


def test_all_keys_become_as_usual_again(keys, world):
    choose_key(keys, "tool-rectangle", "Control+Alt+q")
    with keys.page.expect_response("**/api/v1/settings"):
        choose_key(keys, "undo", "Control+Alt+u")
    expect(key_button(keys, "undo")).to_have_text("Ctrl+Alt+U")
    assert kept_keys(world.ann) == {"tool-rectangle": ["Ctrl+Alt+Q"], "undo": ["Ctrl+Alt+U"]}
    with keys.page.expect_response("**/api/v1/settings"):
        keys.page.get_by_role("button", name="All keys as usual").click()
    expect(key_button(keys, "tool-rectangle")).to_have_text("R")
    keys.page.get_by_role("button", name="Close").click()
    keys.press("v", "r")
    expect_tool(keys, "rectangle")
    assert kept_keys(world.ann) == {}


def test_a_command_may_have_no_key_and_hiding_another(keys):
    key_button(keys, "tool-polygon").click()
    keys.page.get_by_role("button", name="No key").click()
    expect(key_button(keys, "tool-polygon")).to_have_text("–")
    choose_key(keys, "hide", "p")
    keys.press("Escape")
    shapes = keys.page.locator(".layer.shapes")
    keys.page.keyboard.down("p")
    expect(shapes).to_have_class("layer shapes is-away")
    keys.page.keyboard.up("p")
    expect(shapes).to_have_class("layer shapes")


def test_a_key_waits_for_the_code_of_its_window_and_its_failure_is_told(editor, world):
    held = []
    script = "**/surroundings-*.js"
    editor.page.route(script, lambda route: held.append(route))
    with editor.page.expect_request(script):
        editor.page.reload()
    editor.wait_for_image(world.label)
    editor.press("?")
    assert editor.page.locator("dialog.sheet").count() == 0
    held.pop().abort()
    expect(editor.page.locator(".toast-line.warning").first).to_contain_text("could not be loaded")
    editor.page.unroute(script)
    # It is fetched again by itself.
    editor.wait_for(world.label)
    editor.press("?")
    expect(editor.page.locator("dialog.sheet")).to_be_visible()
