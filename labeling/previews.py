"""What the painter of the editor draws from on other pages: shapes, their classes, the look.

Pages hold it as JSON beside the picture; `editor/src/site/previews.ts` and `review.ts` paint it.
"""

import re
from itertools import groupby
from operator import attrgetter

import orjson

from accounts.models import EditorSettings
from labeling.models import LabelClass, Shape
from labeling.skeletons import readable_skeleton
from labeling.thinning import thinned

# Corners that no thumbnail of this size tells apart are left out.
WIDTH, HEIGHT = 320, 240
# A page reads so many shapes at most; labels with the fewest come first.
MOST_SHAPES = 5_000
FALLBACK_COLOR = "#e6194b"
COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def attach_previews(labels, viewer):
    """Give each label of a page its preview, in three queries; None where nothing is painted."""
    drawn, total = [], 0
    for label in sorted(labels, key=attrgetter("n_shapes")):
        label.preview = None
        total += label.n_shapes
        if label.n_shapes and total <= MOST_SHAPES:
            drawn.append(label)
    if not drawn:
        return
    rows = Shape.objects.current().filter(label__in=drawn).order_by("label_id", "z", "id")
    by_label = {pk: list(found) for pk, found in groupby(rows, attrgetter("label_id"))}
    used = {row.label_class_id for found in by_label.values() for row in found}
    classes = {one.pk: one for one in LabelClass.objects.filter(pk__in=used)}
    look = EditorSettings.of(viewer)["look"]
    for label in drawn:
        label.preview = _preview(label, by_label.get(label.pk, []), classes, look)


def _preview(label, shapes, classes, look):
    width, height = label.image.width, label.image.height
    tolerance = max(width / WIDTH, height / HEIGHT)
    used = {shape.label_class_id for shape in shapes}
    return {
        "image": [width, height],
        "classes": [painted_class(classes[pk]) for pk in sorted(used)],
        "look": look,
        "shapes": [_thinned(shape, tolerance) for shape in shapes],
    }


def _thinned(shape, tolerance):
    shown = painted_shape(shape)
    return shown | {"geom": thinned(shape.kind, shown["geom"], tolerance), "attrs": {}}


def painted_shape(shape):
    """As the editor has it, but read: it goes into a page and not into an answer of the API."""
    return {
        "id": str(shape.uid),
        "class": shape.label_class_id,
        "kind": shape.kind,
        "geom": orjson.loads(shape.geometry),
        "z": shape.z,
        "attrs": orjson.loads(shape.attributes),
    }


def painted_class(label_class):
    return {
        "id": label_class.pk,
        "name": label_class.name,
        "color": shown_color(label_class),
        "skeleton": readable_skeleton(label_class.skeleton),
    }


def shown_color(label_class):
    """A colour that SQL wrote in another form is not passed on to a page."""
    return label_class.color if COLOR.fullmatch(label_class.color) else FALLBACK_COLOR
