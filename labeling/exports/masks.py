"""Masks: PNG images of classes and of instances, in a zip file. See docs/exports.md. No Django."""

import io
import math

import numpy as np
import orjson
from PIL import Image

from labeling.exports.archive import Archive
from labeling.exports.csv import harmless, line_of
from labeling.exports.losses import Losses, shapes_of
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
    """Class ids and numbers of instances, in two masks for each label."""
    is_deep = has_many_classes(task)

    def paint(image, label, losses):
        classes, numbers = _paint(image, label, losses)
        return {"classes": classes if is_deep else classes.astype(np.uint8), "instances": numbers}

    return write_masks(file, task, images, scratch, paint)


def has_many_classes(task):
    return max((label_class.id for label_class in task.classes), default=0) > 255


def write_masks(file, task, images, scratch, paint):
    """Write the masks of each label, and tables of what they show.

    paint(image, label, losses) answers with {folder: pixels or a picture}. The masks come first
    and the tables last, because a zip file is written in one go.
    """
    losses = Losses()
    with scratch() as labels, scratch() as instances, Archive(file) as archive:
        labels.write(line_of(LABEL_COLUMNS))
        instances.write(line_of(INSTANCE_COLUMNS))
        for image in images:
            losses.of_attributes(shapes_of(image))
            losses.of_values(image)
            losses.of_predictions(image)
            for label in image.labels:
                name = f"{image.id:08d}-{label.id:08d}.png"
                for folder, pixels in paint(image, label, losses).items():
                    archive.add(f"{folder}/{name}", _png(pixels), packed=False)
                labels.write(line_of(_about(name, image, label)))
                for number, shape in enumerate(label.shapes, 1):
                    row = (name, number, shape.uid, shape.class_id, shape.kind)
                    instances.write(line_of(row))
        classes = [(one.id, harmless(one.name), one.color) for one in task.classes]
        archive.add_table("classes.csv", [("id", "name", "color"), *classes])
        archive.add_file("labels.csv", labels)
        archive.add_file("instances.csv", instances)
    return losses.as_dict()


def _paint(image, label, losses):
    """(class ids, numbers of instances) of every pixel; what is in front covers what is behind."""
    classes = np.zeros((image.height, image.width), dtype=np.uint16)
    numbers = np.zeros_like(classes)
    for number, shape, window, mask in areas_of(image, label, losses):
        classes[window][mask] = shape.class_id
        numbers[window][mask] = number
    return classes, numbers


def areas_of(image, label, losses):
    """(number from 1, shape, part of the image, mask of that part), from back to front."""
    for number, shape in enumerate(label.shapes, 1):
        geometry = orjson.loads(shape.geometry)
        rings = rings_of(shape.kind, geometry)
        if rings:
            window, mask = _mask_in_window(rings, box_of(shape.kind, geometry), image)
            yield number, shape, window, mask
        else:
            losses.note(f"A shape of the kind {shape.kind} covers no area and is not in the masks.")


def _mask_in_window(rings, box, image):
    """The mask of a shape in the part of the image that it can touch, and that part."""
    left, top = max(0, math.floor(box[0])), max(0, math.floor(box[1]))
    right, bottom = min(image.width, math.ceil(box[2])), min(image.height, math.ceil(box[3]))
    window = (slice(top, max(top, bottom)), slice(left, max(left, right)))
    moved = [[value - (top if i % 2 else left) for i, value in enumerate(ring)] for ring in rings]
    return window, mask_of(moved, max(0, right - left), max(0, bottom - top))


def _png(pixels):
    png = io.BytesIO()
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    picture.save(png, "PNG")
    return png.getvalue()


def _about(name, image, label):
    names = (harmless(image.name), harmless(image.path))
    about_image = (name, image.id, *names, image.sha256, image.width, image.height)
    return (*about_image, label.id, label.labeler, label.status, label.rev)
