"""A labeler skips an image in Chromium: from the editor, with a reason, on to the next."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from labeling.claiming import claim_next
from labeling.models import LabelStep
from s3label_site.testing import log_in, make_cast, make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def label(db):
    """Ann has begun one image of two."""
    ann = make_cast()["ann"]
    return claim_next(task=make_task(ann, images=2), labeler=ann)


def open_editor(page, live_server, label):
    log_in(page.context, live_server, label.labeler)
    page.goto(live_server.url + label.get_absolute_url())


def give_back(page, label):
    """With a reason; then the other image is open."""
    expect(page.get_by_label("Why?")).to_be_focused()
    page.keyboard.type("It is too dark.")
    page.get_by_role("button", name="Give it back, and go on").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert f"/label/{label.pk}/" not in page.url
    assert LabelStep.objects.get(label=label).comment == "It is too dark."


def by_palette(page):
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.type("skip")
    page.keyboard.press("Enter")


def by_button(page):
    page.get_by_role("banner").get_by_role("button", name="Skip or report this image").click()


def by_key(page):
    page.keyboard.press("Control+Shift+Enter")


def on_the_image(page):
    page.locator(".cover").get_by_role("button", name="Skip or report this image").click()


@pytest.mark.parametrize("way", [by_palette, by_button, by_key])
def test_an_image_is_skipped_from_the_editor(page, live_server, problems, label, way):
    open_editor(page, live_server, label)
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    expect(page.locator(".cover button")).to_have_count(0)
    way(page)
    give_back(page, label)
    assert problems == []


def test_an_image_that_comes_back_is_opened_by_trying_again(page, live_server, label):
    file = Path(label.image.path)
    file.rename(file.with_suffix(".away"))
    open_editor(page, live_server, label)
    expect(page.locator(".cover")).to_contain_text("The image file is missing")
    expect(page.locator(".panel .comment")).to_be_hidden()
    file.with_suffix(".away").rename(file)
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector(f'#editor[data-ready="{label.pk}"]')


@pytest.mark.parametrize("way", [by_palette, on_the_image])
def test_an_image_whose_file_is_missing_is_skipped_from_where_it_should_be(
    page, live_server, label, way
):
    Path(label.image.path).unlink()
    open_editor(page, live_server, label)
    expect(page.locator(".cover")).to_contain_text("The image file is missing")
    way(page)
    give_back(page, label)
