"""What the editor and scripts do with labels: open, save, submit, reopen, claim the next."""

from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from datasets.serving import picture_answer
from labeling import comments, steps
from labeling.claiming import claim_next, renew_lease
from labeling.classes import prepare_classes
from labeling.documents import document_of
from labeling.forms import LONGEST_COMMENT
from labeling.history import history_of, place_of
from labeling.image_values import latest_values, values_at, values_changed_since
from labeling.models import Label, LabelTask
from labeling.querysets import images_visible_to
from labeling.revisions import states_at, states_changed_since, states_ended_since
from labeling.saving import (
    IN_SECONDS,
    MOST_CHANGES,
    InvalidChanges,
    NotEditable,
    TooManySaves,
    kept_changes,
    save_changes,
)
from labeling.timing import Sitting

router = Router()

Int = Annotated[int, Field(strict=True, ge=0, lt=2**31)]
Rev = Annotated[int, Field(strict=True, ge=1, lt=2**31)]
Z = Annotated[int, Field(strict=True, ge=-(2**31), lt=2**31)]
Coordinate = Annotated[float, Field(ge=0, lt=2**31, allow_inf_nan=False)]
Before = Annotated[str | None, Field(pattern=r"^\d{1,9}\.\d{1,18}\.\d{1,18}$")]


class Refusal(Exception):
    """A request that cannot be done; the site's API turns it into an answer."""

    def __init__(self, status_code, error, message, **details):
        super().__init__(message)
        self.status_code = status_code
        self.body = {"error": error, "message": message} | details


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


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


class Submission(Strict):
    rev: Int


class Reason(Strict):
    reason: Annotated[str, Field(max_length=LONGEST_COMMENT, pattern=r"^[^\x00]*$")]


class Comment(Strict):
    words: Annotated[str, Field(max_length=LONGEST_COMMENT, pattern=r"^[^\x00]*$")]
    place: tuple[Coordinate, Coordinate] | None = None
    shape: UUID | None = None
    answer_to: Int | None = None


class Settlement(Strict):
    settled: Annotated[bool, Field(strict=True)]


class SittingSoFar(Strict):
    sitting: UUID
    seconds: Int


class Claim(Strict):
    after: Int | None = None
    ahead: Annotated[bool, Field(strict=True)] = False


def _label(request: HttpRequest, label_id: int) -> Label:
    visible = Label.objects.visible_to(request.user).select_related("task", "image")
    return get_object_or_404(visible.exclude(status=Label.Status.FREE), pk=label_id)


@router.get("/labels/{int:label_id}")
def get_label(request, label_id: int):
    """The label with its image, task, current shapes and neighbours."""
    label = _label(request, label_id)
    prepare_classes(label.task)
    if label.is_editable_by(request.user):
        renew_lease(label)
    return document_of(label, viewer=request.user)


@router.get("/images/{int:image_id}/file", response={200: None})
def get_image_file(request, image_id: int):
    """The image in exactly the pixels that labels are drawn in."""
    image = get_object_or_404(images_visible_to(request.user), pk=image_id)
    return picture_answer(request, image)


@router.post("/labels/{int:label_id}/changes")
def save_label(request, label_id: int, body: Changes):
    """Save changes of shapes, and of what is said of the image, as one new revision or not at
    all."""
    label = _label(request, label_id)
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


@router.get("/labels/{int:label_id}/since/{int:rev}")
def get_changes(request, label_id: int, rev: int):
    """The shapes that were drawn, changed or deleted after a revision, as they are now."""
    label = _label(request, label_id)
    since = min(rev, label.rev)
    # The label was read before its shapes: whatever was saved meanwhile comes once more.
    changed = {"shapes": states_changed_since(label, since)}
    changed["values"] = values_changed_since(label, since)
    return {"rev": label.rev, "status": label.status} | changed


@router.get("/labels/{int:label_id}/history")
def get_history(request, label_id: int, before: Before = None):
    """What happened to the label, the newest first, a page at a time."""
    label = _label(request, label_id)
    events, further = history_of(label, before and place_of(before))
    answer = {"rev": label.rev, "events": [_event(event, request.user) for event in events]}
    return answer | {"before": further and str(further)}


@router.get("/labels/{int:label_id}/revisions/{int:rev}")
def get_revision(request, label_id: int, rev: int, ended: bool = False):
    """The shapes as they were at a revision; with `ended`, those that were changed since."""
    label = _label(request, label_id)
    if rev > label.rev:
        raise Http404
    shapes = (states_ended_since if ended else states_at)(label, rev)
    latest = [{"attribute": one, "latest": last} for one, last in latest_values(label).items()]
    return {"rev": rev, "shapes": shapes, "values": values_at(label, rev), "latest_values": latest}


