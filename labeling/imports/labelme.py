"""LabelMe: a JSON file beside each image; outlines of one group are one object. No Django."""

import base64
import binascii
import hashlib
import io
import math
import posixpath

import numpy as np
import orjson
from PIL import Image

from labeling.imports.contents import (
    BadFile,
    FileImage,
    FileShape,
    FileValue,
    Item,
    Problem,
    Reading,
    taken,
)
from labeling.imports.fitting import rect, rings_of_parts, without_slits
from labeling.imports.tracing import MOST_PIXELS, shape_of_mask


def read(source, scratch):
    names = source.need(".json")
    return Reading(lambda: (_item(source, name) for name in names))


def _item(source, name):
    try:
        data = orjson.loads(source.read(name))
        if not isinstance(data, dict) or not isinstance(data.get("shapes"), list):
            raise BadFile(f"{name} is not LabelMe: it has no shapes.")
    except orjson.JSONDecodeError as problem:
        reason = f"Not readable JSON: line {problem.lineno}: {problem.msg}."
        return Item(None, [], [Problem(name, reason)])
    except BadFile as problem:
        return Item(None, [], [Problem(name, str(problem))])
    flags = data.get("flags")
    said = flags.items() if isinstance(flags, dict) else ()
    values = [FileValue(str(flag), value is True, "flag") for flag, value in said]
    shapes, problems = taken(_objects(data["shapes"], name), _shape)
    return Item(_image(source, data, name), shapes, problems, said=values)


def _image(source, data, name):
    path = str(data.get("imagePath") or "").replace("\\", "/")
    sizes = [data.get(field) for field in ("imageWidth", "imageHeight")]
    width, height = (size if type(size) is int and size > 0 else None for size in sizes)
    if not path:
        stem = name.rpartition(".")[0]
        places = source.places(stem)
        return FileImage(name, stem, "", "", width, height, is_stem=True, places=places)
    place = posixpath.join(posixpath.dirname(name), path)
    content = _content_of(data.get("imageData"))
    called, places = posixpath.normpath(place).lstrip("./"), source.places(place)
    return FileImage(name, called, "", content, width, height, places=places)


def _content_of(text):
    """The SHA-256 of the image that the file holds, if it holds one."""
    if not isinstance(text, str):
        return ""
    try:
        return hashlib.sha256(base64.b64decode(text, validate=True)).hexdigest()
    except ValueError:
        return ""


def _objects(rows, name):
    """(where, shapes that are one object), in the order of the first of each."""
    groups: dict[tuple, tuple] = {}
    for number, row in enumerate(rows, 1):
        key: tuple = (number,)
        if isinstance(row, dict) and row.get("group_id") is not None:
            kind = row.get("shape_type")
            if kind in ("polygon", "point"):
                key = (str(row["group_id"]), str(row.get("label")), kind)
        groups.setdefault(key, (f"{name}, shape {number}", []))[1].append(row)
    return groups.values()


def _shape(rows, where):
    first = rows[0]
    if not isinstance(first, dict):
        raise TypeError
    if not isinstance(first.get("label"), str):
        raise BadFile("It has no label")
    kind = first.get("shape_type") or "polygon"
    if kind not in _KINDS:
        raise BadFile(f"LabelMe's {kind!r} is not known here")
    our_kind, geometry = _KINDS[kind](rows)
    return FileShape(first["label"], our_kind, geometry, where, attributes=_attributes(kind, first))


def _attributes(kind, row):
    if kind == "point":
        return {}
    text, flags = row.get("description"), row.get("flags") or {}
    said = {"description": text} if text else {}
    return said | {name: value for name, value in flags.items() if value}


def _numbers(row):
    points = row["points"]
    return [number for x, y in points for number in (float(x), float(y))]


def _polygon(rows):
    parts = [_numbers(row) for row in rows]
    if len(parts) > 1:
        return "polygon", {"rings": rings_of_parts(parts)}
    return "polygon", {"rings": without_slits(parts[0])}


def _rectangle(rows):
    corners = _numbers(rows[0])
    return "rect", rect(*corners[:2], *corners[-2:]) if len(corners) == 4 else _around(corners)


def _around(corners):
    return rect(min(corners[::2]), min(corners[1::2]), max(corners[::2]), max(corners[1::2]))


def _circle(rows):
    cx, cy, x, y = _numbers(rows[0])
    radius = math.hypot(x - cx, y - cy)
    return "ellipse", {"cx": cx, "cy": cy, "rx": radius, "ry": radius, "angle": 0}


def _line(rows):
    return "line", {"points": _numbers(rows[0])}


def _points(rows):
    points = []
    for row in rows:
        flat = _numbers(row)
        flags = row.get("flags") or {}
        points += [
            {
                "name": str(row.get("description") or ""),
                "x": x,
                "y": y,
                "visible": not flags.get("hidden"),
            }
            for x, y in zip(flat[::2], flat[1::2], strict=True)
        ]
    return "points", {"points": points}


def _mask(rows):
    """A picture of the part of the image between two corners."""
    left, top, *_ = _numbers(rows[0])
    try:
        with Image.open(io.BytesIO(base64.b64decode(rows[0]["mask"]))) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadFile("Its mask is too large")
            pixels = np.asarray(picture.convert("L")) > 0
    except (OSError, binascii.Error, Image.DecompressionBombError) as problem:
        raise BadFile("Its mask is no picture") from problem
    return shape_of_mask(pixels, round(left), round(top))


_KINDS = {
    "polygon": _polygon,
    "rectangle": _rectangle,
    "circle": _circle,
    "line": _line,
    "linestrip": _line,
    "point": _points,
    "points": _points,
    "mask": _mask,
}
