"""What is half drawn or refused is not lost; the database has the last word."""

import pytest
from playwright.sync_api import expect

from labeling.claiming import claim_next
from labeling.models import Label, LabelTask
from labeling.shapes import area_of, rings_of
from labeling.steps import reopen, submit
from labeling.tests.browser.editing import EditorPage, stored

pytestmark = pytest.mark.browser

TRIANGLE = [(250, 50), (350, 50), (350, 150)]


def forbid_overlap(editor, world, **rule):
    LabelTask.objects.update(permit_overlap=False, **rule)
    editor.page.reload()
    editor.wait_for(world.label)


def click_all(editor, corners):
    for corner in corners:
        editor.click(*corner)


def corners_of(label):
    rings = [g["rings"] for kind, _, g in stored(label) if kind == "polygon"]
    return [[round(value) for value in outline] for (outline,) in rings]


def as_flat(corners):
    return [value for corner in corners for value in corner]


def test_a_refused_polygon_keeps_its_corners_to_be_corrected(editor, world):
    forbid_overlap(editor, world)
    editor.use("rectangle")
    editor.drag((50, 50), (200, 200))
    editor.use("polygon")
    editor.polygon((80, 80), (150, 80), (150, 150))
    expect(editor.page.locator(".toast-line.warning")).to_contain_text("cover all of that")
    editor.click(300, 250)
    editor.press("Enter")
    editor.wait_saved()
    assert [kind for kind, _, _ in stored(world.label)] == ["rect", "polygon"]
    # It begins at the border of the rectangle.
    [outline] = corners_of(world.label)
    assert {300, 250} <= set(outline) and min(outline) > 100
    assert any(round(x) == 200 or round(y) == 200 for x, y in pairs(outline))


def pairs(flat):
    return zip(flat[::2], flat[1::2], strict=True)


def test_undo_brings_back_a_polygon_that_was_given_up(editor, world):
    editor.use("rectangle")
    editor.drag((50, 50), (100, 100))
    editor.use("polygon")
    click_all(editor, TRIANGLE)
    editor.press("Escape", "Control+z", "Enter")
    editor.wait_saved()
    assert corners_of(world.label) == [as_flat(TRIANGLE)]
    # After another step, undo is about that one.
    click_all(editor, [(20, 200), (60, 200), (60, 240)])
    editor.press("Escape")
    editor.use("rectangle")
    editor.drag((200, 200), (240, 240))
    editor.use("polygon")
    editor.press("Control+z")
    editor.wait_saved()
    assert [kind for kind, _, _ in stored(world.label)] == ["rect", "polygon"]


def test_a_half_drawn_polygon_goes_on_after_a_reload(editor, world):
    is_back = editor.page.locator(".toasts").get_by_text("What you had begun to draw is back")
    editor.press("2")
    editor.use("polygon")
    click_all(editor, [*TRIANGLE, (260, 150)])
    editor.press("Control+z")
    editor.reload(world.label)
    expect(is_back).to_be_visible()
    # The corner that was taken back can be set again, and each of them taken back.
    editor.press("Control+y", "Control+z", "Control+z")
    editor.reload(world.label)
    expect(is_back).to_be_visible()
    editor.click(*TRIANGLE[2])
    editor.press("Enter")
    editor.wait_saved()
    assert corners_of(world.label) == [as_flat(TRIANGLE)]
    assert [name for _, name, _ in stored(world.label)] == ["Tree"]
    # What is finished, or dropped, is not begun any more.
    for drop in (None, "Escape"):
        if drop:
            click_all(editor, [(20, 200), (60, 200)])
            editor.press(drop)
        editor.reload(world.label)
        expect(editor.page.locator(".hint")).to_contain_text("Click from corner to corner")
        assert is_back.count() == 0


def test_what_is_half_drawn_goes_on_only_on_its_label_and_while_that_may_be_drawn_on(editor, world):
    toasts = editor.page.locator(".toasts")
    editor.use("polygon")
    click_all(editor, TRIANGLE)
    editor.wait_kept()
    editor.page.goto("about:blank")
    other = claim_next(task=world.task, labeler=world.ann, after=world.label.pk)
    editor.open(other)
    expect(editor.page.locator(".hint")).to_contain_text("Click from corner to corner")
    assert "is back" not in toasts.inner_text()
    # A class that was archived meanwhile is drawn no more.
    world.task.classes.filter(name="House").update(is_archived=True)
    editor.open(world.label)
    expect(toasts).to_contain_text("cannot go on")
    click_all(editor, TRIANGLE)
    editor.wait_kept()
    editor.page.goto("about:blank")
    submit(world.label, by=world.ann, rev=0)
    editor.open(world.label)
    expect(editor.page.locator(".status-badge")).to_have_text("Submitted")
    reopen(world.label, by=world.ann)
    editor.reload(world.label)
    expect(editor.page.locator(".hint")).to_contain_text("Click from corner to corner")


