"""Give a labeler the next image of a task: one row of the queue, to one person only."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now

from labeling.models import Assignment, Label, LabelTask
from labeling.queueing import add_forgotten, locked, top_up

# Who leaves so many images untouched gets one of them again, instead of hoarding more.
MOST_UNTOUCHED = 5
# Images that one claim puts back into the queue; the next claim goes on.
MOST_LAPSED = 500


def claim_next(*, task, labeler, after=None, ahead=False):
    """The label to work on next, or None: sent back, then unfinished, then a new image.

    `after` is the label that the labeler comes from; it is not given again, and with it
    unfinished labels are passed over, because the labeler asked to go on. With `ahead` the
    labeler is still at work there, and gets now what comes when it is submitted.
    """
    # In transactions of their own: they lock many rows, and a claim waits while it holds one.
    release_lapsed(task)
    top_up(task)
    label = _claim(task, labeler, after, ahead)
    if label is None and add_forgotten(task):
        label = _claim(task, labeler, after, ahead)
    return label


def _claim(task, labeler, after, ahead):
    with transaction.atomic():
        # The lock makes a double click wait, so that it finds what the first click claimed.
        assignment = (
            Assignment.objects.select_for_update()
            .filter(task=task, user=labeler, is_active=True)
            .first()
        )
        if assignment is None:
            raise LabelTask.DoesNotExist("The task is not assigned to this user.")
        # Read behind the lock, for which whoever changes how the task is given out waits, too.
        task = LabelTask.objects.get(pk=task.pk)
        mine = Label.objects.filter(task=task, labeler=labeler).exclude(pk=after)
        label = (
            mine.filter(status=Label.Status.SENT_BACK).order_by("status_since").first()
            or _unfinished(mine, going_on=after is not None and not ahead)
            or _new(task, assignment)
        )
        if label is not None and label.status == Label.Status.IN_PROGRESS:
            renew_lease(label)
        if ahead:
            # Who comes back finds what one was at, and not what was only taken ahead.
            begun = Label.objects.filter(task=task, labeler=labeler, status="in_progress")
            for current in begun.filter(pk=after).select_related("task"):
                renew_lease(current)
        return label


def _unfinished(mine, *, going_on):
    if not going_on:
        begun = mine.filter(status=Label.Status.IN_PROGRESS)
        # One transaction may renew two labels at the same moment.
        return begun.order_by("-active_at", "claimed_at").first()
    untouched = list(mine.untouched().order_by("status_since")[:MOST_UNTOUCHED])
    return untouched[0] if len(untouched) == MOST_UNTOUCHED else None


def _new(task, assignment):
    if not (task.is_active and assignment.receive_new_unlabeled_data):
        return None
    free = _free_for(task, assignment.user_id)
    if free is not None:
        Label.objects.filter(pk=free.pk).update(
            status=Label.Status.IN_PROGRESS,
            status_since=Now(),
            labeler_id=assignment.user_id,
            claimed_at=Now(),
            claimed_rev=F("rev"),
        )
        free.refresh_from_db(from_queryset=Label.objects.select_related("task"))
    return free


def _free_for(task, user_id):
    """The first free row, locked; rows that others are taking at this moment are skipped.

    When only such rows are left, they are waited for: the other may take it back.
    """
    labeled_by_me = Label.objects.filter(
        task=OuterRef("task"), image=OuterRef("image"), labeler=user_id
    )
    free = Label.objects.free_in(task).filter(~Exists(labeled_by_me)).not_skipped_by(user_id)
    return locked(free).first() or locked(free, wait=True).first()


def renew_lease(label):
    """Activity on a label keeps it with its labeler for another lease."""
    lease = timedelta(minutes=label.task.lease_minutes)
    Label.objects.filter(pk=label.pk).update(active_at=Now(), lease_until=Now() + lease)


def release_lapsed(task):
    """Images that nobody touched before the lease ended go back to the queue."""
    with transaction.atomic():
        lapsed = Label.objects.untouched().lapsed().filter(task=task)
        keys = list(
            locked(lapsed.order_by("lease_until")).values_list("pk", flat=True)[:MOST_LAPSED]
        )
        if keys:
            Label.objects.filter(pk__in=keys).update(
                status=Label.Status.FREE,
                status_since=Now(),
                labeler=None,
                claimed_at=None,
                active_at=None,
                lease_until=None,
            )
