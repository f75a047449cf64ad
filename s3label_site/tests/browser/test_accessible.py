"""axe-core finds nothing serious on any page, light or dark, and none has to be scrolled sideways;
the theme is one choice for all."""

import json
import uuid

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import expect

from accounts.links import password_link
from datasets.models import FolderImport, FoundFile, ImageCheck
from labeling.exports.models import Export
from labeling.importing import Report
from labeling.imports.models import LabelImport
from labeling.models import (
    Assignment,
    Attribute,
    Label,
    LabelComment,
    LabelTask,
    PredictionSet,
    TaskExample,
)
from labeling.saving import save_changes
from labeling.steps import report, send_back, submit
from s3label_site.testing import log_in, make_cast, make_image, make_task
from s3label_site.tests.architecture import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = ROOT / "editor/node_modules/axe-core/axe.min.js"
# What the theme changes is looked at in both, all the rest in the light one.
ASK = """async (isDark) => {
  // Colours that are on their way are those of no theme.
  const changing = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(changing.map((one) => one.finished));
  const colors = { runOnly: ["color-contrast", "link-in-text-block"] };
  const options = { resultTypes: ["violations"], ...(isDark ? colors : {}) };
  const { violations } = await axe.run(document, options);
  const told = ({ html, failureSummary }) => [html, failureSummary];
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => [id, nodes.slice(0, 4).map(told)]);
}"""
THEMES = ("light", "dark")


@pytest.fixture
def page(browser):
    """The policy of our pages lets no script in from elsewhere; axe is let in for once.

    Without motion, or a colour would be looked at while it is changing.
    """
    context = browser.new_context(
        bypass_csp=True, reduced_motion="reduce", viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


def draw(label, rings):
    shape = {
        "class": label.task.classes.first().pk,
        "kind": "polygon",
        "geom": {"rings": [rings]},
        "z": 1,
        "attrs": {},
    }
    change = {"id": uuid.uuid4(), "base": None, "shape": shape}
    save_changes(label, author=label.labeler, op_id=uuid.uuid4(), changes=[change])
    label.refresh_from_db()


@pytest.fixture
def world():
    """Something of everything, so that every page has something to show."""
    people = make_cast()
    ann, rita = people["ann"], people["rita"]
    task = make_task(ann, images=5, description="Draw **every** [house](https://x.example).")
    first, second, third, bad, free = task.images().order_by("pk")
    labels = [
        Label.objects.create(task=task, image=image, labeler=ann, status="in_progress")
        for image in (first, second, third, bad)
    ]
    for label in labels[:3]:
        draw(label, [5, 5, 40, 5, 40, 30])
    with transaction.atomic():
        submit(labels[1], by=ann, rev=1)
        send_back(labels[1], by=rita, comment="Too loose.")
        submit(labels[2], by=ann, rev=1)
        report(labels[3], by=ann, reason="It is black.")
    for label in labels[:3]:
        LabelComment.objects.create(label=label, author=rita, words="Here", x=9, y=9)
        LabelComment.objects.create(label=label, author=ann, words="All of it?")
    example = make_image(first.dataset, "example.png")
    TaskExample.objects.create(task=task, image=example, title="Tight", verdict="good")
    TaskExample.objects.create(task=task, image=example, title="Loose", verdict="bad")
    job = FolderImport.objects.create(
        dataset=first.dataset, folder="/data", stage="found", status="done"
    )
    for state in ("new", "known", "unreadable"):
        FoundFile.objects.create(folder_import=job, path=f"/data/{state}.jpg", state=state)
    ImageCheck.objects.create(dataset=first.dataset, status="done", states={"ok": 1})
    Export.objects.create(label_task=task, format="json", status="failed")
    came = Report(items=3, images=2, shapes=5, added=4, new_classes=["Shed"])
    came.problem("a.json", "No image of this task is x.png.", 1)
    LabelImport.objects.create(
        label_task=task,
        format="coco",
        path="/data/a.json",
        status="done",
        n_added=4,
        report_text=json.dumps(came.as_dict()),
    )
    PredictionSet.objects.create(task=task, model="Roofs 1")
    asked = {"task": task, "is_required": True}
    kinds = (("choice", "sun\nrain"), ("choices", "car\ndog"), ("checkbox", ""), ("text", ""))
    for of in ("image", "shapes"):
        for kind, options in kinds:
            name = f"{kind} of {of}"
            Attribute.objects.create(name=name, kind=kind, options=options, applies_to=of, **asked)
    Group.objects.create(name="Reviewers")
    return people | {"task": task, "labels": labels}


def check(page, url):
    page.goto(url)
    # The admin names its controls in the frame after everything is loaded.
    for _ in range(3):
        page.evaluate("new Promise(requestAnimationFrame)")
    check_now(page, url)
    wide, view = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= view, f"{url}: {wide} pixels wide in a window of {view}"


def check_now(page, what):
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        found += [[theme, *problem] for problem in page.evaluate(ASK, theme == "dark")]
    page.emulate_media(color_scheme="light")
    assert found == [], f"{what}: {json.dumps(found, indent=1)}"


def problems_of(page, urls):
    """All at once, because each would hide those of the pages after it."""
    for url in urls:
        try:
            check(page, url)
        except AssertionError as problem:
            yield str(problem)


def test_pages_before_one_is_logged_in(page, live_server, world, rf):
    for name in ("accounts:login", "admin:login"):
        check(page, live_server.url + reverse(name))
    page.get_by_label("Password").fill("wrong")
    page.locator("[name=username]").fill("ann@example.org")
    page.get_by_label("Password").press("Enter")
    page.wait_for_load_state()
    check_now(page, "a refused login")
    link = password_link(world["ann"], rf.get("/", SERVER_NAME="localhost"))
    check(page, live_server.url + "/" + link.split("/", 3)[3])


def test_pages_of_labelers(page, live_server, world):
    log_in(page.context, live_server, world["ann"])
    label = world["labels"][0]
    urls = [
        *map(reverse, ("labeling:task_list", "labeling:my_labels", "accounts:tokens")),
        reverse("accounts:change_password"),
        reverse("labeling:task_labels", args=[world["task"].pk]),
        reverse("labeling:give_back", args=[label.pk]),
        reverse("api_page"),
        "/there/is/nothing/",
    ]
    for url in urls:
        check(page, live_server.url + url)
    page.goto(live_server.url + "/")
    page.locator(".account-menu summary").click()
    check_now(page, "the account menu")
    Assignment.objects.all().delete()
    check(page, live_server.url + "/")


def test_the_editor_with_everything_open(page, live_server, world):
    log_in(page.context, live_server, world["ann"])
    label = world["labels"][1]
    page.goto(live_server.url + label.get_absolute_url())
    page.wait_for_selector(f'#editor[data-ready="{label.pk}"]')
    check_now(page, "the editor")
    for key in ("Control+A", "i", "j"):
        page.keyboard.press(key)
    expect(page.get_by_role("region", name="Picture and shapes")).to_be_visible()
    for name in ("Tags and attributes of the image", "Attributes of the selected shapes"):
        expect(page.get_by_role("region", name=name)).to_be_visible()
    page.get_by_role("button", name="Answer").first.click()
    check_now(page, "the editor with its panels")
    page.locator(".stage").focus()
    page.keyboard.press("Shift+H")
    expect(page.locator(".events .event").nth(2)).to_be_visible()
    page.locator(".stage").focus()
    page.keyboard.press("Shift+PageDown")
    expect(page.locator(".past-bar")).to_be_visible()
    check_now(page, "the editor in the past")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+H")
    for key in ("?", "Control+K"):
        page.keyboard.press(key)
        check_now(page, f"the editor after {key}")
        page.keyboard.press("Escape")
    page.locator(".examples button").first.click()
    check_now(page, "an example")
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 820, "height": 1180})
    check_now(page, "the editor on a tablet")


