"""The time line in the editor: who did what, the drawing as it was, and bringing it back."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from labeling import steps
from labeling.models import Label, LabelRevision, Shape
from labeling.saving import save_changes
from labeling.tests.browser.editing import EditorPage, revision, stored

pytestmark = pytest.mark.browser


def draw(editor, x, y=50):
    editor.use("rectangle")
    editor.drag((x, y), (x + 60, y + 60))
    editor.wait_saved()


def places(label):
    return sorted((round(g["cx"]), round(g["cy"])) for _, _, g in stored(label))


def rows(editor):
    return editor.page.locator(".history .event .what")


def bar(editor):
    return editor.page.locator(".past-bar")


@pytest.fixture
def worked(editor, world):
    """Three saves: a rectangle drawn, another drawn, the first one moved down."""
    draw(editor, 50)
    draw(editor, 150)
    editor.use("select")
    editor.drag((80, 80), (80, 180))
    editor.wait_saved()
    assert places(world.label) == [(80, 180), (180, 80)]
    return editor


def test_the_time_line_tells_who_did_what_with_steps_and_comments(worked, world):
    label = Label.objects.get(pk=world.label.pk)
    steps.submit(label, by=world.ann, rev=3)
    steps.send_back(label, by=world.rita, comment="The <b>shed</b> is missing.")
    worked.press("Shift+H")
    told = ["Now", "Sent back", "Submitted", "1 moved", "1 drawn", "1 drawn", "Nothing drawn yet"]
    expect(rows(worked)).to_have_text(told)
    sent_back = worked.page.locator(".history .event").nth(1)
    expect(sent_back).to_contain_text("Rita")
    expect(sent_back).to_contain_text("The <b>shed</b> is missing.")
    expect(worked.page.locator(".history .event").nth(3)).to_contain_text("You")
    worked.press("Shift+H")
    expect(worked.page.locator(".history")).to_be_hidden()


def test_one_steps_through_the_past_by_keys_and_draws_nothing_there(worked, world):
    worked.press("Shift+PageDown")
    expect(bar(worked)).to_contain_text("Revision 2")
    expect(bar(worked)).to_contain_text("Since then: 1 changed.")
    worked.press("ArrowDown")
    expect(bar(worked)).to_contain_text("Since then: 1 drawn, 1 changed.")
    # The rectangle is where it was: orange around it, and a blue line where it is now.
    worked.wait_color(50, 80, lambda c: c[0] > 200 and c[2] < 120)
    worked.wait_color(80, 95, lambda c: c[0] > c[1] + 25)
    worked.wait_color(180, 80, lambda c: abs(c[0] - c[1]) < 8)
    worked.press("Shift+PageDown")
    expect(bar(worked)).to_contain_text("Revision 0")
    worked.press("r")
    worked.drag((250, 200), (320, 260))
    worked.press("Delete", "Control+z")
    worked.press("Shift+PageUp")
    expect(bar(worked)).to_contain_text("Revision 1")
    worked.press("Escape")
    expect(bar(worked)).to_be_hidden()
    worked.wait_color(180, 80, lambda c: c[0] > c[1] + 25)
    assert revision(world.label) == 3
    assert worked.count == 2


def test_an_old_drawing_is_restored_as_a_new_revision_and_undone(worked, world):
    worked.press("Shift+H")
    worked.page.click('.history [data-rev="1"]')
    expect(bar(worked)).to_contain_text("Revision 1")
    worked.page.click('.past-bar [data-command="restore"]')
    expect(bar(worked)).to_be_hidden()
    expect(rows(worked).nth(1)).to_have_text("1 deleted, 1 moved")
    assert (places(world.label), revision(world.label)) == ([(80, 80)], 4)
    worked.press("Control+z")
    expect(rows(worked).nth(1)).to_have_text("1 brought back, 1 moved")
    assert (places(world.label), revision(world.label)) == ([(80, 180), (180, 80)], 5)


def test_what_was_deleted_before_the_page_was_opened_comes_back(worked, world):
    worked.press("Control+a", "Delete")
    worked.wait_saved()
    expect(worked.page.locator("[data-shape-count]")).to_have_text("0")
    worked.page.reload()
    worked.wait_for(world.label)
    worked.press("Shift+PageDown")
    expect(bar(worked)).to_contain_text("Since then: 2 deleted.")
    worked.press("Shift+Enter")
    expect(rows(worked).nth(1)).to_have_text("2 brought back")
    assert places(world.label) == [(80, 180), (180, 80)]
    assert "Conflict" not in worked.toast()


def test_older_events_come_as_one_scrolls(editor, world):
    house = world.task.classes.get(name="House")
    geometry = {"cx": 50, "cy": 50, "w": 20, "h": 20, "angle": 0}
    shape = {"class": house.pk, "kind": "rect", "geom": geometry, "z": 0, "attrs": {}}
    for _ in range(55):
        changes = [{"id": uuid4(), "base": None, "shape": shape}]
        save_changes(world.label, author=world.ann, op_id=uuid4(), changes=changes)
    editor.page.reload()
    editor.wait_for(world.label)
    editor.press("Shift+H")
    expect(editor.page.locator(".history .event")).to_have_count(51)
    editor.page.locator(".history .events").evaluate("list => list.scrollTo(0, list.scrollHeight)")
    expect(editor.page.locator(".history .event")).to_have_count(57)
    expect(rows(editor).last).to_have_text("Nothing drawn yet")


def test_each_image_has_its_own_past(worked, world):
    worked.press("Shift+PageDown")
    expect(bar(worked)).to_be_visible()
    worked.press("ArrowRight")
    worked.wait_for_another(world.label)
    expect(bar(worked)).to_be_hidden()
    expect(rows(worked)).to_have_text(["Now", "Nothing drawn yet"])
    worked.press("ArrowLeft")
    worked.wait_for(world.label)
    expect(rows(worked)).to_have_count(5)


def test_staff_look_back_and_restore_nothing(worked, world, browser, live_server):
    context = browser.new_context()
    other = EditorPage(context.new_page(), live_server.url)
    other.log_in(world.rita)
    other.open(world.label)
    other.press("Shift+PageDown")
    expect(bar(other)).to_contain_text("Ann")
    expect(other.page.locator('.past-bar [data-command="restore"]')).to_be_disabled()
    other.press("Shift+Enter")
    assert revision(world.label) == 3
    assert other.problems == []
    context.close()


def test_undo_goes_on_after_a_reload(worked, world):
    worked.use("select")
    worked.click(180, 80)
    worked.press("Delete")
    worked.wait_saved()
    revisions = revision(world.label)
    worked.page.reload()
    worked.wait_for(world.label)
    # The deletion, then the move; nothing of it is a conflict.
    worked.press("Control+z")
    worked.wait_saved()
    assert places(world.label) == [(80, 180), (180, 80)]
    worked.press("Control+z")
    worked.wait_saved()
    assert places(world.label) == [(80, 80), (180, 80)]
    worked.page.reload()
    worked.wait_for(world.label)
    worked.press("Control+y", "Control+y")
    worked.wait_saved()
    assert places(world.label) == [(80, 180)]
    assert not LabelRevision.objects.filter(rev=None).exists()
    assert revision(world.label) > revisions


def test_undo_has_also_what_was_done_the_moment_before_a_reload(worked, world):
    worked.use("select")
    worked.click(180, 80)
    before = places(world.label)
    # All at once, so that no write of the browser is over before the page goes.
    with worked.page.expect_navigation():
        worked.page.evaluate("""() => {
            const key = { key: "ArrowRight", ctrlKey: true, bubbles: true };
            const press = () => document.body.dispatchEvent(new KeyboardEvent("keydown", key));
            for (let i = 0; i < 5; i++) press();
            location.reload();
        }""")
    worked.wait_for(world.label)
    worked.wait_saved()
    assert places(world.label) == sorted([before[0], (185, 80)]) != before
    worked.press(*["Control+z"] * 5)
    worked.wait_saved()
    assert places(world.label) == before


def test_undo_after_a_reload_ends_at_what_was_changed_elsewhere(worked, world):
    moved = Shape.objects.current().get(label=world.label, rev_added=3)
    state = {"class": moved.label_class_id, "kind": "rect", "z": moved.z, "attrs": {}}
    geom = {"cx": 300, "cy": 200, "w": 20, "h": 20, "angle": 0}
    changes = [{"id": moved.uid, "base": 3, "shape": state | {"geom": geom}}]
    assert save_changes(world.label, author=world.ann, op_id=uuid4(), changes=changes).applied
    worked.page.reload()
    worked.wait_for(world.label)
    worked.press("Control+z")
    assert worked.page.locator('[data-command="undo"]').first.is_visible()
    worked.page.wait_for_timeout(300)
    assert (300, 200) in places(world.label)
    assert worked.save_state == "saved"
