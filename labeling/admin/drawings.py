"""Labels drawn on their images: small for lists, large for the page of one label."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

import orjson
from django.db.models import Count

from labeling.models import ImageValue, LabelClass, Shape
from labeling.previews import layers_of
from labeling.values import in_words

# The box in which the preview of a list lies, in CSS pixels.
PREVIEW_WIDTH, PREVIEW_HEIGHT = 160, 120
# A list page reads so many shapes at most; labels with the fewest come first.
MOST_SHAPES_OF_A_LIST = 5_000
MOST_SHAPES_OF_A_PAGE = 5_000
FALLBACK_COLOR = "#e6194b"
COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass
class Preview:
    """A label at the size of a thumbnail; layers are None when it has too many shapes."""

    width: int
    height: int
    layers: list | None


@dataclass
class Drawing:
    layers: list
    n_drawn: int
    n_shapes: int
    # [(class, number of shapes), …] in the order of the task.
    legend: list
    # [(name of an attribute, [(answer, number of shapes), …]), …] of the shapes that are drawn.
    answers: list


def attach_previews(labels):
    """Give each label of a list page its preview, in two queries for all of them."""
    drawn, shapes = set(), 0
    for label in sorted(labels, key=lambda label: label.n_shapes):
        shapes += label.n_shapes
        if shapes <= MOST_SHAPES_OF_A_LIST:
            drawn.add(label.pk)
    rows = Shape.objects.current().filter(label__in=drawn).order_by("label_id", "z", "id")
    by_label = {pk: [] for pk in drawn}
    for pk, *shape in rows.values_list("label_id", "label_class_id", "kind", "geometry"):
        by_label[pk].append(shape)
    classes = _classes(LabelClass.objects.filter(task__in={label.task_id for label in labels}))
    for label in labels:
        label.preview = _preview(label, by_label.get(label.pk), classes)


def _preview(label, shapes, classes):
    scale = min(PREVIEW_WIDTH / label.image.width, PREVIEW_HEIGHT / label.image.height)
    width = max(1, round(label.image.width * scale))
    height = max(1, round(label.image.height * scale))
    if shapes is None:
        return Preview(width, height, None)
    return Preview(width, height, _layers(shapes, classes, tolerance=1 / scale))


def drawing_of(label, rev):
    """The label as it was at a revision, with a legend that counts its shapes."""
    shapes = label.shapes.at(rev)
    counts = dict(shapes.values_list("label_class").annotate(Count("pk")).order_by())
    classes = _classes(label.task.classes.all())
    fields = ("label_class_id", "kind", "geometry", "uid", "attributes")
    rows = list(shapes.order_by("z", "id").values_list(*fields)[:MOST_SHAPES_OF_A_PAGE])
    return Drawing(
        layers=_layers(rows, classes, with_titles=True),
        n_drawn=len(rows),
        n_shapes=sum(counts.values()),
        legend=[(found, counts[pk]) for pk, found in classes.items() if pk in counts],
        answers=_answers([attributes for *_, attributes in rows]),
    )


def _title(label_class, attributes="{}"):
    said = [f"{name}: {in_words(value)}" for name, value in orjson.loads(attributes).items()]
    return ", ".join([label_class.name, *said])


def _answers(texts):
    """How often each attribute has which answer."""
    counts = defaultdict(Counter)
    for text in texts:
        for name, value in orjson.loads(text).items() if text != "{}" else ():
            counts[name][in_words(value)] += 1
    return [(name, counts[name].most_common()) for name in sorted(counts)]


def said_of(label, rev):
    """[(name, answer), …] of the image, as it was at a revision."""
    rows = label.values.at(rev).select_related("attribute")
    rows = rows.order_by("attribute__position", "attribute")
    return [(row.attribute.name, in_words(orjson.loads(row.value))) for row in rows]


def attach_tags(labels):
    """Give each label of a list page what is said of its image now, in one query for all."""
    rows = ImageValue.objects.current().filter(label__in=labels).select_related("attribute")
    by_label = defaultdict(list)
    for row in rows.order_by("attribute__position", "attribute"):
        by_label[row.label_id].append(in_words(orjson.loads(row.value)))
    for label in labels:
        label.tags = ", ".join(by_label[label.pk])


def _classes(queryset):
    """{id: class}; a colour that SQL wrote in another form is not passed on to the page."""
    classes = {label_class.pk: label_class for label_class in queryset}
    for label_class in classes.values():
        if not COLOR.fullmatch(label_class.color):
            label_class.color = FALLBACK_COLOR
    return classes


def _layers(rows, classes, **options):
    shapes = [
        (class_id, _title(classes[class_id], *rest[1:]), kind, orjson.loads(geometry), *rest[:1])
        for class_id, kind, geometry, *rest in rows
    ]
    return [(classes[layer.class_id], layer.outlines) for layer in layers_of(shapes, **options)]
