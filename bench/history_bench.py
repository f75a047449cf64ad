"""Time of looking back in a label of 100,000 revisions, against one of 100.

    [DATABASE_URL=postgresql://…] .venv/bin/python bench/history_bench.py [revisions]

Works in a test database of its own, which it drops at the end. Prints medians of 30 requests
in milliseconds, through Django's test client: everything but the network.
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
from django.test import Client  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from labeling.claiming import claim_next  # noqa: E402
from labeling.models import Label, LabelRevision, Shape  # noqa: E402
from labeling.saving import save_changes  # noqa: E402
from s3label_site.testing import make_cast, make_task  # noqa: E402

REQUESTS = 30
SHAPES = 50
RING = "[10,10,20,10,20,20,15,24.25,10,20]"


def fill(label, author, count):
    """One shape is drawn or changed in each revision; 50 shapes are there at the end."""
    label_class = label.task.classes.first()
    uids = [uuid.uuid4() for _ in range(SHAPES)]
    revisions, shapes = [], []
    for rev in range(1, count + 1):
        revisions.append(
            LabelRevision(
                label=label,
                rev=rev,
                op_id=uuid.uuid4(),
                content_sha256="0" * 64,
                author=author,
                summary='{"moved":1}',
                answer=f'{{"rev":{rev}}}',
            )
        )
        shapes.append(
            Shape(
                label=label,
                uid=uids[rev % SHAPES],
                rev_added=rev,
                rev_removed=rev + SHAPES if rev + SHAPES <= count else None,
                label_class=label_class,
                kind="polygon",
                geometry=f'{{"rings":[{RING}]}}',
            )
        )
    LabelRevision.objects.bulk_create(revisions, batch_size=1000)
    Shape.objects.bulk_create(shapes, batch_size=1000)
    Label.objects.filter(pk=label.pk).update(rev=count, n_shapes=SHAPES)


def median(act):
    times = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        act()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def time_label(label, labeler, count):
    client = Client(SERVER_NAME="localhost")
    client.force_login(labeler)
    url = f"/api/v1/labels/{label.pk}"
    middle, newest = count // 2, 10**18 - 1

    def get(path):
        def act():
            if client.get(url + path).status_code != 200:
                sys.exit(f"{path} did not answer")

        return act

    def draw():
        geometry = {"rings": [[1, 1, 9, 1, 9, 9]]}
        state = {"class": label.task.classes.first().pk, "kind": "polygon", "geom": geometry}
        change = {"id": uuid.uuid4(), "base": None, "shape": state | {"z": 0, "attrs": {}}}
        save_changes(label, author=labeler, op_id=uuid.uuid4(), changes=[change])

    place = LabelRevision.objects.get(label=label, rev=middle).pk
    return {
        "open the label": median(get("")),
        "newest page of the time line": median(get("/history")),
        "a page in the middle": median(get(f"/history?before={middle}.{place}.{newest}")),
        "difference to ten revisions ago": median(get(f"/revisions/{count - 10}?ended=true")),
        "difference to the middle": median(get(f"/revisions/{middle}?ended=true")),
        "the whole of the middle": median(get(f"/revisions/{middle}")),
        "what changed in ten revisions": median(get(f"/since/{count - 10}")),
        "save a new shape": median(draw),
    }


def main():
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    old = setup_databases(verbosity=0, interactive=False)
    try:
        ann = make_cast()["ann"]
        task = make_task(ann, images=2)
        found, last = [], 0
        for count in (100, most):
            label = claim_next(task=task, labeler=ann, after=last)
            fill(label, ann, count)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            found.append(time_label(label, ann, count))
            last = label.pk
        print(f"{connection.vendor}, medians of {REQUESTS} in ms: 100 and {most:,} revisions")
        for what, few in found[0].items():
            print(f"  {what:<34} {few:7.1f} {found[1][what]:7.1f}")
    finally:
        teardown_databases(old, verbosity=0)


if __name__ == "__main__":
    main()
