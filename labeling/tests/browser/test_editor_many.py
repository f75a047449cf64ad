"""With thousands of shapes the editor works in portions: none of them is lost or overtaken."""

import json

import pytest
from playwright.sync_api import expect

from labeling.models import Label, Shape
from labeling.tests.browser.editing import stored

pytestmark = pytest.mark.browser

CHANGES = "**/api/v1/labels/*/changes"
# Of eight corners each: several portions, several blocks of the journal, several operations.
COUNT = 2750
COLUMNS = 50
EMPTY = (330, 152)


def place(number):
    return 10 + 6 * (number % COLUMNS), 10 + 5 * (number // COLUMNS)


def ring(x, y):
    return [x, y, x + 2, y, x + 4, y, x + 4, y + 2, x + 4, y + 4, x + 2, y + 4, x, y + 4, x, y + 2]


@pytest.fixture
def many(editor, world):
    Label.objects.filter(pk=world.label.pk).update(rev=1, n_shapes=COUNT)
    house = world.task.classes.first()
    Shape.objects.bulk_create(
        Shape(label=world.label, rev_added=1, label_class=house, kind="polygon", z=z,
              geometry=json.dumps({"rings": [ring(*place(z - 1))]}, separators=(",", ":")))
        for z in range(1, COUNT + 1)
    )  # fmt: skip
    editor.page.reload()
    editor.wait_for(world.label)
    editor.press("v", "Control+a")
    expect(editor.page.locator(".actions h2")).to_have_text(f"Selected {COUNT}")
    return editor


def first_corners(label):
    return [tuple(geometry["rings"][0][:2]) for kind, _, geometry in stored(label)[:COUNT]]


def moved_by(label):
    """How far all of them have been moved, each as far as the others."""
    ways = {
        (round(x - place(number)[0], 2), round(y - place(number)[1], 2))
        for number, (x, y) in enumerate(first_corners(label))
    }
    assert len(ways) == 1
    return ways.pop()


def test_many_are_dragged_as_one_and_undone(many, world):
    before = many.color_at(*EMPTY)
    x, y = place(COUNT // 2 + 24)
    many.page.mouse.move(*many.on_screen(x + 2, y + 2))
    many.page.mouse.down()
    many.page.mouse.move(*many.on_screen(x + 62, y + 2), steps=5)
    # They are seen where they are dragged to, before they are there.
    many.wait_color(*EMPTY, lambda color: color != before)
    assert moved_by(world.label) == (0, 0)
    many.page.mouse.up()
    many.wait_saved()
    dx, dy = moved_by(world.label)
    assert (dx, dy) == (pytest.approx(60, abs=0.5), 0)
    many.wait_color(*EMPTY, lambda color: color != before)
    many.press("Control+z")
    expect(many.page.locator(".toasts")).to_contain_text("Undone: move")
    many.wait_saved()
    assert moved_by(world.label) == (0, 0)
    many.wait_color(*EMPTY, lambda color: color == before)


def test_what_is_drawn_while_many_are_moved_is_drawn_too(many, world):
    many.press("Control+ArrowRight", "r")
    many.drag((340, 20), (360, 40))
    many.press("Control+z", "Control+y")
    many.wait_saved()
    assert moved_by(world.label) == (1, 0)
    [(kind, _, _)] = stored(world.label)[COUNT:]
    assert kind == "rect"


def test_many_that_could_not_be_sent_are_brought_back(many, world):
    many.page.route(CHANGES, lambda route: route.abort())
    many.press("Control+ArrowRight", "Control+ArrowDown")
    expect(many.page.locator(".save-state")).to_contain_text(f"{COUNT} changes kept")
    many.press("Escape")
    many.use("rectangle")
    many.drag((340, 20), (360, 40))
    expect(many.page.locator(".save-state")).to_contain_text(f"{COUNT + 1} changes kept")
    many.page.goto("about:blank")
    assert moved_by(world.label) == (0, 0)
    many.page.unroute(CHANGES)
    many.open(world.label)
    expect(many.page.locator(".toasts")).to_contain_text("brought back")
    many.wait_saved()
    assert moved_by(world.label) == (1, 1)
    assert len(stored(world.label)) == COUNT + 1
    # Nothing of it is left in the browser.
    many.page.reload()
    many.wait_for(world.label)
    assert "brought back" not in many.toast()


def test_a_page_that_is_left_at_once_has_moved_all_of_them(many, world):
    many.press("Control+ArrowRight")
    many.page.goto("about:blank")
    many.open(world.label)
    many.wait_saved()
    assert moved_by(world.label) == (1, 0)


def test_an_image_is_submitted_when_all_of_them_are_moved(many, world):
    many.press("Control+ArrowRight", "Control+Enter")
    many.wait_for_another(world.label)
    assert Label.objects.get(pk=world.label.pk).status == "submitted"
    assert moved_by(world.label) == (1, 0)
