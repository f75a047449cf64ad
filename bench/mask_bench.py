"""Masks of many images, against plain drawing of the same polygons by Pillow in two processes.

    .venv/bin/python bench/mask_bench.py [IMAGES] [--format masks]

Twenty polygons of 20 points on each image of 1600 × 1200, in a database of its own (test_…), which
it drops at the end. The reference draws the same polygons with PIL.ImageDraw into a picture of
classes (8 bit) and one of instances (16 bit) and saves both as PNG, as the export does; it reads no
database and writes no archive.
"""

import argparse
import io
import random
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import export_bench  # noqa: E402
import orjson  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402
from PIL import Image, ImageDraw  # noqa: E402

from labeling.models import Shape  # noqa: E402

SHAPES_PER_IMAGE = 20


def draw_plainly(drawings):
    """Two PNG of each drawing; how many bytes they are."""
    size = 0
    for rings in drawings:
        classes, instances = Image.new("L", (1600, 1200)), Image.new("I;16", (1600, 1200))
        on_classes, on_instances = ImageDraw.Draw(classes), ImageDraw.Draw(instances)
        for number, ring in enumerate(rings, 1):
            on_classes.polygon(ring, fill=1)
            on_instances.polygon(ring, fill=number)
        for picture in (classes, instances):
            png = io.BytesIO()
            picture.save(png, "PNG")
            size += len(png.getvalue())
    return size


def drawings_of(task):
    """The rings of each image, from the database."""
    found: dict[int, list] = {}
    rows = Shape.objects.filter(label__task=task).order_by("label", "z")
    for label, geometry in rows.values_list("label", "geometry"):
        found.setdefault(label, []).append(orjson.loads(geometry)["rings"][0])
    return list(found.values())


def plain_seconds(drawings):
    with get_context("fork").Pool(2) as pool:
        pool.map(abs, [1, 2])  # both are there
        started = time.perf_counter()
        pool.map(draw_plainly, [drawings[at : at + 25] for at in range(0, len(drawings), 25)], 1)
        return time.perf_counter() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", nargs="?", type=int, default=1000)
    parser.add_argument("--format", default="masks")
    options = parser.parse_args()
    random.seed(1)
    export_bench.SHAPES_PER_IMAGE = SHAPES_PER_IMAGE
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        task = export_bench.make_world(options.images * SHAPES_PER_IMAGE, 0)
        drawings = drawings_of(task)
        connection.close()
        plain = plain_seconds(drawings)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "masks.zip"
            seconds, memory = export_bench.export_elsewhere(task, options.format, path)
    finally:
        teardown_databases(databases, verbosity=0)
    print(
        f"{connection.vendor}, {options.format}, {options.images:,} images: "
        f"export {seconds:.1f} s, plain {plain:.1f} s, ratio of speeds {plain / seconds:.2f}; "
        f"at most {memory:.0f} MB"
    )


if __name__ == "__main__":
    main()
