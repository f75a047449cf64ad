"""`manage.py worker`, as a process of its own, does what is in the queue and ends when asked."""

import os
import random
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
from datasets.jobs import MOST_ATTEMPTS, enqueue
from datasets.models import Dataset, Decoding, FolderImport, WatchedFolder
from s3label_site.testing import make_image, make_picture
from s3label_site.tests.running import SECONDS, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

FILES = 1000


def url_of_the_test_database():
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    # Only the name differs from the database that the tests were started with.
    server, _, options = os.environ["DATABASE_URL"].partition("?")
    return f"{server.rsplit('/', 1)[0]}/{name}?{options}"


def start_worker(**more):
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            "DATABASE_URL": url_of_the_test_database(),
            "S3LABEL_DATA_DIR": str(settings.DATA_DIR),
            "S3LABEL_IMAGE_ROOTS": ":".join(settings.IMAGE_ROOTS),
        }
        | more,
    )


@pytest.fixture
def worker():
    process = start_worker()
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


def start_importer():
    return start_worker(S3LABEL_DECODE_AHEAD="0")


def job_now(job):
    return FolderImport.objects.get(pk=job.pk)


def kill_workers_of(job, chance):
    """Each at some moment of its work, as often as that is forgiven."""
    for attempt in range(1, MOST_ATTEMPTS):
        victim = start_importer()
        wait_until(lambda number=attempt: job_now(job).attempts == number, "a worker took the job")
        time.sleep(chance.random() / 2)
        victim.kill()
        victim.wait()
        if job_now(job).status == "done":
            return
        # A minute without a word of it, which need not be waited for.
        FolderImport.objects.filter(pk=job.pk).update(heartbeat_at=Now() - timedelta(minutes=2))


def test_a_job_whose_workers_are_killed_ends_as_if_nothing_had_happened(is_long):
    seed = random.randrange(10**6)  # noqa: S311
    chance = random.Random(seed)  # noqa: S311
    folder = Path(settings.IMAGE_ROOTS[0]) / f"killed{seed}"
    picture = make_picture(folder / "0.png")
    for number in range(1, FILES):
        # What follows the end of a PNG makes it another file.
        (folder / f"{number}.png").write_bytes(picture + b"%d" % number)
    for site in range(15 if is_long else 1):
        dataset = Dataset.objects.create(site=f"{site}", sensor="b")
        job = enqueue(FolderImport(dataset=dataset, folder=str(folder), unattended=True))
        kill_workers_of(job, chance)
        if job_now(job).status != "done":
            last = start_importer()
            try:
                assert wait_until_done(job_now(job)) == "done", f"seed {seed}"
            finally:
                last.terminate()
                assert last.wait(SECONDS) == 0
        assert dataset.images.count() == FILES, f"seed {seed}"
        assert dataset.images.values("sha256").distinct().count() == FILES
        assert job_now(job).found_files.count() == FILES


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
