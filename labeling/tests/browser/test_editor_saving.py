"""What Saved means: bad networks, closed browsers, two windows, steps and refusals."""

import pytest
from playwright.sync_api import expect

from labeling import steps
from labeling.models import Assignment, Label, LabelRevision
from labeling.tests.browser.editing import EditorPage, revision, stored

pytestmark = pytest.mark.browser

CHANGES = "**/api/v1/labels/*/changes"


def draw(editor, x=50, y=50):
    editor.use("rectangle")
    editor.drag((x, y), (x + 60, y + 60))


def second_window(editor, live_server, label):
    window = EditorPage(editor.page.context.new_page(), live_server.url)
    window.page.set_default_timeout(30_000)
    window.open(label)
    return window


def test_offline_is_said_and_sent_when_the_network_is_back(editor, world):
    editor.page.route(CHANGES, lambda route: route.abort())
    draw(editor)
    draw(editor, 150)
    editor.wait_state("offline")
    assert "Offline, 2 changes kept" in editor.page.locator(".save-state").inner_text()
    assert stored(world.label) == []
    editor.page.unroute(CHANGES)
    editor.page.evaluate("window.dispatchEvent(new Event('online'))")
    editor.wait_saved()
    assert len(stored(world.label)) == 2


def test_a_lost_answer_is_asked_for_again_and_nothing_is_doubled(editor, world):
    def lose_answer(route):
        route.fetch()
        route.abort()

    editor.page.route(CHANGES, lose_answer, times=1)
    draw(editor)
    editor.wait_state("offline")
    editor.wait_saved()
    assert len(stored(world.label)) == 1
    assert LabelRevision.objects.filter(label=world.label).count() == 1


def test_what_was_not_sent_is_there_again_after_the_browser_was_closed(editor, world, live_server):
    editor.page.route(CHANGES, lambda route: route.abort())
    draw(editor)
    editor.wait_state("offline")
    again = second_window(editor, live_server, world.label)
    # The first window is alive and keeps what is its own.
    assert again.count == 0
    editor.page.close()
    again.page.reload()
    again.wait_for(world.label)
    again.wait_saved()
    assert again.count == 1
    assert len(stored(world.label)) == 1
    assert again.problems == []


def test_a_refused_shape_says_so_and_stops_no_other(editor, world):
    world.task.classes.filter(name="Tree").update(is_archived=True)
    editor.press("2")
    draw(editor)
    editor.wait_state("refused")
    assert "archived" in editor.page.locator(".save-state").inner_text()
    editor.press("1")
    draw(editor, 200)
    editor.page.wait_for_timeout(1500)
    assert [name for _, name, _ in stored(world.label)] == ["House"]
    editor.press("Control+Enter")
    assert Label.objects.get(pk=world.label.pk).status == "in_progress"


def test_an_open_editor_learns_that_a_class_was_archived(editor, world):
    editor.press("2")
    draw(editor)
    editor.wait_saved()
    world.task.classes.filter(name="Tree").update(is_archived=True)
    # As when one comes back to the page; else it looks once a minute.
    editor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(editor.page.locator(".toasts")).to_contain_text("The class Tree is archived")
    expect(editor.page.locator(".panel")).to_contain_text("Tree (archived)")
    draw(editor, 200)
    editor.wait_saved()
    assert [name for _, name, _ in stored(world.label)] == ["Tree", "House"]


def test_who_was_logged_out_goes_on_after_logging_in(editor, world):
    cookies = editor.page.context.cookies()
    editor.page.context.clear_cookies(name="sessionid")
    draw(editor)
    editor.wait_state("login")
    link = editor.page.locator(".save-state a")
    assert link.get_attribute("target") == "_blank"
    editor.page.context.add_cookies(cookies)
    editor.wait_saved()
    assert len(stored(world.label)) == 1


def test_an_ended_assignment_stops_drawing_and_keeps_what_was_drawn(editor, world):
    Assignment.objects.filter(user=world.ann).update(is_active=False)
    draw(editor)
    editor.wait_state("stopped")
    assert "given back" in editor.page.locator(".save-state").inner_text()
    editor.drag((200, 200), (260, 260))
    assert editor.count == 1
    assert stored(world.label) == []


def test_complete_submits_what_is_drawn_and_opens_the_next_image(editor, world):
    draw(editor)
    editor.press("Control+Enter")
    editor.wait_for_another(world.label)
    label = Label.objects.get(pk=world.label.pk)
    assert (label.status, label.n_shapes) == ("submitted", 1)
    assert editor.count == 0
    editor.press("ArrowLeft")
    editor.wait_for(world.label)
    assert "Submitted" in editor.page.locator("header.bar").inner_text()
    editor.press("r")
    editor.drag((200, 200), (260, 260))
    assert editor.count == 1
    assert "reopen it" in editor.toast()
    editor.page.click('[data-command="reopen"]')
    editor.page.wait_for_selector('[data-command="complete"]:visible')
    draw(editor, 200)
    editor.wait_saved()
    assert len(stored(world.label)) == 2


