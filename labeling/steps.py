"""The steps of a label: which change of status is possible, who may make it, and its record."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now

from labeling.models import Label, LabelStep

Status = Label.Status


class InvalidStep(Exception):
    """The step is not possible now; the message says why, to people."""


@dataclass(frozen=True)
class Step:
    name: str
    starts_from: tuple
    leads_to: str
    # Labelers take steps with their own work, staff with the work of others.
    by_labeler: bool


SUBMIT = Step("submit", (Status.IN_PROGRESS, Status.SENT_BACK), Status.SUBMITTED, True)
REOPEN = Step("reopen", (Status.SUBMITTED,), Status.IN_PROGRESS, True)
APPROVE = Step("approve", (Status.SUBMITTED,), Status.APPROVED, False)
SEND_BACK = Step("send_back", (Status.SUBMITTED, Status.APPROVED), Status.SENT_BACK, False)
RELEASE = Step("release", (Status.IN_PROGRESS,), Status.FREE, False)


def submit(label, *, by, rev):
    """The labeler declares revision rev complete."""
    return _take(SUBMIT, label, by, rev=rev)


def reopen(label, *, by):
    """The labeler goes on with work that nobody has approved yet."""
    return _take(REOPEN, label, by)


def approve(label, *, by, rev):
    """A reviewer approves the revision that they saw; exports use exactly this one."""
    return _take(APPROVE, label, by, rev=rev, approved_rev=rev)


def send_back(label, *, by, comment):
    """A reviewer asks the labeler for better work; it comes first when they ask for an image."""
    if not comment.strip():
        raise InvalidStep("Say in a comment what should be better.")
    return _take(SEND_BACK, label, by, comment=comment, approved_rev=None)


def release(label, *, by):
    """Staff put an image that its labeler has not touched back into the queue."""
    back_to_queue = {"labeler": None, "claimed_at": None, "active_at": None, "lease_until": None}
    return _take(RELEASE, label, by, rev=0, **back_to_queue)


def _take(step, label, by, *, rev=None, comment="", **changes):
    with transaction.atomic():
        # The row lock makes of two people who act at once one the first.
        now = Label.objects.select_for_update().get(pk=label.pk)
        _check(step, now, by, rev)
        Label.objects.filter(pk=now.pk).update(status=step.leads_to, status_since=Now(), **changes)
        LabelStep.objects.create(
            label=now,
            step=step.name,
            from_status=now.status,
            to_status=step.leads_to,
            rev=now.rev,
            by=by,
            comment=comment.strip(),
        )
    label.refresh_from_db()
    return label


def _check(step, label, by, rev):
    is_own = label.labeler_id == by.pk
    if step.by_labeler and not is_own:
        raise InvalidStep("Only its labeler can do this.")
    if not step.by_labeler and not by.is_staff:
        raise InvalidStep("Only staff can do this.")
    if not step.by_labeler and is_own and step is not RELEASE:
        raise InvalidStep("Nobody reviews their own work.")
    if label.status not in step.starts_from:
        raise InvalidStep(f"The label is {label.get_status_display().lower()} now.")
    if rev is not None and label.rev != rev:
        if step is RELEASE:
            raise InvalidStep("Something was drawn on it, so it stays with its labeler.")
        raise InvalidStep(f"The label was changed: it is at revision {label.rev}, not {rev}.")
