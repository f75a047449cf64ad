"""Shapes as other programs write them, as shapes of a task. No Django."""

import math

import shapely

from labeling.exports.measuring import are_apart
from labeling.imports.contents import BadFile, FileShape
from labeling.outlines import split_ring
from labeling.shapes import box_of, faces_of, rings_of

# Corners that lie so near to those of a rectangle are those of a rectangle, in pixels.
NEAR = 0.03


def rect(left, top, right, bottom):
    """The geometry of an upright rectangle by its edges, given in any order."""
    left, right = min(left, right), max(left, right)
    top, bottom = min(top, bottom), max(top, bottom)
    return {
        "cx": (left + right) / 2,
        "cy": (top + bottom) / 2,
        "w": right - left,
        "h": bottom - top,
        "angle": 0,
    }


def rect_of_corners(ring):
    """The rectangle with these four corners, in their order; None if they are not those of one."""
    if len(ring) != 8:
        return None
    (ax, ay), (bx, by), (cx, cy) = zip(ring[:6:2], ring[1:6:2], strict=True)
    w, h = math.hypot(bx - ax, by - ay), math.hypot(cx - bx, cy - by)
    found = {
        "cx": round(sum(ring[::2]) / 4, 2),
        "cy": round(sum(ring[1::2]) / 4, 2),
        "w": round(w, 2),
        "h": round(h, 2),
        "angle": round(math.degrees(math.atan2(by - ay, bx - ax)) % 360, 2) % 360,
    }
    if min(found["w"], found["h"]) <= 0:
        return None
    again = rings_of("rect", found)[0]
    is_same = all(abs(one - other) < NEAR for one, other in zip(again, ring, strict=True))
    return found if is_same else None


def rings_of_parts(parts):
    """The rings of an area that is given by its parts, which may overlap or hold slits."""
    for part in parts:
        _check(part)
    if len(parts) == 1:
        return parts
    if are_apart(parts):
        return parts
    return _rings(shapely.union_all([face for part in parts for face in faces_of([part])]))


def _check(ring):
    if not isinstance(ring, list) or len(ring) < 6 or len(ring) % 2:
        raise BadFile("an outline needs at least three points")
    if not {int, float}.issuperset(map(type, ring)):
        raise BadFile("an outline holds something that is no number")
    if not math.isfinite(sum(ring)):
        raise BadFile("an outline holds a number that is not finite")


def without_slits(ring):
    """The rings that were joined to one outline by slits."""
    _check(ring)
    return split_ring([round(number, 2) for number in ring])


def _rings(area):
    rings = []
    for part in shapely.get_parts(area):
        if shapely.get_type_id(part) == shapely.GeometryType.POLYGON:
            for line in (part.exterior, *part.interiors):
                rings.append(shapely.get_coordinates(line)[:-1].ravel().tolist())
    return rings


def in_pixels(shape: FileShape, width, height) -> FileShape:
    """A shape given in shares of the image, in pixels of it."""
    geometry = shape.geometry
    if shape.kind == "rect":
        sizes = {"cx": width, "cy": height, "w": width, "h": height, "angle": 1}
        geometry = {name: value * sizes[name] for name, value in geometry.items()}
        return shape._replace(geometry=geometry)
    ring = [
        round(number * (height if at % 2 else width), 2)
        for at, number in enumerate(geometry["rings"][0])
    ]
    turned = rect_of_corners(ring)
    if turned:
        return shape._replace(kind="rect", geometry=turned)
    return shape._replace(geometry={"rings": split_ring(ring)})


def as_box(shape: FileShape) -> FileShape:
    """The upright rectangle around a shape; one that covers no area stays as it is."""
    if shape.kind in ("line", "points") or (shape.kind == "rect" and not shape.geometry["angle"]):
        return shape
    return shape._replace(kind="rect", geometry=rect(*box_of(shape.kind, shape.geometry)))


def as_kind_of(shape: FileShape, kinds) -> FileShape:
    """The shape as a polygon if its own kind is not allowed and nothing is lost by it."""
    if shape.kind in kinds or shape.kind not in ("rect", "ellipse") or "polygon" not in kinds:
        return shape
    return shape._replace(kind="polygon", geometry={"rings": rings_of(shape.kind, shape.geometry)})
