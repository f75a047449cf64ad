"""Time of one claim at many images, against the same at few, in one run.

    DATABASE_URL=postgresql://… .venv/bin/python bench/claim_bench.py [FEW] [MANY] [--keep]

Works in a database of its own beside the named one (test_…), which it drops at the end.
A tenth of the images is done before the clock starts. Prints the median and p99 of 300
claims in milliseconds, and the ratio many / few.
"""

import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "s3label_site.settings")

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from accounts.models import User  # noqa: E402
from datasets.models import Dataset, DatasetGroup  # noqa: E402
from labeling import claiming, queueing  # noqa: E402
from labeling.models import Assignment, Label, LabelTask  # noqa: E402

CLAIMS = 300
COLUMNS = "dataset_id, path, sha256, byte_size, format, width, height"
# The first digits of the hash are as good as random: tasks give images out in their order.
IMAGES = {
    "postgresql": f"""
INSERT INTO input_data ({COLUMNS})
SELECT d.id, d.folder || n || '.jpg',
    lpad(to_hex(n * 2654435761 %% 4294967296), 16, '0') || lpad(n::text, 48, '0'),
    1, 'JPEG', 640, 480
FROM generate_series(1, %s::bigint) n, (SELECT %s::bigint AS id, %s AS folder) d""",  # noqa: S608
    "sqlite": f"""
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)
INSERT INTO input_data ({COLUMNS})
SELECT d.id, d.folder || n || '.jpg', printf('%%016x%%048d', n * 2654435761 %% 4294967296, n),
    1, 'JPEG', 640, 480
FROM numbers, (SELECT %s AS id, %s AS folder) d""",  # noqa: S608
}


def make_world(count):
    dataset = Dataset.objects.create(site="Bench", sensor=str(count))
    group = DatasetGroup.objects.create(name=f"Bench {count}")
    group.datasets.add(dataset)
    with connection.cursor() as cursor:
        cursor.execute(IMAGES[connection.vendor], [count, dataset.pk, f"/bench/{count}/"])
    task = LabelTask.objects.create(
        dataset_group=group, title=f"Bench {count}", description="-", type="bounding_boxes"
    )
    labeler = User.objects.create(email=f"bench{count}@example.org")
    Assignment.objects.create(user=labeler, task=task)
    started = time.perf_counter()
    while Label.objects.filter(task=task).count() < count:
        with transaction.atomic():
            queueing.top_up(task)
    print(f"  queue rows for {count:,} images: {time.perf_counter() - started:.1f} s")
    done = Label.objects.filter(task=task).order_by("order_key").values("pk")[: count // 10]
    Label.objects.filter(pk__in=done).update(status="submitted", labeler=labeler)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return task, labeler


def time_claims(task, labeler):
    times = []
    last = 0
    for _ in range(CLAIMS):
        started = time.perf_counter()
        label = claiming.claim_next(task=task, labeler=labeler, after=last)
        times.append((time.perf_counter() - started) * 1000)
        Label.objects.filter(pk=label.pk).update(status="submitted")
        last = label.pk
    return statistics.median(times), sorted(times)[int(len(times) * 0.99)]


def main():
    numbers = [int(argument.replace(",", "")) for argument in sys.argv[1:] if argument[0] != "-"]
    few, many = (numbers + [10_000, 1_000_000][len(numbers) :])[:2]
    old = setup_databases(verbosity=0, interactive=False)
    try:
        print(f"{connection.vendor}, {CLAIMS} claims, one labeler")
        medians = []
        for count in (few, many):
            median, p99 = time_claims(*make_world(count))
            medians.append(median)
            print(f"  {count:>9,} images: median {median:.2f} ms, p99 {p99:.2f} ms")
        print(f"  ratio of the medians: {medians[1] / medians[0]:.2f}")
    finally:
        teardown_databases(old, verbosity=0)


if __name__ == "__main__":
    main()
