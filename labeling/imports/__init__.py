"""Files to labels: the formats, a mirror of labeling/exports. A new one is a module here, a
line below, a test, a section in docs/importing-labels.md.

A format's `read(source, scratch)` gets a Source (labeling/imports/source.py) and answers with a
Reading (labeling/imports/contents.py): plain records, item by item. What is wrong with one item
is said with it; only a file that cannot be read at all raises BadFile.
"""

from collections.abc import Callable
from typing import NamedTuple

from labeling.imports import coco, cvat, labelme, masks, s3label2019, s3label_json, voc, yolo


class Format(NamedTuple):
    title: str
    hint: str  # what is read, to people who choose
    read: Callable


FORMATS = {
    "json": Format("S3Label JSON", "everything, as S3Label exports it", s3label_json.read),
    "coco": Format("COCO", "outlines, masks, boxes, keypoints", coco.read),
    "yolo": Format("YOLO", "boxes, turned boxes, outlines", yolo.read),
    "voc": Format("Pascal VOC", "boxes", voc.read),
    "labelme": Format("LabelMe", "a JSON file beside each image", labelme.read),
    "masks": Format("Masks", "pictures of classes or instances", masks.read),
    "cvat": Format("CVAT XML", "for images, not for video", cvat.read),
    "s3label2019": Format("S3Label of 2019", "its database dump, or JSON", s3label2019.read),
}
