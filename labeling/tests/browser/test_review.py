"""Staff review labels in Chromium: see the shapes, send back with a comment, approve."""

import uuid

import pytest
from django.urls import reverse
from playwright.sync_api import expect

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
    expect(page.locator("#result_list .preview path")).to_have_count(8)
    page.get_by_role("link", name="Review 2 submitted").click()

    shapes = page.locator("#shapes path")
    expect(shapes).to_have_count(4)
    expect(page.get_by_role("heading", name="one.png")).to_be_visible()
    assert is_painted(page, 80, 100), "the house has its colour"
    assert not is_painted(page, 160, 160), "its hole does not"
    assert is_painted(page, 330, 420), "a point is a dot"

    page.keyboard.press("s")
    page.keyboard.type("The shed is missing.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("one.png by Ann: sent back.")).to_be_visible()
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


def is_painted(page, x, y):
    """Whether this pixel of the image looks different while the shapes are hidden."""
    with_shapes = pixel(page, x, y)
    page.keyboard.down("h")
    without = pixel(page, x, y)
    page.keyboard.up("h")
    return with_shapes != without


def pixel(page, x, y):
    """A screenshot of the few screen pixels about a point of the image."""
    box = page.locator("#drawing").bounding_box()
    scale = min(box["width"] / 640, box["height"] / 480)
    left = box["x"] + (box["width"] - 640 * scale) / 2
    top = box["y"] + (box["height"] - 480 * scale) / 2
    clip = {"x": left + x * scale - 1, "y": top + y * scale - 1, "width": 2, "height": 2}
    return page.screenshot(clip=clip)


def test_classes_are_hidden_by_the_legend(as_rita, live_server, world, problems):
    page = as_rita
    page.goto(live_server.url + reverse("admin:labeling_label_review"))
    page.get_by_role("checkbox", name="Tree").uncheck()
    hidden = page.locator("#shapes .off path")
    expect(hidden).to_have_count(3)
    expect(hidden.first).to_be_hidden()
    page.get_by_role("checkbox", name="Tree").check()
    expect(hidden).to_have_count(0)
    assert problems == []


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
