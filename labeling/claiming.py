"""Give a labeler the next image of a task: one row of the queue, to one person only."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, Max, OuterRef, Subquery, Value
from django.db.models.functions import Now

from datasets.models import GroupedDataset, Image
from labeling.models import Assignment, Label, LabelTask, QueueMark

# Who leaves so many images untouched gets one of them again, instead of hoarding more.
MOST_UNTOUCHED = 5
# Images put into the queue by one claim; the next claim goes on.
TOP_UP_BATCH = 10_000


def claim_next(*, task, labeler, after=None):
    """The label to work on next, or None: sent back, then unfinished, then a new image.

    `after` is the label that the labeler comes from; it is not given again, and with it
    unfinished labels are passed over, because the labeler asked to go on.
    """
    with transaction.atomic():
        # The lock makes a double click wait, so that it finds what the first click claimed.
        assignment = (
            Assignment.objects.select_for_update()
            .filter(task=task, user=labeler, is_active=True)
            .first()
        )
        if assignment is None:
            raise LabelTask.DoesNotExist("The task is not assigned to this user.")
        mine = Label.objects.filter(task=task, labeler=labeler).exclude(pk=after)
        label = (
            mine.filter(status=Label.Status.SENT_BACK).order_by("status_since").first()
            or _unfinished(mine, going_on=after is not None)
            or _new(task, assignment)
        )
        if label is not None and label.status == Label.Status.IN_PROGRESS:
            renew_lease(label)
        return label


def _unfinished(mine, *, going_on):
    if not going_on:
        return mine.filter(status=Label.Status.IN_PROGRESS).order_by("-active_at").first()
    untouched = list(mine.untouched().order_by("claimed_at")[:MOST_UNTOUCHED])
    return untouched[0] if len(untouched) == MOST_UNTOUCHED else None


def _new(task, assignment):
    if not (task.is_active and assignment.receive_new_unlabeled_data):
        return None
    release_lapsed(task)
    top_up(task)
    free = _free_for(task, assignment.user_id)
    if free is None and add_forgotten(task):
        free = _free_for(task, assignment.user_id)
    if free is not None:
        Label.objects.filter(pk=free.pk).update(
            status=Label.Status.IN_PROGRESS,
            status_since=Now(),
            labeler_id=assignment.user_id,
            claimed_at=Now(),
        )
        free.refresh_from_db(from_queryset=Label.objects.select_related("task"))
    return free


def _free_for(task, user_id):
    """The first free row, locked; rows that others are taking at this moment are skipped."""
    labeled_by_me = Label.objects.filter(
        task=OuterRef("task"), image=OuterRef("image"), labeler=user_id
    )
    return _locked(Label.objects.free_in(task).filter(~Exists(labeled_by_me))).first()


def _locked(rows):
    """Lock the rows themselves, not those they are joined with; skip what another holds.

    SQLite has neither: there the transaction took the whole database when it began.
    """
    if not connection.features.has_select_for_update:
        return rows
    return rows.select_for_update(skip_locked=True, of=("self",))


def renew_lease(label):
    """Activity on a label keeps it with its labeler for another lease."""
    lease = timedelta(minutes=label.task.lease_minutes)
    Label.objects.filter(pk=label.pk).update(active_at=Now(), lease_until=Now() + lease)


def release_lapsed(task):
    """Images that nobody touched before the lease ended go back to the queue."""
    Label.objects.untouched().filter(task=task, lease_until__lt=Now()).update(
        status=Label.Status.FREE,
        status_since=Now(),
        labeler=None,
        claimed_at=None,
        active_at=None,
        lease_until=None,
    )


def top_up(task):
    """Put images that came since the last claim into the queue, TOP_UP_BATCH at a time.

    Works for tasks and group members made by SQL too, because nothing is expected of
    the one who made them.
    """
    for mark in _marks(task):
        new = Image.objects.filter(dataset=mark.dataset_id, pk__gt=mark.through_image_id)
        batch = new.order_by("pk").values("pk")[:TOP_UP_BATCH]
        through = Image.objects.filter(pk__in=batch).aggregate(Max("pk"))["pk__max"]
        if through is not None:
            _add_rows(task, new.filter(pk__lte=through))
            QueueMark.objects.filter(pk=mark.pk).update(through_image_id=through)


def _marks(task):
    """The queue marks of datasets with newer images, locked; another claim's are left to it."""
    datasets = set(
        GroupedDataset.objects.filter(group=task.dataset_group_id).values_list("dataset", flat=True)
    )
    marks = QueueMark.objects.filter(task=task, dataset__in=datasets)
    missing = datasets - set(marks.values_list("dataset", flat=True))
    QueueMark.objects.bulk_create(
        [QueueMark(task=task, dataset_id=dataset) for dataset in sorted(missing)],
        ignore_conflicts=True,
    )
    newer = Image.objects.filter(dataset=OuterRef("dataset"), pk__gt=OuterRef("through_image_id"))
    return _locked(marks.filter(Exists(newer)).order_by("pk"))


def add_forgotten(task):
    """Add rows for images that the marks passed over; the number of new rows.

    That happens when two imports committed in another order than their ids, or when
    labels_per_image was raised.
    """
    in_last_slot = Label.objects.filter(
        task=task, image=OuterRef("pk"), slot=task.labels_per_image - 1
    )
    forgotten = task.images().filter(~Exists(in_last_slot)).order_by("pk").values("pk")
    return _add_rows(task, Image.objects.filter(pk__in=forgotten[:TOP_UP_BATCH]))


def reorder(task):
    """Rewrite the keys of images that nobody has drawn on, after the task's order was changed."""
    key = Image.objects.filter(pk=OuterRef("image")).values(_key_column(task))
    Label.objects.filter(task=task, rev=0).update(order_key=Subquery(key))


def _key_column(task):
    return "path" if task.order == LabelTask.Order.PATH else "sha256"


def _add_rows(task, images):
    """One row for each image and slot that has none yet; the number of new rows."""
    added = 0
    for slot in range(task.labels_per_image):
        rows = images.values_list(Value(task.pk), "pk", Value(slot), F(_key_column(task)))
        select, params = rows.query.sql_with_params()
        with connection.cursor() as cursor:
            # Raw, because the ORM cannot insert from a select; reading 10,000 images into
            # Python would make one claim in many wait a second.
            cursor.execute(
                "INSERT INTO labels (label_task_id, input_data_id, slot, order_key) "
                f"{select} ON CONFLICT DO NOTHING",  # noqa: S608  our own query, compiled by Django
                params,
            )
            added += cursor.rowcount
    return added
