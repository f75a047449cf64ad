"""The examples of the API's page run, as they stand there, against a server."""

import json
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
import requests
from django.conf import settings
from django.db import connections
from django.utils.crypto import get_random_string

from accounts.tokens import make_token
from datasets.jobs import kinds_of_jobs
from labeling.models import LabelTask, Prediction
from s3label_site.testing import make_cast, make_picture, make_task
from s3label_site.tests.architecture import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = (ROOT / "docs/api.md").read_text()
SECONDS = 120


def block(language, beginning):
    """The one block of code of the page in which this stands."""
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    (code,) = [code for code in found if beginning in code]
    return code


class Others(threading.Thread):
    """The worker, and Ann who submits whatever she gets."""

    def __init__(self, server, token):
        super().__init__(daemon=True)
        self.server, self.ended = server, threading.Event()
        self.headers = {"Authorization": f"Bearer {token}"}

    def run(self):
        while not self.ended.wait(0.1):
            for kind in kinds_of_jobs():
                for job in kind.objects.filter(status="queued"):
                    job.run()
            tasks = self.ask("GET", "/tasks")["items"]
            for task in tasks:
                self.submit_next(task["id"])
        connections.close_all()

    def submit_next(self, task):
        label = self.ask("POST", f"/tasks/{task}/claim", {})["label"]
        if label is not None:
            self.ask("POST", f"/labels/{label}/submit", {"rev": 0})

    def ask(self, method, path, body=None):
        url = f"{self.server}/api/v1{path}"
        return requests.request(method, url, json=body, headers=self.headers, timeout=60).json()


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def others(live_server, cast):
    others = Others(live_server.url, make_token(cast["ann"], "Ann's", "label", 1)[1])
    others.start()
    yield others
    others.ended.set()
    others.join(SECONDS)
    assert not others.is_alive()


@pytest.fixture
def as_on_the_page(live_server, cast, tmp_path):
    """Run code of the page with our server, token and folder in place of the made-up ones."""
    folder = Path(settings.IMAGE_ROOTS[0]) / f"balloon {get_random_string(8)}"
    for name in ("a.png", "b.png", "b_mask.png"):
        make_picture(folder / name, color=(len(name), 1, ord(name[0])))
    _, token = make_token(cast["rita"], "The page's", "manage", 1)
    ours = {
        "http://127.0.0.1:8000": live_server.url,
        "s3l_…": token,
        "/srv/images/balloon": str(folder),
    }

    def run(program, code):
        for theirs, our in ours.items():
            code = code.replace(theirs, our)
        return subprocess.run(
            program, input=code, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS
        )

    return run


def test_a_folder_becomes_labels_in_python(as_on_the_page, others, tmp_path):
    done = as_on_the_page([sys.executable, "-"], block("python", "/imports"))
    assert done.returncode == 0, done.stderr
    assert "2 of 2 images are labeled" in done.stdout
    exported = json.loads((tmp_path / "labels.json").read_text())
    assert len(exported["images"]) == 2
    assert [one["name"] for one in exported["categories"]] == ["House"]


DRAWN = [{"id": 1, "image_id": 0, "category_id": 1, "bbox": [2, 3, 10, 4]}]


@pytest.mark.parametrize("drawn", [DRAWN, []], ids=["drawn on", "without any label"])
def test_labels_and_predictions_come_into_a_task(as_on_the_page, others, cast, tmp_path, drawn):
    task = make_task(cast["ben"])  # Ann would submit what is begun
    names = [Path(image.path).name for image in task.images()]
    coco = {
        "images": [{"id": at, "file_name": name} for at, name in enumerate(names)],
        "annotations": drawn,
        "categories": [{"id": 1, "name": "dwelling"}],
    }
    (tmp_path / "labels.json").write_text(json.dumps(coco))
    done = as_on_the_page([sys.executable, "-"], block("python", "/predictions"))
    assert done.returncode == 0, done.stderr
    assert f"{len(drawn)} shapes came" in done.stdout
    assert "1 suggested" in done.stdout
    assert Prediction.objects.get().score == 0.93


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl")
def test_curl_makes_a_task_and_fetches_an_export(as_on_the_page, others, tmp_path):
    make_task()
    done = as_on_the_page(["bash", "-eu"], block("bash", "/tasks"))
    assert done.returncode == 0, done.stderr + done.stdout
    task = LabelTask.objects.get(title="Trees")
    assert task.members.get().email == "ann@example.org"
    assert [one.name for one in task.classes.all()] == ["Tree"]
    assert "data.yaml" in zipfile.ZipFile(tmp_path / "labels.zip").namelist()


def test_a_script_logs_in(live_server, cast):
    cast["ann"].set_password("eight white storks")
    cast["ann"].save()
    code = block("python", "csrfmiddlewaretoken").replace("http://127.0.0.1:8000", live_server.url)
    known = {}
    exec(code.replace('"…"', '"eight white storks"'), known)  # noqa: S102  our own page
    me = known["http"].get(f"{live_server.url}/api/v1/me").json()
    assert me["email"] == "ann@example.org"
    saved = known["http"].post(f"{live_server.url}/api/v1/settings", json={})
    assert saved.status_code == 200
