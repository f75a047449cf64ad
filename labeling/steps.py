"""The steps of a label: which change of status is possible, who may make it, and its record."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from datasets.webhooks import announce
from labeling.missing import in_words, missing_answers
from labeling.models import ImageReport, Label, LabelStep

Status = Label.Status


class InvalidStep(Exception):
    """The step is not possible now; the message says why, to people."""

    def __init__(self, message, missing=()):
        super().__init__(message)
        self.missing = missing


@dataclass(frozen=True)
class Step:
    name: str
    starts_from: tuple
    # None: the status stays.
    leads_to: str | None
    # Labelers take steps with their own work, staff with the work of others.
    by_labeler: bool
    # Nobody decides on their own work.
    is_review: bool = False


SUBMIT = Step("submit", (Status.IN_PROGRESS, Status.SENT_BACK), Status.SUBMITTED, True)
REOPEN = Step("reopen", (Status.SUBMITTED,), Status.IN_PROGRESS, True)
SKIP = Step("skip", (Status.IN_PROGRESS,), Status.FREE, True)
REPORT = Step("report", (Status.IN_PROGRESS, Status.SENT_BACK), Status.FREE, True)
APPROVE = Step("approve", (Status.SUBMITTED,), Status.APPROVED, False, is_review=True)
SEND_BACK = Step(
    "send_back", (Status.SUBMITTED, Status.APPROVED), Status.SENT_BACK, False, is_review=True
)
RELEASE = Step("release", (Status.IN_PROGRESS,), Status.FREE, False)
REASSIGN = Step("reassign", (Status.IN_PROGRESS, Status.SENT_BACK), None, False)

ANNOUNCED = {SUBMIT: "label.submitted", APPROVE: "label.approved"}
BACK_TO_QUEUE = {"labeler": None, "claimed_at": None, "active_at": None, "lease_until": None}


def submit(label, *, by, rev):
    """The labeler declares revision rev complete."""
    return _take(SUBMIT, label, by, rev=rev)


def reopen(label, *, by):
    """The labeler goes on with work that nobody has approved yet."""
    # Or the lease of the day before would have ended already.
    return _take(REOPEN, label, by, **_lease_of(label))


def approve(label, *, by, rev):
    """A reviewer approves the revision that they saw; exports use exactly this one."""
    return _take(APPROVE, label, by, rev=rev, approved_rev=rev)


def send_back(label, *, by, comment, rev=None):
    """A reviewer asks the labeler for better work; it comes first when they ask for an image.

    With rev, only if that is what the reviewer saw.
    """
    comment = _said(comment, "Say in a comment what should be better.")
    return _take(SEND_BACK, label, by, rev=rev, comment=comment, approved_rev=None)


def skip(label, *, by, reason):
    """The labeler leaves the image to somebody else, who goes on from what is drawn."""
    reason = _said(reason, "Say in a few words why.")
    return _take(SKIP, label, by, comment=reason, **BACK_TO_QUEUE)


def report(label, *, by, reason):
    """The labeler says that nobody can label the image; nobody gets it until staff decide."""
    reason = _said(reason, "Say in a few words what is wrong with the image.")
    with transaction.atomic():
        label = _take(REPORT, label, by, comment=reason, **BACK_TO_QUEUE)
        ImageReport.objects.create(image_id=label.image_id, label=label, by=by, reason=reason)
    return label


def release(label, *, by):
    """Staff put an image that its labeler has not touched back into the queue."""
    return _take(RELEASE, label, by, **BACK_TO_QUEUE)


def reassign(label, *, by, to):
    """Staff give unfinished work to another person of the task, with all that is drawn."""
    if label.labeler_id == to.pk:
        raise InvalidStep(f"{to} has it already.")
    if not to.assignments.filter(task=label.task_id, is_active=True).exists():
        raise InvalidStep(f"{to} does not label this task.")
    changes = {"labeler": to, "claimed_at": Now()} | _lease_of(label)
    try:
        with transaction.atomic():
            return _take(REASSIGN, label, by, comment=f"Given to {to}.", **changes)
    except IntegrityError as problem:
        raise InvalidStep(f"{to} labels this image already.") from problem


def _lease_of(label):
    lease = timedelta(minutes=label.task.lease_minutes)
    return {"active_at": Now(), "lease_until": Now() + lease}


def _said(words, problem):
    if not words.strip():
        raise InvalidStep(problem)
    return words.strip()


def _take(step, label, by, *, rev=None, comment="", **changes):
    with transaction.atomic():
        # The row lock makes of two people who act at once one the first.
        now = Label.objects.select_for_update().get(pk=label.pk)
        _check(step, now, by, rev)
        to_status = step.leads_to or now.status
        Label.objects.filter(pk=now.pk).update(status=to_status, status_since=Now(), **changes)
        LabelStep.objects.create(
            label=now,
            step=step.name,
            from_status=now.status,
            to_status=to_status,
            rev=now.rev,
            by=by,
            comment=comment,
        )
        if step in ANNOUNCED:
            announce(ANNOUNCED[step], _facts(now, by))
    label.refresh_from_db()
    return label


def _facts(label, by):
    """What webhooks are told of a label."""
    who = {"labeler": label.labeler_id, "by": by.pk}
    what = {"id": label.pk, "task": label.task_id, "image": label.image_id, "rev": label.rev}
    return what | who


def _check(step, label, by, rev):
    is_own = label.labeler_id == by.pk
    if step.by_labeler and not is_own:
        raise InvalidStep("Only its labeler can do this.")
    if not step.by_labeler and not by.is_staff:
        raise InvalidStep("Only staff can do this.")
    if step.is_review and is_own:
        raise InvalidStep("Nobody reviews their own work.")
    if label.status not in step.starts_from:
        raise InvalidStep(f"The label is {label.get_status_display().lower()} now.")
    if step is RELEASE and label.rev != label.claimed_rev:
        raise InvalidStep("Something was drawn on it, so it stays with its labeler.")
    if rev is not None and label.rev != rev:
        raise InvalidStep(f"The label was changed: it is at revision {label.rev}, not {rev}.")
    if step is SUBMIT and (missing := missing_answers(label)):
        raise InvalidStep(in_words(missing), missing)