def admin_pages():
    """The list, the form to add and the page of one row of every table; then our own."""
    yield reverse("admin:index")
    yield reverse("admin:password_change")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{{}}".format
        yield reverse(name("changelist"))
        yield reverse(name("add"))
        row = model._default_manager.last()
        if row is not None:
            yield reverse(name("change"), args=[row.pk])
            last = row
    # Django's own, alike for every table.
    for page in ("delete", "history"):
        yield reverse(
            f"admin:{last._meta.app_label}_{last._meta.model_name}_{page}", args=[last.pk]
        )
    yield reverse("admin:labeling_label_review")
    yield reverse("admin:labeling_labeltask_queue", args=[LabelTask.objects.last().pk])
    yield reverse("api_page")


def test_pages_of_the_admin(page, live_server, world):
    log_in(page.context, live_server, world["rita"])
    found = list(problems_of(page, [live_server.url + url for url in admin_pages()]))
    assert not found, "\n".join(found)


def test_one_choice_of_theme_is_for_all_pages(page, live_server, world):
    log_in(page.context, live_server, world["rita"])

    def is_dark():
        color = page.evaluate("getComputedStyle(document.querySelector('.panel, body')).color")
        return sum(map(int, color.removeprefix("rgb(").split(")")[0].split(",")[:3])) > 380

    page.goto(live_server.url + "/")
    was = is_dark()
    page.locator(".account-menu summary").click()
    page.get_by_label("Look of the pages").select_option("Light" if was else "Dark")
    assert is_dark() != was
    for url in (world["labels"][0].get_absolute_url(), reverse("admin:index"), "/"):
        page.goto(live_server.url + url)
        page.wait_for_selector(".panel, #content-main, h1")
        assert is_dark() != was, url
