"""The classes of a task get what SQL or a quick form left out, when they are first used."""

from django.db import transaction
from django.db.models import Max

from labeling.models import LabelClass, LabelTask

# Told apart by people with the common kinds of colour blindness too (after Okabe and Ito,
# lightened or darkened to stand out on photos); used again from the start after the last.
PALETTE = (
    "#e69f00",
    "#56b4e9",
    "#009e73",
    "#f0e442",
    "#d55e00",
    "#cc79a7",
    "#0072b2",
    "#ffffff",
)
DEFAULT_CLASS = "object"


def prepare_classes(task):
    """Make sure that the task has a class, and that every class has a colour and an export id."""
    complete = task.classes.exclude(color="").exclude(export_id=None).count()
    if complete and complete == task.classes.count():
        return
    with transaction.atomic():
        # Everybody who opens a new task at once waits here for the first.
        LabelTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
        if not task.classes.exists():
            LabelClass.objects.create(task=task, name=DEFAULT_CLASS)
        highest = task.classes.aggregate(Max("export_id"))["export_id__max"] or 0
        for number, label_class in enumerate(task.classes.all()):
            if label_class.export_id is None:
                highest += 1
                label_class.export_id = highest
            label_class.color = label_class.color or PALETTE[number % len(PALETTE)]
            label_class.save(update_fields=["export_id", "color"])
