"""The rows of the queue: put in for new images, put in order, taken out when they are too many.

They are labels with the status free, one for each task, image and slot.
"""

from datetime import timedelta
from functools import partial

from django.db import connection, transaction
from django.db.models import Exists, F, Func, Max, Min, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat, Now

from datasets.models import GroupedDataset, Image
from labeling.models import Assignment, Label, LabelRevision, LabelStep, LabelTask, QueueMark

# Images put into the queue by one claim; the next claim goes on.
TOP_UP_BATCH = 10_000
# Claims pass over rows that another transaction holds, so nothing holds many of them for long.
SPAN = 5_000
# How often an empty queue is compared with every image of its task.
LOOK_BACK = timedelta(minutes=1)


def locked(rows, *, wait=False):
    """Lock the rows themselves, not those they are joined with; skip what another holds, or wait.

    SQLite has neither: there the transaction took the whole database when it began.
    """
    if not connection.features.has_select_for_update:
        return rows
    return rows.select_for_update(skip_locked=not wait, of=("self",))


def hold_claims(task):
    """Claims of the task wait for the end of this transaction, and then see what it changed."""
    held = Assignment.objects.select_for_update().filter(task=task).order_by("pk")
    return list(held.values_list("pk", flat=True))


def save_task(task, changed):
    """Save a task that people may be claiming from; `changed` names the fields that are new."""
    with transaction.atomic():
        hold_claims(task)
        task.save()
        # After the commit: what changes many rows does it in parts, so that claims go on.
        if "labels_per_image" in changed:
            transaction.on_commit(partial(drop_surplus, task))
        if "order" in changed:
            transaction.on_commit(partial(reorder, task))


def change_assignments(assignments, **fields):
    """Change them when the claims of these people have ended; how many there are."""
    with transaction.atomic():
        keys = Assignment.objects.filter(pk__in=assignments.values("pk")).order_by("pk")
        held = list(keys.select_for_update().values_list("pk", flat=True))
        return Assignment.objects.filter(pk__in=held).update(**fields)


def top_up(task):
    """Put images that came since the last claim into the queue, TOP_UP_BATCH at a time.

    Works for tasks and group members made by SQL too, because nothing is expected of
    the one who made them.
    """
    with transaction.atomic():
        for mark in _marks(task):
            _top_up_dataset(task, mark)


def _top_up_dataset(task, mark):
    if mark.slots < task.labels_per_image:
        # There are more slots to fill than before: begin again.
        mark.through_image_id = 0
    mark.slots = task.labels_per_image
    new = Image.objects.filter(dataset=mark.dataset_id, pk__gt=mark.through_image_id)
    batch = new.order_by("pk").values("pk")[:TOP_UP_BATCH]
    through = Image.objects.filter(pk__in=batch).aggregate(Max("pk"))["pk__max"]
    if through is not None:
        add_rows(task, new.filter(pk__lte=through), mark.priority)
        mark.through_image_id = through
    mark.save(update_fields=["slots", "through_image_id"])


def behind(task):
    """Datasets of the task with something to put in."""
    newest = Image.objects.filter(dataset=OuterRef(OuterRef("dataset"))).order_by("-pk")
    marks = QueueMark.objects.filter(task=task, dataset=OuterRef("dataset"))
    done = marks.filter(_is_done(task, newest))
    return GroupedDataset.objects.filter(~Exists(done), group=task.dataset_group_id)


def _is_done(task, newest):
    # Not whether a newer image exists: PostgreSQL expects many, and reads every image to find none.
    through = Coalesce(Subquery(newest.values("pk")[:1]), 0)
    return Q(slots=task.labels_per_image, through_image_id__gte=through)


def _marks(task):
    """The marks of datasets with something to put in, locked; another claim's are left to it."""
    datasets = set(
        GroupedDataset.objects.filter(group=task.dataset_group_id).values_list("dataset", flat=True)
    )
    marks = QueueMark.objects.filter(task=task, dataset__in=datasets)
    missing = datasets - set(marks.values_list("dataset", flat=True))
    QueueMark.objects.bulk_create(
        [
            QueueMark(task=task, dataset_id=dataset, slots=task.labels_per_image)
            for dataset in sorted(missing)
        ],
        ignore_conflicts=True,
    )
    newest = Image.objects.filter(dataset=OuterRef("dataset")).order_by("-pk")
    return locked(marks.exclude(_is_done(task, newest)).order_by("pk"))


