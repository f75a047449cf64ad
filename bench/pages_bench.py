"""Time in the database of the pages that count, at many images.

    DATABASE_URL=postgresql://… .venv/bin/python bench/pages_bench.py [IMAGES]

Works in a database of its own beside the named one (test_…), which it drops at the end: a task
of IMAGES (1,000,000) images, of which a tenth is done by one of its people. For each page the
number of questions, their time together (the median of nine requests), and the longest one;
beside it how long counting the labels would take, and one SELECT 1.
"""

import statistics
import sys
import time

from claim_bench import make_world
from django.db import connection
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from django.urls import reverse

from accounts.models import User
from labeling.claiming import claim_next
from labeling.models import Label

REQUESTS = 9


class Stopwatch:
    """Notes how long each question takes."""

    def __init__(self):
        self.times = []

    def __call__(self, execute, sql, params, many, context):
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.times.append((time.perf_counter() - started) * 1000)


def ask(client, url):
    """(questions, milliseconds of all, of the longest), the median of several requests."""
    found = []
    for _ in range(REQUESTS):
        stopwatch = Stopwatch()
        with connection.execute_wrapper(stopwatch):
            answer = client.get(url, HTTP_HOST="localhost")
        assert answer.status_code == 200, (url, answer.status_code)  # noqa: S101
        found.append((sum(stopwatch.times), len(stopwatch.times), max(stopwatch.times)))
    return sorted(found)[REQUESTS // 2]


def time_of(sql):
    times = []
    for _ in range(5):
        started = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(sql)
            cursor.fetchall()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def main():
    count = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 1_000_000
    old = setup_databases(verbosity=0, interactive=False)
    try:
        task, labeler = make_world(count)
        label = claim_next(task=task, labeler=labeler)
        staff = User.objects.create(email="rita@example.org", is_staff=True, is_superuser=True)
        of_task = f"?task__id__exact={task.pk}"
        pages = [
            (labeler, "the labeler's tasks", reverse("labeling:task_list")),
            (labeler, "their labels", reverse("labeling:my_labels")),
            (labeler, "a label in the editor", f"/api/v1/labels/{label.pk}"),
            (staff, "start of the admin", reverse("admin:index")),
            (staff, "list of tasks", reverse("admin:labeling_labeltask_changelist")),
            (staff, "page of a task", reverse("admin:labeling_labeltask_change", args=[task.pk])),
            (staff, "its queue", reverse("admin:labeling_labeltask_queue", args=[task.pk])),
            (staff, "list of datasets", reverse("admin:datasets_dataset_changelist")),
            (staff, "list of groups", reverse("admin:datasets_datasetgroup_changelist")),
            (staff, "list of assignments", reverse("admin:labeling_assignment_changelist")),
            (staff, "labels", reverse("admin:labeling_label_changelist")),
            (staff, "labels of a task", reverse("admin:labeling_label_changelist") + of_task),
            (staff, "list of images", reverse("admin:datasets_image_changelist")),
        ]
        print(f"{connection.vendor}, {count:,} images, {Label.objects.claimed().count():,} labels")
        for who, name, url in pages:
            client = Client()
            client.force_login(who)
            total, questions, longest = ask(client, url)
            print(f"  {name:<22} {questions:>3} questions {total:>7.1f} ms, longest {longest:.1f}")
        counting = "SELECT status, count(*) FROM labels GROUP BY status"
        print(f"  for comparison: counting the labels {time_of(counting):.1f} ms, ", end="")
        print(f"SELECT 1 {time_of('SELECT 1'):.2f} ms")
    finally:
        teardown_databases(old, verbosity=0)


if __name__ == "__main__":
    main()
