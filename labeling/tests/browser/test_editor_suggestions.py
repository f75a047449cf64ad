"""What models suggest: told apart on the image, and decided on by keys and by mouse."""

import pytest
from playwright.sync_api import expect

from labeling.models import Prediction, PredictionSet, Rejection, Shape
from labeling.shapes import to_json
from labeling.suggestions import outcomes_of
from labeling.tests.browser.editing import stored

pytestmark = pytest.mark.browser

BOXES = {0.9: (60, 60, 100, 90), 0.6: (200, 60, 260, 120), 0.3: (60, 180, 120, 240)}


@pytest.fixture
def suggested(world, editor):
    """A model suggests three houses on Ann's image, the surest on the left above."""
    of_model = PredictionSet.objects.create(task=world.task, model="Roofs 1")
    house = world.task.classes.get(name="House")
    for score, (x0, y0, x1, y1) in BOXES.items():
        Prediction.objects.create(
            set=of_model,
            image=world.images[0],
            label_class=house,
            kind="polygon",
            geometry=to_json({"rings": [[x0, y0, x1, y0, x1, y1, x0, y1]]}),
            score=score,
        )
    editor.open(world.label)
    return of_model


def waiting(page, number):
    expect(page.locator(".suggestions [data-waiting]")).to_have_attribute(
        "data-waiting", str(number)
    )


def corners(label):
    return [geometry["rings"][0][:2] for _, _, geometry in stored(label)]


def until(page, condition):
    for _ in range(100):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError("That never came true.")


def test_they_are_dashed_and_named_and_no_shapes_yet(editor, world, page, suggested):
    waiting(page, 3)
    assert editor.count == 0
    # The upper edge of the surest one, dash by dash: its colour, and between that none.
    row = [editor.color_at(x, 60) for x in range(64, 98)]
    reds = [red > 180 and green < 90 for red, green, _ in row]
    assert any(reds) and not all(reds)
    editor.press("z")
    expect(page.locator(".suggestions .current")).to_have_text(" House · 90 % · Roofs 1")


def test_by_keys_one_is_accepted_one_rejected_one_corrected(editor, world, page, suggested):
    editor.press("z", "y")
    waiting(page, 2)
    expect(page.locator(".suggestions .current")).to_contain_text("60 %")
    editor.press("d")
    waiting(page, 1)
    editor.press("Shift+Y")
    waiting(page, 0)
    editor.drag((60, 180), (50, 170))
    editor.wait_saved()
    until(page, lambda: Rejection.objects.count() == 1)
    assert corners(world.label) == [[60, 60], [50, 170]]
    assert Rejection.objects.get().prediction.score == 0.6
    assert outcomes_of(suggested) == {
        "suggested": 3,
        "accepted": 1,
        "corrected": 1,
        "rejected": 1,
    }
    editor.open(world.label)
    waiting(page, 0)
    assert editor.count == 2


def test_undo_takes_everything_back_also_after_a_reload(editor, world, page, suggested):
    editor.press("z", "y", "d")
    editor.wait_saved()
    until(page, lambda: Rejection.objects.count() == 1)
    editor.open(world.label)
    waiting(page, 1)
    editor.press("Control+z")
    waiting(page, 2)
    editor.press("Control+z")
    waiting(page, 3)
    editor.wait_saved()
    until(page, lambda: not Rejection.objects.exists())
    assert stored(world.label) == []
    # The server knows that shape as deleted; it is accepted again all the same.
    page.evaluate("indexedDB.deleteDatabase('s3label undo')")
    editor.open(world.label)
    editor.press("z", "y")
    editor.wait_saved()
    assert corners(world.label) == [[60, 60]]


def test_all_at_once_by_buttons(editor, world, page, suggested):
    page.get_by_role("button", name="Accept all").click()
    waiting(page, 0)
    editor.wait_saved()
    assert Shape.objects.current().count() == 3
    editor.press("Control+z")
    waiting(page, 3)
    page.get_by_role("button", name="Reject all").click()
    waiting(page, 0)
    until(page, lambda: Rejection.objects.count() == 3)
    expect(page.locator(".suggestions .current")).to_have_text("All are decided.")


def test_by_mouse_a_click_looks_and_a_double_click_accepts(editor, world, page, suggested):
    editor.use("select")
    editor.click(230, 90)
    expect(page.locator(".suggestions .current")).to_contain_text("60 %")
    editor.click(90, 210, click_count=2)
    waiting(page, 2)
    editor.wait_saved()
    assert corners(world.label) == [[60, 180]]


def test_while_the_server_is_away_a_rejection_waits_and_is_told_then(
    editor, world, page, suggested
):
    page.context.set_offline(True)
    editor.press("z", "d")
    waiting(page, 2)
    page.context.set_offline(False)
    until(page, lambda: Rejection.objects.count() == 1)


def test_only_those_of_one_model_or_sure_enough_are_shown_and_decided_on(
    editor, world, page, suggested
):
    other = PredictionSet.objects.create(task=world.task, model="Barns 2")
    Prediction.objects.create(
        set=other,
        image=world.images[0],
        label_class=world.task.classes.get(name="House"),
        kind="polygon",
        geometry=to_json({"rings": [[200, 180, 260, 180, 260, 240]]}),
        score=0.95,
    )
    editor.open(world.label)
    waiting(page, 4)
    page.get_by_label("Suggestions of this model").select_option("Roofs 1")
    waiting(page, 3)
    least = page.get_by_label("At least so sure")
    least.focus()
    for _ in range(10):
        least.press("ArrowRight")
    waiting(page, 2)
    expect(page.locator(".suggestions .count")).to_have_text("2 of 4")
    page.get_by_role("button", name="Accept all").click()
    waiting(page, 0)
    expect(page.get_by_text("None of these; the others are hidden.")).to_be_visible()
    editor.wait_saved()
    assert sorted(corners(world.label)) == [[60, 60], [200, 60]]
    least.fill("0")
    page.get_by_label("Suggestions of this model").select_option("All models")
    waiting(page, 2)
