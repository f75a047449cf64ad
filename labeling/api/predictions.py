"""What models found: sent as JSON, shown to labelers as suggestions, and what became of it."""

from datetime import datetime
from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from pydantic import Field, model_validator

from accounts.answers import (
    After,
    Flag,
    Id,
    Limit,
    Page,
    Refusal,
    Strict,
    Text,
    Word,
    json_answer,
    page_of,
    require,
)
from datasets.forms import LONGEST_PATH
from labeling.api.finding import task_of
from labeling.importing import import_predictions
from labeling.imports.contents import FileImage, FileShape, Item
from labeling.models import PredictionSet
from labeling.resolving import Refused
from labeling.suggestions import MOST_SUGGESTIONS, outcomes_of

router = Router()

VIEW, ADD = "labeling.view_predictionset", "labeling.add_predictionset"
CHANGE, DELETE = "labeling.change_predictionset", "labeling.delete_predictionset"
MOST_IMAGES = 1000
SET = ("id", "task", "model", "is_suggested", "created_at")
ClassName = Annotated[Text, Field(min_length=1, max_length=1000)]
Score = Annotated[float, Field(ge=0, le=1)]


class PredictedShape(Strict):
    """A shape as in a save, with the name of its class and how sure the model is."""

    class_name: Annotated[ClassName, Field(alias="class")]
    kind: Annotated[str, Field(max_length=10)]
    geom: dict[str, Any]
    score: Score | None = None
    attrs: dict[str, Any] = {}


class PredictedImage(Strict):
    """One image, named by its id, its SHA-256 or its path."""

    image: Id | None = None
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    path: Annotated[Text, Field(min_length=1, max_length=LONGEST_PATH)] | None = None
    shapes: Annotated[list[PredictedShape], Field(max_length=MOST_SUGGESTIONS)]

    @model_validator(mode="after")
    def name_one(self):
        if [self.image, self.sha256, self.path].count(None) != 2:
            raise ValueError("name the image by image, sha256 or path")
        return self


class NewPredictions(Strict):
    model: Annotated[Word, Field(description="Name and version")]
    images: Annotated[list[PredictedImage], Field(min_length=1, max_length=MOST_IMAGES)]
    classes: Annotated[
        dict[ClassName, Text],
        Field(max_length=1000, description='Theirs: ours; "" leaves a class out'),
    ] = {}
    create_classes: Flag = False


class NotTaken(Schema):
    where: str
    reason: str


class Taken(Schema):
    """How many shapes were added, were there already, were left out by their class, or refused."""

    images: int
    shapes: int
    added: int
    there: int
    left_out: int
    refused: int
    new_classes: list[str]
    n_problems: int
    problems: list[NotTaken]


class SetChanges(Strict):
    is_suggested: Flag


class SetRow(Schema):
    id: int
    task: int
    model: str
    is_suggested: bool
    created_at: datetime


class SetDocument(SetRow):
    """With what became of the suggestions, counted label by label."""

    suggested: int
    accepted: int
    corrected: int
    rejected: int


class SetPage(Page):
    items: list[SetRow]


@router.post("/tasks/{int:task_id}/predictions", response=Taken)
def add_predictions(request, task_id: int, body: NewPredictions):
    """Suggest to labelers what a model found; what it said before of an image stays."""
    require(request, ADD)
    task = task_of(request, task_id)
    items = [_item(number, image) for number, image in enumerate(body.images)]
    wishes = body.model_dump(include={"model", "create_classes"}) | {"renames": body.classes}
    try:
        return import_predictions(task, items, **wishes).as_dict()
    except Refused as problem:
        raise Refusal(422, "invalid", str(problem)) from problem


@router.get("/tasks/{int:task_id}/predictions", response=SetPage)
def list_predictions(request, task_id: int, after: After = 0, limit: Limit = 100):
    """The models that have predictions in a task."""
    require(request, VIEW)
    sets = task_of(request, task_id).prediction_sets.values(*SET)
    return json_answer(request, page_of(sets, after, limit))


@router.get("/predictions/{int:set_id}", response=SetDocument)
def get_predictions(request, set_id: int):
    """The predictions of a model, and what labelers made of them."""
    require(request, VIEW)
    return json_answer(request, _document(get_object_or_404(PredictionSet, pk=set_id)))


@router.patch("/predictions/{int:set_id}", response=SetDocument)
def change_predictions(request, set_id: int, body: SetChanges):
    """Show them to labelers, or no more; what was accepted stays."""
    require(request, CHANGE)
    found = get_object_or_404(PredictionSet, pk=set_id)
    found.is_suggested = body.is_suggested
    found.save(update_fields=["is_suggested"])
    return _document(found)


@router.delete("/predictions/{int:set_id}", response={204: None})
def delete_predictions(request, set_id: int):
    """Forget the predictions of a model; what was accepted of them stays."""
    require(request, DELETE)
    get_object_or_404(PredictionSet, pk=set_id).delete()
    return Status(204, None)


def _item(number, image):
    where = f"images.{number}"
    shapes = [
        FileShape(
            class_name=shape.class_name,
            kind=shape.kind,
            geometry=shape.geom,
            where=f"{where}.shapes.{at}",
            attributes=shape.attrs,
            score=shape.score,
        )
        for at, shape in enumerate(image.shapes)
    ]
    about = {"path": image.path or "", "sha256": image.sha256 or "", "pk": image.image}
    return Item(FileImage(where, **about), shapes, [])


def _document(found):
    row = {name: getattr(found, name) for name in SET if name != "task"}
    return row | {"task": found.task_id} | outcomes_of(found)
