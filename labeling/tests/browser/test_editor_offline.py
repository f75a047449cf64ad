"""T-OFFLINE: what was drawn without a network comes back, once each and in order, whatever ends."""

import contextlib
import os
import signal

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Error, expect

from labeling.comments import LabelComment
from labeling.models import Label, LabelRevision, Shape
from labeling.tests.browser.editing import EditorPage, revision, stored
from labeling.tests.history import check
from labeling.tests.history import stored as history
from s3label_site.tests.running import processes, wait_until

pytestmark = pytest.mark.browser

CHANGES = "**/api/v1/labels/*/changes"


class Browser:
    """A Chromium with a profile of its own, which can be killed and started again."""

    def __init__(self, browser_type, arguments, folder, url):
        self.browser_type, self.arguments = browser_type, arguments
        self.folder, self.url = str(folder), url
        self.context = None

    def start(self):
        self.context = self.browser_type.launch_persistent_context(
            self.folder, viewport={"width": 1280, "height": 800}, **self.arguments
        )
        self.context.set_default_timeout(30_000)

    def editor(self):
        return EditorPage(self.context.new_page(), self.url)

    def _processes(self):
        return [pid for pid, (_, command) in processes().items() if self.folder in command]

    def kill(self):
        """All processes of the browser at once, with SIGKILL."""
        for pid in self._processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not self._processes(), "the browser is dead")
        with contextlib.suppress(Error):
            self.context.close()


@pytest.fixture
def laptop(world, browser_type, browser_type_launch_args, tmp_path, live_server):
    """Ann's own browser, in which she is logged in."""
    laptop = Browser(browser_type, browser_type_launch_args, tmp_path / "profile", live_server.url)
    laptop.start()
    yield laptop
    laptop.context.close()


def opened(laptop, person, label):
    editor = laptop.editor()
    editor.log_in(person)
    editor.open(label)
    return editor


def draw(editor, *places):
    editor.use("rectangle")
    for x, y in places:
        editor.drag((x, y), (x + 30, y + 30))


def in_order(label):
    """Middles of the shapes in the order in which they were drawn; each is there once."""
    shapes = stored(label)
    return [(round(geom["cx"]) - 15, round(geom["cy"]) - 15) for _, _, geom in shapes]


def test_what_stands_around_the_image_needs_no_network_once_the_page_is_open(editor, world):
    page = editor.page
    page.context.set_offline(True)
    editor.press("Shift+t")
    page.keyboard.type("Is this a house?")
    editor.press("Control+Enter")
    expect(page.locator(".toast-line.warning")).to_contain_text("kept here")
    editor.press("Escape", "?")
    expect(page.locator("dialog.sheet")).to_be_visible()
    editor.press("Escape")
    page.context.set_offline(False)
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".thread")).to_contain_text("Is this a house?")
    assert [comment.words for comment in LabelComment.objects.all()] == ["Is this a house?"]


