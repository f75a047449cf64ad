"""Labels to files: the formats. A new one is a module here, a line below, a test, a section
in docs/exports.md.

A format's `write(file, task, images, *, scratch)` gets a binary file, a TaskRecord and an
iterator of ImageRecords (labeling/exports/contents.py), which it reads once. It answers
with what the format cannot carry, as {sentence: how often}. The same records must make
the same bytes, and memory must not grow with the number of images.
"""

from collections.abc import Callable
from typing import NamedTuple

from labeling.exports import coco, csv, cvat, labelme, mask_modes, masks, s3label_json, voc, yolo


def _in_images(image):
    return f"images/{image.name}"


class Format(NamedTuple):
    title: str
    hint: str  # what it is good for, to people who choose
    suffix: str
    write: Callable
    # Where the file of an image goes when images are exported too.
    image_place: Callable = _in_images
    # A file for each image, called like it: names must differ without their suffix too.
    has_file_per_image: bool = False
    # prepare(sheets) does what can be done of some labels alone, perhaps in another process;
    # `write` then finds in place of the shapes of each label what was answered for its sheet.
    prepare: Callable | None = None


FORMATS = {
    "json": Format("S3Label JSON", "loses nothing", ".json", s3label_json.write),
    "coco": Format(
        "COCO", "for training; read by many tools", ".json", coco.write, prepare=coco.prepare
    ),
    "yolo": Format("YOLO", "boxes", ".zip", yolo.write, yolo.image_place, True),
    "yolo-seg": Format(
        "YOLO segmentation", "outlines", ".zip", yolo.write_outlines, yolo.image_place, True
    ),
    "yolo-obb": Format(
        "YOLO oriented boxes",
        "turned boxes",
        ".zip",
        yolo.write_turned_boxes,
        yolo.image_place,
        True,
    ),
    "voc": Format("Pascal VOC", "boxes in whole pixels", ".zip", voc.write, voc.image_place, True),
    "labelme": Format(
        "LabelMe", "a JSON file beside each image", ".zip", labelme.write, labelme.image_place, True
    ),
    "cvat": Format("CVAT XML", "loses least of the formats of others", ".xml", cvat.write),
    "csv": Format("CSV", "a row for each shape", ".csv", csv.write),
    "masks": Format("Masks", "PNG images of classes and instances", ".zip", masks.write),
    "masks-colors": Format(
        "Coloured masks", "classes in their colours", ".zip", mask_modes.write_colors
    ),
    "masks-edges": Format("Masks of edges", "not filled", ".zip", mask_modes.write_edges),
    "masks-dots": Format(
        "Masks of dots", "one pixel for each object", ".zip", mask_modes.write_dots
    ),
}
