"""What a closed tab left of one image is sent from whichever page its user opens next."""

import json
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from labeling.models import Label, LabelRevision, Shape
from labeling.saving import save_changes
from labeling.tests.browser.editing import EditorPage, stored
from s3label_site.tests.running import wait_until

pytestmark = pytest.mark.browser

CHANGES = "**/api/v1/labels/*/changes"


class Laptop:
    """One browser, in which one person at a time is logged in."""

    def __init__(self, context, url):
        self.context, self.url = context, url
        self.sent = []
        context.on("request", self._note)

    def _note(self, request):
        if request.url.endswith("/changes"):
            self.sent.append((request.frame.page.url, request.post_data_json["op_id"]))

    def log_in(self, person):
        self.context.clear_cookies()
        EditorPage(self.context.pages[0], self.url).log_in(person)

    def editor(self, label):
        editor = EditorPage(self.context.new_page(), self.url)
        # At another size the picture lies between pixels, and what is drawn half a pixel beside.
        editor.page.set_viewport_size({"width": 1280, "height": 800})
        editor.open(label)
        return editor

    def visit(self, address="labeling:task_list"):
        """A page that has tried to send what was left."""
        page = self.context.new_page()
        page.goto(self.url + reverse(address))
        page.locator("#kept[data-tried]").wait_for(state="attached")
        return page

    def offline(self):
        self.context.route(CHANGES, lambda route: route.abort())

    def online(self):
        self.context.unroute(CHANGES)


def draw(editor, *places):
    editor.use("rectangle")
    for x, y in places:
        editor.drag((x, y), (x + 30, y + 30))


def places(label):
    return [(round(geom["cx"]) - 15, round(geom["cy"]) - 15) for _, _, geom in stored(label)]


DRAWN = [(50, 50), (150, 50)]


def assert_saved_once(label):
    """By Ann, in order, and nothing was tried in vain; the first gesture may have gone alone."""
    revisions = list(LabelRevision.objects.filter(label=label).order_by("pk"))
    assert [one.rev for one in revisions] in ([1], [1, 2])
    assert {one.author.first_name for one in revisions} == {"Ann"}
    assert (places(label), Shape.objects.filter(label=label).count()) == (DRAWN, 2)
    return len(revisions)


@pytest.fixture
def laptop(world, context, live_server):
    context.set_default_timeout(30_000)
    laptop = Laptop(context, live_server.url)
    context.new_page()
    laptop.log_in(world.ann)
    return laptop


@pytest.fixture
def drawing(laptop, world):
    """Ann's tab, in which she has drawn offline."""
    laptop.offline()
    editor = laptop.editor(world.label)
    draw(editor, *DRAWN)
    expect(editor.page.locator(".save-state")).to_contain_text("2 changes kept")
    return editor


@pytest.fixture
def left(drawing, laptop, world):
    """The tab is closed, and the network is back."""
    drawing.page.close()
    laptop.online()
    laptop.sent.clear()
    assert places(world.label) == []


@pytest.mark.parametrize("address", ["labeling:task_list", "labeling:my_labels", "accounts:tokens"])
def test_any_page_sends_it_once(left, laptop, world, address):
    page = laptop.visit(address)
    expect(page.locator("#kept")).to_have_text("2 changes from your last visit are saved now.")
    count = assert_saved_once(world.label)
    assert laptop.visit(address).locator("#kept").inner_text() == ""
    assert laptop.editor(world.label).count == 2
    assert len(laptop.sent) == count


def test_the_editor_of_another_image_sends_it_once(left, laptop, world):
    other, _ = Label.objects.update_or_create(
        defaults={"labeler": world.ann, "status": "in_progress"},
        task=world.task,
        image=world.images[2],
        slot=0,
    )
    editor = laptop.editor(other)
    expect(editor.page.locator(".toasts")).to_contain_text("2 changes from your last visit")
    assert_saved_once(world.label)
    assert editor.count == 0
    assert places(other) == []


def test_what_got_no_answer_goes_again_as_the_same_operation(laptop, world):
    def lose_answer(route):
        route.fetch()
        route.abort()

    laptop.context.route(CHANGES, lose_answer)
    editor = laptop.editor(world.label)
    draw(editor, DRAWN[0])
    editor.wait_state("offline")
    draw(editor, DRAWN[1])
    expect(editor.page.locator(".save-state")).to_contain_text("2 changes kept")
    editor.page.close()
    laptop.online()
    operations = {operation for _, operation in laptop.sent}
    assert len(operations) == 1
    laptop.sent.clear()
    laptop.visit()
    assert [operation in operations for _, operation in laptop.sent] == [True, False]
    assert places(world.label) == DRAWN
    assert not LabelRevision.objects.filter(label=world.label, rev=None).exists()


def test_a_page_that_cannot_send_it_yet_sends_it_when_it_can(left, laptop, world):
    laptop.offline()
    page = laptop.visit()
    assert places(world.label) == []
    laptop.online()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#kept")).to_contain_text("saved now")
    count = assert_saved_once(world.label)
    assert len({operation for _, operation in laptop.sent}) == count


def test_another_user_of_the_browser_never_sends_it(left, laptop, world):
    # Ben could save it: staff gave him the image.
    Label.objects.filter(pk=world.label.pk).update(labeler=world.ben)
    laptop.log_in(world.ben)
    laptop.visit()
    laptop.editor(world.label)
    assert laptop.sent == []
    Label.objects.filter(pk=world.label.pk).update(labeler=world.ann)
    laptop.log_in(world.ann)
    laptop.visit()
    assert_saved_once(world.label)


