"""T-STORAGE: a storage that hangs takes some threads of the server, and everything else goes on."""

import hashlib
import json
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import User
from accounts.tokens import make_token
from datasets.models import Image
from datasets.tests.buckets.faulty import DATA, FaultyStorage
from labeling.models import Label
from s3label_site.testing import make_image, make_task
from s3label_site.tests.running import serving, wait_until

THREADS, PLACES, ASKED = 4, 2, 10


def prepare():
    """In the server's database: print what a labeler has, from a folder and from a bucket."""
    ann = User.objects.create(email="ann@example.org")
    task = make_task(ann, images=0)
    dataset = task.dataset_group.datasets.get()
    here = make_image(dataset)
    facts = {"byte_size": len(DATA), "format": "PNG", "width": 24, "height": 16, "etag": "e"}
    sha256 = hashlib.sha256(DATA).hexdigest()
    path = "s3://images/hanging.png"
    hanging = Image.objects.create(dataset=dataset, path=path, sha256=sha256, **facts)
    label, _ = (
        Label.objects.create(task=task, image=image, labeler=ann, status="in_progress")
        for image in (here, hanging)
    )
    told = {"label": label.pk, "here": here.pk, "hanging": hanging.pk}
    told |= {"class": task.classes.first().pk, "token": make_token(ann, "test", "label", 1)[1]}
    sys.stdout.write(json.dumps(told))


@pytest.fixture
def storage():
    storage = FaultyStorage()
    threading.Thread(target=storage.serve_forever, args=(0.01,), daemon=True).start()
    yield storage
    storage.answering.set()
    storage.shutdown()
    storage.server_close()


def environment(folder, storage):
    return {
        "S3LABEL_IMAGE_ROOTS": f"{folder / 'images'}:s3://images",
        "S3LABEL_S3_ENDPOINT_URL": f"http://127.0.0.1:{storage.server_port}",
        "S3LABEL_S3_ACCESS_KEY": "key",
        "S3LABEL_S3_SECRET_KEY": "secret",
        # One process, so that all of it is tried.
        "GUNICORN_CMD_ARGS": f"--workers 1 --threads {THREADS}",
    }


class Ann:
    def __init__(self, server):
        self.server = server
        self.has = server.run("from s3label_site.tests.test_dead_storage import prepare; prepare()")

    def ask(self, method, path, body=None):
        return self.server.ask(method, f"/api/v1{path}", body, self.has["token"], 120)

    def picture(self, which):
        return self.ask("GET", f"/images/{self.has[which]}/file")

    def save(self):
        geom = {"cx": 9, "cy": 9, "w": 5, "h": 5, "angle": 0}
        shape = {"class": self.has["class"], "kind": "rect", "geom": geom, "z": 0}
        change = {"id": str(uuid.uuid4()), "base": None, "shape": shape}
        body = {"op_id": str(uuid.uuid4()), "changes": [change]}
        return self.ask("POST", f"/labels/{self.has['label']}/changes", body)[0]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the database plays no part")
def test_a_storage_that_hangs_stops_neither_saves_nor_images_of_others(tmp_path, storage):
    (tmp_path / "images").mkdir()
    with serving(tmp_path, "sqlite", environment(tmp_path, storage)) as server:
        ann = Ann(server)
        with ThreadPoolExecutor(ASKED) as pool:
            try:
                asked = [pool.submit(ann.picture, "hanging") for _ in range(ASKED)]
                wait_until(
                    lambda: sum(one.done() for one in asked) >= ASKED - PLACES,
                    "all that get no place are refused",
                )
                refused = [one.result() for one in asked if one.done()]
                assert {status for status, _ in refused} == {503}
                assert "does not answer" in refused[0][1]
                assert [ann.save() for _ in range(5)] == [200] * 5
                assert [ann.picture("here")[0] for _ in range(5)] == [200] * 5
                assert sum(one.done() for one in asked) == ASKED - PLACES
            finally:
                storage.answering.set()
            kept = [one.result()[0] for one in asked if one.result()[0] != 503]
        assert kept == [200] * PLACES
        assert ann.picture("hanging") == (200, DATA)
