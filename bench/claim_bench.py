"""Time of one claim at many images, against the same at few; then of many people at once.

    DATABASE_URL=postgresql://… .venv/bin/python bench/claim_bench.py [FEW] [MANY] [CLIENTS]

Works in a database of its own beside the named one (test_…), which it drops at the end.
A tenth of the images is done before the clock starts. Prints the median and p99 of 300
claims in milliseconds, and the ratio many / few; beside each the time that one SELECT 1
takes between the claims, because another process may have the machine. Then CLIENTS (50; 16
on SQLite) processes claim and submit as fast as they can for ten seconds, without a pause
that people would make, and what they were given is compared.
"""

import multiprocessing
import os
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "s3label_site.settings")

import django  # noqa: E402

django.setup()

from django.db import connection, connections, transaction  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from accounts.models import User  # noqa: E402
from datasets.models import Dataset, DatasetGroup  # noqa: E402
from labeling import claiming, queueing  # noqa: E402
from labeling.models import Assignment, Label, LabelTask  # noqa: E402
from labeling.steps import submit  # noqa: E402

CLAIMS = 300
CLIENTS = {"postgresql": 50, "sqlite": 16}
SECONDS = 10
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
    """Milliseconds of each claim, and of the smallest question between two."""
    claims, questions = [], []
    last = 0
    for _ in range(CLAIMS):
        started = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        asked = time.perf_counter()
        label = claiming.claim_next(task=task, labeler=labeler, after=last)
        claims.append((time.perf_counter() - asked) * 1000)
        questions.append((asked - started) * 1000)
        Label.objects.filter(pk=label.pk).update(status="submitted")
        last = label.pk
    return claims, questions


def claim_at_once(task, clients):
    """(label, milliseconds) of every claim of so many processes."""
    people = [User.objects.create(email=f"at-once{n}@example.org") for n in range(clients)]
    Assignment.objects.bulk_create(Assignment(user=person, task=task) for person in people)
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    start, answers = fork.Barrier(clients + 1), fork.SimpleQueue()

    def work(person):
        given = []
        claiming.claim_next(task=task, labeler=person)
        start.wait()
        ends = time.perf_counter() + SECONDS
        while (began := time.perf_counter()) < ends:
            label = claiming.claim_next(task=task, labeler=person, after=0)
            given.append((label.pk, (time.perf_counter() - began) * 1000))
            submit(label, by=person, rev=0)
        answers.put(given)
        connections.close_all()

    processes = [fork.Process(target=work, args=[person]) for person in people]
    for process in processes:
        process.start()
    start.wait()
    given = [claim for _ in processes for claim in answers.get()]
    for process in processes:
        process.join()
    return given


def p99(times):
    return sorted(times)[int(len(times) * 0.99)]


def main():
    numbers = [int(argument.replace(",", "")) for argument in sys.argv[1:]]
    defaults = [10_000, 1_000_000, CLIENTS[connection.vendor]]
    few, many, clients = numbers + defaults[len(numbers) :]
    old = setup_databases(verbosity=0, interactive=False)
    try:
        print(f"{connection.vendor}, {CLAIMS} claims, one labeler")
        medians = []
        for count in (few, many):
            task, labeler = make_world(count)
            claims, questions = time_claims(task, labeler)
            medians.append(statistics.median(claims))
            print(
                f"  {count:>9,} images: median {medians[-1]:.2f} ms, p99 {p99(claims):.2f} ms; "
                f"SELECT 1: median {statistics.median(questions):.2f} ms"
            )
        print(f"  ratio of the medians: {medians[1] / medians[0]:.2f}")
        given = claim_at_once(task, clients)
        times = [milliseconds for _, milliseconds in given]
        doubles = sum(number > 1 for number in Counter(label for label, _ in given).values())
        print(f"{clients} processes at once, {many:,} images, each claim submitted")
        print(
            f"  {len(given) / SECONDS:.0f} claims/s, median {statistics.median(times):.0f} ms, "
            f"p99 {p99(times):.0f} ms, {doubles} given twice"
        )
    finally:
        teardown_databases(old, verbosity=0)


if __name__ == "__main__":
    main()
