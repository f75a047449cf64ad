"""Staff review labels in Chromium: see the shapes, send back with a comment, approve."""

import io
import uuid
from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image as Picture
from playwright.sync_api import expect

from accounts.models import EditorSettings
from datasets.models import Dataset
from labeling.models import Label
from labeling.saving import save_changes
from labeling.steps import submit
from s3label_site.testing import log_in, make_cast, make_image, make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOUSE = {"rings": [[60, 60, 300, 80, 280, 300, 50, 280], [120, 130, 200, 130, 200, 200, 120, 200]]}
TREES = [
    ("ellipse", {"cx": 450, "cy": 150, "rx": 90, "ry": 50, "angle": 30}),
    ("rect", {"cx": 450, "cy": 360, "w": 120, "h": 80, "angle": 15}),
    ("points", {"points": [{"name": "", "x": 330, "y": 420, "visible": True}]}),
]


@pytest.fixture
def world():
    """Ann has submitted two labels with shapes of four kinds; Rita reviews."""
    people = make_cast()
    task = make_task(people["ann"], images=0)
    for name in ("one.png", "two.png"):
        image = make_image(Dataset.objects.get(), name, size=(640, 480))
        label = Label.objects.create(
            task=task, image=image, labeler=people["ann"], status="in_progress"
        )
        draw(label)
        submit(label, by=people["ann"], rev=1)
    return people | {"task": task, "labels": list(task.labels.order_by("pk"))}


def draw(label):
    house, tree = label.task.classes.all()
    shapes = [(house, "polygon", HOUSE), *((tree, kind, geom) for kind, geom in TREES)]
    changes = [
        {
            "id": uuid.uuid4(),
            "base": None,
            "shape": {"class": found.pk, "kind": kind, "geom": geom, "z": z, "attrs": {}},
        }
        for z, (found, kind, geom) in enumerate(shapes)
    ]
    save_changes(label, author=label.labeler, op_id=uuid.uuid4(), changes=changes)


@pytest.fixture
def as_rita(page, live_server, world):
    log_in(page.context, live_server, world["rita"])
    return page


def test_one_label_is_sent_back_and_the_next_approved(as_rita, live_server, world, problems):
    page, (first, second) = as_rita, world["labels"]
    page.goto(live_server.url + reverse("admin:labeling_label_changelist"))
    expect(page.locator('#result_list .preview canvas[data-painted="4"]')).to_have_count(2)
    page.get_by_role("link", name="Review 2 submitted").click()

    expect(page.locator("#shapes")).to_have_attribute("data-painted", "4")
    expect(page.get_by_role("heading", name="one.png")).to_be_visible()
    assert is_painted(page, 80, 100), "the house has its colour"
    assert not is_painted(page, 160, 160), "its hole does not"
    assert is_painted(page, 330, 420), "a point is a dot"

    page.keyboard.press("s")
    page.keyboard.type("The shed is missing.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Sent back: one.png by Ann.")).to_be_visible()
    first.refresh_from_db()
    assert (first.status, first.steps.last().comment) == ("sent_back", "The shed is missing.")

    expect(page.get_by_role("heading", name="two.png")).to_be_visible()
    page.wait_for_load_state()  # the keys belong to a script
    page.locator("#content h1").click()
    page.keyboard.press("a")
    expect(page.get_by_text("No other label waits for your review.")).to_be_visible()
    second.refresh_from_db()
    assert (second.status, second.approved_rev) == ("approved", 1)
    assert problems == []


