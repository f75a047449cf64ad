"""What labelers and reviewers say to each other about a label."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.shortcuts import get_object_or_404
from ninja import Router
from pydantic import Field

from accounts.answers import Flag, Int, Refusal, Strict, json_answer
from labeling import comments
from labeling.api.documents import Open
from labeling.api.drawing import Words
from labeling.api.labels import label_of

router = Router()

Coordinate = Annotated[float, Field(ge=0, lt=2**31, allow_inf_nan=False)]


class NewComment(Strict):
    words: Words
    place: tuple[Coordinate, Coordinate] | None = None
    shape: UUID | None = None
    answer_to: Int | None = None


class Settlement(Strict):
    settled: Flag


class CommentDocument(Open):
    id: int
    by: str
    at: datetime
    words: str


class Comments(Open):
    comments: list[CommentDocument]


@router.get("/labels/{int:label_id}/comments", response=Comments)
def get_comments(request, label_id: int):
    """What labeler and reviewers said about the label, thread by thread."""
    return _said(request, label_of(request, label_id))


@router.post("/labels/{int:label_id}/comments", response=Comments)
def write_comment(request, label_id: int, body: NewComment):
    """Say something about a place, a shape or the whole image, or answer."""
    label = label_of(request, label_id)
    said = {"words": body.words, "place": body.place, "shape": body.shape}
    if body.answer_to is not None:
        said["thread"] = get_object_or_404(label.comments.threads(), pk=body.answer_to)
    try:
        comments.write(label, by=request.user, **said)
    except comments.InvalidComment as problem:
        raise Refusal(422, "invalid", str(problem)) from problem
    return _said(request, label)


@router.post("/labels/{int:label_id}/comments/{int:comment_id}/settle", response=Comments)
def settle_comment(request, label_id: int, comment_id: int, body: Settlement):
    """Say that what a thread was about is done, or is not after all."""
    label = label_of(request, label_id)
    comment = get_object_or_404(label.comments.threads(), pk=comment_id)
    comments.settle(comment, by=request.user, is_settled=body.settled)
    return _said(request, label)


def _said(request, label):
    return json_answer(request, {"comments": comments.readable(label, viewer=request.user)})
