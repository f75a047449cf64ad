"""What reviewers do: see what waits, approve, send back; and who gets work that was begun."""

from datetime import datetime
from typing import Annotated

from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from accounts.answers import AnyId, Id, Int, Limit, Refusal, Strict, json_answer, require
from accounts.models import User
from labeling import steps
from labeling.api.drawing import Stepped, Words, stepped
from labeling.models import Label, LabelTask

router = Router()

REVIEW = "labeling.change_label"
WAITING = ("id", "task", "image", "labeler", "rev", "n_shapes", "status_since")
Offset = Annotated[int, Field(ge=0, le=10_000)]


class Approval(Strict):
    rev: Int


class SendingBack(Strict):
    comment: Words
    rev: Int | None = None


class NewLabeler(Strict):
    to: Id


class WaitingLabel(Schema):
    id: int
    task: int
    image: int
    labeler: int
    rev: int
    n_shapes: int
    status_since: datetime


class Queue(Schema):
    items: list[WaitingLabel]
    waiting: int


@router.get("/review", response=Queue)
def list_waiting(request, task: AnyId | None = None, offset: Offset = 0, limit: Limit = 100):
    """Submitted labels that you may decide on, the longest waiting first."""
    require(request, REVIEW)
    queue = Label.objects.visible_to(request.user).reviewable_by(request.user)
    if task is not None:
        visible = LabelTask.objects.visible_to(request.user)
        queue = queue.of_task(get_object_or_404(visible, pk=task))
    rows = list(queue.values(*WAITING)[offset : offset + limit])
    return json_answer(request, {"items": rows, "waiting": queue.count()})


@router.post("/labels/{int:label_id}/approve", response=Stepped)
def approve_label(request, label_id: int, body: Approval):
    """Approve the revision that you saw; exports use exactly this one."""
    require(request, REVIEW)
    return stepped(
        request, label_id, lambda label: steps.approve(label, by=request.user, **dict(body))
    )


@router.post("/labels/{int:label_id}/send-back", response=Stepped)
def send_back_label(request, label_id: int, body: SendingBack):
    """Ask the labeler for better work, and say in a comment what should be better."""
    require(request, REVIEW)
    return stepped(
        request, label_id, lambda label: steps.send_back(label, by=request.user, **dict(body))
    )


@router.post("/labels/{int:label_id}/release", response=Stepped)
def release_label(request, label_id: int):
    """Put an image on which nothing was drawn back into the queue."""
    require(request, REVIEW)
    return stepped(request, label_id, lambda label: steps.release(label, by=request.user))


@router.post("/labels/{int:label_id}/reassign", response=Stepped)
def reassign_label(request, label_id: int, body: NewLabeler):
    """Give unfinished work to another person of the task, with all that is drawn."""
    require(request, REVIEW)
    to = User.objects.filter(pk=body.to, is_active=True).first()
    if to is None:
        raise Refusal(422, "invalid", "There is no such person.")
    return stepped(request, label_id, lambda label: steps.reassign(label, by=request.user, to=to))
