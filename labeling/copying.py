"""A new task that asks for the same as another: settings, classes, questions and examples."""

from django.db import transaction

from labeling.models import LabelTask

LONGEST_TITLE = LabelTask._meta.get_field("title").max_length


def copy_task(task):
    """Without its people, so that nobody is given an image before staff have looked at it.

    Numbers and names for exports stay, so that what comes out of both can be joined; archived
    classes and questions are left behind.
    """
    with transaction.atomic():
        copy = _copied(task, title=f"Copy of {task.title}"[:LONGEST_TITLE])
        kept = task.classes.filter(is_archived=False)
        classes = {old.pk: _copied(old, task=copy) for old in kept}
        for attribute in task.attributes.filter(is_archived=False):
            of_class = attribute.label_class_id
            if of_class is None or of_class in classes:
                _copied(attribute, task=copy, label_class=classes.get(of_class))
        for example in task.examples.all():
            _copied(example, task=copy)
    return copy


def _copied(row, **changes):
    values = {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name != "created_at"
    }
    return type(row).objects.create(**values | changes)