def test_a_page_of_hers_sends_nothing_while_another_user_is_logged_in(left, laptop, world):
    laptop.offline()
    page = laptop.visit()
    Label.objects.filter(pk=world.label.pk).update(labeler=world.ben)
    laptop.log_in(world.ben)
    laptop.online()
    laptop.sent.clear()
    with page.expect_response("**/api/v1/me") as answer:
        page.evaluate("window.dispatchEvent(new Event('online'))")
    assert answer.value.json()["email"] == "ben@example.org"
    Label.objects.filter(pk=world.label.pk).update(labeler=world.ann)
    laptop.log_in(world.ann)
    page.reload()
    expect(page.locator("#kept")).to_contain_text("saved now")
    assert len(laptop.sent) == assert_saved_once(world.label)


def test_a_tab_that_is_alive_sends_its_own(drawing, laptop, world):
    page = laptop.visit()
    laptop.online()
    laptop.sent.clear()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.reload()
    page.locator("#kept[data-tried]").wait_for(state="attached")
    assert (laptop.sent, places(world.label)) == ([], [])
    drawing.page.evaluate("window.dispatchEvent(new Event('online'))")
    drawing.wait_saved()
    assert_saved_once(world.label)
    assert {url for url, _ in laptop.sent} == {drawing.page.url}


def test_opening_the_image_and_another_page_at_once_doubles_nothing(left, laptop, world):
    pages = [laptop.context.new_page() for _ in range(3)]
    editor = EditorPage(pages[1], laptop.url)
    addresses = [reverse("labeling:task_list"), world.label.get_absolute_url()]
    for page, address in zip(pages, [*addresses, addresses[0]], strict=True):
        page.goto(laptop.url + address, wait_until="commit")
    editor.wait_for(world.label)
    expect(editor.page.locator("[data-shape-count]")).to_have_attribute("data-shape-count", "2")
    editor.wait_saved()
    wait_until(lambda: places(world.label) == DRAWN, "it is stored")
    assert len(laptop.sent) == assert_saved_once(world.label)


def test_an_open_tab_of_the_image_shows_what_another_page_sends_of_it(drawing, laptop, world):
    # Two tabs: one is closed with what it has, the other stays open and has nothing.
    editor = laptop.editor(world.label)
    drawing.page.close()
    laptop.online()
    laptop.visit()
    expect(editor.page.locator("[data-shape-count]")).to_have_attribute("data-shape-count", "2")
    draw(editor, (250, 50))
    editor.wait_saved()
    assert places(world.label) == [*DRAWN, (250, 50)]
    assert not LabelRevision.objects.filter(label=world.label, rev=None).exists()


def test_what_is_refused_for_good_stays_kept_and_is_told_with_a_link(left, laptop, world):
    Label.objects.filter(pk=world.label.pk).update(status="submitted")
    page = laptop.visit()
    told = page.locator("#kept .alert")
    expect(told).to_contain_text(f"What you drew on {world.images[0].name} is kept in this browser")
    expect(told).to_contain_text("The label is submitted.")
    told.get_by_role("link", name="Open it").click()
    EditorPage(page, laptop.url).wait_for(world.label)
    assert places(world.label) == []
    page.close()
    # Staff take it away: there is nothing to open.
    Label.objects.filter(pk=world.label.pk).update(status="in_progress", labeler=world.ben)
    told = laptop.visit().locator("#kept .alert")
    expect(told).to_contain_text("not yours any more")
    assert told.get_by_role("link").count() == 0
    Label.objects.filter(pk=world.label.pk).update(labeler=world.ann)
    laptop.visit()
    assert_saved_once(world.label)


def test_a_class_that_was_archived_keeps_only_its_own_shapes(laptop, world):
    laptop.offline()
    editor = laptop.editor(world.label)
    editor.press("2")
    draw(editor, DRAWN[0])
    editor.press("1")
    draw(editor, DRAWN[1])
    expect(editor.page.locator(".save-state")).to_contain_text("2 changes kept")
    editor.page.close()
    laptop.online()
    world.task.classes.filter(name="Tree").update(is_archived=True)
    told = laptop.visit().locator("#kept .alert-warning")
    expect(told).to_contain_text("The class Tree is archived")
    assert places(world.label) == [DRAWN[1]]
    laptop.sent.clear()
    expect(laptop.visit().locator("#kept .alert-warning")).to_contain_text("archived")
    assert laptop.sent == []
    editor = laptop.editor(world.label)
    editor.wait_state("refused")
    assert editor.count == 2


def test_a_shape_that_was_changed_elsewhere_too_waits_for_a_choice(laptop, world):
    editor = laptop.editor(world.label)
    draw(editor, DRAWN[0])
    editor.wait_saved()
    laptop.offline()
    editor.use("select")
    editor.drag((65, 65), (65, 165))
    editor.wait_state("offline")
    editor.page.close()
    laptop.online()
    shape = Shape.objects.get(label=world.label)
    state = {"class": shape.label_class_id, "kind": shape.kind, "z": shape.z, "attrs": {}}
    state["geom"] = json.loads(shape.geometry) | {"cx": 265}
    there = {"id": shape.uid, "base": 1, "shape": state}
    save_changes(world.label, author=world.ann, op_id=uuid4(), changes=[there])
    for _ in range(2):
        told = laptop.visit().locator("#kept .alert")
        expect(told).to_contain_text("changed elsewhere")
    # It was asked once.
    assert LabelRevision.objects.filter(label=world.label, rev=None).count() == 1
    assert places(world.label) == [(250, 50)]
    editor = laptop.editor(world.label)
    expect(editor.page.locator("dialog.versions")).to_be_visible()