def test_a_tab_that_is_alive_keeps_what_is_half_drawn_to_itself(editor, world):
    editor.use("polygon")
    click_all(editor, TRIANGLE)
    second = EditorPage(editor.page.context.new_page(), editor.base_url)
    second.open(world.label)
    expect(second.page.locator(".hint")).to_contain_text("Click from corner to corner")
    editor.press("Enter")
    editor.wait_saved()
    assert corners_of(world.label) == [as_flat(TRIANGLE)]


def test_undo_and_redo_look_possible_only_when_they_are(editor, world):
    undo, redo = (
        editor.page.locator(f'.tools [data-command="{name}"]') for name in ("undo", "redo")
    )
    expect(undo).to_be_disabled()
    expect(redo).to_be_disabled()
    editor.press("Control+z")
    expect(editor.page.locator(".toast-line.warning")).to_contain_text("nothing to undo")
    editor.use("polygon")
    click_all(editor, TRIANGLE)
    undo.click()
    expect(redo).to_be_enabled()
    redo.click()
    expect(redo).to_be_disabled()
    editor.press("Enter")
    editor.wait_saved()
    undo.click()
    expect(undo).to_be_disabled()
    expect(redo).to_be_enabled()


def test_a_polygon_waits_while_another_tool_is_used(editor, world):
    editor.use("polygon")
    click_all(editor, TRIANGLE[:2])
    editor.press("r")
    expect(editor.page.locator(".toasts")).to_contain_text("is kept")
    editor.drag((50, 50), (100, 100))
    editor.press("p")
    editor.click(*TRIANGLE[2])
    editor.press("Enter")
    editor.wait_saved()
    assert [kind for kind, _, _ in stored(world.label)] == ["rect", "polygon"]
    assert corners_of(world.label) == [as_flat(TRIANGLE)]


def test_space_moves_the_image_while_a_polygon_is_drawn(editor, world):
    editor.use("polygon")
    click_all(editor, TRIANGLE[:2])
    before = editor.on_screen(0, 0)
    with editor.held("Space"):
        editor.drag((200, 200), (170, 180))
    after = editor.on_screen(0, 0)
    assert before[0] - after[0] > 20
    editor.click(*TRIANGLE[2])
    editor.press("Enter")
    editor.wait_saved()
    assert corners_of(world.label) == [as_flat(TRIANGLE)]


@pytest.mark.parametrize("key", ["ArrowRight", "Control+Enter"])
def test_no_key_leaves_an_image_with_a_half_drawn_polygon(editor, world, key):
    editor.use("polygon")
    click_all(editor, TRIANGLE)
    editor.press("v", key)
    expect(editor.page.locator(".toast-line.warning")).to_contain_text("half drawn")
    editor.press("Enter")
    editor.wait_saved()
    assert corners_of(world.label) == [as_flat(TRIANGLE)]
    editor.press(key)
    editor.wait_for_another(world.label)


class Held:
    """Requests to an address wait until they are let go."""

    def __init__(self, editor, address):
        self.page, self.address = editor.page, f"**/api/v1/labels/{address}"
        self.routes = []
        self.page.route(self.address, lambda route: self.routes.append(route))

    def wait(self):
        for _ in range(100):
            if self.routes:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"Nothing was sent to {self.address}.")

    def let_go(self, act="continue_"):
        self.wait()
        for route in self.routes:
            getattr(route, act)()
        self.page.unroute(self.address)


@pytest.mark.parametrize("key", ["ArrowRight", "Control+Enter"])
def test_what_is_begun_while_a_key_waits_for_the_save_keeps_the_image_open(editor, world, key):
    saves = Held(editor, "*/changes")
    editor.use("rectangle")
    editor.drag((50, 50), (100, 100))
    editor.press(key, "p")
    click_all(editor, TRIANGLE)
    saves.let_go()
    expect(editor.page.locator(".toast-line.warning")).to_contain_text("half drawn")
    editor.press("Enter")
    editor.wait_saved()
    assert corners_of(world.label) == [as_flat(TRIANGLE)]
    editor.press(key)
    editor.wait_for_another(world.label)


