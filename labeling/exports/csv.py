"""CSV: one row for each shape, for spreadsheets and data frames. No Django."""

import csv
import io

import orjson

from labeling.shapes import area_of, box_of, rings_of

COLUMNS = (
    "image_id",
    "file_name",
    "path",
    "sha256",
    "image_width",
    "image_height",
    "label_id",
    "labeler_id",
    "status",
    "revision",
    "shape_id",
    "class_id",
    "class",
    "kind",
    "x",
    "y",
    "width",
    "height",
    "area",
    "z",
    "geometry",
    "attributes",
    "image_attributes",
)
# Only for tasks that have predictions.
OF_PREDICTIONS = ("model", "score", "corrected")
# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
UTF8_MARK = b"\xef\xbb\xbf"


def write(file, task, images, *, scratch):
    """Write a row for each shape, and one without a shape for each label that has none."""
    names = {label_class.id: label_class.name for label_class in task.classes}
    # Without the mark, spreadsheets read umlauts as two signs.
    more = tuple(f"prediction_{name}" for name in OF_PREDICTIONS) if task.has_predictions else ()
    file.write(UTF8_MARK + _lines([COLUMNS + more]))
    for image in images:
        file.write(_lines(_rows(image, names, len(more))))
    return {}


def line_of(values):
    return _lines([values])


def _lines(rows):
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _rows(image, names, n_more):
    about_image = (
        image.id,
        harmless(image.name),
        harmless(image.path),
        image.sha256,
        image.width,
        image.height,
    )
    for label in image.labels:
        about_label = (label.id, label.labeler, label.status, label.rev)
        for shape in label.shapes:
            row = (*about_image, *about_label, *_shape(shape, names), label.values)
            told = label.predictions.get(shape.uid)
            yield (*row, *(_prediction(told) if told else ("",) * n_more))
        if not label.shapes:
            yield (*about_image, *about_label, *("",) * 12, label.values, *("",) * n_more)


def _shape(shape, names):
    geometry = orjson.loads(shape.geometry)
    left, top, right, bottom = box_of(shape.kind, geometry)
    area = round(area_of(rings_of(shape.kind, geometry)), 4)
    return (
        shape.uid,
        shape.class_id,
        harmless(names[shape.class_id]),
        shape.kind,
        left,
        top,
        round(right - left, 2),
        round(bottom - top, 2),
        area,
        shape.z,
        shape.geometry,
        shape.attributes,
    )


def _prediction(told):
    about = orjson.loads(told)
    score = "" if about["score"] is None else about["score"]
    return harmless(about["model"]), score, "true" if about["corrected"] else "false"


def harmless(text):
    """The text, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