def add_forgotten(task):
    """Add rows for images that the marks passed over; the number of new rows.

    That happens when two imports committed in another order than their ids. Looking at every
    image takes its time, so of all who ask an empty queue one does it, once in LOOK_BACK.
    """
    is_due = Q(looked_back_at=None) | Q(looked_back_at__lt=Now() - LOOK_BACK)
    with transaction.atomic():
        marks = QueueMark.objects.filter(
            is_due, task=task, dataset__groups=task.dataset_group_id
        ).order_by("pk")
        marks = list(locked(marks))
        QueueMark.objects.filter(pk__in=[mark.pk for mark in marks]).update(looked_back_at=Now())
        return sum(_add_forgotten_of(task, mark) for mark in marks)


def _add_forgotten_of(task, mark):
    in_last_slot = Label.objects.filter(
        task=task, image=OuterRef("pk"), slot=task.labels_per_image - 1
    )
    forgotten = Image.objects.filter(~Exists(in_last_slot), dataset=mark.dataset_id)
    batch = forgotten.order_by("pk").values("pk")[:TOP_UP_BATCH]
    return add_rows(task, Image.objects.filter(pk__in=batch), mark.priority)


def add_rows(task, images, priority):
    """One row for each image and slot that has none yet; the number of new rows.

    The priority is for images that have no row at all; others keep theirs in the new slot.
    """
    first = Label.objects.filter(task=task, image=OuterRef("pk"), slot=0).values("priority")
    added = 0
    for slot in range(task.labels_per_image):
        # The first place is never taken out, so who has no first row has none.
        of_image = Coalesce(Subquery(first), Value(priority)) if slot else Value(priority)
        rows = images.order_by("pk").values_list(
            Value(task.pk), "pk", Value(slot), _key(task), of_image
        )
        select, params = rows.query.sql_with_params()
        with connection.cursor() as cursor:
            # Raw, because the ORM cannot insert from a select; reading 10,000 images into
            # Python would make one claim in many wait a second.
            cursor.execute(
                "INSERT INTO labels (label_task_id, input_data_id, slot, order_key, priority) "
                f"{select} ON CONFLICT DO NOTHING",  # noqa: S608  our own query, compiled by Django
                params,
            )
            added += cursor.rowcount
    return added


class Moment(Func):
    """Nanoseconds since 1970 as text that sorts as times do."""

    template = (
        "to_char(to_timestamp(%(expressions)s / 1000000000) AT TIME ZONE 'UTC', "
        "'YYYY-MM-DD HH24:MI:SS')"
    )
    output_field = TextField()

    def as_sqlite(self, compiler, connection):
        template = "datetime(%(expressions)s / 1000000000, 'unixepoch')"
        return self.as_sql(compiler, connection, template=template)


def _key(task):
    """By what the images of the task are ordered; where times are the same, by path."""
    if task.order != LabelTask.Order.CAPTURE:
        return F("path" if task.order == LabelTask.Order.PATH else "sha256")
    # What says nothing of its own: when the file was last written; without that, at the end.
    taken = Coalesce(F("captured"), Moment("mtime_ns"), Value("9999", TextField()))
    return Concat(taken, Value(" ", TextField()), F("path"), output_field=TextField())


def reorder(task):
    """Rewrite the keys of images that nobody has drawn on, after the task's order was changed."""
    key = Image.objects.filter(pk=OuterRef("image")).values_list(_key(task))
    waiting = Label.objects.filter(task=task).exclude(status__in=Label.DONE)
    for rows in in_parts(waiting):
        rows.update(order_key=Subquery(key))


def drop_surplus(task):
    """Take places above labels_per_image out of the queue, after that was lowered.

    They would not be given out anyway, but each claim would pass all of them.
    """
    never_given = ~Exists(LabelStep.objects.filter(label=OuterRef("pk"))) & ~Exists(
        LabelRevision.objects.filter(label=OuterRef("pk"))
    )
    free = Label.objects.filter(never_given, task=task, status=Label.Status.FREE, rev=0)
    for rows in in_parts(free.filter(slot__gte=task.labels_per_image)):
        # The usual delete() would read each row to look for what points to it: nothing does,
        # and if something did, the database would refuse.
        rows._raw_delete(rows.db)


def in_parts(rows):
    """The rows a span of ids at a time, so that each part is a short transaction of its own."""
    ends = rows.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is not None:
        for start in range(ends["first"], ends["last"] + 1, SPAN):
            yield rows.filter(pk__gte=start, pk__lt=start + SPAN)
