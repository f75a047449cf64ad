"""T-STORAGE: a storage that hangs takes some threads of the server, and everything else goes on."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from accounts.tokens import make_token
from datasets.jobs import enqueue
from datasets.models import Dataset, FolderImport, Image
from datasets.tests.buckets.faulty import DATA, FaultyStorage
from labeling.models import Label
from s3label_site.testing import make_image, make_picture, make_task
from s3label_site.tests.deadmount import DeadMount
from s3label_site.tests.running import SECONDS, Server, serving, wait_until

# Of eight threads; see datasets/bulkhead.py.
PLACES, ASKED = 3, 10


def prepare(mount):
    """In the server's database: print what a labeler has, from four places."""
    ann = User.objects.create(email="ann@example.org")
    task = make_task(ann, images=0)
    dataset = task.dataset_group.datasets.get()
    here = make_image(dataset, folder=settings.IMAGE_ROOTS[1])
    facts = {"byte_size": len(DATA), "format": "PNG", "width": 24, "height": 16, "etag": "e"}
    sha256 = hashlib.sha256(DATA).hexdigest()
    images = {"here": here, "linked": link_to(here)}
    for name, path in {"bucket": "s3://images/hanging.png", "mount": f"{mount}/a.png"}.items():
        sha256 = hashlib.sha256(DATA + name.encode()).hexdigest()
        images[name] = Image.objects.create(dataset=dataset, path=path, sha256=sha256, **facts)
    images["bucket"].sha256 = hashlib.sha256(DATA).hexdigest()
    images["bucket"].save()
    labels = [
        Label.objects.create(task=task, image=image, labeler=ann, status="in_progress")
        for image in images.values()
    ]
    told = {name: image.pk for name, image in images.items()} | {"label": labels[0].pk}
    told |= {"class": task.classes.first().pk, "token": make_token(ann, "test", "label", 1)[1]}
    sys.stdout.write(json.dumps(told))


def link_to(image):
    """Another image, whose file is a link as DVC makes them."""
    path = Path(image.path)
    store = path.with_name("store")
    other = make_image(image.dataset, "linked.png", folder=settings.IMAGE_ROOTS[1])
    Path(other.path).rename(store)
    Path(other.path).symlink_to(store)
    return other


@pytest.fixture
def storage():
    storage = FaultyStorage()
    threading.Thread(target=storage.serve_forever, args=(0.01,), daemon=True).start()
    yield storage
    storage.answering.set()
    storage.shutdown()
    storage.server_close()


@pytest.fixture
def mount(tmp_path):
    """A mount that can die; only a folder where the tests may not mount anything."""
    try:
        mount = DeadMount(tmp_path / "mount")
    except OSError:
        yield None
        return
    yield mount
    mount.end()


@pytest.fixture
def dead_mount(mount):
    if mount is None:
        pytest.skip("only root can mount what can die")
    return mount


def environment(folder, storage):
    return {
        # The mount comes first, and would be asked first.
        "S3LABEL_IMAGE_ROOTS": f"{folder / 'mount'}:{folder / 'images'}:s3://images",
        "S3LABEL_S3_ENDPOINT_URL": f"http://127.0.0.1:{storage.server_port}",
        "S3LABEL_S3_ACCESS_KEY": "key",
        "S3LABEL_S3_SECRET_KEY": "secret",
        # One process, so that all of it is tried.
        "GUNICORN_CMD_ARGS": "--workers 1",
    }


class Ann:
    def __init__(self, server):
        self.server = server
        mount = server.folder / "mount"
        self.has = server.run(f"from {__name__} import prepare; prepare({str(mount)!r})")

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


def assert_others_go_on(ann):
    assert [ann.save() for _ in range(5)] == [200] * 5
    for which in ("here", "linked"):
        assert [ann.picture(which)[0] for _ in range(3)] == [200] * 3


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the database plays no part")
def test_storages_that_hang_stop_neither_saves_nor_images_of_others(
    tmp_path, storage, mount, is_long
):
    (tmp_path / "images").mkdir()
    dead = ["bucket", *(["mount"] if mount else [])]
    with serving(tmp_path, "sqlite", environment(tmp_path, storage)) as server:
        ann = Ann(server)
        assert_others_go_on(ann)
        for _ in range(10 if is_long else 1):
            storage.answering.clear()
            if mount:
                mount.die()
            with ThreadPoolExecutor(ASKED * len(dead)) as pool:
                try:
                    asked = [pool.submit(ann.picture, name) for name in dead for _ in range(ASKED)]
                    hanging = PLACES * len(dead)
                    wait_until(
                        lambda asked=asked, hanging=hanging: (
                            sum(one.done() for one in asked) >= len(asked) - hanging
                        ),
                        "all that get no place are refused",
                    )
                    refused = [one.result() for one in asked if one.done()]
                    assert {status for status, _ in refused} == {503}
                    assert "does not answer" in refused[0][1]
                    assert_others_go_on(ann)
                    assert sum(one.done() for one in asked) == len(asked) - hanging
                finally:
                    storage.answering.set()
                    if mount:
                        mount.revive()
                kept = Counter(one.result()[0] for one in asked)
            assert kept[200] == PLACES
            # The mount is back, and empty.
            assert kept[410] == hanging - PLACES
            assert ann.picture("bucket") == (200, DATA)
        if mount and is_long:
            server.stop()
            mount.die()
            server.start()
            assert_others_go_on(ann)
            assert "mount of S3LABEL_IMAGE_ROOTS does not answer" in server.log.read_text()


def test_a_dead_mount_does_not_keep_the_server_from_starting(tmp_path, dead_mount):
    dead_mount.die()
    environment = {"S3LABEL_IMAGE_ROOTS": f"{dead_mount.folder}:{tmp_path}"}
    check = [sys.executable, "manage.py", "check"]
    subprocess.run(
        check, cwd=settings.BASE_DIR, env=os.environ | environment, check=True, timeout=SECONDS
    )


def queue_two_imports(mount):
    """In the database of the workers: of a folder on the mount, and of one that is here."""
    call_command("migrate", verbosity=0)
    for folder in (mount, f"{settings.IMAGE_ROOTS[1]}/photos"):
        dataset = Dataset.objects.create(site=folder, sensor="x")
        enqueue(FolderImport(dataset=dataset, folder=folder, unattended=True))


def start_impatient_worker(server):
    code = (
        "import django; django.setup(); from s3label_site.management.commands import worker; "
        "worker.SECONDS_UNTIL_STUCK = 5; worker.Command().handle()"
    )
    command = [sys.executable, "-c", code]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=server.environment)


def test_a_worker_that_hangs_in_a_dead_mount_ends_and_the_next_does_other_jobs(
    tmp_path, dead_mount
):
    roots = {"S3LABEL_IMAGE_ROOTS": f"{dead_mount.folder}:{tmp_path / 'images'}"}
    server = Server(tmp_path, more=roots)
    make_picture(tmp_path / "images" / "photos" / "a.png")
    folder = str(dead_mount.folder)
    server.run(f"from {__name__} import queue_two_imports as queue; queue({folder!r})")
    dead_mount.die()
    assert start_impatient_worker(server).wait(SECONDS) == 1
    other = start_impatient_worker(server)

    def statuses():
        with closing(sqlite3.connect(tmp_path / "s3label.sqlite3", timeout=SECONDS)) as database:
            rows = database.execute("SELECT status FROM folder_imports ORDER BY id")
            return [status for (status,) in rows]

    try:
        wait_until(lambda: statuses() == ["running", "done"], "the other import is done")
    finally:
        other.kill()
        other.wait()
