"""Time and memory of an export, against orjson.dumps of the same records, in one run.

    .venv/bin/python bench/export_bench.py [SHAPES] [--format coco|json] [--holes PERCENT]

Works in a database of its own (test_…), which it drops at the end: ten shapes on each image,
polygons of 20 points as one draws them, and PERCENT of them with a hole (0). The export runs
in a process of its own, so that its memory is its own: what it and the second process that it
may start hold at most, pages that they share counted once. The records that orjson writes are
read back from the file.
"""

import argparse
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "s3label_site.settings")

import django  # noqa: E402
import orjson  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from accounts.models import User  # noqa: E402
from datasets.models import Dataset, DatasetGroup, Image  # noqa: E402
from labeling.exporting import export_labels  # noqa: E402
from labeling.models import Label, LabelClass, LabelTask, Shape  # noqa: E402
from labeling.shapes import to_json  # noqa: E402

SHAPES_PER_IMAGE = 10
POINTS = 20
IMAGES_AT_ONCE = 2_000


def ring(x, y, radius):
    flat = []
    for i in range(POINTS):
        angle, far = 2 * math.pi * i / POINTS, radius * random.uniform(0.6, 1)  # noqa: S311
        flat += [round(x + far * math.cos(angle), 2), round(y + far * math.sin(angle), 2)]
    return flat


def geometry(holes):
    x, y = random.uniform(100, 1500), random.uniform(100, 1100)  # noqa: S311
    rings = [ring(x, y, 60)]
    if random.uniform(0, 100) < holes:  # noqa: S311
        rings.append(ring(x, y, 30))
    return to_json({"rings": rings})


def make_task():
    """A task with one class, a dataset without images, and who labels."""
    dataset = Dataset.objects.create(site="Bench", sensor="Bench")
    group = DatasetGroup.objects.create(name="Bench")
    group.datasets.add(dataset)
    labeler = User.objects.create(email="bench@example.org")
    task = LabelTask.objects.create(
        dataset_group=group, title="Bench", description="-", type="instance_segmentation"
    )
    LabelClass.objects.create(task=task, name="House", color="#e6194b", export_id=1)
    return task, dataset, labeler


def make_world(shapes, holes):
    task, dataset, labeler = make_task()
    house = task.classes.get()
    count = shapes // SHAPES_PER_IMAGE
    for start in range(0, count, IMAGES_AT_ONCE):
        numbers = range(start, min(start + IMAGES_AT_ONCE, count))
        labels = make_labels(task, dataset, labeler, numbers)
        Shape.objects.bulk_create(
            Shape(
                label=label,
                uid=uuid.UUID(int=random.getrandbits(128)),  # noqa: S311
                rev_added=number + 1,
                label_class=house,
                kind="polygon",
                geometry=geometry(holes),
                z=number,
            )
            for label in labels
            for number in range(SHAPES_PER_IMAGE)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return task


def make_labels(task, dataset, labeler, numbers):
    images = Image.objects.bulk_create(
        Image(
            dataset=dataset,
            path=f"/bench/{number:08d}.jpg",
            sha256=f"{number:064x}",
            byte_size=1,
            format="JPEG",
            width=1600,
            height=1200,
        )
        for number in numbers
    )
    return Label.objects.bulk_create(
        Label(
            task=task,
            image=image,
            labeler=labeler,
            status="submitted",
            rev=SHAPES_PER_IMAGE,
            n_shapes=SHAPES_PER_IMAGE,
        )
        for image in images
    )


def export_here(task_id, format, path):
    """Export in this process; prints seconds."""
    started = time.perf_counter()
    export_labels(LabelTask.objects.get(pk=task_id), format=format, path=path)
    print(time.perf_counter() - started)  # noqa: T201


def export_elsewhere(task, format, path):
    """(seconds, MB that the processes of the export held together at most)."""
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, str(Path(__file__)), "--export", str(task.pk), "--format", format]
    command += ["--database", name, "--out", str(path)]
    most = 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        while process.poll() is None:
            most = max(most, sum(map(memory_of, with_children(process.pid))))
            time.sleep(0.1)
        seconds = float(process.stdout.read())
    return seconds, most


def with_children(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *map(int, children.read_text().split())] if children.exists() else [pid]


def memory_of(pid):
    """MB of a process; what several share is divided among them."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it ended
        return 0
    found = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0


def dump_same(path, format):
    """Seconds that orjson takes for the records of the file, and how many shapes they are."""
    content = orjson.loads(path.read_bytes())
    started = time.perf_counter()
    orjson.dumps(content)
    seconds = time.perf_counter() - started
    if format == "coco":
        return seconds, len(content["annotations"])
    return seconds, sum(len(label["shapes"]) for i in content["images"] for label in i["labels"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shapes", nargs="?", type=int, default=100_000)
    parser.add_argument("--format", default="coco")
    parser.add_argument("--holes", type=float, default=0)
    parser.add_argument("--export", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--database", help=argparse.SUPPRESS)
    parser.add_argument("--out", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.export:
        connection.settings_dict["NAME"] = options.database
        return export_here(options.export, options.format, options.out)
    random.seed(1)
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        task = make_world(options.shapes, options.holes)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.json"
            seconds, memory = export_elsewhere(task, options.format, path)
            reference, shapes = dump_same(path, options.format)
            size = path.stat().st_size / 1e6
    finally:
        teardown_databases(databases, verbosity=0)
    print(  # noqa: T201
        f"{connection.vendor}, {options.format}, {shapes:,} shapes, {size:.0f} MB: "
        f"export {seconds:.1f} s ({shapes / seconds:,.0f} shapes/s), "
        f"orjson.dumps {reference:.2f} s, ratio {seconds / reference:.1f}; "
        f"at most {memory:.0f} MB"
    )
    return None


if __name__ == "__main__":
    main()
