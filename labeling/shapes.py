"""Drawn shapes: read, check and measure their geometry. No Django.

Coordinates are pixels of the image after EXIF orientation. The origin is the top-left
corner of the top-left pixel, so a pixel's centre is at .5; x grows to the right, y down.
They are multiples of 0.01. A polygon is the even-odd area of its rings, each flat as
[x, y, x, y, …] and not closed; holes and parts are just rings. Angles are degrees,
clockwise as one sees it, in [0, 360).
"""

import math

import numpy as np
import orjson
import shapely

MOST_VERTICES = 20_000
LONGEST_NAME = 100
# A shape may stick out of its image by this share of the image's longer side.
MARGIN = 0.1
# An ellipse becomes a ring that leaves it by no more than this many pixels.
ELLIPSE_TOLERANCE = 0.02
# Lists of so many numbers are rounded at once, unless one lies so near to the middle of two
# multiples of 0.01 that only its exact value tells which one is meant.
MANY = 12
SURELY_NEARER = 0.49
LARGEST_COORDINATE = 1e9


class BadShape(ValueError):
    """A geometry that cannot be kept; the message says why, to people."""


def parse_geometry(kind, geometry, width, height):
    """The canonical form of a geometry that lies on an image of width × height pixels."""
    if kind not in _PARSERS:
        raise BadShape(f"There is no kind of shape called {_shown(kind)}.")
    if not isinstance(geometry, dict):
        raise BadShape("The geometry must be an object.")
    fields, parse = _PARSERS[kind]
    if set(geometry) != fields:
        raise BadShape(f"A {kind} has {', '.join(sorted(fields))} and nothing else.")
    parsed = parse(geometry)
    _check_place(kind, parsed, width, height)
    return parsed


def to_json(geometry):
    """Canonical JSON: sorted keys, no spaces, whole numbers without a fraction."""
    return orjson.dumps(geometry, option=orjson.OPT_SORT_KEYS).decode()


def rings_of(kind, geometry):
    """The even-odd rings that a shape covers; lines and points cover nothing."""
    if kind == "polygon":
        return geometry["rings"]
    if kind == "rect":
        half_w, half_h = geometry["w"] / 2, geometry["h"] / 2
        corners = [(-half_w, -half_h), (half_w, -half_h), (half_w, half_h), (-half_w, half_h)]
        return [_turned(corners, geometry)]
    if kind == "ellipse":
        rx, ry = geometry["rx"], geometry["ry"]
        step = math.acos(max(0.0, 1 - ELLIPSE_TOLERANCE / max(rx, ry)))
        count = max(16, math.ceil(math.pi / step) if step else 16)
        angles = (2 * math.pi * i / count for i in range(count))
        return [_turned([(rx * math.cos(a), ry * math.sin(a)) for a in angles], geometry)]
    return []


def points_of(kind, geometry):
    """[(x, y), …] of a shape: the corners of its rings, or its points."""
    rings = _outlines(kind, geometry)
    return [point for ring in rings for point in zip(ring[::2], ring[1::2], strict=True)]


def _outlines(kind, geometry):
    """The corners of a shape as flat lists."""
    if kind == "points":
        return [[n for point in geometry["points"] for n in (point["x"], point["y"])]]
    return [geometry["points"]] if kind == "line" else rings_of(kind, geometry)


