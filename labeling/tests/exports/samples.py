"""Records made by hand, for the tests of the formats; no database is needed."""

import io
import tempfile

import orjson

from labeling.exports.contents import (
    ClassRecord,
    DatasetRecord,
    ImageRecord,
    LabelRecord,
    ShapeRecord,
    TaskRecord,
)

SQUARE = {"rings": [[10, 10, 20, 10, 20, 20, 10, 20]]}
FRAME = {"rings": [[10, 10, 20, 10, 20, 20, 10, 20], [12, 12, 18, 12, 18, 18, 12, 18]]}
TWO_PARTS = {"rings": [[0, 0, 4, 0, 4, 4, 0, 4], [10, 0, 16, 0, 13, 6.5]]}
TURNED = {"cx": 30, "cy": 20, "w": 20, "h": 10, "angle": 90}
ROUND = {"cx": 30, "cy": 20, "rx": 10, "ry": 5, "angle": 0}
LINE = {"points": [1, 1, 9, 9]}


def point(name, x, y, visible=True):
    return {"name": name, "x": x, "y": y, "visible": visible}


def shape(kind, geometry, number=1, class_id=1, attributes=None):
    return ShapeRecord(
        uid=f"00000000-0000-4000-8000-{number:012d}",
        rev=2,
        class_id=class_id,
        kind=kind,
        geometry=orjson.dumps(geometry, option=orjson.OPT_SORT_KEYS).decode(),
        z=number,
        attributes=orjson.dumps(attributes or {}).decode(),
    )


def label(*shapes, id=7, slot=0, labeler=3, status="submitted", rev=4, values=None):
    said = orjson.dumps(values or {}).decode()
    return LabelRecord(id, slot, labeler, status, rev, list(shapes), said)


def image(*labels, id=5, name="a.jpg", size=(64, 48)):
    return ImageRecord(id, name, f"/images/{name}", "ab" * 32, *size, 1, "ok", list(labels))


def task(**fields):
    given = {
        "id": 1,
        "title": "Houses",
        "description": "Draw.",
        "type": "instance_segmentation",
        "status": "submitted",
        "version": "0.1.0",
        "classes": [
            ClassRecord(1, "House", "#e6194b", False),
            ClassRecord(4, "Tree", "#3cb44b", True),
        ],
        "datasets": [DatasetRecord(1, "Test site", "Test camera", "")],
    }
    return TaskRecord(**given | fields)


def written(write, images, of_task=None):
    """(the bytes that a format writes, its notes)."""
    file = io.BytesIO()
    notes = write(file, of_task or task(), iter(images), scratch=tempfile.TemporaryFile)
    return file.getvalue(), notes
