"""Folders without end, storages that go away in the middle, and the same thing in two places.

The numbers of the cases are those of the table in docs/import.md.
"""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.test import TestCase

from datasets import comparing, importing, reading
from datasets.importing import enqueue
from datasets.inspecting import AWAY_STATE, Finding
from datasets.tests.folders import FolderMixin
from datasets.tests.pictures import encoded

FILES = 100_000
LINKS_OF_ONE_FILE = 25_000  # ext4 allows 65,000


WALK = """
import sys
from datasets.tests.memory import peak_kilobytes
from datasets.walking import walk
print(sum(1 for _ in walk(sys.argv[1], sys.argv[1:])))
print(peak_kilobytes())
"""


def test_a_hundred_thousand_files_in_one_folder_are_listed_in_little_memory(tmp_path):
    """Case 49: only their names are held; the import is measured by bench/import_bench.py."""
    for number in range(FILES):
        if number % LINKS_OF_ONE_FILE == 0:
            source = tmp_path / f"{number:06d}.png"
            source.write_bytes(encoded("PNG", seed=number))
        else:
            os.link(source, tmp_path / f"{number:06d}.png")
    command = [sys.executable, "-c", WALK, tmp_path]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, check=True)
    count, kilobytes = map(int, done.stdout.split())
    assert count == FILES
    assert kilobytes < 160_000  # of 300 MB for a whole import


class OddStorageTests(FolderMixin, TestCase):
    def test_the_same_name_and_content_in_two_roots_are_two_paths(self):
        """Case 51: one name is two images; one content is one, and the other path is told."""
        other = Path(tempfile.mkdtemp(prefix="s3label-test-"))
        self.addCleanup(shutil.rmtree, other)
        self.put("a.png", seed=1)
        (other / "a.png").write_bytes(encoded("PNG", seed=2))
        (other / "b.png").write_bytes(encoded("PNG", seed=1))
        with self.settings(IMAGE_ROOTS=[str(self.root), str(other)]):
            self.run_import()
            result = self.run_import(folder=str(other))
        self.assertEqual((result["imported"], result["duplicate"]), (1, 1))
        self.assertEqual(result["problems"][0]["reason"], f"same content as {self.root}/a.png")
        self.assertEqual(self.dataset.images.filter(path__endswith="/a.png").count(), 2)

    def test_an_import_whose_storage_goes_away_in_the_middle_goes_on_when_it_is_back(self):
        """Case 58: nothing is called missing or unreadable, and what was stored stays."""
        self.put_many(60)
        away = f"{self.root}/many/4/0032.png"
        inspecting = reading.inspect

        def fail(path, opener, limits):
            if path == away:
                return Finding(AWAY_STATE, os.strerror(errno.EIO))
            return inspecting(path, opener, limits)

        small = {"PATHS_AT_ONCE": 10, "FILES_AT_ONCE": 5}
        job = self.job()
        with (
            mock.patch.object(reading, "inspect", fail),
            mock.patch.multiple(comparing, **small),
            mock.patch.multiple(importing, ROWS_AT_FIRST=5, MOST_ROWS=5),
        ):
            job.run()
        self.assertEqual(job.status, "failed")
        self.assertIn("The storage is away", job.error)
        self.assertIn("Nothing was marked as missing", job.error)
        before = self.dataset.images.count()
        self.assertTrue(0 < before < 60, before)
        enqueue(job)
        job.run()
        self.assertEqual((job.status, self.dataset.images.count()), ("done", 60))
        self.assertEqual(job.found_files.of_state("unreadable", "skipped").count(), 0)
        self.assertEqual(job.found_files.count(), 60)
