"""An import from a bucket whose worker is killed goes on, and ends as if nothing had been."""

import os
import signal
import time
from datetime import timedelta

import pytest
from django.db import connections
from django.db.models.functions import Now

from datasets import comparing, importing
from datasets.importing import start_importing, summary
from datasets.jobs import requeue_lost_jobs
from datasets.models import Dataset, FolderImport
from datasets.tests.pictures import encoded

pytestmark = pytest.mark.django_db(transaction=True)

FILES, COPIES = 60, 6


@pytest.fixture
def dataset():
    return Dataset.objects.create(site="Cape Town", sensor="Balloon")


@pytest.fixture
def filled(store, monkeypatch):
    """Many batches and transactions for a few objects."""
    for number in range(FILES):
        store.put(f"{number % 4}/{number:03}.png", encoded("PNG", seed=number))
    for number in range(COPIES):
        store.put(f"copies/{number}.png", encoded("PNG", seed=number))
    store.put("z/cut.png", encoded("PNG", seed=99)[:-20])
    for module, values in (
        (comparing, {"PATHS_AT_ONCE": 8, "FILES_AT_ONCE": 2}),
        (importing, {"ROWS_AT_FIRST": 4, "MOST_ROWS": 4}),
    ):
        for name, value in values.items():
            monkeypatch.setattr(module, name, value)
    return store


def make_job(dataset, store, unattended):
    job = FolderImport.objects.create(dataset=dataset, folder=store.root, unattended=unattended)
    job.workers = 1
    return job


def kill_while_it_runs(job, rows):
    """Run the job in a process of its own; kill that when so many rows are stored."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            job.run()
        finally:
            os._exit(1)
    while job.found_files.count() < rows:
        assert os.waitpid(pid, os.WNOHANG) == (0, 0), "it ended too soon"
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    job.refresh_from_db()
    assert job.status == "running"


def run_as_the_next_worker_does(job):
    FolderImport.objects.update(heartbeat_at=Now() - timedelta(minutes=5))
    assert requeue_lost_jobs() == 1
    job = FolderImport.objects.get(pk=job.pk)
    job.workers = 1
    assert job.run()
    assert (job.status, job.error, job.attempts) == ("done", "", 2)
    return job


def finish(job):
    if job.stage == "found":
        start_importing(job)
        job.run()
    assert (job.status, job.stage) == ("done", "done")
    result = summary(job)
    for differing in ("dataset", "folder_import", "seconds"):
        del result[differing]
    return result, sorted(job.dataset.images.values_list("path", "sha256", "etag", "state"))


@pytest.mark.parametrize("unattended", [True, False])
def test_the_result_is_that_of_an_undisturbed_import(filled, dataset, unattended):
    killed = make_job(dataset, filled, unattended)
    kill_while_it_runs(killed, rows=20)
    stored = killed.found_files.count()
    assert stored < FILES
    killed = run_as_the_next_worker_does(killed)
    paths = list(killed.found_files.order_by("pk").values_list("path", flat=True))
    assert paths == sorted(paths)

    other = Dataset.objects.create(site="x", sensor="y")
    undisturbed = make_job(other, filled, unattended)
    undisturbed.run()
    result, images = finish(killed)
    assert (result, images) == finish(undisturbed)
    assert (result["imported"], result["duplicate"], result["unreadable"]) == (FILES, COPIES, 1)
