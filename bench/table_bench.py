"""Time of each request of the import table at many found files, and at 1,000 in the same run.

    [DATABASE_URL=postgresql://…] .venv/bin/python bench/table_bench.py [FILES] [--plans]

Writes FILES (100,000) rows of found files, a thousand to a folder, into an empty database of
its own (test_…, dropped at the end); there are no files. Asks for pages by Django's test client,
with templates and all, three times each, with nothing remembered from one time to the next, and
prints the medians in milliseconds. --plans prints how the database finds the slowest pages.
"""

import argparse
import hashlib
import os
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "s3label_site.settings")

import django  # noqa: E402

django.setup()

from django.core.cache import cache  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402
from django.urls import reverse  # noqa: E402

from accounts.models import User  # noqa: E402
from datasets.admin.found_table import FoundTable  # noqa: E402
from datasets.importing import FOUND_COLUMNS, start_importing  # noqa: E402
from datasets.models import Dataset, FolderImport, FoundFile  # noqa: E402
from datasets.selecting import apply_selection  # noqa: E402
from datasets.storing import insert  # noqa: E402

TIMES = 3
AT_ONCE = 10_000
STATES = ["new"] * 88 + ["duplicate"] * 5 + ["known"] * 3 + ["skipped"] * 2
STATES += ["unreadable", "moved"]
SIDES = (480, 640, 1080, 1920, 3000, 4000)


