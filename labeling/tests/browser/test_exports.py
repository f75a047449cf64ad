"""Asking for an export in the admin: what is narrowed, by mouse and by keyboard."""

import pytest
from playwright.sync_api import expect

from labeling.models import Export
from s3label_site.testing import log_in, make_cast, make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def task(live_server, context, transactional_db):
    cast = make_cast()
    log_in(context, live_server, cast["rita"])
    return make_task(cast["ann"], cast["ben"])


def test_an_export_is_narrowed_in_the_admin(page, live_server, task, problems):
    page.goto(f"{live_server.url}/admin/labeling/export/add/")
    page.get_by_label("YOLO: boxes").check()
    more = page.locator("summary", has_text="More choices")
    more.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Split", exact=False).first.fill("80/30")
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    assert Export.objects.count() == 0
    assert problems == []


def test_the_action_on_tasks_narrows_too(page, live_server, task, problems):
    page.goto(f"{live_server.url}/admin/labeling/labeltask/")
    page.locator("#result_list tbody input[type=checkbox]").check()
    page.get_by_label("Action:").select_option("export_labels")
    page.get_by_role("button", name="Go", exact=True).click()
    page.get_by_label("COCO").check()
    page.get_by_text("More choices").click()
    page.get_by_label("With the images, in one zip file").check()
    page.get_by_label("Split:", exact=True).fill("80/10")
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_text("three shares that make 100")).to_be_visible()
    page.get_by_label("Split:", exact=True).fill("80/10/10")
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_text("Split 80/10/10")).to_be_visible()
    expect(page.get_by_text("With the images")).to_be_visible()
    assert Export.objects.get().chosen.images == "copy"
    assert problems == []
