"""Select, move, reshape, delete and undo in a real browser; the database has the last word."""

import uuid

import pytest
from playwright.sync_api import expect

from labeling.models import Label, LabelClass, Shape
from labeling.shapes import to_json
from labeling.tests.browser.editing import revision, stored

pytestmark = pytest.mark.browser

SQUARE = [100, 100, 200, 100, 200, 200, 100, 200]


@pytest.fixture
def drawn(world):
    """A polygon and, inside it, a small rectangle."""
    house, tree = LabelClass.objects.order_by("pk")
    shapes = [
        (house, "polygon", {"rings": [SQUARE]}),
        (tree, "rect", {"cx": 170, "cy": 170, "w": 20, "h": 20, "angle": 0}),
    ]
    for z, (label_class, kind, geometry) in enumerate(shapes, 1):
        Shape.objects.create(
            label=world.label,
            uid=uuid.uuid4(),
            label_class=label_class,
            kind=kind,
            geometry=to_json(geometry),
            z=z,
            attributes="{}",
            rev_added=1,
        )
    Label.objects.filter(pk=world.label.pk).update(rev=1, n_shapes=2)
    return world.label


@pytest.fixture
def selecting(drawn, editor):
    editor.use("select")
    return editor


def ring(label):
    return stored(label)[0][2]["rings"][0]


def test_a_corner_is_dragged_and_only_it_moves(selecting, drawn):
    selecting.click(120, 120)
    selecting.drag((200, 100), (230, 80))
    selecting.wait_saved()
    after = ring(drawn)
    assert after[:2] + after[4:] == SQUARE[:2] + SQUARE[4:]
    assert abs(after[2] - 230) < 1.5 and abs(after[3] - 80) < 1.5
    assert revision(drawn) == 2


def test_an_edge_gives_a_new_corner_and_alt_click_takes_it_away(selecting, drawn):
    selecting.click(120, 120)
    selecting.page.mouse.move(*selecting.on_screen(150, 101))
    selecting.drag((150, 100), (150, 60))
    selecting.wait_saved()
    assert len(ring(drawn)) == 10
    with selecting.held("Alt"):
        selecting.click(150, 60)
    selecting.wait_saved()
    assert ring(drawn) == SQUARE


def test_a_chosen_corner_is_deleted_by_key_before_the_shape_is(selecting, drawn):
    selecting.click(120, 120)
    selecting.click(200, 100)
    selecting.press("Delete")
    selecting.wait_saved()
    assert len(ring(drawn)) == 6
    selecting.press("Delete")
    selecting.wait_saved()
    assert [kind for kind, _, _ in stored(drawn)] == ["rect"]


def test_what_lies_inside_is_selected_by_a_click_and_moved_by_dragging(selecting, drawn):
    selecting.drag((170, 170), (300, 50))
    selecting.wait_saved()
    _, (_, _, rect) = stored(drawn)
    assert abs(rect["cx"] - 300) < 1.5 and abs(rect["cy"] - 50) < 1.5
    assert (rect["w"], rect["h"]) == (20, 20)
    assert ring(drawn) == SQUARE


def test_moving_stops_at_the_border(selecting, drawn):
    selecting.drag((170, 170), (600, 170))
    selecting.wait_saved()
    _, (_, _, rect) = stored(drawn)
    assert rect["cx"] == 390


def test_a_rectangle_is_resized_by_its_corner(selecting, drawn):
    selecting.click(170, 170)
    selecting.drag((180, 180), (220, 230))
    selecting.wait_saved()
    _, (_, _, rect) = stored(drawn)
    left, top = rect["cx"] - rect["w"] / 2, rect["cy"] - rect["h"] / 2
    assert (left, top) == (160, 160)
    assert abs(rect["w"] - 60) < 1.5 and abs(rect["h"] - 70) < 1.5


def test_shift_selects_more_and_a_band_selects_all_in_it(selecting, drawn):
    selecting.click(120, 120)
    with selecting.held("Shift"):
        selecting.click(170, 170)
    expect(selecting.page.locator('.shape-row[aria-pressed="true"]')).to_have_count(2)
    selecting.press("Escape")
    with selecting.held("Shift"):
        selecting.drag((20, 20), (250, 250))
    selecting.press("Delete")
    selecting.wait_saved()
    assert stored(drawn) == []


def test_the_list_selects_and_the_palette_changes_the_class(selecting, drawn):
    selecting.page.click(".shape-row >> nth=1")
    selecting.press("2")
    selecting.wait_saved()
    assert [name for _, name, _ in stored(drawn)] == ["Tree", "Tree"]
    selecting.page.click(".class-button >> nth=0")
    selecting.wait_saved()
    assert [name for _, name, _ in stored(drawn)] == ["House", "Tree"]


def test_everything_is_undone_and_redone_step_by_step(selecting, drawn):
    before = stored(drawn)
    selecting.drag((120, 120), (150, 140))
    selecting.click(200, 200)
    selecting.press("2")
    selecting.click(250, 50)
    selecting.use("freehand")
    selecting.loop(300, 200, 380, 280)
    selecting.wait_saved()
    after = stored(drawn)
    assert len(after) == 3
    selecting.press(*["Control+z"] * 3)
    selecting.wait_saved()
    assert stored(drawn) == before
    selecting.press("Control+Shift+z", "Control+y", "Control+y")
    selecting.wait_saved()
    assert stored(drawn) == after


def test_arrows_with_ctrl_move_by_a_pixel_and_nothing_is_saved_twice(selecting, drawn):
    selecting.click(120, 120)
    selecting.press("Control+ArrowRight", "Control+ArrowDown", "Control+ArrowDown")
    selecting.wait_saved()
    assert ring(drawn)[:2] == [101, 102]
    saved = revision(drawn)
    selecting.click(120, 120)
    selecting.drag((300, 250), (320, 260))
    selecting.page.wait_for_timeout(1500)
    assert revision(drawn) == saved


def test_the_image_moves_by_the_middle_button_and_by_space(selecting, drawn):
    def view():
        return selecting.page.locator(".stage").evaluate("e => [+e.dataset.x, +e.dataset.y]")

    selecting.page.mouse.move(*selecting.on_screen(150, 150))
    selecting.page.mouse.wheel(0, -500)
    selecting.page.wait_for_timeout(200)
    x, y = view()
    selecting.drag((150, 150), (160, 155), button="middle")
    selecting.page.wait_for_timeout(100)
    assert view()[0] > x and view()[1] > y
    selecting.use("polygon")
    x, y = view()
    with selecting.held("Space"):
        selecting.drag((150, 150), (140, 145))
    selecting.page.wait_for_timeout(100)
    assert view()[0] < x and view()[1] < y
    assert selecting.count == 2
    selecting.press("0")
    assert ring(drawn) == SQUARE


def test_the_sheet_lists_the_keys_of_the_table(selecting):
    selecting.press("?")
    sheet = selecting.page.locator("dialog.sheet")
    assert sheet.is_visible()
    words = sheet.inner_text()
    for name in ("Undo", "Complete, and next", "House", "Select, and move the image"):
        assert name in words
    selecting.press("Escape")
    assert not sheet.is_visible()
