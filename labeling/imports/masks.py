"""Masks: pictures whose values or colours are classes, or ours with instances. No Django.

Every class of a mask is one shape, with as many parts and holes as it has; in what S3Label wrote
with instances, every instance is one.
"""

import csv
import io
import re
from collections import defaultdict

import numpy as np
from PIL import Image

from labeling.imports.contents import (
    BadFile,
    FileImage,
    FileShape,
    Head,
    Item,
    Problem,
    Reading,
    odd_is_bad,
)
from labeling.imports.tracing import MOST_PIXELS, rings_of_mask

# What many data sets have at the border of objects, for "say nothing of this".
VOID = 255
LABELER = re.compile("-?[0-9]{1,18}")
TABLES = ("labels.csv", "instances.csv", "classes.csv")


def read(source, scratch):
    tables = {name: _table(source, name) for name in TABLES}
    classes = _Classes(source, tables["classes.csv"])
    if tables["labels.csv"]:
        pictures = source.with_suffix(".png")
        folder = _folder(pictures, source)
        ours = _Ours(source, folder, tables, classes)
        has_heads = folder == "instances"
        return Reading(ours.items, ours.heads if has_heads else None, classes.colors)
    names = source.with_suffix(".png", ".tif", ".tiff", ".bmp")
    if not names:
        raise BadFile(f"{source.path} has no picture of masks.")
    return Reading(lambda: (_item(source, name, classes) for name in names), colors=classes.colors)


def _table(source, name):
    if name not in source.names():
        return []
    try:
        return list(csv.DictReader(io.StringIO(source.text(name), newline=""), strict=True))
    except csv.Error as problem:
        raise BadFile(f"{name} is no readable table: {problem}.") from problem


def _folder(pictures, source):
    folders = {name.partition("/")[0] for name in pictures}
    for folder in ("instances", "classes", "colors"):
        if folder in folders:
            return folder
    raise BadFile(f"{source.path}: edges and dots cannot be read back, only filled masks.")


class _Classes:
    """Names for values and for colours, as far as a table says them."""

    def __init__(self, source, table):
        self.names, self.of_color, self.colors = {}, {}, {}
        with odd_is_bad("classes.csv"):
            for row in table:
                name = _as_it_was(row["name"])
                self.names[int(row["id"])] = name
                self._color(name, row.get("color") or "")
        for file in source.names():
            if table:
                break
            if file.endswith("labelmap.txt"):
                self._read_label_map(source.text(file))
            elif file.endswith("classes.txt"):
                lines = source.text(file).splitlines()
                self.names = {at: line.strip() for at, line in enumerate(lines)}

    def _read_label_map(self, text):
        rows = [line for line in text.splitlines() if line and not line.startswith("#")]
        for at, row in enumerate(rows):
            name, _, about = row.partition(":")
            color = about.partition(":")[0]
            self.names[at] = name
            parts = [part for part in color.split(",") if part.strip().isdigit()]
            if len(parts) == 3:
                self._color(name, "#{:02x}{:02x}{:02x}".format(*map(int, parts)))

    def _color(self, name, color):
        if color:
            self.colors[name] = color
            self.of_color[int(color.lstrip("#"), 16)] = name

    def name_of(self, value, is_color):
        if is_color:
            return self.of_color.get(value, f"#{value:06x}")
        return self.names.get(value) or str(value)


def _as_it_was(text):
    """Without the sign that keeps spreadsheets from calculating."""
    return text[1:] if text[:2] in ("'=", "'+", "'-", "'@", "'\t", "'\r") else text


class _Ours:
    """What labeling/exports/masks.py wrote; its tables say all but the outlines."""

    def __init__(self, source, folder, tables, classes):
        self.source, self.folder, self.classes = source, folder, classes
        # {mask: {number: (name of the class, id of the shape)}}
        self.instances: dict[str, dict] = defaultdict(dict)
        with odd_is_bad("labels.csv"):
            self.labels = [self._label(row) for row in tables["labels.csv"]]
        with odd_is_bad("instances.csv"):
            for row in tables["instances.csv"]:
                name = classes.name_of(int(row["class_id"]), False)
                self.instances[row["mask"]][int(row["instance"])] = (name, row["shape_id"])

    def heads(self):
        for mask, labeler, image in self.labels:
            names = {name for name, _ in self.instances.get(mask, {}).values()}
            yield Head(image, names, labeler)

    def items(self):
        for mask, labeler, image in self.labels:
            has_numbers = self.folder == "instances"
            of_mask = self.instances.get(mask, {}) if has_numbers else None
            item = _with_shapes(self.source, image.where, image, self.classes, of_mask, None)
            yield item._replace(image=image, labeler=labeler)

    def _label(self, row):
        if not LABELER.fullmatch(row["labeler_id"]):
            raise ValueError("a labeler has no whole number")
        return row["mask"], int(row["labeler_id"]), self._image(row)

    def _image(self, row):
        return FileImage(
            f"{self.folder}/{row['mask']}",
            _as_it_was(row["file_name"]),
            _as_it_was(row["path"]),
            row["sha256"],
            int(row["width"]),
            int(row["height"]),
        )


def _item(source, name, classes):
    stem = name.rpartition(".")[0]
    return _with_shapes(source, name, FileImage(name, stem, is_stem=True), classes, None, VOID)


def _with_shapes(source, name, image, classes, instances, void):
    shapes, problems = [], []
    try:
        values, is_color = _values(source.read(name), name)
        image = image._replace(width=values.shape[1], height=values.shape[0])
        for value, rings in areas_of(values, None if is_color else void):
            where = f"{name}, value {value}"
            if instances is None:
                class_name, more = classes.name_of(value, is_color), {}
            else:
                if value not in instances:
                    problems.append(Problem(where, "It is not in instances.csv."))
                    continue
                class_name, uid = instances[value]
                more = {"uid": uid, "z": value - 1}
            shapes.append(FileShape(class_name, "polygon", {"rings": rings}, where, **more))
    except BadFile as problem:
        problems.append(Problem(name, str(problem)))
    return Item(image, shapes, problems)


def _values(data, name):
    """(a number for each pixel, whether it is a colour)."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadFile(f"{name} is too large.")
            if picture.mode == "1":
                return np.asarray(picture).astype(np.uint8), False
            if picture.mode in ("P", "L", "I", "I;16", "I;16B"):
                # As narrow as it is: numbers of 16 bits are sorted many times faster.
                return np.asarray(picture), False
            colors = np.asarray(picture.convert("RGB")).astype(np.int64)
    except (OSError, ValueError, Image.DecompressionBombError) as problem:
        raise BadFile(f"{name} is no readable picture.") from problem
    return (colors[..., 0] << 16) | (colors[..., 1] << 8) | colors[..., 2], True


def areas_of(values, void=None):
    """(value, rings) of every value but nothing, whatever number of them there is."""
    flat = values.ravel()
    places = np.flatnonzero(flat)
    if not len(places):
        return
    order = places[np.argsort(flat[places], kind="stable")]
    found, starts = np.unique(flat[order], return_index=True)
    for value, some in zip(found.tolist(), np.split(order, starts[1:]), strict=True):
        if value == void:
            continue
        ys, xs = np.divmod(some, values.shape[1])
        top, left = int(ys.min()), int(xs.min())
        mask = np.zeros((int(ys.max()) - top + 1, int(xs.max()) - left + 1), dtype=bool)
        mask[ys - top, xs - left] = True
        yield value, rings_of_mask(mask, left, top)
