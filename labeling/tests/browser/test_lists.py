"""The list of a labeler's own labels in Chromium: what comes later is drawn too."""

import uuid

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from labeling.listing import PAGE
from labeling.models import Label
from labeling.saving import save_changes
from s3label_site.testing import log_in, make_cast, make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_shapes_are_drawn_on_what_show_more_brings(page, live_server, problems):
    ann = make_cast()["ann"]
    task = make_task(ann, images=PAGE + 2)
    geom = {"rings": [[5, 5, 50, 5, 50, 40]]}
    shape = {"class": task.classes.first().pk, "kind": "polygon", "geom": geom, "z": 1, "attrs": {}}
    for image in task.images():
        label = Label.objects.create(task=task, image=image, labeler=ann, status="in_progress")
        change = {"id": uuid.uuid4(), "base": None, "shape": shape}
        save_changes(label, author=ann, op_id=uuid.uuid4(), changes=[change])
    log_in(page.context, live_server, ann)
    page.goto(live_server.url + reverse("labeling:my_labels"))
    painted = page.locator('.preview canvas[data-painted="1"]')
    expect(painted).to_have_count(PAGE)
    page.get_by_role("link", name="Show more").click()
    expect(painted).to_have_count(PAGE + 2)
    inside = "(canvas) => canvas.getContext('2d').getImageData(canvas.width / 2, 40, 1, 1).data[3]"
    assert painted.last.evaluate(inside) > 0
    assert problems == []
