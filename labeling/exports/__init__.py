"""Labels to files: the formats. A new one is a module here, a line below, a test, a section
in docs/exports.md.

A format's `write(file, task, images, *, scratch)` gets a binary file, a TaskRecord and an
iterator of ImageRecords (labeling/exports/contents.py), which it reads once. It answers
with what the format cannot carry, as {sentence: how often}. The same records must make
the same bytes, and memory must not grow with the number of images.
"""

from collections.abc import Callable
from typing import NamedTuple

from labeling.exports.coco import write as write_coco
from labeling.exports.csv import write as write_csv
from labeling.exports.cvat import write as write_cvat
from labeling.exports.labelme import write as write_labelme
from labeling.exports.mask_modes import write_colors, write_dots, write_edges
from labeling.exports.masks import write as write_masks
from labeling.exports.s3label_json import write as write_json
from labeling.exports.voc import write as write_voc
from labeling.exports.yolo import write as write_yolo
from labeling.exports.yolo import write_outlines as write_yolo_outlines
from labeling.exports.yolo import write_turned_boxes as write_yolo_turned_boxes


class Format(NamedTuple):
    title: str
    hint: str  # what it is good for, to people who choose
    suffix: str
    write: Callable


FORMATS = {
    "json": Format("S3Label JSON", "loses nothing", ".json", write_json),
    "coco": Format("COCO", "for training; read by many tools", ".json", write_coco),
    "yolo": Format("YOLO", "boxes", ".zip", write_yolo),
    "yolo-seg": Format("YOLO segmentation", "outlines", ".zip", write_yolo_outlines),
    "yolo-obb": Format("YOLO oriented boxes", "turned boxes", ".zip", write_yolo_turned_boxes),
    "voc": Format("Pascal VOC", "boxes in whole pixels", ".zip", write_voc),
    "labelme": Format("LabelMe", "a JSON file beside each image", ".zip", write_labelme),
    "cvat": Format("CVAT XML", "loses least of the formats of others", ".xml", write_cvat),
    "csv": Format("CSV", "a row for each shape", ".csv", write_csv),
    "masks": Format("Masks", "PNG images of classes and instances", ".zip", write_masks),
    "masks-colors": Format("Coloured masks", "classes in their colours", ".zip", write_colors),
    "masks-edges": Format("Masks of edges", "not filled", ".zip", write_edges),
    "masks-dots": Format("Masks of dots", "one pixel for each object", ".zip", write_dots),
}
