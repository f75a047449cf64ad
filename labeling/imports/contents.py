"""What a file with labels holds, as plain records: what every reader makes of it. No Django."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

PREDICTED = "Which model predicted a shape is not imported; the shapes are."


class BadFile(ValueError):
    """The file cannot be read as what it was said to be; the message says where, to people."""


class Problem(NamedTuple):
    where: str  # file, line or item
    reason: str
    shapes: int = 1  # so many are not taken


class FileImage(NamedTuple):
    """An image as a file speaks of it: by any of content, path and name."""

    where: str
    name: str = ""
    path: str = ""
    sha256: str = ""
    width: int | None = None
    height: int | None = None
    # The name says nothing of the suffix: YOLO and masks call their files like the image.
    is_stem: bool = False
    pk: int | None = None  # of our row, for programs that know it
    # Where it lies by the way of the format, beside the file as a rule; of a stem without suffix.
    places: tuple[str, ...] = ()


class FileShape(NamedTuple):
    class_name: str
    kind: str
    geometry: dict  # as labeling/shapes.py reads it
    where: str = ""
    z: int | None = None  # None: in the order of the file
    attributes: dict = {}  # noqa: RUF012  never changed
    uid: str = ""  # given by files that S3Label wrote
    score: float | None = None  # how sure a model was
    has_texts: bool = False  # as attributes, which the kinds of those of the task explain
    is_in_shares: bool = False  # of the width and height of the image, not in pixels


class FileValue(NamedTuple):
    """What is said of an image, as a file says it."""

    name: str  # of the attribute; of a tag, the option, perhaps after its question
    value: object = None
    # value; text, which the kind of the attribute explains; tag; flag, a tag or what is ticked
    form: str = "value"


class Item(NamedTuple):
    """What one person, or one model, drew on one image; None for a file that names no image."""

    image: FileImage | None
    shapes: list[FileShape]
    problems: list[Problem]
    labeler: int | None = None  # the id of a user, in files that S3Label wrote
    said: Sequence[FileValue] = ()  # of the image


# What is raised by reading values that are not what they should be.
ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@contextmanager
def odd_is_bad(what):
    """Where nothing can be taken when something is odd."""
    try:
        yield
    except ODD as problem:
        if isinstance(problem, BadFile):
            raise
        raise BadFile(f"{what} is incomplete or odd: {problem}.") from problem


def taken(parts, make):
    """(shapes, problems) of parts, each with its place in the file: what `make` makes of it."""
    shapes, problems = [], []
    for where, part in parts:
        try:
            shapes.append(make(part, where))
        except ODD as problem:
            reason = f"{problem}." if isinstance(problem, BadFile) else "It is incomplete or odd."
            problems.append(Problem(where, reason))
    return shapes, problems


class Head(NamedTuple):
    """Of an item: the image, and the classes of its shapes."""

    image: FileImage | None
    class_names: set[str]
    labeler: int | None = None


@dataclass
class Reading:
    """A file or folder being read, twice: heads first, so that nothing is stored of a file that
    cannot be stored as asked, then the items in the same order.
    """

    make_items: Callable[[], Iterator[Item]]
    make_heads: Callable[[], Iterator[Head]] | None = None
    # What the file says of its classes beyond their names: {name: "#rrggbb"}.
    colors: dict[str, str] = field(default_factory=dict)

    def items(self) -> Iterator[Item]:
        return self.make_items()

    def heads(self) -> Iterator[Head]:
        if self.make_heads is not None:
            yield from self.make_heads()
            return
        for item in self.make_items():
            names = {shape.class_name for shape in item.shapes}
            yield Head(item.image, names, item.labeler)
