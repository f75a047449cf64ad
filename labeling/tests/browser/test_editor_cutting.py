"""What is much work is cut by a worker while one goes on; here it waits until it is let go."""

import json
import math

import pytest
import shapely
from playwright.sync_api import expect

from labeling.models import Label, LabelTask, Shape
from labeling.tests.browser.editing import areas, stored

pytestmark = pytest.mark.browser

WORKER = "**/cutworker-*.js"
# The stroke goes round 24 of them with a hundred corners each: more than the page cuts by itself.
PLACES = [(25 + 50 * column, 25 + 50 * row) for row in range(6) for column in range(8)]


def star(x, y):
    angles = [2 * math.pi * corner / 100 for corner in range(100)]
    radii = [12 + 4 * (corner % 2) for corner in range(100)]
    points = zip(angles, radii, strict=True)
    return [
        round(value, 2)
        for angle, radius in points
        for value in (x + radius * math.cos(angle), y + radius * math.sin(angle))
    ]


class SlowWorker:
    """Holds the script of the worker, so that nothing is cut until somebody says so."""

    def __init__(self, page):
        self.page = page
        self.held = []
        page.route(WORKER, lambda route: self.held.append(route))

    def wait(self):
        """Until something is to be cut, and only drawn so far."""
        expect(self.page.locator(".stage")).to_have_attribute("aria-busy", "true")

    def let_go(self, act="continue_"):
        for _ in range(100):
            if self.held:
                break
            self.page.wait_for_timeout(50)
        getattr(self.held.pop(), act)()
        self.page.unroute(WORKER)
        expect(self.page.locator(".stage")).to_have_attribute("aria-busy", "false")


@pytest.fixture
def worker(editor, world):
    LabelTask.objects.update(permit_overlap=False)
    Label.objects.filter(pk=world.label.pk).update(rev=1)
    house = world.task.classes.first()
    Shape.objects.bulk_create(
        Shape(label=world.label, rev_added=1, label_class=house, kind="polygon", z=z,
              geometry=json.dumps({"rings": [star(x, y)]}, separators=(",", ":")))
        for z, (x, y) in enumerate(PLACES, 1)
    )  # fmt: skip
    worker = SlowWorker(editor.page)
    editor.page.reload()
    editor.wait_for(world.label)
    editor.use("freehand")
    return worker


def draw(editor, worker):
    editor.loop(50, 50, 350, 250)
    worker.wait()


def drawn(label):
    return areas(label)[len(PLACES) :]


def assert_cut(label):
    """The stroke is there, and none of its neighbours lies under it."""
    shapes = areas(label)
    neighbours, [new] = shapes[: len(PLACES)], shapes[len(PLACES) :]
    assert max(new.intersection(one).area for one in neighbours) < 0.6
    inside = shapely.box(50, 50, 350, 250)
    left = inside.difference(shapely.union_all(neighbours)).area
    assert new.area == pytest.approx(left, rel=0.02)
    assert new.area < inside.area * 0.8


def test_one_goes_on_while_a_worker_cuts_and_what_was_drawn_stays_in_sight(editor, world, worker):
    before = editor.color_at(50, 150)
    draw(editor, worker)
    assert editor.count == len(PLACES)
    # Nobody has it yet.
    expect(editor.page.locator(".save-state")).to_have_text("Saving…")
    editor.wait_color(50, 150, lambda color: color != before)
    # The page is free: one zooms, and begins to draw the next shape.
    editor.press("+", "p")
    editor.click(120, 120)
    expect(editor.page.locator(".hint")).to_contain_text("Click the next corner")
    worker.let_go()
    editor.press("Escape")
    editor.wait_saved()
    assert_cut(world.label)
    editor.press("f", "Control+z")
    editor.wait_saved()
    assert drawn(world.label) == []


def test_what_is_drawn_and_undone_meanwhile_comes_after_it(editor, world, worker):
    draw(editor, worker)
    editor.loop(354, 54, 372, 96)
    editor.press("Control+z")
    assert editor.count == len(PLACES)
    worker.let_go()
    expect(editor.page.locator(".toasts")).to_contain_text("Undone")
    editor.wait_saved()
    assert_cut(world.label)


def test_a_corner_that_is_removed_meanwhile_is_the_one_that_was_clicked(editor, world, worker):
    def corners():
        [ring] = stored(world.label)[len(PLACES)][2]["rings"]
        return list(zip(ring[::2], ring[1::2], strict=True))

    editor.use("polygon")
    editor.polygon((190, 240), (210, 240), (216, 250), (210, 260), (190, 260), (184, 250))
    editor.wait_saved()
    [first, second, third, *others] = corners()
    editor.use("freehand")
    editor.loop(50, 50, 350, 220)
    worker.wait()
    editor.use("select")
    editor.click(200, 250)
    with editor.held("Alt"):
        editor.click(*first)
        editor.click(*third)
    worker.let_go()
    editor.wait_saved()
    assert corners() == [second, *others]


def test_an_image_is_left_only_when_all_is_cut_and_saved(editor, world, worker):
    draw(editor, worker)
    editor.press("Control+Enter")
    editor.page.wait_for_timeout(200)
    assert Label.objects.get(pk=world.label.pk).status == "in_progress"
    worker.let_go()
    editor.wait_for_another(world.label)
    assert Label.objects.get(pk=world.label.pk).status == "submitted"
    assert_cut(world.label)


def test_what_is_not_cut_when_the_page_is_left_is_kept(editor, world, worker):
    changes = "**/api/v1/labels/*/changes"
    editor.page.route(changes, lambda route: route.abort())
    draw(editor, worker)
    editor.page.goto("about:blank")
    assert drawn(world.label) == []
    editor.page.unroute(changes)
    editor.open(world.label)
    expect(editor.page.locator(".toasts")).to_contain_text("brought back")
    editor.wait_saved()
    assert_cut(world.label)


def test_without_a_worker_the_page_cuts_itself(editor, world, worker):
    draw(editor, worker)
    worker.let_go("abort")
    editor.wait_saved()
    assert_cut(world.label)
