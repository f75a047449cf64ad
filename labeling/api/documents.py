"""The forms of labels and shapes, as the description of the API tells them."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field


class Open(Schema):
    """Fields may be added; those that are named stay."""

    model_config = ConfigDict(extra="allow")


class ShapeDocument(Open):
    """A shape with its revision; of a deleted one there is no more than this and `deleted`."""

    id: str
    rev: int
    deleted: bool = False
    label_class: int | None = Field(None, alias="class")
    kind: str | None = None
    geom: dict[str, Any] | None = None
    z: int | None = None
    attrs: dict[str, Any] | None = None


class ImageOfLabel(Open):
    id: int
    name: str
    width: int
    height: int
    sha256: str
    url: str
    thumbnail: str


class TaskOfLabel(Open):
    id: int
    title: str
    description: str
    tools: list[str]
    default_tool: str
    classes: list[dict[str, Any]]
    attributes: list[dict[str, Any]]


class Value(Open):
    """What is said of the image; `attribute` is one of those that the task defines."""

    attribute: int
    rev: int | None = None
    value: Any = None


class LabelDocument(Open):
    id: int
    rev: int
    status: str
    status_text: str
    editable: bool
    mine: bool
    reviewable: bool
    review_url: str | None
    labeler: str
    image: ImageOfLabel
    task: TaskOfLabel
    shapes: list[ShapeDocument]
    values: list[Value]
    suggestions: list[dict[str, Any]]
    comment: str | None
    comments: list[dict[str, Any]]
    seconds: int
    previous: int | None
    next: int | None


class ShapesThen(Schema):
    rev: int
    shapes: list[ShapeDocument]
    values: list[Value]
    latest_values: list[dict[str, int]]


class Since(Schema):
    rev: int
    status: str
    shapes: list[ShapeDocument]
    values: list[Value]


class KeptChanges(Schema):
    changes: list[dict[str, Any]]
    values: list[dict[str, Any]]


class Event(Open):
    id: str
    kind: str
    rev: int
    at: datetime
    by: str
    mine: bool
    words: str
    change: str
    comment: str
    did: dict[str, int]


class History(Schema):
    rev: int
    events: list[Event]
    before: str | None
