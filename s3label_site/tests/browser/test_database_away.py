"""The editor while PostgreSQL is frozen, and while it is dead, behind a real server."""

import json
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from labeling.models import Label, LabelRevision, Shape
from labeling.tests.browser.conftest import enlarge
from labeling.tests.browser.editing import EditorPage
from s3label_site.testing import make_image, make_task
from s3label_site.tests.running import serving

pytestmark = pytest.mark.browser


def prepare():
    """In the server's database: print a label of Ann and the cookie of her session."""
    ann = User.objects.create(email="ann@example.org")
    task = make_task(ann, images=0)
    image = make_image(task.dataset_group.datasets.get())
    enlarge(image)
    label = Label.objects.create(task=task, image=image, labeler=ann, status="in_progress")
    client = Client()
    client.force_login(ann)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    sys.stdout.write(json.dumps({"label": label.pk, "session": session}))


def tell():
    """Print the revisions, and the left sides of all shapes in the order in which they came."""
    revisions = list(LabelRevision.objects.order_by("pk").values_list("rev", flat=True))
    geometries = Shape.objects.order_by("pk").values_list("geometry", flat=True)
    drawn = [round(geom["cx"] - geom["w"] / 2) for geom in map(json.loads, geometries)]
    sys.stdout.write(json.dumps([revisions, drawn]))


def run(server, function):
    return server.run(f"from {__name__} import {function}; {function}()")


def draw(editor, x):
    editor.use("rectangle")
    editor.drag((x, 50), (x + 30, 80))


def test_what_is_drawn_meanwhile_is_kept_and_saved_once(tmp_path, page):
    with serving(tmp_path, "postgresql") as server:
        told = run(server, "prepare")
        url = reverse("labeling:annotate", args=[told["label"]])
        label = SimpleNamespace(pk=told["label"], get_absolute_url=lambda: url)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": told["session"], "url": server.url}])
        page.set_default_timeout(60_000)
        editor = EditorPage(page, server.url)
        editor.open(label)
        draw(editor, 50)
        editor.wait_saved()

        server.database.freeze()
        try:
            draw(editor, 100)
            draw(editor, 150)
            editor.wait_state("offline")
            expect(page.locator(".save-state")).to_contain_text("Offline, 2 changes kept")
        finally:
            server.database.thaw()
        editor.wait_saved()

        server.database.kill()
        draw(editor, 200)
        editor.wait_state("offline")
        expect(page.locator(".save-state")).to_contain_text("Offline, 1 change kept")
        server.database.start()
        editor.wait_saved()
        assert editor.count == 4
        assert editor.problems == []
        revisions, drawn = run(server, "tell")
    assert revisions == list(range(1, len(revisions) + 1))
    assert drawn == [50, 100, 150, 200]
