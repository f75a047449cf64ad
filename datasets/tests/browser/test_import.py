"""Staff import a folder in Chromium: find, deselect three, look at one, upload."""

from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.urls import reverse
from playwright.sync_api import expect

from datasets.models import Dataset, FolderImport
from s3label_site.testing import log_in, make_cast, make_picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHOTOS = site_settings.BASE_DIR.parent / "shared" / "data" / "raccoon" / "images"
FILES = 120


@pytest.fixture
def folder():
    """120 pictures in two folders, one of them twice, and a file that is no picture."""
    folder = Path(site_settings.IMAGE_ROOTS[0]) / "import in a browser"
    for number in range(FILES):
        name = f"{'day' if number % 2 else 'night'}/{number:03d}.png"
        make_picture(folder / name, color=(number, 200 - number, 90))
    (folder / "same.png").write_bytes((folder / "night" / "118.png").read_bytes())
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    return folder


@pytest.fixture
def dataset():
    return Dataset.objects.create(site="Cape Town", sensor="hot air balloon camera")


@pytest.fixture
def url(live_server, dataset):
    return live_server.url + reverse("admin:datasets_dataset_import", args=[dataset.pk])


@pytest.fixture
def rita():
    return make_cast()["rita"]


def work():
    """What a worker does with the jobs that wait."""
    for job in FolderImport.objects.filter(status="queued"):
        job.run()


def choose(page, folder):
    """Open a folder of the picker; the page swaps its parts, so wait for the new ones."""
    page.get_by_role("link", name=folder.name, exact=True).click()
    expect(page.get_by_label("Folder", exact=True)).to_have_value(str(folder))


def find(page):
    page.get_by_role("button", name="Find images in folder recursively").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    work()
    expect(page.locator("#progress")).to_have_count(0)


def upload(page):
    page.get_by_role("button", name="Upload selected images").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    work()
    expect(page.locator("#progress")).to_have_count(0)


def untick(page, number):
    with page.expect_response("**/select/"):
        page.locator("input[name=chosen]").nth(number).uncheck()


def test_find_deselect_look_and_upload(page, live_server, problems, rita, dataset, folder):
    log_in(page.context, live_server, rita)
    page.goto(live_server.url + reverse("admin:datasets_dataset_changelist"))
    page.get_by_role("link", name="Import images").click()
    choose(page, folder)
    find(page)

    selection = page.locator("#selection")
    expect(selection).to_contain_text("120 of 120 selected")
    for number in range(3):
        untick(page, number)
    expect(selection).to_contain_text("117 of 120 selected")

    page.get_by_title(str(folder / "day" / "003.png")).click()
    look = page.locator("#look")
    expect(look.get_by_role("img")).to_have_js_property("naturalWidth", 64)
    page.keyboard.press("ArrowDown")
    expect(look).to_contain_text("005.png")
    expect(page.locator("tr[aria-current]")).to_contain_text("005.png")

    page.get_by_role("link", name="Unreadable 1").click()
    expect(page.locator(".found-files tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Show all files").click()
    expect(page.locator(".found-files tbody tr")).to_have_count(100)
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".found-files tbody tr")).to_have_count(FILES + 2 - 100)
    expect(page.locator("input[name=chosen]").first).to_be_checked()

    upload(page)
    expect(page.locator(".result")).to_contain_text("117 images imported. 3 not selected.")
    assert dataset.images.count() == 117
    assert problems == []


def test_many_files_are_selected_by_what_they_have_in_common(
    page, live_server, problems, rita, url, folder
):
    log_in(page.context, live_server, rita)
    page.goto(url)
    page.get_by_label("Folder", exact=True).fill(str(folder))
    find(page)
    bar, selection = page.locator(".select-bar"), page.locator("#selection")
    bar.get_by_role("button", name="all").last.click()
    expect(selection).to_contain_text("0 of 120 selected")
    expect(page.get_by_role("button", name="Upload selected images")).to_be_disabled()
    page.get_by_label("Search by path").fill("night/")
    page.keyboard.press("Enter")
    expect(page.locator(".below")).to_contain_text("60 files")
    bar.get_by_role("button", name="all that match").first.click()
    expect(selection).to_contain_text("60 of 120 selected")
    page.get_by_role("link", name="Show all files").click()
    expect(page.locator(".below")).to_contain_text("122 files")
    bar.get_by_role("button", name="this page").last.click()  # 39 of its files are in night/
    expect(selection).to_contain_text("21 of 120 selected")
    assert problems == []


def test_it_works_without_scripts(browser, live_server, rita, url, dataset, folder):
    context = browser.new_context(java_script_enabled=False)
    log_in(context, live_server, rita)
    page = context.new_page()
    page.goto(url)
    choose(page, folder)
    find(page)  # the page asks again by itself
    page.locator("input[name=chosen]").nth(0).uncheck()
    page.get_by_title(str(folder / "day" / "003.png")).click()
    expect(page.locator("#look img")).to_be_visible()
    page.locator("input[name=chosen]").nth(1).uncheck()
    upload(page)
    # The first tick was lost by going to another page without keeping it.
    expect(page.locator(".result")).to_contain_text("119 images imported. 1 not selected.")
    context.close()


def test_an_import_is_cancelled_and_goes_on(page, live_server, problems, rita, url, folder):
    log_in(page.context, live_server, rita)
    page.goto(url)
    page.get_by_label("Folder", exact=True).fill(str(folder))
    page.get_by_role("button", name="Find images in folder", exact=True).click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("This import was cancelled")).to_be_visible()
    page.get_by_role("button", name="Start again").click()
    work()
    expect(page.locator("#selection")).to_contain_text("1 of 1 selected")
    assert problems == []


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="the photos are not beside the repository")
def test_of_the_raccoon_photos_193_are_imported(page, live_server, settings, rita, dataset, url):
    settings.IMAGE_ROOTS = [str(PHOTOS.parent)]
    log_in(page.context, live_server, rita)
    page.goto(url)
    choose(page, PHOTOS)
    find(page)
    expect(page.locator(".chips")).to_contain_text("All 200")
    expect(page.locator(".chips")).to_contain_text("Duplicate 4")
    for number in range(3):
        untick(page, number)
    page.locator("a.look-at").nth(5).click()
    expect(page.locator("#look img")).to_be_visible()
    upload(page)
    expect(page.locator(".result")).to_contain_text("193 images imported.")
    assert dataset.images.count() == 193