def test_a_killed_browser_brings_back_every_gesture(laptop, world, is_long):
    places = [(40 + 50 * (n % 6), 40 + 50 * (n // 6)) for n in range(24)]
    kills = 10 if is_long else 2
    for n in range(kills):
        editor = opened(laptop, world.ann, world.label)
        laptop.context.route(CHANGES, lambda route: route.abort())
        drawn = places[n * 2 : n * 2 + 2]
        draw(editor, *drawn)
        editor.wait_state("offline")
        laptop.kill()
        laptop.start()
        assert len(stored(world.label)) == 2 * n
        editor = opened(laptop, world.ann, world.label)
        editor.wait_saved()
        assert editor.count == 2 * n + 2
        assert in_order(world.label) == places[: 2 * n + 2]
        editor.page.close()
    # Nothing came twice: a revision is made of what one visit left, at most one for each gesture.
    assert Shape.objects.filter(label=world.label).count() == 2 * kills
    assert LabelRevision.objects.filter(label=world.label, rev=None).count() == 0


def test_a_killed_browser_brings_back_what_is_half_drawn(laptop, world):
    editor = opened(laptop, world.ann, world.label)
    editor.use("rotated_rectangle")
    editor.drag((200, 50), (300, 50))
    editor.use("polyline")
    for corner in ((50, 50), (100, 50), (100, 100)):
        editor.click(*corner)
    expect(editor.page.locator(".hint")).to_contain_text("Double-click")
    editor.wait_kept()
    laptop.kill()
    laptop.start()
    editor = opened(laptop, world.ann, world.label)
    expect(editor.page.locator(".toasts")).to_contain_text("What you had begun to draw is back")
    editor.press("Enter")
    editor.use("rotated_rectangle")
    editor.click(250, 90)
    editor.wait_saved()
    line, rect = stored(world.label)
    assert [round(value) for value in line[2]["points"]] == [50, 50, 100, 50, 100, 100]
    assert [round(rect[2][name]) for name in ("cx", "cy", "w", "h")] == [250, 70, 100, 40]


def test_an_hour_offline_comes_back_whole_and_in_order(laptop, world, is_long):
    """Then the browser is killed, and begins the next hour; at the end the session is over."""
    gestures, lives = (500, 4) if is_long else (12, 2)
    places = [(10 + 14 * (n % 27), 10 + 14 * (n // 27)) for n in range(gestures)]
    part = gestures // lives
    for start in range(0, gestures, part):
        if start:
            laptop.kill()
            laptop.start()
        editor = laptop.editor()
        editor.page.clock.install()
        editor.log_in(world.ann)
        editor.open(world.label)
        editor.wait_saved()
        assert editor.count == start
        laptop.context.route(CHANGES, lambda route: route.abort())
        editor.use("rectangle")
        for x, y in places[start : start + part]:
            editor.drag((x, y), (x + 8, y + 8), steps=2)
            editor.page.clock.run_for(3_600_000 // part)
        expect(editor.page.locator(".save-state")).to_contain_text(f"Offline, {part} changes kept")
    Session.objects.all().delete()
    laptop.context.unroute(CHANGES)
    editor.page.clock.run_for(60_000)
    editor.wait_state("login")
    editor.log_in(world.ann)
    editor.page.clock.run_for(60_000)
    editor.wait_saved()
    middles = [(round(geom["cx"]) - 4, round(geom["cy"]) - 4) for _, _, geom in stored(world.label)]
    assert middles == places
    assert Shape.objects.filter(label=world.label).count() == gestures
    assert check([], history()) == []


def test_another_user_of_the_browser_neither_sees_nor_sends_what_is_kept(laptop, world):
    editor = opened(laptop, world.ann, world.label)
    laptop.context.route(CHANGES, lambda route: route.abort())
    draw(editor, (50, 50))
    editor.wait_state("offline")
    editor.use("polygon")
    for corner in ((250, 50), (350, 50), (350, 150)):
        editor.click(*corner)
    expect(editor.page.locator(".hint")).to_contain_text("Click the first corner")
    editor.wait_kept()
    # The very same label is given to Ben. Before the page is closed: what it is just sending then
    # may arrive all the same.
    Label.objects.filter(pk=world.label.pk).update(labeler=world.ben)
    editor.page.close()
    laptop.context.unroute(CHANGES)
    laptop.context.clear_cookies()
    bens = opened(laptop, world.ben, world.label)
    draw(bens, (150, 150))
    bens.wait_saved()
    assert in_order(world.label) == [(150, 150)]
    assert bens.count == 1
    assert "is back" not in bens.toast()
    bens.page.close()
    laptop.context.clear_cookies()
    Label.objects.filter(pk=world.label.pk).update(labeler=world.ann)
    editor = opened(laptop, world.ann, world.label)
    editor.wait_saved()
    assert sorted(in_order(world.label)) == [(50, 50), (150, 150)]
    expect(editor.page.locator(".toasts")).to_contain_text("What you had begun to draw is back")


def test_a_class_that_was_archived_meanwhile_is_kept_and_told(laptop, world):
    editor = opened(laptop, world.ann, world.label)
    laptop.context.route(CHANGES, lambda route: route.abort())
    editor.press("2")
    draw(editor, (50, 50))
    editor.wait_state("offline")
    editor.press("1")
    draw(editor, (150, 50))
    expect(editor.page.locator(".save-state")).to_contain_text("2 changes kept")
    # Before the page is closed: what it is just sending then may arrive all the same.
    world.task.classes.filter(name="Tree").update(is_archived=True)
    editor.page.close()
    laptop.context.unroute(CHANGES)
    editor = opened(laptop, world.ann, world.label)
    editor.wait_state("refused")
    assert "archived" in editor.page.locator(".save-state").inner_text()
    assert editor.count == 2
    assert [name for _, name, _ in stored(world.label)] == ["House"]
    # It becomes what there is.
    editor.use("select")
    editor.click(65, 65)
    editor.press("1")
    editor.wait_saved()
    assert [name for _, name, _ in stored(world.label)] == ["House", "House"]


def test_a_lapsed_lease_does_not_lose_what_was_begun(laptop, world):
    editor = opened(laptop, world.ann, world.label)
    draw(editor, (50, 50))
    editor.wait_saved()
    laptop.context.route(CHANGES, lambda route: route.abort())
    draw(editor, (150, 50))
    editor.wait_state("offline")
    Label.objects.filter(pk=world.label.pk).update(lease_until="2020-01-01T00:00Z")
    laptop.context.unroute(CHANGES)
    editor.page.evaluate("window.dispatchEvent(new Event('online'))")
    editor.wait_saved()
    assert in_order(world.label) == [(50, 50), (150, 50)]


def test_an_image_that_others_got_meanwhile_keeps_what_was_drawn_in_the_browser(laptop, world):
    editor = opened(laptop, world.ann, world.label)
    laptop.context.route(CHANGES, lambda route: route.abort())
    draw(editor, (50, 50))
    editor.wait_state("offline")
    Label.objects.filter(pk=world.label.pk).update(labeler=world.ben)
    laptop.context.unroute(CHANGES)
    editor.page.evaluate("window.dispatchEvent(new Event('online'))")
    editor.wait_state("stopped")
    expect(editor.page.locator(".save-state")).to_contain_text("kept in this browser")
    assert editor.count == 1
    # When it is hers again, it is there.
    Label.objects.filter(pk=world.label.pk).update(labeler=world.ann)
    editor.page.reload()
    editor.wait_for(world.label)
    editor.wait_saved()
    assert in_order(world.label) == [(50, 50)]


def test_idle_time_makes_no_revision(laptop, world):
    editor = laptop.editor()
    editor.page.clock.install()
    editor.log_in(world.ann)
    editor.open(world.label)
    draw(editor, (50, 50))
    editor.page.clock.run_for(3000)
    editor.wait_saved()
    before = revision(world.label)
    editor.page.clock.run_for(60_000)
    assert revision(world.label) == before == 1
