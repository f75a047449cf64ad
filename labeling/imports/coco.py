"""COCO: images, then all annotations, in any order and of any size. No Django.

The first reading remembers where in the file each annotation stands, and of which image it is;
the second one takes them image by image, so that memory does not grow with what they hold.
"""

from array import array
from itertools import pairwise

import numpy as np
import orjson

from labeling.imports.cocoshapes import shapes_of_annotation
from labeling.imports.contents import (
    PREDICTED,
    BadFile,
    FileImage,
    FileValue,
    Head,
    Item,
    Problem,
    Reading,
    taken,
)
from labeling.imports.streaming import JsonStream

IMAGES_AT_ONCE = 500
# What lies apart is read piece by piece, unless there is not much between.
MOST_BETWEEN = 4
CATEGORY_IDS = (int, str)
NO_NUMBER = -(1 << 63)
MOST_NAMED = 1_000


def read(source, scratch):
    names = source.need(".json")
    plans = {}

    def heads():
        for name in names:
            with source.open(name) as file:
                plans[name] = _Plan(file, name)
                yield from plans[name].heads(file)

    def items():
        for name in names:
            with source.open(name) as file:
                yield from plans[name].items(file)

    return Reading(items, heads)


class _Plan:
    """Where everything stands in a COCO file."""

    def __init__(self, file, name):
        self.name = name
        self.images = _Spans()
        self.annotations = _Spans()
        self.owners = self.order = np.zeros(0, dtype=np.int64)
        self.places = {}  # {id of an image: its place}
        self.lost = []  # problems of annotations without an image
        used: set = set()
        ids = array("q")
        stream = JsonStream(file, name, ("images", "annotations"))
        for portion in stream:
            if portion.key == "images":
                self._note_images(portion)
            else:
                self._note_annotations(portion, used, ids)
        rest = stream.rest
        for key in ("images", "annotations"):
            if not isinstance(rest.get(key, []), list):
                raise BadFile(f"{name} is not COCO: its {key} are no list.")
        self.categories = _categories(rest, name)
        self.class_names = {
            self.categories[number]["name"] for number in used if number in self.categories
        }
        self._find_owners(ids)

    def _note_images(self, portion):
        for image in portion.values:
            number = _number_of(image, "id")
            if number == NO_NUMBER:
                raise BadFile(f"{self.name}: an image has no whole number as its id.")
            self.places.setdefault(number, len(self.places))
        self.images.add(portion)
        if len(self.places) < len(self.images):
            raise BadFile(f"{self.name} has two images of one id.")

    def _note_annotations(self, portion, used, ids):
        for annotation in portion.values:
            ids.append(_number_of(annotation, "image_id"))
            number = annotation.get("category_id")
            if type(number) in CATEGORY_IDS:
                used.add(number)
        self.annotations.add(portion)

    def _find_owners(self, ids):
        """The place of the image of each annotation, which may stand before the images."""
        places = self.places
        self.owners = np.fromiter((places.get(number, -1) for number in ids), np.int64, len(ids))
        self.order = np.argsort(self.owners, kind="stable")
        lost = self.order[: np.count_nonzero(self.owners < 0)].tolist()
        for place in lost[:MOST_NAMED]:
            reason = f"There is no image {ids[place]} in the file."
            if ids[place] == NO_NUMBER:
                reason = "Its image_id is no whole number."
            self.lost.append(Problem(f"{self.name}, annotation at {place + 1}", reason))
        if lost[MOST_NAMED:]:
            n_more = len(lost) - MOST_NAMED
            reason = f"Images of {n_more:,} more annotations are not in the file."
            self.lost.append(Problem(self.name, reason, n_more))
        self.places = {}

    def heads(self, file):
        names = self.class_names
        for images in self._portions(file):
            for image in images:
                yield Head(_image(self.name, image), names)
                names = set()
        if self.lost:
            yield Head(None, set())

    def items(self, file):
        sorted_owners = self.owners[self.order]
        at = 0
        for images in self._portions(file):
            edges = np.searchsorted(sorted_owners, np.arange(at, at + len(images) + 1))
            wanted = self.order[edges[0] : edges[-1]]
            annotations = self.annotations.read(file, wanted)
            for image, (first, last) in zip(images, pairwise(edges - edges[0]), strict=True):
                yield self._item(image, annotations[first:last])
            at += len(images)
        if self.lost:
            yield Item(None, [], self.lost)

    def _portions(self, file):
        for start in range(0, len(self.images), IMAGES_AT_ONCE):
            stop = min(start + IMAGES_AT_ONCE, len(self.images))
            yield self.images.read(file, np.arange(start, stop))

    def _item(self, image, annotations):
        parts = ((f"{self.name}, annotation {one.get('id')}", one) for one in annotations)
        found, problems = taken(parts, self._shapes)
        shapes = [shape for several in found for shape in several]
        attributes = image.get("attributes")
        said = attributes.items() if isinstance(attributes, dict) else ()
        of_file = _image(self.name, image)
        if any("prediction" in one for one in annotations):
            problems.append(Problem(of_file.where, PREDICTED, 0))
        return Item(of_file, shapes, problems, said=[FileValue(*pair) for pair in said])

    def _shapes(self, annotation, where):
        number = annotation.get("category_id")
        category = self.categories.get(number) if type(number) in CATEGORY_IDS else None
        if category is None:
            raise BadFile(f"There is no category {number}")
        return shapes_of_annotation(annotation, category, where)


class _Spans:
    """Where the elements of a list stand in a file."""

    def __init__(self):
        self.starts, self.ends = array("q"), array("q")

    def __len__(self):
        return len(self.starts)

    def add(self, portion):
        self.starts.extend(portion.starts)
        self.ends.extend(portion.ends)

    def read(self, file, wanted):
        """The elements of these numbers, in their order."""
        if not len(wanted):
            return []
        starts = np.frombuffer(self.starts, dtype=np.int64)[wanted]
        ends = np.frombuffer(self.ends, dtype=np.int64)[wanted]
        first, last = int(starts.min()), int(ends.max())
        if last - first <= MOST_BETWEEN * int((ends - starts).sum()):
            file.seek(first)
            data = file.read(last - first)
            spans = zip((starts - first).tolist(), (ends - first).tolist(), strict=True)
            parts = [data[start:end] for start, end in spans]
        else:
            parts = [_part(file, *s) for s in zip(starts.tolist(), ends.tolist(), strict=True)]
        return orjson.loads(b"[" + b",".join(parts) + b"]")


def _part(file, start, end):
    file.seek(start)
    return file.read(end - start)


def _number_of(row, field):
    number = row.get(field)
    return number if type(number) is int and abs(number) < 1 << 63 else NO_NUMBER


def _categories(rest, name):
    rows = rest.get("categories")
    if not isinstance(rows, list):
        raise BadFile(f"{name} is not COCO: it has no categories.")
    found = {}
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("name"), str):
            raise BadFile(f"{name}: a category has no name.")
        if type(row.get("id")) not in CATEGORY_IDS:
            raise BadFile(f"{name}: a category has no number.")
        found[row["id"]] = row
    return found


def _image(file_name, image):
    name = image.get("file_name")
    return FileImage(
        where=f"{file_name}, image {image['id']} ({name})",
        name=name if isinstance(name, str) else "",
        path=_text(image.get("path")),
        sha256=_text(image.get("sha256")),
        width=_size(image.get("width")),
        height=_size(image.get("height")),
    )


def _text(value):
    return value if isinstance(value, str) else ""


def _size(value):
    return value if type(value) is int and value > 0 else None
