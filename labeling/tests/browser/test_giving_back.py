"""A labeler skips an image in Chromium: from the editor, with a reason, on to the next."""

import pytest
from playwright.sync_api import expect

from labeling.claiming import claim_next
from labeling.models import LabelStep
from s3label_site.testing import log_in, make_cast, make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_image_is_skipped_from_the_editor(page, live_server, problems):
    ann = make_cast()["ann"]
    task = make_task(ann, images=2)
    label = claim_next(task=task, labeler=ann)
    log_in(page.context, live_server, ann)
    page.goto(live_server.url + label.get_absolute_url())
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.type("skip")
    page.keyboard.press("Enter")
    page.get_by_label("Why?").fill("It is too dark.")
    page.get_by_role("button", name="Give it back, and go on").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert f"/label/{label.pk}/" not in page.url
    assert LabelStep.objects.get(label=label).comment == "It is too dark."
    assert problems == []
