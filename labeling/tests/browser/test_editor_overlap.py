"""The rule of overlap, gaps and snapping in a real browser; areas are measured in the database."""

import pytest
import shapely
from playwright.sync_api import expect

from labeling.models import LabelTask, Prediction, PredictionSet
from labeling.tests.browser.editing import areas, stored

pytestmark = pytest.mark.browser


def choose(editor, world, **rule):
    LabelTask.objects.update(**rule)
    editor.page.reload()
    editor.wait_for(world.label)


def test_a_new_shape_cuts_those_below_where_the_task_says_so(editor, world):
    choose(editor, world, permit_overlap=False, new_cuts_others=True)
    editor.use("circle")
    editor.drag((150, 150), (210, 150))
    editor.use("rectangle")
    editor.drag((150, 100), (300, 200))
    editor.wait_saved()
    assert [kind for kind, _, _ in stored(world.label)] == ["polygon", "rect"]
    below, new = areas(world.label)
    assert new.area == pytest.approx(150 * 100, rel=0.03)
    assert below.intersection(new).area < 0.6
    # They touch along all of the new shape's left side that lay on the circle.
    assert below.buffer(0.02).intersection(new.exterior).length > 95


def test_a_stroke_that_grows_cuts_its_neighbours(editor, world):
    choose(editor, world, permit_overlap=False, new_cuts_others=True)
    editor.use("rectangle")
    editor.drag((50, 50), (150, 150))
    editor.press("2")
    editor.drag((200, 50), (300, 150))
    editor.use("brush")
    with editor.held("Shift"):
        editor.drag((210, 100), (130, 100))
    editor.wait_saved()
    first, second = areas(world.label)
    assert first.intersection(second).area < 0.6
    assert first.area < 10_000 - 20 * 20
    assert second.area > 10_000 + 50 * 20


def test_what_vanishes_under_a_new_shape_is_told_and_comes_back(editor, world):
    choose(editor, world, permit_overlap=False, new_cuts_others=True)
    editor.use("rectangle")
    editor.drag((100, 100), (140, 140))
    editor.drag((80, 80), (200, 200))
    expect(editor.page.locator(".toast-line.warning")).to_contain_text("covered altogether")
    editor.wait_saved()
    assert len(stored(world.label)) == 1
    editor.press("Control+z")
    editor.wait_saved()
    [area] = areas(world.label)
    assert area.area == pytest.approx(1600, rel=0.05)


def test_a_gap_between_shapes_is_filled_to_their_borders(editor, world):
    choose(editor, world, permit_overlap=False)
    editor.use("rectangle")
    editor.drag((50, 50), (250, 80))
    editor.drag((50, 170), (250, 200))
    editor.drag((50, 70), (80, 180))
    editor.drag((220, 70), (250, 180))
    editor.press("2", "Shift+F")
    editor.click(150, 120)
    editor.wait_saved()
    *walls, gap = areas(world.label)
    assert gap.area == pytest.approx(140 * 90, rel=0.03)
    assert max(wall.intersection(gap).area for wall in walls) < 0.6
    # No crack: together they are one area without a hole.
    together = shapely.union_all([area.buffer(0.02) for area in (*walls, gap)])
    assert len(together.interiors) == 0
    editor.click(60, 60)
    expect(editor.page.locator(".toast-line.warning")).to_contain_text("A shape covers that")


def test_corners_snap_to_the_neighbours_while_the_key_is_held(editor, world):
    editor.use("rectangle")
    editor.drag((100, 100), (200, 180))
    editor.wait_saved()
    editor.use("polygon")
    with editor.held("s"):
        editor.click(202, 103)
        editor.click(198, 178)
    editor.click(300, 140)
    editor.press("Enter")
    editor.wait_saved()
    (_, _, rect), (_, _, polygon) = stored(world.label)
    right = rect["cx"] + rect["w"] / 2
    top, bottom = rect["cy"] - rect["h"] / 2, rect["cy"] + rect["h"] / 2
    assert polygon["rings"][0][:4] == pytest.approx([right, top, right, bottom], abs=0.001)
    editor.use("select")
    editor.click(230, 140)
    # A corner that is pulled snaps to an edge, too.
    editor.page.mouse.move(*editor.on_screen(300, 140))
    editor.page.mouse.down()
    with editor.held("s"):
        editor.page.mouse.move(*editor.on_screen(250, 60), steps=3)
        editor.page.mouse.move(*editor.on_screen(150, 102), steps=3)
    editor.page.mouse.up()
    editor.wait_saved()
    (_, _, rect), (_, _, polygon) = stored(world.label)
    assert polygon["rings"][0][5] == pytest.approx(top, abs=0.01)


def test_a_stroke_follows_the_border_of_a_neighbour_while_the_key_is_held(editor, world):
    editor.use("rectangle")
    editor.drag((100, 60), (200, 240))
    editor.use("freehand")
    with editor.held("s"):
        editor.drag((202, 240), (202, 100), (300, 100), (300, 240), (202, 240), steps=20)
    editor.wait_saved()
    (_, _, rect), (_, _, drawn) = stored(world.label)
    border = rect["cx"] + rect["w"] / 2
    xs = drawn["rings"][0][::2]
    assert min(xs) == pytest.approx(border, abs=0.01)
    assert max(xs) == pytest.approx(300, abs=1.5)


def assert_apart(label):
    found = areas(label)
    for number, one in enumerate(found):
        assert max([0, *(one.intersection(other).area for other in found[:number])]) < 0.6
    return found


def test_what_is_moved_or_resized_onto_another_is_cut_by_it(editor, world):
    choose(editor, world, permit_overlap=False)
    editor.use("rectangle")
    editor.drag((50, 50), (150, 150))
    editor.drag((200, 50), (300, 150))
    editor.use("select")
    editor.drag((250, 100), (190, 100))
    editor.wait_saved()
    first, second = assert_apart(world.label)
    assert first.area == pytest.approx(10_000, rel=0.03)
    assert second.area == pytest.approx(9000, rel=0.03)
    editor.press("Control+z")
    editor.drag((200, 150), (120, 200))
    editor.wait_saved()
    first, second = assert_apart(world.label)
    assert second.area == pytest.approx(180 * 150 - 30 * 100, rel=0.03)
    editor.press("Control+z")
    editor.wait_saved()
    assert [kind for kind, _, _ in stored(world.label)] == ["rect", "rect"]


def test_what_is_converted_or_accepted_is_cut_too(editor, world):
    choose(editor, world, permit_overlap=False)
    of_model = PredictionSet.objects.create(task=world.task, model="Roofs 1")
    Prediction.objects.create(
        set=of_model,
        image=world.images[0],
        label_class=world.task.classes.first(),
        kind="rect",
        geometry='{"angle":0,"cx":200,"cy":200,"h":60,"w":200}',
        score=0.9,
    )
    editor.open(world.label)
    editor.use("rectangle")
    editor.drag((50, 50), (120, 230))
    editor.use("circle")
    editor.drag((170, 100), (222, 100))
    editor.press("z", "y")
    editor.wait_saved()
    _, circle, accepted = assert_apart(world.label)
    assert accepted.area == pytest.approx(200 * 60 - 20 * 60, rel=0.03)
    editor.use("select")
    editor.click(170, 100)
    editor.page.click('.actions [data-command="to-rectangle"]')
    editor.wait_saved()
    _, square, _ = assert_apart(world.label)
    # The upright rectangle around it reaches into the one on its left.
    assert square.area == pytest.approx(104 * 104 - 2 * 104, rel=0.05)
    assert square.area > circle.area
