"""The admin in Chromium: no page breaks the content security policy, in light or dark."""

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import expect

from datasets.models import FolderImport, FoundFile
from labeling.models import Label
from s3label_site.testing import log_in, make_cast, make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people():
    """The cast, with a task, a label and an import, so that pages have something to show."""
    people = make_cast()
    task = make_task(people["ann"])
    image = task.images().first()
    Label.objects.create(task=task, image=image, labeler=people["ann"], status="in_progress")
    job = FolderImport.objects.create(dataset=image.dataset, folder="/data", stage="found")
    FoundFile.objects.create(folder_import=job, path="/data/a.jpg", state="new", selected=True)
    return people


def admin_pages():
    """The list, the form to add and the page of one row of every table of the admin."""
    yield reverse("admin:index")
    yield reverse("admin:password_change")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{{}}".format
        yield reverse(name("changelist"))
        yield reverse(name("add"))
        row = model._default_manager.first()
        for page in ("change", "delete", "history"):
            if row is not None:
                yield reverse(name(page), args=[row.pk])


def test_no_page_breaks_the_content_security_policy(page, live_server, problems, people):
    log_in(page.context, live_server, people["rita"])
    for url in admin_pages():
        page.goto(live_server.url + url)
        # Pages that staff cannot open (nobody adds images) say so with a status of their own.
        found = [text for text in problems if "status of 403" not in text]
        assert found == [], url
        problems.clear()


def test_datasets_are_chosen_by_typing(page, live_server, problems, people):
    log_in(page.context, live_server, people["rita"])
    page.goto(live_server.url + reverse("admin:datasets_datasetgroup_add"))
    page.get_by_label("Name:").fill("Everything")
    page.locator(".select2-selection").first.click()
    page.locator(".select2-search__field").fill("test cam")
    page.get_by_role("option", name="Test site · Test camera").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    assert problems == []


def test_the_theme_is_switched(page, live_server, problems, people):
    log_in(page.context, live_server, people["rita"])
    page.emulate_media(color_scheme="light")
    page.goto(live_server.url + reverse("admin:index"))
    body = page.locator("body")
    light = body.evaluate("element => getComputedStyle(element).backgroundColor")
    page.locator("button.theme-toggle").click()  # auto, light or dark: one of two clicks is dark
    if body.evaluate("element => getComputedStyle(element).backgroundColor") == light:
        page.locator("button.theme-toggle").click()
    expect(body).not_to_have_css("background-color", light)
    assert problems == []
