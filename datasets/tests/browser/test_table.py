"""Staff work in the table of found files in Chromium; the rows are written, not found."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from datasets.models import Dataset, FolderImport, FoundFile
from s3label_site.testing import log_in, make_cast, make_picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def job():
    """An import whose files are being found."""
    return FolderImport.objects.create(
        dataset=Dataset.objects.create(site="Cape Town", sensor="balloon"),
        folder="/data",
        stage="finding",
        status="running",
        started_at=timezone.now(),
    )


@pytest.fixture
def url(live_server, job):
    return live_server.url + reverse("admin:datasets_folderimport_change", args=[job.pk])


@pytest.fixture
def rita_at(page, live_server):
    def go(url):
        log_in(page.context, live_server, make_cast()["rita"])
        page.goto(url)

    return go


def found(job, *names, state="new"):
    FoundFile.objects.bulk_create(
        FoundFile(
            folder_import=job, path=f"/data/{name}", state=state, selected=state == "new", width=4,
            height=3, byte_size=1000,
        )
        for name in names
    )  # fmt: skip


def test_the_table_fills_while_files_are_found(page, problems, job, url, rita_at):
    rows, selection = page.locator("#rows tr[id]"), page.locator("#selection")
    rita_at(url)
    expect(page.get_by_text("Files appear here")).to_be_visible()
    found(job, "a.jpg", "b.jpg")
    expect(rows).to_have_count(2)
    expect(page.get_by_text("Files appear here")).to_be_hidden()

    # What one has done, typed and focused stays while more comes.
    with page.expect_response("**/select/"):
        rows.nth(0).get_by_role("checkbox").uncheck()
    expect(selection).to_contain_text("1 of 2 selected")
    page.get_by_label("Search by path").fill("half a wo")
    found(job, "c.jpg", "d.jpg")
    found(job, "e.jpg", state="duplicate")
    expect(rows).to_have_count(5)
    expect(selection).to_contain_text("3 of 4 selected")
    expect(rows.nth(0).get_by_role("checkbox")).not_to_be_checked()
    expect(page.get_by_label("Search by path")).to_be_focused()
    expect(page.get_by_label("Search by path")).to_have_value("half a wo")

    page.get_by_role("link", name="Duplicate 1").click()
    expect(rows).to_have_count(1)
    found(job, "f.jpg", state="duplicate")
    found(job, "g.jpg")
    expect(rows).to_have_count(2)  # the filter holds for what comes, too

    expect(page.get_by_role("button", name="Upload selected images")).to_be_disabled()
    FolderImport.objects.update(stage="found", status="done")
    expect(page.get_by_role("button", name="Upload selected images")).to_be_enabled()
    expect(page.get_by_text("Ready to upload")).to_be_visible()
    expect(page.locator("#progress")).to_have_count(0)
    expect(rows).to_have_count(2)
    assert problems == []


def test_a_second_page_appears_and_the_first_one_stays(page, problems, job, url, rita_at):
    found(job, *(f"{number:03d}.jpg" for number in range(99)))
    rows = page.locator("#rows tr[id]")
    rita_at(url)
    expect(rows).to_have_count(99)
    rows.nth(50).get_by_role("link").focus()
    found(job, "a.jpg", "b.jpg")
    expect(page.get_by_role("link", name="Next")).to_be_visible()
    expect(rows).to_have_count(100)
    expect(rows.nth(50).get_by_role("link")).to_be_focused()
    page.get_by_role("link", name="Next").click()
    expect(rows).to_have_count(1)
    found(job, "c.jpg")
    expect(rows).to_have_count(2)
    assert problems == []


def test_files_are_deselected_by_pattern_and_selected_one_by_one(page, problems, job, url, rita_at):
    found(job, *(f"{place}/{n:03d}.{end}" for place in ("day", "night", "night/raw")
                 for n in range(60) for end in ("jpg", "png")))  # fmt: skip
    FolderImport.objects.update(stage="found", status="done")
    rows, selection = page.locator("#rows tr[id]"), page.locator("#selection")
    bar = page.locator(".select-bar")
    rita_at(url)
    page.get_by_label("Search by path").fill("night/*.png")
    page.keyboard.press("Enter")
    expect(page.locator("#n-matching")).to_have_text("60 files")
    bar.get_by_role("button", name="all that match").last.click()
    expect(selection).to_contain_text("300 of 360 selected")
    with page.expect_response("**/select/"):
        rows.nth(7).get_by_role("checkbox").check()
    expect(selection).to_contain_text("301 of 360 selected")
    page.get_by_label("Search by path").fill("*.png")
    page.keyboard.press("Enter")
    expect(page.locator("#n-matching")).to_have_text("1–100 of 180 files")
    page.get_by_role("link", name="Last").click()
    expect(page.locator("#n-matching")).to_have_text("81–180 of 180 files")
    bar.get_by_role("button", name="this page").last.click()
    # Sixty of night/raw; the forty of night were deselected before.
    expect(selection).to_contain_text("241 of 360 selected")
    assert problems == []


def test_folders_are_opened_and_selected_as_a_whole(page, problems, job, url, rita_at):
    found(job, *(f"{place}/{n:03d}.jpg" for place in ("day", "night", "night/raw")
                 for n in range(30)))  # fmt: skip
    FolderImport.objects.update(stage="found", status="done")
    rows, selection = page.locator("#rows tr[id]"), page.locator("#selection")
    tree = page.get_by_role("navigation", name="Folders")
    rita_at(url)
    expect(tree.locator(".level li")).to_have_text(["day 30", "night 60"])
    tree.get_by_role("checkbox", name="Select night").press("Space")
    expect(selection).to_contain_text("30 of 90 selected")
    expect(tree.get_by_role("checkbox", name="Select night")).to_have_attribute(
        "aria-checked", "false"
    )
    expect(tree.get_by_role("checkbox", name="Select night")).to_be_focused()

    tree.get_by_role("link", name="night").click()
    expect(rows).to_have_count(60)
    expect(tree.locator("[aria-current]")).to_have_text("night")
    expect(tree.locator(".level li")).to_have_text(["raw 30"])
    page.get_by_role("link", name="raw").click()
    expect(rows).to_have_count(30)
    rows.nth(3).get_by_role("checkbox").check()
    expect(selection).to_contain_text("31 of 90 selected")
    tree.get_by_role("link", name="All folders").click()
    expect(rows).to_have_count(90)
    pick = tree.get_by_role("checkbox", name="Select night")
    expect(pick).to_have_attribute("aria-checked", "mixed")
    pick.click()
    expect(selection).to_contain_text("90 of 90 selected")

    # A single tick is seen by the tree, too.
    rows.nth(0).get_by_role("checkbox").uncheck()
    expect(tree.get_by_role("checkbox", name="Select day")).to_have_attribute(
        "aria-checked", "mixed"
    )
    page.get_by_role("link", name="New 90").click()
    expect(page.locator(".chip[aria-current]")).to_have_text("New 90")
    tree.get_by_role("checkbox", name="Select day").click()
    expect(selection).to_contain_text("90 of 90 selected")
    expect(page.locator(".chip[aria-current]")).to_have_text("New 90")  # the filter stays
    assert problems == []


def test_keys_go_through_the_pages_and_select(page, problems, job, url, rita_at):
    found(job, *(f"{number:03d}.jpg" for number in range(150)))
    FolderImport.objects.update(stage="found", status="done")
    look, rows = page.locator("#look"), page.locator("#rows tr[id]")
    rita_at(url)
    rows.nth(98).get_by_role("link").click()
    expect(look).to_contain_text("098.jpg")
    page.keyboard.press("ArrowDown")
    expect(look).to_contain_text("099.jpg")
    page.keyboard.press("ArrowDown")
    expect(look).to_contain_text("100.jpg")
    expect(rows).to_have_count(50)
    expect(page.locator("tr[aria-current]")).to_contain_text("100.jpg")
    with page.expect_response("**/select/"):
        page.keyboard.press("Space")
    expect(page.locator("#selection")).to_contain_text("149 of 150 selected")
    page.keyboard.press("ArrowUp")
    expect(look).to_contain_text("099.jpg")
    expect(rows).to_have_count(100)
    assert problems == []


def test_thumbnails_are_shown_of_files_that_are_not_imported(page, problems, job, url, rita_at):
    folder = Path(settings.IMAGE_ROOTS[0]) / "thumbnails in a browser"
    for number in range(6):
        data = make_picture(folder / f"{number}.png", color=(number, 40, 200))
        path = folder / f"{number}.png"
        FoundFile.objects.create(
            folder_import=job, path=str(path), state="new", selected=True, width=64, height=48,
            byte_size=len(data), mtime_ns=path.stat().st_mtime_ns, format="PNG",
            sha256=hashlib.sha256(data).hexdigest(),
        )  # fmt: skip
    FolderImport.objects.update(stage="found", status="done", folder=str(folder))
    rita_at(url)
    rows, look = page.locator("#rows tr[id]"), page.locator("#look")
    expect(rows).to_have_count(6)
    expect(rows.locator("img")).to_have_count(0)
    page.get_by_role("link", name="Thumbnails").click()
    for number in range(6):
        expect(rows.nth(number).locator("img")).to_have_js_property("naturalWidth", 64)
    rows.nth(0).get_by_role("link").click()
    expect(look).to_contain_text("0.png")
    page.keyboard.press("ArrowRight")
    expect(look).to_contain_text("1.png")
    with page.expect_response("**/select/"):
        rows.nth(2).get_by_role("checkbox").uncheck()
    expect(page.locator("#selection")).to_contain_text("5 of 6 selected")
    page.get_by_role("link", name="List").click()
    expect(rows.locator("img")).to_have_count(0)
    assert problems == []