def test_the_next_image_is_there_before_it_is_asked_for(editor, world):
    asked = []
    editor.page.on("request", lambda request: asked.append(request.url))
    with editor.page.expect_response("**/images/*/file"):
        draw(editor)
    ahead = Label.objects.exclude(pk=world.label.pk).get(labeler=world.ann)
    editor.press("Control+Enter")
    assert editor.wait_for_another(world.label) == ahead
    place = f"/images/{ahead.image_id}/file"
    assert len([url for url in asked if url.endswith(place)]) == 1
    # Nor is its state asked for again: submitting says that it is as it was.
    assert len([url for url in asked if url.endswith(f"/labels/{ahead.pk}")]) == 1
    assert editor.page.url.endswith(ahead.get_absolute_url())


def test_images_follow_each_other_without_a_reload_and_back_goes_back(editor, world):
    editor.page.evaluate("window.isSamePage = true")
    draw(editor)
    editor.press("ArrowRight")
    second = editor.wait_for_another(world.label)
    assert editor.page.url.endswith(second.get_absolute_url())
    assert len(stored(world.label)) == 1
    editor.use("polygon")
    editor.page.go_back()
    editor.wait_for(world.label)
    assert editor.count == 1
    chosen = editor.page.locator('[data-command^="tool-"][aria-pressed="true"]')
    assert chosen.get_attribute("data-command") == "tool-polygon"
    editor.page.go_forward()
    editor.wait_for(second)
    assert editor.page.evaluate("window.isSamePage")
    assert stored(second) == []


def test_the_last_image_says_that_there_is_no_other(editor, world):
    label = world.label
    for _ in range(2):
        editor.press("Control+Enter")
        label = editor.wait_for_another(label)
    editor.press("Control+Enter")
    editor.page.wait_for_selector(".toast-line")
    assert "Every image of this task is taken" in editor.toast()
    assert Label.objects.filter(labeler=world.ann, status="submitted").count() == 3


def test_what_the_reviewer_said_is_beside_the_image(editor, world):
    draw(editor)
    editor.wait_saved()
    label = Label.objects.get(pk=world.label.pk)
    steps.submit(label, by=world.ann, rev=label.rev)
    steps.send_back(label, by=world.rita, comment="The <b>shed</b> is missing.")
    editor.page.reload()
    editor.wait_for(world.label)
    assert "The <b>shed</b> is missing." in editor.page.locator(".comment").inner_text()
    draw(editor, 200)
    editor.wait_saved()
    assert revision(world.label) == label.rev + 1


def test_staff_see_it_and_cannot_draw(world, page, live_server):
    page.set_default_timeout(30_000)
    editor = EditorPage(page, live_server.url)
    editor.log_in(world.rita)
    editor.open(world.label)
    assert not page.locator('[data-command="complete"]').is_visible()
    assert page.locator('[data-command="tool-rectangle"]').is_disabled()
    editor.press("r")
    editor.drag((50, 50), (120, 120))
    assert editor.count == 0
    assert editor.problems == []


def test_a_slow_image_never_shows_under_the_labels_of_another(editor, world):
    """H39 and H40 of the original: switching fast saved the shapes of one image on another."""
    draw(editor)
    editor.wait_saved()
    editor.press("ArrowRight")
    second = editor.wait_for_another(world.label)
    held = []
    editor.page.route(f"**/api/v1/labels/{world.label.pk}", lambda route: held.append(route))
    sent = []
    editor.page.on("request", lambda request: sent.append(request.url))
    editor.page.go_back()
    editor.page.wait_for_selector(".cover:visible")
    editor.drag((200, 200), (260, 260))
    editor.page.go_forward()
    editor.wait_for(second)
    for route in held:
        route.continue_()
    editor.page.wait_for_timeout(500)
    assert editor.page.locator("#editor").get_attribute("data-ready") == str(second.pk)
    assert not [url for url in sent if url.endswith("/changes")]
    assert (len(stored(world.label)), len(stored(second))) == (1, 0)


def test_a_picture_whose_storage_does_not_answer_comes_when_it_does(editor, world):
    answers = [503, 503]

    def answer(route):
        if answers:
            return route.fulfill(status=answers.pop(), headers={"Retry-After": "1"}, body="away")
        return route.continue_()

    editor.page.route("**/images/*/file", answer)
    editor.page.reload()
    expect(editor.page.locator(".cover")).to_contain_text("storage of this image does not answer")
    editor.wait_for(world.label)
    assert answers == []
    draw(editor)
    editor.wait_saved()
