"""Imports that run at the same time, are killed, or have to stop, with real processes."""

import os
import signal
import time
from datetime import timedelta
from unittest import mock

from django.db import connections
from django.db.models.functions import Now
from django.test import TransactionTestCase

from datasets import comparing, importing
from datasets.importing import summary
from datasets.jobs import requeue_lost_jobs
from datasets.models import FolderImport, FoundFile
from datasets.tests.folders import FolderMixin

FILES = 150
SMALL = {
    comparing: {"PATHS_AT_ONCE": 20, "FILES_AT_ONCE": 5},
    importing: {"ROWS_AT_FIRST": 10, "MOST_ROWS": 10},
}


class AtOnceTests(FolderMixin, TransactionTestCase):
    def setUp(self):
        super().setUp()
        for module, values in SMALL.items():
            changed = mock.patch.multiple(module, **values)
            changed.start()
            self.addCleanup(changed.stop)
        self.put_many(FILES)
        for number in range(0, FILES, 10):
            self.put(f"copies/{number}.png", seed=number)

    def fork(self, act):
        """Run act in a process of its own, with a database connection of its own."""
        connections.close_all()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                act()
                code = 0
            finally:
                os._exit(code)
        return pid

    def assert_whole(self):
        """Every content is there once, under the first of its paths."""
        self.assertEqual(self.dataset.images.count(), FILES)
        self.assertEqual(len(set(self.dataset.images.values_list("sha256", flat=True))), FILES)

    def test_imports_at_the_same_time_end_in_one_set_of_rows(self):
        """Case 50: at the same time, without a deadlock."""
        jobs = [self.job() for _ in range(4)]
        pids = [self.fork(job.run) for job in jobs]
        codes = [os.waitpid(pid, 0)[1] for pid in pids]
        self.assertEqual(codes, [0, 0, 0, 0])
        self.assert_whole()
        results = [summary(FolderImport.objects.get(pk=job.pk)) for job in jobs]
        self.assertEqual(sum(result["imported"] for result in results), FILES)
        self.assertEqual({result["found"] for result in results}, {FILES + FILES // 10})

    def killed_after(self, job, rows):
        """Kill the process that runs the job when it has stored so many rows; its status."""
        pid = self.fork(job.run)
        while FoundFile.objects.count() < rows:
            self.assertEqual(os.waitpid(pid, os.WNOHANG), (0, 0), "it ended too soon")
            time.sleep(0.005)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        job.refresh_from_db()
        return job.status

    def test_a_killed_import_goes_on_where_it_was_and_ends_the_same(self):
        """Case 71: killed while it finds."""
        for unattended in (True, False):
            with self.subTest(unattended=unattended):
                FolderImport.objects.all().delete()
                self.dataset.images.all().delete()
                job = self.job(unattended=unattended)
                self.assertEqual(self.killed_after(job, 40), "running")
                stored = FoundFile.objects.count()
                FolderImport.objects.update(heartbeat_at=Now() - timedelta(minutes=5))
                self.assertEqual(requeue_lost_jobs(), 1)
                job = FolderImport.objects.get()
                job.workers = 1
                self.assertTrue(job.run())
                self.assertEqual((job.status, job.attempts), ("done", 2))
                counts = job.found_files.count_by_state()
                self.assertEqual((counts["new"], counts["duplicate"]), (FILES, FILES // 10))
                self.assertGreaterEqual(stored, 40)
                paths = list(job.found_files.order_by("pk").values_list("path", flat=True))
                self.assertEqual(paths, sorted(paths))
                if not unattended:
                    self.assertEqual(self.dataset.images.count(), 0)
                    importing.start_importing(job)
                    job.run()
                self.assert_whole()

    def test_a_killed_import_of_selected_files_goes_on(self):
        """Case 71: killed between two transactions of the import."""
        job = self.job(unattended=False)
        job.run()
        importing.start_importing(job)
        job.refresh_from_db()
        importing_some = importing.import_found_files
        calls = []

        def import_and_die(*arguments, **options):
            importing_some(*arguments, **options)
            calls.append(1)
            if len(calls) == 4:
                os.kill(os.getpid(), signal.SIGKILL)

        with mock.patch.object(importing, "import_found_files", import_and_die):
            os.waitpid(self.fork(job.run), 0)
        self.assertEqual(self.dataset.images.count(), 30)
        FolderImport.objects.update(heartbeat_at=Now() - timedelta(minutes=5))
        requeue_lost_jobs()
        job = FolderImport.objects.get()
        job.run()
        self.assertEqual(job.status, "done")
        self.assertEqual(summary(job)["imported"], FILES)
        self.assert_whole()

    def test_cancelling_from_another_process_stops_it_within_seconds(self):
        """Case 72: five at most."""
        reading = comparing.Comparer.batches

        def slowly(self, entries):
            for batch in reading(self, entries):
                time.sleep(0.1)
                yield batch

        job = self.job()
        with mock.patch.object(comparing.Comparer, "batches", slowly):
            pid = self.fork(job.run)
            while not FoundFile.objects.exists():
                time.sleep(0.01)
            FolderImport.objects.get().cancel()
            began = time.monotonic()
            os.waitpid(pid, 0)
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(FolderImport.objects.get().status, "cancelled")
        self.assertLess(self.dataset.images.count(), FILES)
