"""T-ENOSPC: a full disk loses nothing; staff are told before, and jobs stop before saves do."""

import os
import subprocess
import uuid
from collections import namedtuple
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from django.urls import reverse

from datasets import importing
from datasets.jobs import enqueue
from datasets.models import Dataset, FolderImport
from labeling.models import LabelRevision, Shape
from labeling.tests.history import check, stored
from labeling.tests.test_saves_at_once import Tab, make_labels
from s3label_site.testing import S3LabelTestCase, make_cast
from s3label_site.tests.load import Load
from s3label_site.tests.running import serving, wait_until

Usage = namedtuple("Usage", "total used free")
GIGABYTE = 10**9
DISK = 200 * GIGABYTE


def disk_with(free, total=DISK):
    return mock.patch("shutil.disk_usage", return_value=Usage(total, total - free, free))


class BannerTests(S3LabelTestCase):
    def test_staff_are_told_below_5_percent_or_2_gigabytes(self):
        self.client.force_login(self.rita)
        cases = [
            (DISK * 0.06, DISK, False),
            (DISK * 0.04, DISK, True),
            (2.1 * GIGABYTE, 10 * GIGABYTE, False),
            (1.9 * GIGABYTE, 10 * GIGABYTE, True),
        ]
        for free, total, is_told in cases:
            with self.subTest(free=free), disk_with(int(free), total):
                page = self.client.get("/admin/").content.decode()
            self.assertEqual("The disk is running full" in page, is_told)

    def test_only_staff_are_told(self):
        with disk_with(0):
            page = self.client.get("/admin/", follow=True)
            self.assertNotContains(page, "The disk is running full")
            self.client.force_login(self.ann)
            page = self.client.get(reverse("labeling:task_list"))
            self.assertNotContains(page, "The disk is running full")


class JobTests(S3LabelTestCase):
    def run_job(self, work):
        dataset = Dataset.objects.create(site="x", sensor="y")
        job = enqueue(FolderImport(dataset=dataset, folder="/nowhere"))
        with mock.patch.object(importing, "work_on", work):
            job.run()
        job.refresh_from_db()
        return job

    def test_a_job_stops_while_there_is_room_for_saves(self):
        def work(job):
            job.report(done=3, force=True)

        self.assertEqual(self.run_job(work).status, "done")
        with disk_with(settings.KEEP_FREE_BYTES - 1):
            job = self.run_job(work)
        self.assertEqual((job.status, job.done), ("failed", 3))
        self.assertIn("999 MB are free", job.error)
        # Of a small disk not all is kept.
        with disk_with(6_000_000, total=100_000_000):
            self.assertEqual(self.run_job(work).status, "done")

    def test_a_job_that_finds_the_disk_full_says_so(self):
        def work(job):
            raise OSError(28, "No space left on device")

        with self.assertRaises(OSError):
            self.run_job(work)
        self.assertIn("The disk is full", FolderImport.objects.get().error)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite can be given a limit")
class SaveTests(TransactionTestCase):
    """SQLite says "database or disk is full" at a number of pages, as at the end of a disk."""

    def limit(self, pages):
        with connection.cursor() as cursor:
            return cursor.execute(f"PRAGMA max_page_count={pages}").fetchone()[0]

    def tearDown(self):
        self.limit(2**30)

    def test_a_save_that_finds_no_room_is_stored_later_as_it_was(self):
        ann = make_cast()["ann"]
        (label,) = make_labels(ann)
        tab = Tab(label, ann)
        tab.client.raise_request_exception = False
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # of what other tests left free in the file, there is room
        self.limit(1)  # as small as the database is now
        for number in range(500):
            uid, op = str(uuid.uuid4()), str(uuid.uuid4())
            status, answer, _ = tab.save(uid, None, number, op)
            if status != 200:
                break
        self.assertEqual((status, answer["error"]), (507, "full"))
        self.assertIn("full", answer["message"])
        self.assertEqual(tab.client.get(tab.url).status_code, 200)
        self.assertEqual(Shape.objects.count(), number)
        self.limit(2**30)
        self.assertEqual(tab.save(uid, None, number, op)[0], 200)
        self.assertEqual(LabelRevision.objects.count(), number + 1)
        self.assertEqual(check([], stored()), [])


@pytest.fixture
def small_disk(tmp_path):
    """A file system with room for the whole log of SQLite, which only root can make."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=80m", "none", folder]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root can mount a small disk to fill it")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the database of a small disk is SQLite")
def test_a_server_on_a_full_disk_goes_on_when_there_is_room(small_disk, tmp_path, is_long):
    with serving(small_disk, "sqlite") as server:
        load = Load(server, tmp_path / "notes", 2, 500 if is_long else 200, seed="full")
        load.start()
        load.wait_for_saves(10, "before the disk is full")
        pids = {*server.web_workers(), *server.job_workers()}
        token = load.tabs[0].desk.token
        for _ in range(10 if is_long else 1):
            before = load.refusals[507]
            with (small_disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError):
                while True:
                    filler.write(b"x" * 4096)
            wait_until(lambda n=before: load.refusals[507] > n + 5, "saves find the disk full")
            assert server.ask("GET", "/readyz")[0] == 200
            url = f"/api/v1/labels/{load.tabs[0].desk.label}"
            assert server.ask("GET", url, token=token)[0] == 200
            (small_disk / "filler").unlink()
            load.wait_for_saves(20, "after there was room again")
        assert {*server.web_workers(), *server.job_workers()} == pids
        load.stop()
        found = load.check()
    assert found["problems"] == []
    assert found["outcomes"]["save ok"] >= 30
