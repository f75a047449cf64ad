"""A label on its page in the admin: what is painted of it, and what is said of it in words."""

from collections import Counter, defaultdict
from dataclasses import dataclass

import orjson
from django.db.models import Count

from accounts.models import EditorSettings
from labeling.attributes import definitions_of
from labeling.documents import readable_attribute
from labeling.models import ImageValue, Label, Shape
from labeling.previews import painted_class, painted_shape, shown_color
from labeling.values import in_words

MOST_SHAPES_OF_A_PAGE = 5_000


@dataclass
class Drawing:
    # What the painter draws from.
    painting: dict
    n_drawn: int
    n_shapes: int
    # [(class, number of shapes), …] in the order of the task.
    legend: list
    # [(name of an attribute, [(answer, number of shapes), …]), …] of the shapes that are drawn.
    answers: list


def drawing_of(label, rev, viewer):
    """The label as it was at a revision, with a legend that counts its shapes."""
    shapes = label.shapes.at(rev)
    counts = dict(shapes.values_list("label_class").annotate(Count("pk")).order_by())
    classes = {one.pk: one for one in label.task.classes.all()}
    for one in classes.values():
        one.color = shown_color(one)
    rows = list(shapes.order_by("z", "id")[:MOST_SHAPES_OF_A_PAGE])
    painting = {
        "image": [label.image.width, label.image.height],
        "classes": [painted_class(one) for one in classes.values()],
        "attributes": [readable_attribute(one) for one in definitions_of(label.task_id).found],
        "look": EditorSettings.of(viewer)["look"],
        "shapes": [painted_shape(shape) for shape in rows],
        "others": _others(label),
    }
    return Drawing(
        painting=painting,
        n_drawn=len(rows),
        n_shapes=sum(counts.values()),
        legend=[(found, counts[pk]) for pk, found in classes.items() if pk in counts],
        answers=_answers([shape.attributes for shape in rows]),
    )


def _others(label):
    """[{"by": name, "shapes": […]}, …] of those who drew on the same image for the same task."""
    same = Label.objects.filter(task=label.task_id, image=label.image_id, n_shapes__gt=0)
    others = same.exclude(pk=label.pk).exclude(labeler=None).select_related("labeler")
    by_label = {one.pk: {"by": str(one.labeler), "shapes": []} for one in others}
    rows = Shape.objects.current().filter(label__in=by_label).order_by("label_id", "z", "id")
    for shape in rows[:MOST_SHAPES_OF_A_PAGE] if by_label else ():
        by_label[shape.label_id]["shapes"].append(painted_shape(shape))
    return list(by_label.values())


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
