"""Time and memory of an import of labels, against orjson.loads of the same file, in one run.

    .venv/bin/python bench/import_labels_bench.py [SHAPES]

Writes a COCO file of ten polygons of 20 points on each image, and imports it into a database of
its own (test_…), which it drops at the end. Reading alone and the whole import, which stores every
shape with its history, run in processes of their own, so that their memory is their own. So does
the import of the same file as predictions.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "s3label_site.settings")

import django  # noqa: E402
import orjson  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from accounts.models import User  # noqa: E402
from bench.export_bench import (  # noqa: E402
    IMAGES_AT_ONCE,
    SHAPES_PER_IMAGE,
    make_labels,
    make_task,
    ring,
)
from labeling.importing import Wishes, import_labels  # noqa: E402
from labeling.imports import FORMATS  # noqa: E402
from labeling.imports.source import open_source  # noqa: E402
from labeling.models import Assignment, Label, LabelTask  # noqa: E402


def make_world(images):
    task, dataset, labeler = make_task()
    Assignment.objects.create(task=task, user=labeler)
    for start in range(0, images, IMAGES_AT_ONCE):
        numbers = range(start, min(start + IMAGES_AT_ONCE, images))
        make_labels(task, dataset, labeler, numbers)
    Label.objects.update(status="free", labeler=None, rev=0, n_shapes=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return task


def write_coco(path, images):
    with path.open("wb") as file:
        file.write(b'{"images":[\n')
        for number in range(images):
            row = {"id": number, "file_name": f"{number:08d}.jpg", "width": 1600, "height": 1200}
            file.write((b",\n" if number else b"") + orjson.dumps(row))
        file.write(b'\n],"annotations":[\n')
        for number in range(images * SHAPES_PER_IMAGE):
            x, y = random.uniform(100, 1500), random.uniform(100, 1100)  # noqa: S311
            row = {"id": number, "image_id": number // SHAPES_PER_IMAGE, "category_id": 1}
            row |= {"segmentation": [ring(x, y, 60)], "area": 9000, "bbox": [x, y, 60, 60]}
            file.write((b",\n" if number else b"") + orjson.dumps(row | {"iscrowd": 0}))
        file.write(b'\n],"categories":[{"id":1,"name":"House"}]}\n')


def read_here(path):
    reading = FORMATS["coco"].read(open_source(path), tempfile.TemporaryFile)
    for _ in reading.heads():
        pass
    return sum(len(item.shapes) for item in reading.items())


def import_here(path):
    task = LabelTask.objects.get()
    wishes = Wishes(labeler=User.objects.get())
    return import_labels(task, path=path, format="coco", wishes=wishes).added


def predict_here(path):
    wishes = Wishes(model="Bench 1.0")
    return import_labels(LabelTask.objects.get(), path=path, format="coco", wishes=wishes).added


def peak_memory():
    """MB that this program has had at most; getrusage would count the parent's too."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def elsewhere(act, path):
    """(seconds, MB at most) of an act in a process of its own."""
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, __file__, "--act", act, "--path", str(path), "--database", name]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603
    return map(float, result.stdout.split())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shapes", nargs="?", type=int, default=100_000)
    for hidden in ("--act", "--path", "--database"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.act:
        connection.settings_dict["NAME"] = options.database
        started = time.perf_counter()
        {"read": read_here, "import": import_here, "predict": predict_here}[options.act](
            options.path
        )
        print(time.perf_counter() - started, peak_memory())
        return
    random.seed(1)
    images = options.shapes // SHAPES_PER_IMAGE
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        make_world(images)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "labels.json"
            write_coco(path, images)
            data = path.read_bytes()
            started = time.perf_counter()
            content = orjson.loads(data)
            reference = time.perf_counter() - started
            del content
            for act in ("read", "import", "predict"):
                seconds, peak = elsewhere(act, path)
                print(
                    f"{connection.vendor}, {options.shapes:,} shapes, {len(data) / 1e6:.0f} MB: "
                    f"{act} {seconds:.1f} s, orjson.loads {reference:.2f} s, "
                    f"ratio {seconds / reference:.1f}; peak {peak:.0f} MB"
                )
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
