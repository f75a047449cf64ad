"""Masks: PNG images of classes and of instances, in a zip file. See docs/exports.md. No Django."""

import io
import math
from collections import Counter

import numpy as np
import orjson
from PIL import Image

from labeling.exports.archive import Archive
from labeling.exports.csv import harmless, line_of
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


def write(file, task, images, *, scratch):
    """Write two masks for each label, and tables of what they show.

    The masks come first and the tables last, because a zip file is written in one go.
    """
    notes: Counter[str] = Counter()
    is_deep = max((label_class.id for label_class in task.classes), default=0) > 255
    with scratch() as labels, scratch() as instances, Archive(file) as archive:
        labels.write(line_of(LABEL_COLUMNS))
        instances.write(line_of(INSTANCE_COLUMNS))
        for image in images:
            for label in image.labels:
                name = f"{image.id:08d}-{label.id:08d}.png"
                classes, numbers = _paint(image, label, notes)
                _add_mask(archive, f"classes/{name}", classes if is_deep else _shallow(classes))
                _add_mask(archive, f"instances/{name}", numbers)
                labels.write(line_of(_about(name, image, label)))
                for number, shape in enumerate(label.shapes, 1):
                    row = (name, number, shape.uid, shape.class_id, shape.kind)
                    instances.write(line_of(row))
        classes = [(one.id, harmless(one.name), one.color) for one in task.classes]
        archive.add_table("classes.csv", [("id", "name", "color"), *classes])
        archive.add_file("labels.csv", labels)
        archive.add_file("instances.csv", instances)
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
    archive.add(name, png.getvalue(), packed=False)


def _about(name, image, label):
    names = (harmless(image.name), harmless(image.path))
    about_image = (name, image.id, *names, image.sha256, image.width, image.height)
    return (*about_image, label.id, label.labeler, label.status, label.rev)
