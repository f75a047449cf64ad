"""A folder of small images below a root of its own, for tests that import."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from datasets.importing import summary
from datasets.models import Dataset, FolderImport
from datasets.tests.pictures import encoded

NOBODY = 65534


@contextlib.contextmanager
def as_nobody():
    """Permissions count, also when the tests run as root."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(was)


class FolderMixin:
    """Gives each test self.root, an image root that begins empty, and self.dataset."""

    def setUp(self):
        super().setUp()
        self.root = Path(tempfile.mkdtemp(prefix="s3label-test-"))
        self.addCleanup(shutil.rmtree, self.root)
        changed = self.settings(IMAGE_ROOTS=[str(self.root)])
        changed.enable()
        self.addCleanup(changed.disable)
        self.dataset = Dataset.objects.create(site="Cape Town", sensor="Balloon")

    def put(self, name, data=None, seed=None):
        """Write a file; without data, an image that no other name has."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded("PNG", seed=abs(hash(name)) if seed is None else seed)
                         if data is None else data)  # fmt: skip
        return str(path)

    def put_many(self, count, folder="many"):
        for number in range(count):
            self.put(f"{folder}/{number % 7}/{number:04d}.png", seed=number)

    def job(self, unattended=True, **fields):
        fields = {"dataset": self.dataset, "folder": str(self.root)} | fields
        job = FolderImport.objects.create(unattended=unattended, **fields)
        job.workers = 1
        return job

    def run_import(self, **fields):
        """Import the whole root as the command does; the summary."""
        job = self.job(**fields)
        job.run()
        self.assertEqual((job.status, job.error), ("done", ""))
        return summary(job)

    def paths(self):
        return {path.removeprefix(f"{self.root}/"): pk
                for path, pk in self.dataset.images.values_list("path", "pk")}  # fmt: skip

    def touch(self, name, seconds=1_000_000_000):
        os.utime(self.root / name, (seconds, seconds))
