"""Divide, merge, simplify and convert shapes in a real browser; the database has the last word."""

import pytest
from playwright.sync_api import expect

from labeling.rasterising import mask_of
from labeling.shapes import area_of, rings_of
from labeling.tests.browser.editing import stored

pytestmark = pytest.mark.browser


@pytest.fixture
def two(editor, world):
    """Two rectangles that overlap: 100 × 60 and 60 × 100."""
    editor.use("rectangle")
    editor.drag((60, 60), (160, 120))
    editor.press("2")
    editor.drag((130, 80), (190, 180))
    editor.use("select")
    editor.wait_saved()
    return editor


def areas(label):
    return [area_of(rings_of(kind, geometry)) for kind, _, geometry in stored(label)]


def kinds(label):
    return [kind for kind, _, _ in stored(label)]


def shape_count(editor, number):
    expect(editor.page.locator("[data-shape-count]")).to_have_attribute(
        "data-shape-count", str(number)
    )


def test_a_line_divides_a_shape_and_undo_makes_it_whole(two, world):
    two.press("x")
    two.drag((80, 40), (80, 140))
    two.wait_saved()
    assert areas(world.label) == pytest.approx([80 * 60, 20 * 60, 60 * 100], rel=0.03)
    assert [name for _, name, _ in stored(world.label)] == ["House", "House", "Tree"]
    # Both pieces have the very same border.
    (_, _, one), (_, _, other), _ = stored(world.label)
    left = {tuple(one["rings"][0][i : i + 2]) for i in range(0, 8, 2)}
    right = {tuple(other["rings"][0][i : i + 2]) for i in range(0, 8, 2)}
    assert len(left & right) == 2
    two.press("Control+z")
    two.wait_saved()
    assert kinds(world.label) == ["rect", "rect"]


def test_a_line_that_ends_inside_is_refused_in_words_and_nothing_changes(two, world):
    two.press("x")
    two.drag((80, 40), (80, 100))
    expect(two.page.locator(".toast-line.warning")).to_contain_text("from outside to outside")
    assert kinds(world.label) == ["rect", "rect"]


def test_shapes_are_merged_and_their_parts_separated(two, world):
    two.use("rectangle")
    two.drag((260, 60), (300, 100))
    two.use("select")
    two.press("Control+a")
    two.page.click('.actions [data-command="merge"]')
    two.wait_saved()
    overlap = 30 * 40
    [area] = areas(world.label)
    assert area == pytest.approx(6000 + 6000 + 1600 - overlap, rel=0.03)
    assert [name for _, name, _ in stored(world.label)] == ["House"]
    two.press("Shift+M")
    two.wait_saved()
    assert sorted(areas(world.label)) == pytest.approx([1600, 12_000 - overlap], rel=0.03)


def test_shapes_are_converted(two, world):
    two.click(70, 70)
    two.page.click('.actions [data-command="to-polygon"]')
    two.wait_saved()
    assert kinds(world.label) == ["polygon", "rect"]
    before = areas(world.label)
    two.page.click('.actions [data-command="to-ellipse"]')
    two.wait_saved()
    assert kinds(world.label) == ["ellipse", "rect"]
    two.press("Control+z")
    two.page.click('.actions [data-command="to-rectangle"]')
    two.wait_saved()
    assert kinds(world.label) == ["rect", "rect"]
    assert areas(world.label) == pytest.approx(before, rel=0.01)


def test_simplifying_shows_first_what_would_be_left(editor, world):
    editor.use("brush")
    editor.drag((100, 150), (150, 100), (200, 150), (250, 100), steps=12)
    editor.wait_saved()
    [(_, _, before)] = stored(world.label)
    corners = len(before["rings"][0]) // 2
    editor.use("select")
    editor.click(100, 150)
    editor.press("q")
    words = editor.page.locator(".stage-bar output")
    expect(words).to_contain_text(f"{corners} →")
    editor.page.locator(".stage-bar input").fill("80")
    expect(words).not_to_contain_text(f"→ {corners} corners")
    editor.press("Escape")
    expect(words).to_be_hidden()
    editor.page.wait_for_timeout(1200)
    assert stored(world.label)[0][2] == before
    editor.press("q")
    editor.page.locator(".stage-bar input").fill("60")
    promised = int(words.inner_text().split("→")[1].split()[0])
    editor.press("Enter")
    expect(words).to_be_hidden()
    editor.wait_saved()
    [(_, _, after)] = stored(world.label)
    assert sum(len(ring) for ring in after["rings"]) // 2 == promised < corners


def test_many_corners_are_chosen_moved_and_deleted(two, world):
    two.click(70, 70)
    two.page.click('.actions [data-command="to-polygon"]')
    with two.held("Alt"):
        two.drag((40, 40), (200, 70))
    expect(two.page.locator(".hint")).to_contain_text("2 corners")
    two.drag((60, 60), (60, 40))
    two.wait_saved()
    (_, _, polygon), _ = stored(world.label)
    ys = polygon["rings"][0][1::2]
    assert sorted(round(y) for y in ys) == [40, 40, 120, 120]
    two.press("Control+ArrowUp")
    two.wait_saved()
    (_, _, polygon), _ = stored(world.label)
    assert sorted(round(y) for y in polygon["rings"][0][1::2]) == [39, 39, 120, 120]
    two.press("Delete")
    two.wait_saved()
    # Two corners are no polygon.
    assert kinds(world.label) == ["rect"]
    shape_count(two, 1)


def test_a_mask_is_the_outline_of_the_pixels_that_exports_count(editor, world):
    editor.press("Shift+C")
    editor.drag((100, 100), (131, 123))
    editor.press("f")
    editor.loop(200, 100, 240, 140)
    with editor.held("Alt"):
        editor.loop(210, 110, 225, 125)
    editor.wait_saved()
    before = [mask_of(rings_of(kind, g), 400, 300) for kind, _, g in stored(world.label)]
    editor.press("Control+a")
    editor.page.click('.actions [data-command="to-mask"]')
    editor.wait_saved()
    assert kinds(world.label) == ["polygon", "polygon"]
    after = [geometry["rings"] for _, _, geometry in stored(world.label)]
    assert all(value == round(value) for rings in after for ring in rings for value in ring)
    assert [mask_of(rings, 400, 300).tobytes() for rings in after] == [
        mask.tobytes() for mask in before
    ]
    assert len(after[1]) == 2, "the hole stays one"


def test_a_line_and_a_turned_rectangle_are_made_of_an_outline(two, world):
    two.press("p")
    two.polygon((200, 200), (300, 250), (280, 290), (180, 240))
    two.press("v")
    two.click(240, 245)
    two.page.click('.actions [data-command="to-rotated"]')
    two.wait_saved()
    turned = stored(world.label)[-1][2]
    assert [turned["cx"], turned["cy"], turned["angle"] % 90] == pytest.approx(
        [240, 245, 26.57], abs=1.5
    )
    assert sorted([turned["w"], turned["h"]]) == pytest.approx([44.7, 111.8], abs=1.5)
    two.press("Control+z")
    two.click(240, 245)
    two.press("Control+k")
    two.page.keyboard.type("make it a line")
    two.press("Enter")
    two.wait_saved()
    kind, _, line = stored(world.label)[-1]
    assert kind == "line"
    assert {
        (round(x), round(y)) for x, y in zip(line["points"][::2], line["points"][1::2], strict=True)
    } == {(200, 200), (300, 250), (280, 290), (180, 240)}
