"""Drawn shapes as SVG path data, for previews in the admin. No Django."""

from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from labeling.shapes import box_of, rings_of


@dataclass(frozen=True)
class Outline:
    """One shape, ready for a <path>."""

    path: str
    title: str
    is_area: bool
    uid: str = ""


@dataclass(frozen=True)
class Layer:
    """Shapes of one class that follow each other in draw order, so that one <g> colours them."""

    class_id: int
    outlines: list = field(default_factory=list)


def layers_of(shapes, *, tolerance=0.0, with_titles=False):
    """Layers from back to front of shapes [(class id, class name, kind, geometry[, uid]), …]."""
    return [
        Layer(class_id, [_outline(shape, tolerance, with_titles) for shape in run])
        for class_id, run in groupby(shapes, key=itemgetter(0))
    ]


def _outline(shape, tolerance, with_titles):
    _, class_name, kind, geometry, *uid = shape
    title = ""
    if with_titles:
        x_min, y_min, x_max, y_max = box_of(kind, geometry)
        title = f"{class_name}, {x_max - x_min:.0f} × {y_max - y_min:.0f} px"
    return Outline(
        path_of(kind, geometry, tolerance), title, kind not in ("line", "points"), str(*uid)
    )


def path_of(kind, geometry, tolerance=0.0):
    """SVG path data, to be filled even-odd; points nearer than tolerance are passed over.

    A point is a stroke of no length, which round line caps draw as a dot.
    """
    if kind == "points":
        return "".join(f"M{_pair(point['x'], point['y'])}h0" for point in geometry["points"])
    if kind == "line":
        return _polyline(geometry["points"], tolerance, least=2)
    if kind == "ellipse":
        return _ellipse(geometry)
    return "".join(f"{_polyline(ring, tolerance, least=3)}Z" for ring in rings_of(kind, geometry))


def _polyline(flat, tolerance, least):
    points = list(zip(flat[::2], flat[1::2], strict=True))
    if tolerance:
        points = _thinned(points, tolerance, least)
    return "M" + "L".join(_pair(x, y) for x, y in points)


def _thinned(points, tolerance, least):
    kept = points[:1]
    for x, y in points[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= tolerance:
            kept.append((x, y))
    if len(kept) < least:
        return points[:: max(1, len(points) // least)]
    return kept


def _ellipse(geometry):
    """Two half arcs between the ends of the longer axis, because one arc cannot close."""
    ring = rings_of("rect", geometry | {"w": geometry["rx"] * 2, "h": geometry["ry"] * 2})[0]
    left = _pair((ring[0] + ring[6]) / 2, (ring[1] + ring[7]) / 2)
    right = _pair((ring[2] + ring[4]) / 2, (ring[3] + ring[5]) / 2)
    arc = f"A{_pair(geometry['rx'], geometry['ry'])} {geometry['angle']:g} 1 1 "
    return f"M{left}{arc}{right}{arc}{left}Z"


def _pair(x, y):
    """Nine digits hold every coordinate to 0.01, and leave no zeros at its end."""
    return f"{x:.9g} {y:.9g}"