def vertices_of(kind, geometry):
    """How many points are kept of a shape; a rect or an ellipse counts as one."""
    if kind == "polygon":
        return sum(len(ring) // 2 for ring in geometry["rings"])
    points = len(geometry.get("points", ()))
    return {"line": points // 2, "points": points}.get(kind, 1)


def box_of(kind, geometry):
    """(x_min, y_min, x_max, y_max) in pixels."""
    return _box_around(_outlines(kind, geometry))


def _box_around(rings):
    xs, ys = [ring[::2] for ring in rings], [ring[1::2] for ring in rings]
    return min(map(min, xs)), min(map(min, ys)), max(map(max, xs)), max(map(max, ys))


def area_of(rings):
    """Square pixels inside the even-odd area of the rings."""
    return float(shapely.area(faces_of(rings)).sum()) if rings else 0.0


def faces_of(rings):
    """The even-odd area of the rings as polygons of shapely that share at most edges."""
    corners = [np.asarray(ring, dtype=float).reshape(-1, 2) for ring in rings]
    if len(corners) == 1 and (polygon := shapely.Polygon(corners[0])).is_valid:
        return np.array([polygon])
    # All rings cut where they cross; what they enclose piece by piece. Not make_valid(), which
    # goes wrong where edges lie on each other.
    lines = shapely.union_all([shapely.LinearRing(ring) for ring in corners])
    faces = shapely.get_parts(shapely.polygonize([lines]))
    return faces[_are_inside(corners, shapely.get_coordinates(shapely.point_on_surface(faces)))]


def _are_inside(corners, points):
    """Which of the points an odd number of edges lies to the right of."""
    starts = np.concatenate(corners)
    ends = np.concatenate([np.roll(ring, -1, axis=0) for ring in corners])
    (x0, y0), (x1, y1) = starts.T, ends.T
    slope = (x1 - x0) / np.where(y1 == y0, 1, y1 - y0)
    inside = np.empty(len(points), dtype=bool)
    for number, (x, y) in enumerate(points):
        crosses = ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * slope)
        inside[number] = np.count_nonzero(crosses) % 2
    return inside


def _turned(corners, geometry):
    """The corners around the centre of a rect or ellipse, turned by its angle, as a flat ring."""
    angle = math.radians(geometry["angle"])
    cos, sin = math.cos(angle), math.sin(angle)
    ring = []
    for x, y in corners:
        ring.append(round(geometry["cx"] + x * cos - y * sin, 2))
        ring.append(round(geometry["cy"] + x * sin + y * cos, 2))
    return ring


def _shown(value):
    """The value as a message repeats it, however long it is."""
    text = repr(value) if isinstance(value, str | int | float) else f"a {type(value).__name__}"
    return text if len(text) <= 40 else f"{text[:40]}…"


def _number(value):
    """The value as a multiple of 0.01, an int where it is whole."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadShape(f"{_shown(value)} is not a number.")
    if not abs(value) <= LARGEST_COORDINATE:  # nor is what is not finite
        raise BadShape(f"{_shown(value)} is not a coordinate.")
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _flat(values, least, what):
    if not isinstance(values, list) or len(values) % 2:
        raise BadShape(f"{what} must be a flat list of x, y, x, y, …")
    if len(values) // 2 < least:
        raise BadShape(f"{what} needs at least {least} points.")
    return _at_once(values) or [_number(value) for value in values]


def _at_once(values):
    """_number() of each; None where it has to look at them one by one."""
    if len(values) < MANY or not {int, float}.issuperset(map(type, values)):
        return None
    try:
        exact = np.array(values, dtype=float)
    except OverflowError:  # an int that no float can hold
        return None
    if not np.abs(exact).max() <= LARGEST_COORDINATE:  # nor is what is not finite
        return None
    hundredths = exact * 100
    whole = np.rint(hundredths)
    if np.abs(hundredths - whole).max() > SURELY_NEARER:
        return None
    numbers = (whole / 100).tolist()
    for at in (whole % 100 == 0).nonzero()[0].tolist():
        numbers[at] = int(numbers[at])
    return numbers


def _polygon(geometry):
    rings = geometry["rings"]
    if not isinstance(rings, list) or not rings:
        raise BadShape("A polygon needs at least one ring.")
    parsed = [_flat(ring, 3, "A ring") for ring in rings]
    if any(_is_flat_line(ring) for ring in parsed):
        raise BadShape("All points of a ring lie on one line, so it covers nothing.")
    return {"rings": parsed}


def _is_flat_line(ring):
    x0, y0, x1, y1, x2, y2 = ring[:6]
    # Most rings are none by their first three points.
    if abs((x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0)) > 1:
        return False
    far = max(range(0, len(ring), 2), key=lambda i: abs(ring[i] - x0) + abs(ring[i + 1] - y0))
    dx, dy = ring[far] - x0, ring[far + 1] - y0
    return all(
        abs(dx * (y - y0) - dy * (x - x0)) < 1e-6
        for x, y in zip(ring[::2], ring[1::2], strict=True)
    )


def _turnable(size_names):
    def parse(geometry):
        parsed = {name: _number(geometry[name]) for name in ("cx", "cy", *size_names)}
        if min(parsed[name] for name in size_names) <= 0:
            raise BadShape("Width and height must be greater than 0.")
        return parsed | {"angle": _number(_number(geometry["angle"]) % 360) % 360}

    return parse


def _line(geometry):
    return {"points": _flat(geometry["points"], 2, "A line")}


def _points(geometry):
    points = geometry["points"]
    if not isinstance(points, list) or not points:
        raise BadShape("There must be at least one point.")
    return {"points": [_point(point) for point in points]}


def _point(point):
    if not isinstance(point, dict) or set(point) != {"name", "x", "y", "visible"}:
        raise BadShape("A point has name, x, y, visible and nothing else.")
    name, visible = point["name"], point["visible"]
    if not isinstance(name, str) or len(name) > LONGEST_NAME or "\0" in name:
        raise BadShape(f"The name of a point is text of at most {LONGEST_NAME} characters.")
    if not isinstance(visible, bool):
        raise BadShape("visible is true or false.")
    return {"name": name, "x": _number(point["x"]), "y": _number(point["y"]), "visible": visible}


_PARSERS = {
    "polygon": ({"rings"}, _polygon),
    "rect": ({"cx", "cy", "w", "h", "angle"}, _turnable(("w", "h"))),
    "ellipse": ({"cx", "cy", "rx", "ry", "angle"}, _turnable(("rx", "ry"))),
    "line": ({"points"}, _line),
    "points": ({"points"}, _points),
}


def _check_place(kind, geometry, width, height):
    # Before a turned outline is made: that of a huge ellipse has a huge number of points.
    sizes = {"rect": ("w", "h"), "ellipse": ("rx", "ry")}.get(kind, ())
    if any(geometry[name] > 2 * max(width, height) for name in sizes):
        raise BadShape("The shape reaches too far outside the image.")
    outlines = _outlines(kind, geometry)
    n_points = sum(map(len, outlines)) // 2
    if n_points > MOST_VERTICES:
        raise BadShape(f"A shape has at most {MOST_VERTICES:,} points; this one {n_points:,}.")
    margin = MARGIN * max(width, height)
    x_min, y_min, x_max, y_max = _box_around(outlines)
    # What covers no area may lie on the very border.
    slack = 0.01 if kind in ("line", "points") else 0
    if min(x_max, y_max, width - x_min, height - y_min) + slack <= 0:
        raise BadShape("The shape lies outside the image.")
    if x_min < -margin or y_min < -margin or x_max > width + margin or y_max > height + margin:
        raise BadShape("The shape reaches too far outside the image.")