def make_import(count):
    """An import that has found so many files, in the order of their paths."""
    dataset = Dataset.objects.create(site="Bench", sensor=str(count))
    job = FolderImport.objects.create(
        dataset=dataset, folder="/bench", stage="found", status="done"
    )
    chance = random.Random(1)  # noqa: S311
    for start in range(0, count, AT_ONCE):
        rows = [row(job, n, chance) for n in range(start, min(start + AT_ONCE, count))]
        with transaction.atomic():
            insert("found_files", FOUND_COLUMNS, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE found_files" if connection.vendor == "postgresql" else "SELECT 1")
    return job


def row(job, number, chance):
    state = chance.choice(STATES)
    path = f"/bench/site-{number // 100_000:02d}/day-{number // 1000:04d}/{number:08d}.jpg"
    facts = {
        "folder_import_id": job.pk,
        "path": path,
        "state": state,
        "reason": "" if state == "new" else "words that say why",
        "same_as_path": "",
        "byte_size": chance.randrange(20_000, 9_000_000),
        "mtime_ns": number,
        "sha256": hashlib.sha256(path.encode()).hexdigest(),
        "format": "JPEG",
        "width": chance.choice(SIDES),
        "height": chance.choice(SIDES),
        "orientation": 1,
        "etag": "",
        "selected": state in FoundFile.SELECTABLE,
        "outcome": "",
    }
    return tuple(facts.get(name) for name in FOUND_COLUMNS)


class Asking:
    """The requests that staff make with one import."""

    def __init__(self, client, job):
        self.client, self.job = client, job
        ids = job.found_files.order_by("pk").values_list("pk", flat=True)
        self.first, self.middle = ids[0], ids[len(ids) // 2]

    def url(self, name):
        return reverse(f"admin:datasets_folderimport_{name}", args=[self.job.pk])

    def table(self, **query):
        headers = {"HX-Request": "true", "HX-Target": "files"}
        return self.client.get(self.url("change"), query, headers=headers)

    def choose(self, **data):
        headers = {"HX-Request": "true", "HX-Target": "browse"}
        return self.client.post(self.url("select"), data, headers=headers, follow=True)

    def tick(self):
        headers = {"HX-Request": "true", "HX-Target": "selection"}
        page = range(self.first, self.first + 100)
        data = {"row": page, "chosen": list(page)[1:]}
        return self.client.post(self.url("select"), data, headers=headers)

    def news(self):
        jobs = FolderImport.objects.filter(pk=self.job.pk)
        jobs.update(stage="finding", status="running")
        try:
            return self.client.get(self.url("progress"), {"stage": "finding", "rows": 50})
        finally:
            jobs.update(stage="found", status="done")

    def all(self):
        """(what, the request)"""
        table, middle, choose = self.table, self.middle, self.choose
        yield "open the page", lambda: self.client.get(self.url("change"))
        yield "news while files are found", self.news
        yield "filter: new", lambda: table(show="new")
        yield "filter: unreadable", lambda: table(show="unreadable")
        yield "search: a part of many paths", lambda: table(q="77")
        yield "search: nothing found", lambda: table(q="nothing")
        yield "pattern: *7.jpg", lambda: table(q="*7.jpg")
        yield "pattern: site-*/day-*/*7.jpg", lambda: table(q="site-*/day-*/*7.jpg")
        yield "pattern: 0000* of the new ones", lambda: table(q="0000*", show="new")
        yield "page in the middle", lambda: table(at=middle)
        yield "last page", lambda: table(at="end")
        for sort in ("-path", "size", "-size", "pixels", "state"):
            yield f"sort by {sort}", lambda sort=sort: table(sort=sort)
            yield f"sort by {sort}, from the middle", lambda sort=sort: table(sort=sort, at=middle)
        yield "sort by size, last page", lambda: table(sort="size", at="end")
        yield "sort what is new by size", lambda: table(sort="size", show="new")
        yield "open a folder", lambda: self.client.get(self.url("change"), {"folder": "site-00"})
        yield "a folder, sorted by size", lambda: table(folder="site-00", sort="size")
        yield "the folders alone", lambda: self.client.get(self.url("folders"))
        yield "deselect one file", self.tick
        yield "deselect a page", lambda: choose(do="not_page", row=range(middle, middle + 100))
        yield "deselect by pattern", lambda: choose(do="none", q="site-*/day-*/*7.jpg")
        yield "deselect a folder", lambda: choose(leave="site-00")
        yield "deselect all", lambda: choose(do="none")
        yield "select all", lambda: choose(do="all")


def measure(client, job):
    """{what: the median of its milliseconds}"""
    found = {}
    for what, ask in Asking(client, job).all():
        times = []
        for _ in range(TIMES):
            cache.clear()
            started = time.perf_counter()
            answer = ask()
            times.append(1000 * (time.perf_counter() - started))
            if answer.status_code != 200:
                sys.exit(f"{what}: {answer.status_code}")
        found[what] = statistics.median(times)
    return found


def measure_import(job):
    """Seconds that the worker takes to tell the files what was deselected."""
    start_importing(job)
    job.begin()
    started = time.perf_counter()
    apply_selection(job)
    return time.perf_counter() - started


def print_plans(job):
    for query in ({}, {"sort": "size"}, {"show": "new", "q": "*7.jpg"}, {"folder": "site-00"}):
        table = FoundTable(job, query)
        files = table.order.sorted(table.matching).values("pk")[:101]
        print(f"\n{query}\n{files.explain()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="?", type=int, default=100_000)
    parser.add_argument("--plans", action="store_true")
    options = parser.parse_args()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        run(options)
    finally:
        teardown_databases(databases, verbosity=0)


def run(options):
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create(email="b@example.org", is_staff=True, is_superuser=True))
    started = time.perf_counter()
    few, many = make_import(1000), make_import(options.files)
    print(f"{connection.vendor}, {options.files:,} found files, {os.cpu_count()} processors "
          f"(written in {time.perf_counter() - started:.0f} s)")  # fmt: skip
    reference, found = measure(client, few), measure(client, many)
    print(f"| request | 1,000 files | {options.files:,} files |\n|---|---|---|")
    for what, milliseconds in found.items():
        print(f"| {what} | {reference[what]:.0f} ms | {milliseconds:.0f} ms |")
    print(f"the slowest: {max(found.values()):.0f} ms")
    Asking(client, many).choose(do="none", q="*7.jpg")
    print(f"a tenth deselected, told to the files by the worker: {measure_import(many):.1f} s")
    if options.plans:
        print_plans(many)


if __name__ == "__main__":
    main()
