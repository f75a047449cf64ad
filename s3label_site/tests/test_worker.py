"""`manage.py worker`, as a process of its own, does what is in the queue and ends when asked."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from datasets.caching import is_cached
from datasets.importing import start_finding
from datasets.models import Dataset, Decoding, FolderImport, WatchedFolder
from s3label_site.testing import make_image, make_picture

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 120  # a busy machine is not a fault


def url_of_the_test_database():
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    # Only the name differs from the database that the tests were started with.
    server, _, options = os.environ["DATABASE_URL"].partition("?")
    return f"{server.rsplit('/', 1)[0]}/{name}?{options}"


@pytest.fixture
def worker():
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            "DATABASE_URL": url_of_the_test_database(),
            "S3LABEL_DATA_DIR": str(settings.DATA_DIR),
            "S3LABEL_IMAGE_ROOTS": ":".join(settings.IMAGE_ROOTS),
        },
    )
    yield process
    process.terminate()
    assert process.wait(SECONDS) == 0


@pytest.fixture
def job():
    folder = Path(settings.IMAGE_ROOTS[0]) / "worker"
    make_picture(folder / "a.png")
    return start_finding(Dataset.objects.create(site="a", sensor="b"), str(folder))


def wait_until_done(job):
    deadline = time.monotonic() + SECONDS
    while job.status in ("queued", "running") and time.monotonic() < deadline:
        time.sleep(0.2)
        job.refresh_from_db()
    return job.status


def test_it_does_what_is_in_the_queue(job, worker):
    assert wait_until_done(job) == "done"
    assert job.found_files.count() == 1


def test_it_takes_over_the_job_of_a_worker_that_was_killed(job, request):
    job.begin()
    FolderImport.objects.update(heartbeat_at=Now() - timedelta(minutes=2))
    request.getfixturevalue("worker")
    assert wait_until_done(job) == "done"
    assert job.attempts == 2


def test_it_imports_what_is_new_in_a_watched_folder(worker):
    folder = Path(settings.IMAGE_ROOTS[0]) / "watched"
    make_picture(folder / "a.png")
    dataset = Dataset.objects.create(site="a", sensor="b")
    WatchedFolder.objects.create(dataset=dataset, folder=str(folder))
    deadline = time.monotonic() + SECONDS
    while not dataset.images.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert dataset.images.get().path == f"{folder}/a.png"
    assert wait_until_done(dataset.folder_imports.get()) == "done"


def test_it_decodes_new_images(request):
    image = make_image(Dataset.objects.create(site="a", sensor="b"))
    request.getfixturevalue("worker")
    deadline = time.monotonic() + SECONDS
    done = Decoding.objects.filter(decoded_up_to=image.pk, status="done")
    while not done.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert is_cached(settings.CACHE_DIR, image.sha256, "thumbnail")
