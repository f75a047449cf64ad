"""Several windows on one label: they follow each other, and of two versions one chooses."""

import json

import pytest
from playwright.sync_api import expect

from labeling.models import Label, LabelRevision
from labeling.tests.browser.editing import EditorPage, stored

pytestmark = pytest.mark.browser


def draw(editor, x=50, y=50):
    editor.use("rectangle")
    editor.drag((x, y), (x + 60, y + 60))
    editor.wait_saved()


def move(editor, *way):
    editor.use("select")
    editor.drag(*way)


def wait_for_count(editor, number):
    expect(editor.page.locator("[data-shape-count]")).to_have_attribute(
        "data-shape-count", str(number)
    )


def places(label):
    return sorted((round(g["cx"]), round(g["cy"])) for _, _, g in stored(label))


@pytest.fixture
def tab(editor, world, live_server):
    """Another tab of the same browser."""
    tab = EditorPage(editor.page.context.new_page(), live_server.url)
    tab.page.set_default_timeout(30_000)
    tab.open(world.label)
    yield tab
    assert tab.problems == []


@pytest.fixture
def elsewhere(editor, world, browser, live_server):
    """Ann again, in another browser on the same label, in which a shape was drawn before."""
    draw(editor)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    other = EditorPage(context.new_page(), live_server.url)
    other.page.set_default_timeout(30_000)
    other.log_in(world.ann)
    other.open(world.label)
    yield other
    assert other.problems == []
    context.close()


@pytest.fixture
def window(elsewhere, editor):
    """Both moved the shape: here down, there to the right and first."""
    move(elsewhere, (80, 80), (180, 80))
    elsewhere.wait_saved()
    move(editor, (80, 80), (80, 160))
    window = editor.page.locator("dialog.versions")
    expect(window).to_be_visible()
    return window


def test_what_one_tab_saves_the_others_show(editor, tab, world):
    draw(editor)
    wait_for_count(tab, 1)
    draw(tab, 200)
    wait_for_count(editor, 2)
    move(tab, (80, 80), (80, 160))
    tab.wait_saved()
    editor.page.wait_for_function(
        "rev => document.querySelector('.save-state').dataset.revision === rev",
        arg=tab.page.locator(".save-state").get_attribute("data-revision"),
    )
    # On the newest state of the same shape: no conflict.
    move(editor, (80, 160), (120, 160))
    editor.wait_saved()
    assert places(world.label) == [(120, 160), (230, 80)]
    assert not LabelRevision.objects.filter(rev=None).exists()


def test_a_label_that_is_completed_in_one_tab_is_closed_in_the_other(editor, tab, world):
    draw(editor)
    wait_for_count(tab, 1)
    editor.press("Control+Enter")
    editor.wait_for_another(world.label)
    expect(tab.page.locator(".status-badge")).to_have_text("Submitted")
    assert "completed" in tab.toast()
    tab.drag((200, 200), (260, 260))
    assert tab.count == 1


def test_what_another_browser_saved_is_shown_before_one_can_submit(elsewhere, editor, world):
    draw(elsewhere, 200)
    assert editor.count == 1
    draw(editor, 50, 200)
    wait_for_count(editor, 3)
    draw(elsewhere, 200, 200)
    wait_for_count(elsewhere, 4)
    # One's own state is old by now, so that nobody submits what he never saw.
    editor.press("Control+Enter")
    expect(editor.page.locator(".toast-line.warning")).to_be_visible()
    assert Label.objects.get(pk=world.label.pk).status == "in_progress"
    draw(editor, 300, 200)
    wait_for_count(editor, 5)
    editor.press("Control+Enter")
    editor.wait_for_another(world.label)
    assert len(stored(world.label)) == 5


@pytest.mark.parametrize(
    ("key", "there"),
    [("1", [(180, 80)]), ("2", [(80, 160)]), ("3", [(80, 160), (180, 80)])],
    ids=["theirs", "mine", "both"],
)
def test_of_two_versions_one_chooses(window, editor, world, key, there):
    expect(window).to_contain_text("The other window")
    assert window.locator("canvas").count() == 2
    editor.press(key)
    expect(window).to_be_hidden()
    editor.wait_saved()
    assert places(world.label) == there
    wait_for_count(editor, len(there))
    # The key was the answer only: it is also the key of a class.
    assert {name for _, name, _ in stored(world.label)} == {"House"}
    # Whatever was chosen, the version that lost is in the history.
    kept = LabelRevision.objects.get(rev=None)
    assert round(json.loads(kept.changes)[0]["shape"]["geom"]["cy"]) == 160


def test_until_one_has_chosen_both_are_kept(window, editor, world):
    editor.wait_saved()
    assert places(world.label) == [(80, 160), (180, 80)]
    editor.press("Escape")
    expect(window).to_be_hidden()
    assert editor.count == 2


def test_an_image_is_not_completed_while_one_has_to_choose(elsewhere, editor, world):
    move(elsewhere, (80, 80), (180, 80))
    elsewhere.wait_saved()
    move(editor, (80, 80), (80, 160))
    editor.press("Control+Enter")
    window = editor.page.locator("dialog.versions")
    expect(window).to_be_visible()
    editor.wait_saved()
    editor.press("1")
    expect(window).to_be_hidden()
    editor.wait_saved()
    assert Label.objects.get(pk=world.label.pk).status == "in_progress"
    editor.press("Control+Enter")
    editor.wait_for_another(world.label)
    assert Label.objects.get(pk=world.label.pk).status == "submitted"
    assert places(world.label) == [(180, 80)]


def test_a_shape_that_is_deleted_here_and_moved_elsewhere(elsewhere, editor, world):
    move(elsewhere, (80, 80), (180, 80))
    elsewhere.wait_saved()
    editor.use("select")
    editor.click(80, 80)
    editor.press("Delete")
    window = editor.page.locator("dialog.versions")
    expect(window).to_contain_text("deleted it")
    assert window.locator("button").count() == 2
    editor.press("2")
    editor.wait_saved()
    assert stored(world.label) == []
    wait_for_count(editor, 0)
