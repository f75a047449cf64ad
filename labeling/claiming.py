"""Give a labeler the next image of a task: one row of the queue, to one person only."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Case, Exists, F, Q, When
from django.db.models.functions import Now

from labeling.compiled import Compiled
from labeling.counting import fold_now_and_then
from labeling.models import Assignment, Label, LabelTask
from labeling.querysets import LatestFirst
from labeling.queueing import add_forgotten, behind, locked, top_up

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
    has_lapsed, has_new = _to_do(task)
    if has_lapsed:
        release_lapsed(task)
    if has_new:
        top_up(task)
    label = _claim(task, labeler, after, ahead)
    if label is None and add_forgotten(task):
        label = _claim(task, labeler, after, ahead)
    if label is not None:
        fold_now_and_then(label)
    return label


def _to_do(task):
    """(leases have ended, images came), in one question: nearly always there is nothing."""
    found = _lapsed_and_new.ask(task.pk, task.dataset_group_id, task.labels_per_image)
    return found[0] if found else (False, False)


@Compiled
def _lapsed_and_new(pk, group, places):
    task = LabelTask(pk=pk, dataset_group_id=group, labels_per_image=places)
    lapsed = Label.objects.untouched().lapsed().filter(task=pk)
    return LabelTask.objects.filter(pk=pk).values_list(Exists(lapsed), Exists(behind(task)))


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
        mine = Label.objects.filter(task=task, labeler=labeler)
        others = mine.exclude(pk=after)
        label = _begun(others, going_on=after is not None and not ahead)
        if label is None:
            label = _new(task, assignment)
        elif label.status == Label.Status.IN_PROGRESS:
            _renew(others.filter(pk=label.pk), task)
        if ahead:
            # Who comes back finds what one was at, and not what was only taken ahead.
            _renew(mine.filter(pk=after, status=Label.Status.IN_PROGRESS), task)
        return label


def _begun(mine, *, going_on):
    """What was sent back, the longest waiting first; then what was begun, the latest first.

    Who goes on passes over what they began, unless they leave more and more of it untouched.
    """
    sent_back = Q(status=Label.Status.SENT_BACK)
    # By the words of the statuses, what was sent back comes before what is in progress.
    if going_on:
        is_untouched = Q(rev=F("claimed_rev"))
        rows = mine.open().filter(sent_back | is_untouched).order_by("-status", "status_since")
        found = list(rows[:MOST_UNTOUCHED])
        is_given = found and (
            found[0].status == Label.Status.SENT_BACK or len(found) == MOST_UNTOUCHED
        )
        return found[0] if is_given else None
    waiting = Case(When(sent_back, then=F("status_since")))
    # One transaction may renew two labels at the same moment.
    latest = (LatestFirst(F("active_at")), "claimed_at")
    return mine.open().order_by("-status", waiting, *latest).first()


def _new(task, assignment):
    if not (task.is_active and assignment.receive_new_unlabeled_data):
        return None
    label = _free_for(task, assignment.user_id)
    if label is not None:
        values = {
            "status": Label.Status.IN_PROGRESS,
            "labeler_id": assignment.user_id,
            "claimed_rev": label.rev,
        }
        Label.objects.filter(pk=label.pk).update(
            **values, status_since=Now(), claimed_at=Now(), **_lease_of(task)
        )
        for name, value in values.items():
            setattr(label, name, value)
        label.task = task
    return label


def _free_for(task, user_id):
    """The first free row, locked; rows that others are taking at this moment are skipped.

    When only such rows are left, they are waited for: the other may take it back.
    """
    label = _first_free.first(task.pk, task.dataset_group_id, task.labels_per_image, user_id)
    return label or locked(_free(task, user_id), wait=True).first()


@Compiled
def _first_free(pk, group, places, user_id):
    task = LabelTask(pk=pk, dataset_group_id=group, labels_per_image=places)
    return locked(_free(task, user_id))[:1]


def _free(task, user_id):
    # The times change when it is given, by the clock of the database; who wants them asks.
    times = ("status_since", "claimed_at", "active_at", "lease_until")
    return Label.objects.free_in(task, user_id).not_skipped_by(user_id).defer(*times)


def renew_lease(label):
    """Activity on a label keeps it with its labeler for another lease."""
    _renew(Label.objects.filter(pk=label.pk), label.task)


def _renew(labels, task):
    labels.update(**_lease_of(task))


def _lease_of(task):
    lease = timedelta(minutes=task.lease_minutes)
    return {"active_at": Now(), "lease_until": Now() + lease}


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
