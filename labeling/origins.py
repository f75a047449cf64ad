"""Which shapes were predictions that a labeler accepted, and what became of them."""

import orjson

from labeling.models import Prediction, PredictionSet

WHAT = ("kind", "geometry", "attributes")


def has_predictions(task):
    return PredictionSet.objects.filter(task=task).exists()


def is_corrected(shape, prediction):
    """Whether the labeler changed what was suggested; where it lies in the order does not count."""
    if shape.label_class_id != prediction.label_class_id:
        return True
    return any(getattr(shape, name) != getattr(prediction, name) for name in WHAT)


def predictions_of(task, sheets, shapes_of_sheets):
    """{id of a shape: what an export says of the prediction it was, as JSON} for each sheet."""
    found = _predictions(task, {sheet.image for sheet in sheets})
    return [
        {
            shape.uid: _told(shape, found[sheet.image, shape.uid])
            for shape in shapes
            if (sheet.image, shape.uid) in found
        }
        for sheet, shapes in zip(sheets, shapes_of_sheets, strict=True)
    ]


def _predictions(task, images):
    """{(image, uid as text): Prediction}; what models call alike is the first one's."""
    rows = Prediction.objects.filter(set__task=task, image__in=images)
    rows = rows.select_related("set", "label_class").order_by("-pk")
    return {(row.image_id, str(row.uid)): row for row in rows}


def _told(shape, prediction):
    same_class = shape.class_id == prediction.label_class.export_id
    same = all(getattr(shape, name) == getattr(prediction, name) for name in WHAT)
    about = {"model": prediction.set.model, "score": prediction.score}
    return orjson.dumps(about | {"corrected": not (same_class and same)}).decode()
