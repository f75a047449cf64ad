"""What labelers do: claim, save, tell their time, submit, reopen, skip, report."""

from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from accounts.answers import Int, Refusal, Strict, Text, json_answer
from labeling import steps
from labeling.api.documents import LabelDocument
from labeling.api.labels import label_of
from labeling.claiming import claim_next, renew_lease
from labeling.classes import prepare_classes
from labeling.documents import document_of
from labeling.forms import LONGEST_COMMENT
from labeling.models import Label, LabelTask
from labeling.saving import (
    IN_SECONDS,
    MOST_CHANGES,
    InvalidChanges,
    NotEditable,
    TooManySaves,
    save_changes,
)
from labeling.timing import Sitting

router = Router(by_alias=True)

Rev = Annotated[int, Field(strict=True, ge=1, lt=2**31)]
Words = Annotated[Text, Field(max_length=LONGEST_COMMENT)]
Z = Annotated[int, Field(strict=True, ge=-(2**31), lt=2**31)]


class ShapeState(Strict):
    label_class: Annotated[Int, Field(alias="class")]
    kind: Annotated[str, Field(max_length=10)]
    geom: dict
    z: Z = 0
    attrs: dict = {}


class Change(Strict):
    id: UUID
    base: Rev | None
    shape: ShapeState | None


class ValueChange(Strict):
    attribute: Int
    base: Rev | None
    value: Any


class Changes(Strict):
    op_id: UUID
    changes: Annotated[list[Change], Field(max_length=MOST_CHANGES)] = []
    values: Annotated[list[ValueChange], Field(max_length=MOST_CHANGES)] = []


class Saved(Schema):
    rev: int


class Ready(Strict):
    label: Int
    rev: Int


class Submission(Strict):
    rev: Int
    # Claim the next, too; `ready` is a label that the client has claimed ahead and has in hand.
    go_on: Annotated[bool, Field(strict=True)] = False
    ready: Ready | None = None


class Reason(Strict):
    reason: Words


class SittingSoFar(Strict):
    sitting: UUID
    seconds: Int


class Seconds(Schema):
    seconds: int


class Claim(Strict):
    after: Int | None = None
    ahead: Annotated[bool, Field(strict=True)] = False


class Claimed(Schema):
    label: int | None
    message: str = ""


class Stepped(Schema):
    status: str


class Next(Claimed):
    document: LabelDocument | None = None


class Submitted(Stepped):
    next: Next | None = None


@router.post("/labels/{int:label_id}/changes", response=Saved)
def save_label(request, label_id: int, body: Changes):
    """Save changes of shapes and of values of the image as one revision, or not at all."""
    label = label_of(request, label_id)
    sent = body.model_dump(by_alias=True)
    try:
        answer = save_changes(label, author=request.user, **sent)
    except NotEditable as problem:
        is_own = problem.label.labeler_id == request.user.pk
        message = str(problem) if is_own else "Only its labeler can draw on a label."
        raise Refusal(409, "not_editable", message, status=problem.label.status) from problem
    except InvalidChanges as problem:
        raise Refusal(422, "invalid", str(problem), problems=problem.problems) from problem
    except TooManySaves as problem:
        raise Refusal(429, "too_often", str(problem), retry_after=IN_SECONDS) from problem
    if not answer.applied:
        message = "Somebody else changed the same meanwhile; both versions are kept."
        raise Refusal(409, "conflict", message, **answer.body)
    return answer.body


@router.post("/labels/{int:label_id}/time", response=Seconds)
def report_time(request, label_id: int, body: SittingSoFar):
    """Tell how many seconds its labeler has worked on a label since it was opened."""
    label = label_of(request, label_id)
    if label.labeler_id != request.user.pk:
        raise Refusal(409, "not_yours", "Only the time of its labeler is counted.")
    try:
        Sitting.report(label, user=request.user, uid=body.sitting, seconds=body.seconds)
    except IntegrityError:
        # A closing page reports last, perhaps of a label that is deleted at this moment.
        label_of(request, label_id)
        raise
    if label.is_editable_by(request.user):
        renew_lease(label)
    return {"seconds": label.sittings.filter(user=request.user).seconds()}


@router.post("/labels/{int:label_id}/submit", response=Submitted)
def submit_label(request, label_id: int, body: Submission):
    """Declare a revision complete, and go on with the next image in the same breath."""
    tasks = []

    def submit(label):
        tasks.append(label.task)
        return steps.submit(label, by=request.user, rev=body.rev)

    answer = stepped(request, label_id, submit)
    if body.go_on:
        answer["next"] = _next(request, tasks[0], body.ready)
    return json_answer(request, answer)


@router.post("/labels/{int:label_id}/reopen", response=Stepped)
def reopen_label(request, label_id: int):
    """Go on with a submitted label that nobody has approved yet."""
    return stepped(request, label_id, lambda label: steps.reopen(label, by=request.user))


@router.post("/labels/{int:label_id}/skip", response=Stepped)
def skip_label(request, label_id: int, body: Reason):
    """Leave the image to somebody else, with what is drawn."""
    return stepped(
        request, label_id, lambda label: steps.skip(label, by=request.user, **dict(body))
    )


@router.post("/labels/{int:label_id}/report", response=Stepped)
def report_image(request, label_id: int, body: Reason):
    """Say that nobody can label the image; nobody gets it until staff have decided."""
    return stepped(
        request, label_id, lambda label: steps.report(label, by=request.user, **dict(body))
    )


@router.post("/tasks/{int:task_id}/claim", response=Claimed, exclude_unset=True)
def claim_label(request, task_id: int, body: Claim):
    """The label to work on next, or null when the task has none for the user."""
    task = get_object_or_404(LabelTask.objects.assigned_to(request.user), pk=task_id)
    prepare_classes(task)
    label = claim_next(task=task, labeler=request.user, after=body.after, ahead=body.ahead)
    return _claimed(label)


def _claimed(label):
    if label is None:
        return {"label": None, "message": "Every image of this task is taken."}
    return {"label": label.pk}


def _next(request, task, ready):
    """What is claimed, with its document, unless the client has just that in hand."""
    prepare_classes(task)
    try:
        label = claim_next(task=task, labeler=request.user)
    except LabelTask.DoesNotExist:
        return {"label": None, "message": "The task is not yours any more."}
    if label is None:
        return _claimed(label)
    in_hand = ready and (ready.label, ready.rev) == (label.pk, label.rev)
    # What was sent back has comments, which may have come since.
    if in_hand and label.status == Label.Status.IN_PROGRESS:
        return _claimed(label)
    return _claimed(label) | {"document": document_of(label, viewer=request.user)}


def stepped(request, label_id, take):
    label = label_of(request, label_id)
    try:
        label = take(label)
    except steps.InvalidStep as problem:
        label.refresh_from_db()
        now = {"status": label.status, "rev": label.rev}
        if problem.missing:
            now["missing"] = [one.as_dict() for one in problem.missing]
        raise Refusal(409, "not_possible", str(problem), **now) from problem
    return {"status": label.status}
