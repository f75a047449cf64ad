"""Files a second of an import, against only hashing and reading headers, in one run.

    [DATABASE_URL=postgresql://…] .venv/bin/python bench/import_bench.py [FILES] [--folder FOLDER]

Makes FILES (20,000) JPEGs of about 80 KB (with --small, of less than 1 KB: a million of them
fit on a disk), 2 % of them copies, in a temporary folder, or takes FOLDER. The reference is
two processes that read each file, hash it and let Pillow read its header, without listing and
without a database. Then the same files are imported into an empty database of its own
(test_…, dropped at the end), and once more, unchanged. Every file is read once before the
clock starts.
"""

import argparse
import hashlib
import io
import multiprocessing
import os
import resource
import shutil
import struct
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "s3label_site.settings")

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402
from PIL import Image as Picture  # noqa: E402

from datasets.importing import summary  # noqa: E402
from datasets.models import Dataset, FolderImport  # noqa: E402

FORMATS = ("JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP")
POOL = 60
COPIES = 50  # every so many files one is a copy of an earlier one
PER_FOLDER = 100
USUAL, SMALL = (640, 480), (16, 16)  # pixels


def make_files(count, folder, size):
    """Photos from a small pool; a comment of its own makes the bytes of each its own."""
    random = np.random.default_rng(1)
    pool = [photo(random, size) for _ in range(POOL)]
    for number in range(count):
        content = number - COPIES // 2 if number % COPIES == COPIES - 1 else number
        comment = f"file {content}".encode()
        data = pool[content % POOL]
        data = data[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + data[2:]
        path = folder / f"{number // PER_FOLDER:05d}" / f"{number:08d}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)


def photo(random, size):
    small = random.integers(0, 256, (30, 40, 3), np.uint8)
    picture = Picture.fromarray(small).resize(size, Picture.Resampling.BICUBIC)
    noise = random.normal(0, 14, (*size[::-1], 1))
    picture = Picture.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=75)
    return buffer.getvalue()


def read_one(path):
    with open(path, "rb") as file:
        data = file.read()
    hashlib.sha256(data).hexdigest()
    try:
        return Picture.open(io.BytesIO(data), formats=FORMATS).size
    except OSError:
        return None


def reference(paths):
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(len, [""] * 4)
        started = time.perf_counter()
        for _ in pool.imap(read_one, paths, chunksize=100):
            pass
        return time.perf_counter() - started


def run_import(dataset, folder):
    job = FolderImport.objects.create(dataset=dataset, folder=str(folder), unattended=True)
    job.workers = 2
    started = time.perf_counter()
    job.run()
    seconds = time.perf_counter() - started
    if job.status != "done":
        sys.exit(job.error)
    return seconds, summary(job)


def megabytes(who):
    return resource.getrusage(who).ru_maxrss / 1024


def measure(folder):
    paths = sorted(str(path) for path in folder.rglob("*") if path.is_file())
    reference(paths)  # the page cache is warm from here on
    before = reference(paths)
    first, counts = run_import(dataset := Dataset.objects.create(site="b", sensor="b"), folder)
    second, again = run_import(dataset, folder)
    after = reference(paths)
    seconds = (before + after) / 2
    print(f"{connection.vendor}, {len(paths):,} files, {os.cpu_count()} processors")
    print(f"reference, 2 processes:   {len(paths) / seconds:9,.0f} files/s "
          f"({before:.2f} s before, {after:.2f} s after)")  # fmt: skip
    print(f"first import:             {len(paths) / first:9,.0f} files/s ({first:.2f} s), "
          f"{seconds / first:.2f} of the reference")  # fmt: skip
    print(f"second import, unchanged: {len(paths) / second:9,.0f} files/s ({second:.2f} s), "
          f"1/{first / second:.0f} of the first")  # fmt: skip
    print(f"memory at its most:       {megabytes(resource.RUSAGE_SELF):9,.0f} MB, "
          f"a reader {megabytes(resource.RUSAGE_CHILDREN):,.0f} MB")  # fmt: skip
    names = ("imported", "known", "duplicate", "unreadable")
    print("first:  " + ", ".join(f"{counts[name]:,} {name}" for name in names))
    print("second: " + ", ".join(f"{again[name]:,} {name}" for name in names))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="?", type=int, default=20_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--small", action="store_true", help="files of less than 1 KB")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="s3label-bench-"))
    settings.IMAGE_ROOTS = [str(folder)]
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        if not options.folder:
            make_files(options.files, folder, SMALL if options.small else USUAL)
        measure(folder)
    finally:
        teardown_databases(databases, verbosity=0)
        if not options.folder:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
