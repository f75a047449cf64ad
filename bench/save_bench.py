"""Time of saving one changed shape in a label of many shapes, against one of few.

    [DATABASE_URL=postgresql://…] .venv/bin/python bench/save_bench.py

Works in a test database of its own, which it drops at the end. Prints the median and p99
of 300 saves in milliseconds for labels of 50 and of 5,000 shapes, and the ratio.
"""

import os
import statistics
import sys
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "s3label_site.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from labeling.claiming import claim_next  # noqa: E402
from labeling.saving import save_changes  # noqa: E402
from s3label_site.testing import make_cast, make_task  # noqa: E402

SAVES = 300


def state(label_class, number):
    x, y = number % 50, number // 50 % 40
    ring = [x, y, x + 9.25, y, x + 9, y + 8.5, x + 4, y + 9.75, x, y + 7]
    return {"class": label_class.pk, "kind": "polygon", "geom": {"rings": [ring]}, "z": number}


def change(uid, base, shape):
    return {"id": uid, "base": base, "shape": shape | {"attrs": {}}}


def time_saves(label, labeler, count):
    label_class = label.task.classes.first()
    uids = [uuid.uuid4() for _ in range(count)]
    shapes = [change(uid, None, state(label_class, n)) for n, uid in enumerate(uids)]
    save_changes(label, author=labeler, op_id=uuid.uuid4(), changes=shapes)
    times, base = [], 1
    for number in range(SAVES):
        changes = [change(uids[7], base, state(label_class, number))]
        started = time.perf_counter()
        answer = save_changes(label, author=labeler, op_id=uuid.uuid4(), changes=changes)
        times.append((time.perf_counter() - started) * 1000)
        base = answer.body["rev"]
    return statistics.median(times), sorted(times)[int(SAVES * 0.99)]


def main():
    old = setup_databases(verbosity=0, interactive=False)
    try:
        print(f"{connection.vendor}, {SAVES} saves of one changed shape")
        ann = make_cast()["ann"]
        medians, last = [], 0
        task = make_task(ann, images=2)
        for count in (50, 5_000):
            label = claim_next(task=task, labeler=ann, after=last)
            median, p99 = time_saves(label, ann, count)
            medians.append(median)
            last = label.pk
            print(f"  label of {count:>5,} shapes: median {median:.2f} ms, p99 {p99:.2f} ms")
        print(f"  ratio of the medians: {medians[1] / medians[0]:.2f}")
    finally:
        teardown_databases(old, verbosity=0)


if __name__ == "__main__":
    main()
