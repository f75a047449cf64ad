"""Classes and attributes are saved, and get what SQL or a quick form left out when they are first
used."""

import unicodedata

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q

from labeling.models import Attribute, LabelClass, LabelTask

# Ordered so that each colour keeps the greatest distance from those before it, for normal
# sight and for the three kinds of colour blindness; all stand out on photos.
PALETTE = (
    "#e6194b",
    "#4363d8",
    "#ffe119",
    "#aaffc3",
    "#e69f00",
    "#33bbee",
    "#aa4499",
    "#800000",
    "#117733",
    "#fabebe",
    "#46f0f0",
    "#882255",
    "#009e73",
    "#911eb4",
    "#ee7733",
    "#999933",
)
DEFAULT_CLASS = "object"


def next_color(used):
    """The first colour of the palette that is not used yet; after the last it starts again."""
    free = [color for color in PALETTE if color not in used]
    return free[0] if free else PALETTE[len(used) % len(PALETTE)]


def prepare_classes(task):
    """Make sure that the task has a class, and that every class has a colour and an export id,
    every attribute a name for exports."""
    complete = task.classes.exclude(color="").exclude(export_id=None).count()
    has_classes = complete or not task.tools
    is_named = not task.attributes.filter(export_name="").exists()
    if has_classes and is_named and complete == task.classes.count():
        return
    with transaction.atomic():
        # Everybody who opens a new task at once waits here for the first.
        task = LabelTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
        if task.tools and not task.classes.exists():
            LabelClass.objects.create(task=task, name=DEFAULT_CLASS)
        _give_colors(task)
        _give_export_ids(task)
        _give_export_names(task)


def save_class(label_class):
    """Save a class that was not written in a form of the admin; raises ValidationError."""
    _save(label_class, LabelClass.objects.filter(task=label_class.task_id), "Another class")


def save_attribute(attribute):
    """The same of an attribute."""
    of_task = Attribute.objects.filter(task=attribute.task_id)
    about_the_same = {name: getattr(attribute, name) for name in ("applies_to", "label_class")}
    _save(attribute, of_task.filter(**about_the_same), "Another one about the same")


def _save(row, rows, other):
    """Save one of the rows that a task has; no two may be called alike."""
    row.name = unicodedata.normalize("NFC", row.name)
    with transaction.atomic():
        # Of two who name things alike at once, one waits here for the other.
        task = LabelTask.objects.select_for_update(of=("self",)).get(pk=row.task_id)
        others = rows.exclude(pk=row.pk)
        if row.position is None:
            row.position = (others.aggregate(Max("position"))["position__max"] or 0) + 1
        row.full_clean(exclude=["task"])
        if any(_alike(one.name) == _alike(row.name) for one in others):
            raise ValidationError({"name": f"{other} is called {row.name} already."})
        row.save()
    prepare_classes(task)


def _alike(name):
    return unicodedata.normalize("NFKC", name).casefold()


def _give_colors(task):
    used = list(task.classes.exclude(color="").values_list("color", flat=True))
    for label_class in task.classes.filter(color=""):
        label_class.color = next_color(used)
        used.append(label_class.color)
        label_class.save(update_fields=["color"])


def _give_export_ids(task):
    """Number the classes that have none; the number of a deleted class is not given again."""
    highest = task.classes.aggregate(Max("export_id"))["export_id__max"] or 0
    last = max(highest, task.last_export_id)
    for label_class in task.classes.filter(export_id=None):
        last += 1
        label_class.export_id = last
        label_class.save(update_fields=["export_id"])
    LabelTask.objects.filter(~Q(last_export_id=last), pk=task.pk).update(last_export_id=last)


def _give_export_names(task):
    """The name that an attribute has now; no other one of the image, or of shapes, gets it."""
    for attribute in Attribute.objects.filter(task=task, export_name=""):
        others = Attribute.objects.filter(task=task, applies_to=attribute.applies_to)
        if attribute.label_class_id:
            # Classes do not meet: those of several may have a name in common.
            others = others.filter(Q(label_class=None) | Q(label_class=attribute.label_class_id))
        used = set(others.values_list("export_name", flat=True))
        name, number = attribute.name, 1
        while name in used:
            number += 1
            name = f"{attribute.name} {number}"
        attribute.export_name = name
        attribute.save(update_fields=["export_name"])
