"""Select, copy and arrange many shapes in a real browser; the database has the last word."""

import pytest
from playwright.sync_api import expect

from labeling.models import Label, LabelTask
from labeling.tests.browser.editing import stored

pytestmark = pytest.mark.browser


@pytest.fixture
def three(editor, world):
    """Rectangles of 40 × 40 at 60, 160 and 260, and the select tool."""
    editor.use("rectangle")
    for x in (40, 140, 240):
        editor.drag((x, 40), (x + 40, 80))
    editor.use("select")
    editor.wait_saved()
    return editor


def centres(label):
    return [(round(g["cx"]), round(g["cy"])) for _, _, g in stored(label)]


def selected(editor):
    return editor.page.locator('.shape-row[aria-pressed="true"]')


def test_tab_goes_from_shape_to_shape_and_then_on_in_the_page(three):
    three.page.locator(".stage").focus()
    for number in (1, 2, 3):
        three.press("Tab")
        # The panel is written a frame later than one selects.
        expect(selected(three)).to_contain_text([f"Rectangle {number}"])
    expect(three.page.locator(".stage")).to_be_focused()
    three.press("Tab")
    expect(three.page.locator(".stage")).not_to_be_focused()


def test_a_band_begins_also_on_a_shape_and_many_move_together(three, world):
    with three.held("Shift"):
        three.drag((50, 50), (200, 100))
    expect(selected(three)).to_have_count(2)
    three.drag((60, 60), (70, 160))
    three.wait_saved()
    assert centres(world.label) == [(70, 160), (170, 160), (260, 60)]
    three.press("Control+Shift+ArrowDown", "Control+ArrowLeft")
    three.wait_saved()
    assert centres(world.label) == [(69, 170), (169, 170), (260, 60)]
    three.press("Control+z", "Control+z", "Control+z")
    three.wait_saved()
    assert centres(world.label) == [(60, 60), (160, 60), (260, 60)]


def test_duplicates_lie_beside_and_are_moved_on(three, world):
    three.click(60, 60)
    three.press("Control+d")
    expect(selected(three)).to_have_count(1)
    three.press("Control+Shift+ArrowDown")
    three.wait_saved()
    assert len(stored(world.label)) == 4
    x, y = centres(world.label)[3]
    assert x > 60 and y > 70


def test_copies_are_pasted_on_another_image_also_after_a_reload(three, world):
    three.press("Control+a", "Control+c")
    three.press("ArrowRight")
    second = three.wait_for_another(world.label)
    three.page.reload()
    three.wait_for(second)
    three.press("Control+v")
    three.wait_saved()
    assert centres(second) == [(60, 60), (160, 60), (260, 60)]
    assert len(stored(world.label)) == 3
    three.press("Control+z")
    three.wait_saved()
    assert stored(second) == []


def test_the_shapes_of_the_previous_image_are_repeated(three, world):
    three.press("ArrowRight")
    second = three.wait_for_another(world.label)
    three.press("Shift+V")
    expect(three.page.locator("[data-shape-count]")).to_have_attribute("data-shape-count", "3")
    three.wait_saved()
    assert stored(second) == stored(world.label)


def test_shapes_come_to_the_front_and_go_to_the_back(three, world):
    three.click(60, 60)
    three.press("PageUp")
    three.wait_saved()
    assert centres(world.label) == [(160, 60), (260, 60), (60, 60)]
    three.press("PageDown")
    three.wait_saved()
    assert centres(world.label) == [(60, 60), (160, 60), (260, 60)]


def test_many_take_another_class_at_once(three, world):
    three.press("Control+a", "2")
    three.wait_saved()
    assert [name for _, name, _ in stored(world.label)] == ["Tree"] * 3


def test_a_locked_shape_stays_as_it_is_also_after_a_reload(three, world):
    three.click(60, 60)
    three.press("Shift+L")
    expect(three.page.locator(".toasts")).to_contain_text("Locked")
    three.page.reload()
    three.wait_for(world.label)
    three.use("select")
    three.press("Control+a")
    expect(selected(three)).to_have_count(2)
    three.press("Delete")
    three.wait_saved()
    assert centres(world.label) == [(60, 60)]
    three.page.click(".shape-row")
    three.press("Delete")
    expect(three.page.locator(".toast-line.warning")).to_contain_text("unlock it first")
    three.press("Shift+L", "Delete")
    three.wait_saved()
    assert stored(world.label) == []


def test_a_hidden_shape_is_not_seen_until_all_are_shown(three, world):
    three.click(60, 60)
    three.page.mouse.move(*three.on_screen(200, 200))
    three.wait_color(60, 60, lambda color: color[0] > color[1])
    three.press("Control+h")
    three.wait_color(60, 60, lambda color: color[0] == color[1])
    three.press("Control+Shift+h")
    three.wait_color(60, 60, lambda color: color[0] > color[1])
    assert len(stored(world.label)) == 3


def test_pasted_shapes_are_cut_where_overlap_is_forbidden(three, world):
    LabelTask.objects.update(permit_overlap=False)
    three.press("Control+a", "Control+c")
    three.press("ArrowRight")
    second = three.wait_for_another(world.label)
    three.use("rectangle")
    three.drag((30, 30), (60, 90))
    three.press("Control+v")
    three.wait_saved()
    assert [kind for kind, _, _ in stored(second)] == ["rect", "polygon", "rect", "rect"]
    assert Label.objects.get(pk=second.pk).n_shapes == 4
