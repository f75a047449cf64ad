"""YOLO: a text file for each image, in three dialects, and data.yaml. No Django.

Boxes (`yolo`), outlines (`yolo-seg`) and turned boxes (`yolo-obb`). Numbers are shares of the
width and height of the image. Training programs refuse images with a number outside 0 … 1, so
boxes and outlines are cut at the border.
"""

import math
import re
from functools import partial

import orjson
import shapely

from labeling.cutting import cut_rings
from labeling.exports.archive import Archive, add_file_per_image, without_suffix
from labeling.exports.boxes import PIXEL, box_on_image, is_upright
from labeling.exports.losses import Losses, geometries_of
from labeling.outlines import join_rings
from labeling.shapes import rings_of

DEFAULT_SPLIT = "train"


def write(file, task, images, *, scratch):
    return _write(file, task, images, scratch, _box_line)


def write_outlines(file, task, images, *, scratch):
    return _write(file, task, images, scratch, _outline_line)


def write_turned_boxes(file, task, images, *, scratch):
    return _write(file, task, images, scratch, _turned_box_line)


def image_place(image):
    return f"images/{image.split or DEFAULT_SPLIT}/{told_apart(image.name)}"


def label_place(image):
    return f"labels/{image.split or DEFAULT_SPLIT}/{without_suffix(told_apart(image.name))}.txt"


def told_apart(name):
    """The name of an image with no folder called images, which becomes images~.

    Training programs find labels by exchanging the last folder of that name for labels, and take
    an image without labels for background.
    """
    return re.sub(r"(^|/)(images~*)(?=/)", r"\1\2~", name)


def as_it_was(name):
    """The other way round."""
    return re.sub(r"(^|/)(images~*)~(?=/)", r"\1\2", name)


def _write(file, task, images, scratch, line_for):
    losses = Losses()
    splits: set[str] = set()
    with Archive(file) as archive:
        content = partial(_content, line_for=line_for, losses=losses, splits=splits)
        add_file_per_image(archive, images, scratch, place=label_place, content=content)
        archive.add("data.yaml", _about(task, splits).encode())
    return losses.as_dict()


def _about(task, splits):
    """data.yaml: where the images are to be, and the names of the classes.

    The number of a class is its export id less one, so that it never changes; readers want
    every number up to the highest, so that of a deleted class gets a name that says so.
    """
    names = {label_class.id: label_class.name for label_class in task.classes}
    lines = [f"# {_line(task.title)}, written by S3Label {task.version}", "path: ."]
    for split in ("train", "val", "test"):
        # Readers insist on the first two.
        if split in splits or split != "test":
            place = split if split in splits else min(splits, default=DEFAULT_SPLIT)
            lines.append(f"{split}: images/{place}")
    lines.append("names:")
    for number in range(max(names, default=0)):
        name = names.get(number + 1, f"deleted class {number + 1}")
        # JSON strings are YAML strings.
        lines.append(f"  {number}: {orjson.dumps(name).decode()}")
    return "\n".join(lines) + "\n"


def _line(text):
    return " ".join(text.split())


def _content(image, *, line_for, losses, splits):
    splits.add(image.split or DEFAULT_SPLIT)
    losses.of_image(image)
    lines = []
    for shape, geometry in geometries_of(image):
        numbers = line_for(shape.kind, geometry, image, losses)
        if numbers is not None:
            lines.append(" ".join([str(shape.class_id - 1), *map(_short, numbers)]))
    return "".join(f"{line}\n" for line in lines).encode()


def _short(number):
    return f"{number:.8f}".rstrip("0").rstrip(".") or "0"


def _shares(ring, image):
    return [number / (image.height if at % 2 else image.width) for at, number in enumerate(ring)]


def _box_line(kind, geometry, image, losses):
    """Centre and size of the box."""
    if kind in ("line", "points"):
        return losses.left_out(kind)
    box = box_on_image(kind, geometry, image)
    if box is None:
        return losses.note("A shape outside its image was left out.")
    if not is_upright(kind, geometry):
        losses.became("turned" if kind == "rect" else kind, "its box")
    left, top, right, bottom = box
    width, height = 2 * PIXEL * image.width, 2 * PIXEL * image.height
    return [
        (left + right) / width,
        (top + bottom) / height,
        2 * (right - left) / width,
        2 * (bottom - top) / height,
    ]


def _outline_line(kind, geometry, image, losses):
    """The corners of the outline; holes and parts are joined by slits."""
    if kind in ("line", "points"):
        return losses.left_out(kind)
    rings = rings_of(kind, geometry)
    cut = cut_rings(rings, image.width, image.height)
    if cut is not rings:
        losses.note("A shape was cut at the border of its image.")
    if not cut:
        return losses.note("A shape outside its image was left out.")
    if kind != "polygon":
        losses.became(kind, "a polygon")
    if len(cut) > 1:
        losses.note("The rings of a shape were joined by lines that cover nothing.")
    return _shares(join_rings(cut), image)


def _turned_box_line(kind, geometry, image, losses):
    """The four corners of the rectangle, or of the smallest one around the shape."""
    if kind in ("line", "points"):
        return losses.left_out(kind)
    if kind != "rect":
        losses.became(kind, "the smallest turned box around it")
        geometry = smallest_rect(rings_of(kind, geometry))
    return _shares(rings_of("rect", geometry)[0], image)


def smallest_rect(rings):
    """The smallest rectangle around rings, as the geometry of a rect."""
    points = [xy for ring in rings for xy in zip(ring[::2], ring[1::2], strict=True)]
    around = shapely.minimum_rotated_rectangle(shapely.MultiPoint(points))
    (ax, ay), (bx, by), (cx, cy) = shapely.get_coordinates(around)[:3]
    angle = round(math.degrees(math.atan2(by - ay, bx - ax)) % 180, 2)
    w, h = math.hypot(bx - ax, by - ay), math.hypot(cx - bx, cy - by)
    if angle >= 90:
        angle, w, h = angle - 90, h, w
    rect = {"cx": (ax + cx) / 2, "cy": (ay + cy) / 2, "w": max(w, 0.01), "h": max(h, 0.01)}
    return {name: round(value, 2) for name, value in (rect | {"angle": angle % 90}).items()}
