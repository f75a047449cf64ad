"""What an export holds, as plain records: what every format is written from. No Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class ShapeRecord(NamedTuple):
    uid: str
    rev: int  # the revision of the label that made this state of the shape
    class_id: int  # the export id of its class
    kind: str
    geometry: str  # canonical JSON, see labeling/shapes.py
    z: int
    attributes: str  # canonical JSON of an object


class LabelRecord(NamedTuple):
    """One person's work on one image, at one revision."""

    id: int
    slot: int
    labeler: int
    status: str
    rev: int
    # Of ShapeRecord, from back to front; or what the format has prepared of them, of the same
    # length (see Format.prepare).
    shapes: Sequence
    values: str = "{}"  # what is said of the image: canonical JSON, {name of attribute: value}
    # {id of a shape that was a prediction: {model, score, corrected} as JSON}
    predictions: Mapping = {}  # noqa: RUF012  never changed


class Sheet(NamedTuple):
    """A label and the image below it: all that its shapes are measured by."""

    image: int
    width: int
    height: int
    label: LabelRecord


class ImageRecord(NamedTuple):
    id: int
    name: str  # no other image of the export has it
    path: str
    sha256: str
    width: int
    height: int
    dataset: int
    state: str
    labels: list  # of LabelRecord; at least one
    split: str = ""  # train, val or test; empty when none was asked for


class ClassRecord(NamedTuple):
    id: int  # the export id, which never changes
    name: str
    color: str
    archived: bool
    skeleton: dict | None = None  # {"points": [name, …], "edges": [[place, place], …]}


class AttributeRecord(NamedTuple):
    """What may be said of images or of shapes; archived ones too, because some may have them."""

    name: str  # as in the attributes and values of the records; it never changes
    about: str  # image or shapes
    class_id: int | None  # the export id of the only class whose shapes have it
    kind: str
    options: list
    required: bool
    archived: bool


class DatasetRecord(NamedTuple):
    id: int
    site: str
    sensor: str
    description: str


@dataclass(frozen=True)
class TaskRecord:
    id: int
    title: str
    description: str
    type: str
    status: str  # which labels were chosen
    version: str  # of S3Label
    classes: list[ClassRecord] = field(default_factory=list)
    datasets: list[DatasetRecord] = field(default_factory=list)
    attributes: list[AttributeRecord] = field(default_factory=list)
    has_predictions: bool = False
