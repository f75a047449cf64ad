"""The time on an image: only while somebody works, and kept with the label."""

import re

import pytest
from playwright.sync_api import expect

from labeling.tests.browser.editing import EditorPage
from labeling.timing import Sitting

pytestmark = pytest.mark.browser


@pytest.fixture
def watched(world, page, live_server):
    """Ann's editor with a clock that a test can turn forward."""
    page.clock.install()
    editor = EditorPage(page, live_server.url)
    editor.log_in(world.ann)
    editor.open(world.label)
    yield editor
    assert editor.problems == []


def test_it_runs_while_one_works_and_rests_after_a_minute_without_input(watched):
    time = watched.page.locator(".bar .time")
    expect(time).to_have_class("time is-running")
    watched.page.clock.fast_forward(50_000)
    expect(time).to_have_text(re.compile(r"00:5\d"))
    watched.page.mouse.move(500, 400)
    watched.page.clock.fast_forward(55_000)
    expect(time).to_have_text(re.compile(r"01:4\d|01:5\d"))
    expect(time).to_have_class("time is-running")
    watched.page.clock.fast_forward(600_000)
    expect(time).to_have_class("time")
    expect(time).to_have_text(re.compile(r"01:5\d"))
    watched.press("v")
    expect(time).to_have_class("time is-running")


def test_it_is_kept_with_the_label_and_goes_on_from_there(watched, world):
    watched.page.mouse.move(500, 400)
    with watched.page.expect_response(lambda answer: answer.url.endswith("/time")):
        watched.page.clock.fast_forward(40_000)
    [(label, seconds)] = Sitting.objects.values_list("label", "seconds")
    assert label == world.label.pk and 20 <= seconds <= 60
    watched.page.reload()
    watched.wait_for(world.label)
    expect(watched.page.locator(".bar .time")).to_have_text(re.compile(r"00:[2-5]\d"))


def test_staff_who_look_on_see_no_clock(watched, world):
    watched.log_in(world.rita)
    watched.open(world.label)
    expect(watched.page.locator(".bar .task-title")).to_have_text("Houses")
    expect(watched.page.locator(".bar .time")).not_to_be_visible()