def test_the_browsers_back_keeps_an_image_with_a_half_drawn_polygon(editor, world):
    editor.press("ArrowRight")
    second = editor.wait_for_another(world.label)
    editor.use("polygon")
    click_all(editor, TRIANGLE)
    editor.page.go_back()
    expect(editor.page.locator(".toast-line.warning")).to_contain_text("half drawn")
    assert editor.page.url.endswith(second.get_absolute_url())
    editor.press("Enter")
    editor.wait_saved()
    assert corners_of(second) == [as_flat(TRIANGLE)]
    editor.page.go_back()
    editor.wait_for(world.label)
    assert editor.page.url.endswith(world.label.get_absolute_url())


def test_nothing_is_drawn_on_an_image_while_it_is_submitted(editor, world):
    steps = Held(editor, "*/submit")
    editor.use("rectangle")
    editor.press("Control+Enter")
    steps.wait()
    editor.drag((50, 50), (100, 100))
    warning = editor.page.locator(".toast-line.warning")
    expect(warning).to_contain_text("cannot be changed now")
    steps.let_go("abort")
    expect(warning.last).to_contain_text("does not answer")
    assert editor.count == 0
    # It stays open, and one draws on.
    editor.drag((50, 50), (100, 100))
    editor.wait_saved()
    editor.press("Control+Enter")
    editor.wait_for_another(world.label)
    assert Label.objects.get(pk=world.label.pk).status == "submitted"
    assert len(stored(world.label)) == 1


def test_a_refused_stroke_stays_in_sight_and_is_tried_again(editor, world):
    forbid_overlap(editor, world)
    editor.use("rectangle")
    editor.drag((50, 50), (200, 200))
    editor.use("freehand")
    editor.loop(80, 80, 150, 150)
    hint = editor.page.locator(".hint")
    expect(hint).to_contain_text("Enter tries again")
    editor.press("Enter")
    expect(hint).to_contain_text("Enter tries again")
    editor.reload(world.label)
    expect(hint).to_contain_text("Enter tries again")
    # The rectangle makes room.
    editor.press("v")
    editor.click(180, 180)
    editor.drag((180, 180), (360, 180))
    editor.press("Enter")
    expect(hint).not_to_contain_text("Enter tries again")
    editor.wait_saved()
    assert [kind for kind, _, _ in stored(world.label)] == ["rect", "polygon"]
    [outline] = corners_of(world.label)
    assert area_of([outline]) == pytest.approx(70 * 70, rel=0.05)


def test_a_refused_stroke_is_dropped_by_escape_and_by_undo_before_anything_else(editor, world):
    forbid_overlap(editor, world)
    hint = editor.page.locator(".hint")
    editor.use("rectangle")
    editor.drag((50, 50), (200, 200))
    for key in ("Escape", "Control+z"):
        editor.drag((80, 80), (150, 150))
        expect(hint).to_contain_text("Enter tries again")
        editor.press(key)
        expect(hint).not_to_contain_text("Enter tries again")
        editor.press("Enter")
        assert editor.count == 1


def test_what_is_outside_the_image_is_told(editor, world):
    editor.press("-", "-")
    words = editor.page.locator(".toast-line.warning")
    for tool in ("rectangle", "ellipse", "circle", "point", "freehand"):
        editor.use(tool)
        if tool == "point":
            editor.click(-20, -20)
        elif tool == "freehand":
            editor.loop(-50, -50, -10, -10)
        else:
            editor.drag((-50, -50), (-10, -10))
        expect(words).to_contain_text("outside the image")
        editor.press("Escape")
        words.evaluate("toast => toast.remove()")
    assert editor.count == 0


def test_a_border_cut_along_an_ellipse_is_the_very_one_of_its_exports(editor, world):
    forbid_overlap(editor, world)
    editor.use("circle")
    editor.drag((150, 150), (230, 150))
    editor.use("rectangle")
    editor.drag((150, 40), (300, 260))
    editor.wait_saved()
    (_, _, circle), (kind, _, cut) = stored(world.label)
    assert kind == "polygon"
    [ring] = rings_of("ellipse", circle)
    border = {(x, y) for x, y in pairs(ring) if x > 151}
    assert len(border) > 20
    # All of its corners, but for a rounding of halves of a hundredth.
    near = [
        any(abs(x - u) + abs(y - v) < 0.021 for u, v in pairs(cut["rings"][0])) for x, y in border
    ]
    assert all(near)


def test_duplicates_are_whole_where_overlap_is_not_permitted(editor, world):
    forbid_overlap(editor, world)
    editor.use("rectangle")
    editor.drag((50, 50), (130, 110))
    editor.use("select")
    editor.click(80, 80)
    editor.press("Control+d")
    editor.wait_saved()
    (_, _, one), (kind, _, other) = stored(world.label)
    assert kind == "rect"
    assert (one["w"], one["h"]) == (other["w"], other["h"])