@router.get("/labels/{int:label_id}/kept/{int:save}")
def get_kept(request, label_id: int, save: int):
    """What a save wanted that lost a conflict: its changes as they were sent."""
    label = _label(request, label_id)
    kept = get_object_or_404(label.revisions.filter(rev=None), pk=save)
    return kept_changes(kept)


@router.get("/labels/{int:label_id}/comments")
def get_comments(request, label_id: int):
    """What labeler and reviewers said about the label, thread by thread."""
    return {"comments": comments.readable(_label(request, label_id), viewer=request.user)}


@router.post("/labels/{int:label_id}/comments")
def write_comment(request, label_id: int, body: Comment):
    """Say something about a place, a shape or the whole image, or answer."""
    label = _label(request, label_id)
    said = {"words": body.words, "place": body.place, "shape": body.shape}
    if body.answer_to is not None:
        said["thread"] = get_object_or_404(label.comments.threads(), pk=body.answer_to)
    try:
        comments.write(label, by=request.user, **said)
    except comments.InvalidComment as problem:
        raise Refusal(422, "invalid", str(problem)) from problem
    return {"comments": comments.readable(label, viewer=request.user)}


@router.post("/labels/{int:label_id}/comments/{int:comment_id}/settle")
def settle_comment(request, label_id: int, comment_id: int, body: Settlement):
    """Say that what a thread was about is done, or is not after all."""
    label = _label(request, label_id)
    comment = get_object_or_404(label.comments.threads(), pk=comment_id)
    comments.settle(comment, by=request.user, is_settled=body.settled)
    return {"comments": comments.readable(label, viewer=request.user)}


@router.post("/labels/{int:label_id}/time")
def report_time(request, label_id: int, body: SittingSoFar):
    """Tell how many seconds its labeler has worked on a label since it was opened."""
    label = _label(request, label_id)
    if label.labeler_id != request.user.pk:
        raise Refusal(409, "not_yours", "Only the time of its labeler is counted.")
    Sitting.report(label, user=request.user, uid=body.sitting, seconds=body.seconds)
    if label.is_editable_by(request.user):
        renew_lease(label)
    return {"seconds": label.sittings.filter(user=request.user).seconds()}


@router.post("/labels/{int:label_id}/submit")
def submit_label(request, label_id: int, body: Submission):
    """Declare a revision complete."""
    return _step(
        request, label_id, lambda label: steps.submit(label, by=request.user, rev=body.rev)
    )


@router.post("/labels/{int:label_id}/reopen")
def reopen_label(request, label_id: int):
    """Go on with a submitted label that nobody has approved yet."""
    return _step(request, label_id, lambda label: steps.reopen(label, by=request.user))


@router.post("/labels/{int:label_id}/skip")
def skip_label(request, label_id: int, body: Reason):
    """Leave the image to somebody else, with what is drawn."""
    return _step(
        request, label_id, lambda label: steps.skip(label, by=request.user, reason=body.reason)
    )


@router.post("/labels/{int:label_id}/report")
def report_image(request, label_id: int, body: Reason):
    """Say that nobody can label the image; nobody gets it until staff have decided."""
    return _step(
        request, label_id, lambda label: steps.report(label, by=request.user, reason=body.reason)
    )


@router.post("/tasks/{int:task_id}/claim")
def claim_label(request, task_id: int, body: Claim):
    """The label to work on next, or null when the task has none for the user."""
    task = get_object_or_404(LabelTask.objects.assigned_to(request.user), pk=task_id)
    prepare_classes(task)
    label = claim_next(task=task, labeler=request.user, after=body.after, ahead=body.ahead)
    if label is None:
        return {"label": None, "message": "Every image of this task is taken."}
    return {"label": label.pk}


def _event(event, viewer):
    return {
        "id": f"{'step' if event.is_step else 'save'}-{event.pk}",
        "kind": event.kind,
        "rev": event.rev,
        "at": event.when,
        "by": event.who,
        "mine": event.author_id == viewer.pk,
        "words": event.what,
        "change": event.change,
        "comment": event.comment,
        "did": event.summary,
    }


def _step(request, label_id, take):
    label = _label(request, label_id)
    try:
        label = take(label)
    except steps.InvalidStep as problem:
        label.refresh_from_db()
        now = {"status": label.status, "rev": label.rev}
        if problem.missing:
            now["missing"] = [one.as_dict() for one in problem.missing]
        raise Refusal(409, "not_possible", str(problem), **now) from problem
    return {"status": label.status}
