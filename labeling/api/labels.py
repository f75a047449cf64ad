"""Labels as they are and were, and the bytes of their images."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated

from django.db import OperationalError
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from accounts.answers import After, AnyId, Limit, Page, bytes_of, json_answer, one_of, only, page_of
from datasets.serving import picture_answer, thumbnail_answer
from labeling.api.documents import History, KeptChanges, LabelDocument, ShapesThen, Since
from labeling.claiming import renew_lease
from labeling.classes import prepare_classes
from labeling.documents import document_of
from labeling.history import history_of, place_of
from labeling.image_values import latest_values, values_at, values_changed_since
from labeling.models import Label
from labeling.querysets import images_visible_to
from labeling.revisions import states_at, states_changed_since, states_ended_since
from labeling.saving import kept_changes

router = Router(by_alias=True)

Before = Annotated[str | None, Field(pattern=r"^\d{1,9}\.\d{1,18}\.\d{1,18}$")]
LABEL = (
    *("id", "task", "image", "slot", "status", "status_since", "labeler"),
    *("claimed_at", "rev", "approved_rev", "n_shapes"),
)
GIVEN = one_of(Label.Status)
IMAGE = ("id", "sha256", "format", "width", "height", "state")


class LabelRow(Schema):
    id: int
    task: int
    image: int
    slot: int
    status: str
    status_since: datetime
    labeler: int
    claimed_at: datetime | None
    rev: int
    approved_rev: int | None
    n_shapes: int


class LabelPage(Page):
    items: list[LabelRow]


class ImageDocument(Schema):
    id: int
    name: str
    sha256: str
    format: str
    width: int
    height: int
    state: str


def label_of(request: HttpRequest, label_id: int) -> Label:
    visible = Label.objects.visible_to(request.user).select_related("task", "image", "labeler")
    return get_object_or_404(visible.exclude(status=Label.Status.FREE), pk=label_id)


@router.get("/labels", response=LabelPage)
def list_labels(
    request,
    task: AnyId | None = None,
    image: AnyId | None = None,
    labeler: AnyId | None = None,
    status: GIVEN | None = None,
    after: After = 0,
    limit: Limit = 100,
):
    """Your labels, or for staff those of everybody."""
    labels = Label.objects.visible_to(request.user).claimed()
    labels = only(labels, task=task, image=image, labeler=labeler, status=status)
    return json_answer(request, page_of(labels.values(*LABEL), after, limit))


@router.get("/labels/{int:label_id}", response=LabelDocument)
def get_label(request, label_id: int):
    """The label with its image, task, current shapes and neighbours."""
    label = label_of(request, label_id)
    prepare_classes(label.task)
    if label.is_editable_by(request.user):
        # On a full disk nothing can be stored, but what is there can be looked at.
        with suppress(OperationalError):
            renew_lease(label)
    return json_answer(request, document_of(label, viewer=request.user))


@router.get("/labels/{int:label_id}/since/{int:rev}", response=Since)
def get_changes(request, label_id: int, rev: int):
    """The shapes that were drawn, changed or deleted after a revision, as they are now."""
    label = label_of(request, label_id)
    since = min(rev, label.rev)
    # The label was read before its shapes: whatever was saved meanwhile comes once more.
    changed = {"shapes": states_changed_since(label, since)}
    changed["values"] = values_changed_since(label, since)
    return json_answer(request, {"rev": label.rev, "status": label.status} | changed)


@router.get("/labels/{int:label_id}/history", response=History)
def get_history(request, label_id: int, before: Before = None):
    """What happened to the label, the newest first, a page at a time."""
    label = label_of(request, label_id)
    events, further = history_of(label, before and place_of(before))
    answer = {"rev": label.rev, "events": [_event(event, request.user) for event in events]}
    return json_answer(request, answer | {"before": further and str(further)})


@router.get("/labels/{int:label_id}/revisions/{int:rev}", response=ShapesThen)
def get_revision(request, label_id: int, rev: int, ended: bool = False):
    """The shapes as they were at a revision; with `ended`, those that were changed since."""
    label = label_of(request, label_id)
    if rev > label.rev:
        raise Http404
    shapes = (states_ended_since if ended else states_at)(label, rev)
    latest = [{"attribute": one, "latest": last} for one, last in latest_values(label).items()]
    values = {"values": values_at(label, rev), "latest_values": latest}
    return json_answer(request, {"rev": rev, "shapes": shapes} | values)


@router.get("/labels/{int:label_id}/kept/{int:save}", response=KeptChanges)
def get_kept(request, label_id: int, save: int):
    """What a save wanted that lost a conflict: its changes as they were sent."""
    label = label_of(request, label_id)
    kept = get_object_or_404(label.revisions.filter(rev=None), pk=save)
    return json_answer(request, kept_changes(kept))


@router.get("/images/{int:image_id}", response=ImageDocument)
def get_image(request, image_id: int):
    """What an image is."""
    image = _image(request, image_id)
    row = {name: getattr(image, name) for name in IMAGE}
    return json_answer(request, row | {"name": image.name})


@router.get("/images/{int:image_id}/file", response={200: None}, openapi_extra=bytes_of("image/*"))
def get_image_file(request, image_id: int):
    """The image in exactly the pixels that labels are drawn in."""
    return picture_answer(request, _image(request, image_id))


@router.get(
    "/images/{int:image_id}/thumbnail", response={200: None}, openapi_extra=bytes_of("image/*")
)
def get_image_thumbnail(request, image_id: int):
    """The same in small."""
    return thumbnail_answer(request, _image(request, image_id))


def _image(request, image_id):
    return get_object_or_404(images_visible_to(request.user), pk=image_id)


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