def test_a_reviewer_decides_in_the_editor(as_rita, live_server, world, problems):
    page, (first, second) = as_rita, world["labels"]
    page.goto(live_server.url + first.get_absolute_url())
    page.wait_for_selector(f'#editor[data-ready="{first.pk}"]')
    expect(page.get_by_role("button", name="Complete")).to_be_hidden()
    page.get_by_role("button", name="Send back").click()
    window = page.get_by_role("dialog", name="Send back to Ann")
    page.keyboard.press("Control+Enter")
    expect(window).to_be_visible()
    page.keyboard.type("The shed is missing.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f'#editor[data-ready="{second.pk}"]')
    first.refresh_from_db()
    assert (first.status, first.steps.last().comment) == ("sent_back", "The shed is missing.")
    page.keyboard.press("Alt+Enter")
    expect(page.get_by_text("No other label of this task waits")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_be_hidden()
    second.refresh_from_db()
    assert (second.status, second.approved_rev) == ("approved", 1)
    assert problems == []


def test_what_cannot_be_seen_is_approved_only_by_who_means_it(as_rita, live_server, world):
    page, (first, second) = as_rita, world["labels"]
    notice = page.get_by_text("The image does not come")
    page.goto(live_server.url + reverse("admin:labeling_label_change", args=[second.pk]))
    expect(page.locator("#shapes")).to_have_attribute("data-painted", "4")
    expect(notice).to_be_hidden()
    Path(first.image.path).unlink()
    page.goto(live_server.url + reverse("admin:labeling_label_change", args=[first.pk]))
    expect(notice).to_be_visible()
    approve = page.get_by_role("button", name="Approve")
    approve.click()
    expect(approve).to_contain_text("without having seen it")
    assert Label.objects.get(pk=first.pk).status == "submitted"
    approve.click()
    expect(page.get_by_text("Approved: one.png by Ann.")).to_be_visible()


def is_painted(page, x, y):
    """Whether this pixel of the image looks different while the shapes are hidden."""
    with_shapes = pixel(page, x, y)
    page.keyboard.down("h")
    without = pixel(page, x, y)
    page.keyboard.up("h")
    return with_shapes != without


def pixel(page, x, y):
    """A screenshot of the few screen pixels about a point of the image."""
    left, top = place(page, x, y)
    clip = {"x": left - 1, "y": top - 1, "width": 2, "height": 2}
    return page.screenshot(clip=clip)


def test_classes_are_hidden_by_the_legend(as_rita, live_server, world, problems):
    page = as_rita
    page.goto(live_server.url + reverse("admin:labeling_label_review"))
    page.get_by_role("checkbox", name="Tree").uncheck()
    page.evaluate("scrollTo(0, 0)")
    wait_painted(page, 450, 360, False)
    wait_painted(page, 80, 100, True)
    page.get_by_role("checkbox", name="Tree").check()
    wait_painted(page, 450, 360, True)
    assert problems == []


def wait_painted(page, x, y, wanted):
    for _ in range(40):
        if is_painted(page, x, y) == wanted:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{x}, {y} is {'not ' if wanted else ''}painted.")


def test_shapes_look_as_in_the_editor_on_every_page(as_rita, live_server, world, problems):
    """Of one colour inside, with the filling that Rita chose for the editor."""
    page, label = as_rita, world["labels"][0]
    look = {"fill": 1, "stroke": 1.75, "color_by": "class", "labels": False, "answers": False}
    EditorSettings.keep(world["rita"], {"look": look})
    EditorSettings.keep(world["ann"], {"look": look})
    red = (230, 25, 75)
    page.goto(live_server.url + reverse("admin:labeling_label_change", args=[label.pk]))
    expect(page.locator("#shapes")).to_have_attribute("data-painted", "4")
    page.mouse.move(5, 5)
    wait_shown(page, red, lambda: place(page, 80, 100))
    page.keyboard.press("z")
    expect(page.locator("#picture")).to_have_css("width", "640px")
    wait_shown(page, red, lambda: place(page, 80, 100))
    # At the pointer stands what it is.
    before = color(page, 120, 100)
    page.mouse.move(*place(page, 90, 110))
    expect(page.locator("#shapes")).to_have_attribute("data-pointed", "House, 250 × 240 px")
    assert before == red and color(page, 120, 250) != red

    log_in(page.context, live_server, world["ann"])
    for url in (reverse("labeling:my_labels"), label.get_absolute_url()):
        page.goto(live_server.url + url)
        if url == label.get_absolute_url():
            page.wait_for_selector("#editor[data-ready]")
            box = page.locator(".stage").bounding_box()
            s, x, y = page.locator(".stage").evaluate("({dataset: d}) => [+d.scale, +d.x, +d.y]")
            at = (box["x"] + 80 * s + x, box["y"] + 100 * s + y)
        else:
            canvas = page.locator('.preview canvas[data-painted="4"]').first
            expect(canvas).to_be_visible()
            box = canvas.bounding_box()
            at = (box["x"] + box["width"] * 80 / 640, box["y"] + box["height"] * 100 / 480)
        wait_shown(page, red, lambda at=at: at)
    assert problems == []


def place(page, x, y):
    """Where a point of the image is on the screen."""
    box = page.locator("#picture").bounding_box()
    scale = min(box["width"] / 640, box["height"] / 480)
    left = box["x"] + (box["width"] - 640 * scale) / 2
    return left + x * scale, box["y"] + (box["height"] - 480 * scale) / 2 + y * scale


def shown(page, x, y):
    clip = {"x": round(x), "y": round(y), "width": 1, "height": 1}
    return Picture.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB").getpixel((0, 0))


def wait_shown(page, wanted, at):
    for _ in range(40):
        if shown(page, *at()) == wanted:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{shown(page, *at())} is shown on {page.url}.")


def color(page, x, y):
    return shown(page, *place(page, x, y))


def test_a_task_is_made_with_classes_and_people(as_rita, live_server, world, problems):
    page = as_rita
    page.goto(live_server.url + reverse("admin:labeling_labeltask_add"))
    page.get_by_label("Title").first.fill("Cars")
    page.get_by_label("Instructions").fill("Box every car.")
    page.get_by_label("Images of").select_option(label=world["task"].dataset_group.name)
    page.get_by_label("Type").select_option("bounding_boxes")
    expect(page.get_by_label("Polygon")).to_be_disabled()
    page.locator("#id_classes-0-name").fill("Car")
    page.get_by_text("Add another Class").click()
    page.locator("#id_classes-3-name").fill("Lorry")
    page.get_by_text("Add another Person").click()
    page.locator("#assignments-0 .select2-selection").click()
    page.keyboard.type("ben@")
    page.get_by_role("option", name="Ben").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    task = world["ben"].label_tasks.get()
    assert (task.title, task.tools) == ("Cars", ["rectangle", "rotated_rectangle"])
    colors = dict(task.classes.values_list("name", "color"))
    assert colors == {"Car": "#e6194b", "Lorry": "#aaffc3"}
    assert problems == []
