"""Masks: PNG images of classes and of instances, in a zip file. See docs/exports.md. No Django."""

import csv
import io
import math
from collections import Counter
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import numpy as np
import orjson
from PIL import Image

from labeling.exports.csv import harmless
from labeling.rasterising import mask_of
from labeling.shapes import box_of, rings_of

LABEL_COLUMNS = (
    "mask",
    "image_id",
    "file_name",
    "path",
    "sha256",
    "width",
    "height",
    "label_id",
    "labeler_id",
    "status",
    "revision",
)
INSTANCE_COLUMNS = ("mask", "instance", "shape_id", "class_id", "kind")
# Zip files name a time; always the same one, so that the same labels make the same bytes.
TIME = (1980, 1, 1, 0, 0, 0)


def write(file, task, images, *, scratch):
    """Write two masks for each label, and tables of what they show.

    The masks come first and the tables last, because a zip file is written in one go.
    """
    notes: Counter[str] = Counter()
    is_deep = max((label_class.id for label_class in task.classes), default=0) > 255
    with scratch() as labels, scratch() as instances, ZipFile(file, "w") as archive:
        labels.write(_line(LABEL_COLUMNS))
        instances.write(_line(INSTANCE_COLUMNS))
        for image in images:
            for label in image.labels:
                name = f"{image.id:08d}-{label.id:08d}.png"
                classes, numbers = _paint(image, label, notes)
                _add_mask(archive, f"classes/{name}", classes if is_deep else _shallow(classes))
                _add_mask(archive, f"instances/{name}", numbers)
                labels.write(_line(_about(name, image, label)))
                for number, shape in enumerate(label.shapes, 1):
                    row = (name, number, shape.uid, shape.class_id, shape.kind)
                    instances.write(_line(row))
        classes = [(one.id, harmless(one.name), one.color) for one in task.classes]
        lines = map(_line, [("id", "name", "color"), *classes])
        _add(archive, "classes.csv", io.BytesIO(b"".join(lines)))
        _add(archive, "labels.csv", labels)
        _add(archive, "instances.csv", instances)
    return dict(notes)


def _paint(image, label, notes):
    """(class ids, numbers of instances) of every pixel; what is in front covers what is behind."""
    classes = np.zeros((image.height, image.width), dtype=np.uint16)
    numbers = np.zeros_like(classes)
    for number, shape in enumerate(label.shapes, 1):
        geometry = orjson.loads(shape.geometry)
        rings = rings_of(shape.kind, geometry)
        if not rings:
            notes[f"A shape of the kind {shape.kind} covers no area and is not in the masks."] += 1
            continue
        window, mask = _mask_in_window(rings, box_of(shape.kind, geometry), image)
        classes[window][mask] = shape.class_id
        numbers[window][mask] = number
    return classes, numbers


def _mask_in_window(rings, box, image):
    """The mask of a shape in the part of the image that it can touch, and that part."""
    left, top = max(0, math.floor(box[0])), max(0, math.floor(box[1]))
    right, bottom = min(image.width, math.ceil(box[2])), min(image.height, math.ceil(box[3]))
    window = (slice(top, max(top, bottom)), slice(left, max(left, right)))
    moved = [[value - (top if i % 2 else left) for i, value in enumerate(ring)] for ring in rings]
    return window, mask_of(moved, max(0, right - left), max(0, bottom - top))


def _shallow(classes):
    return classes.astype(np.uint8)


def _add_mask(archive, name, mask):
    png = io.BytesIO()
    Image.fromarray(mask).save(png, "PNG")
    # PNG is compressed already.
    archive.writestr(ZipInfo(name, TIME), png.getvalue(), ZIP_STORED)


def _add(archive, name, content):
    about = ZipInfo(name, TIME)
    about.compress_type = ZIP_DEFLATED
    content.seek(0)
    with archive.open(about, "w", force_zip64=True) as target:
        while block := content.read(1 << 20):
            target.write(block)


def _about(name, image, label):
    names = (harmless(image.name), harmless(image.path))
    about_image = (name, image.id, *names, image.sha256, image.width, image.height)
    return (*about_image, label.id, label.labeler, label.status, label.rev)


def _line(values):
    text = io.StringIO(newline="")
    csv.writer(text).writerow(values)
    return text.getvalue().encode()
