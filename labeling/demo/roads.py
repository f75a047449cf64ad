"""Roads: asphalt with marks, pavements beside it, dirt tracks with their two ruts."""

import numpy as np
import shapely
import shapely.ops

from labeling.demo.canvas import Canvas, colour
from labeling.demo.fields import paint_bare, paint_paving

ASPHALT_DARK, ASPHALT_PALE = colour("#6f7072"), colour("#8f8f8e")
PAINT = colour("#d9d7cf")


def smooth(points, rounds: int = 3) -> shapely.LineString:
    """A line through the points with its corners cut until it looks driven."""
    points = np.asarray(points, np.float64)
    for _ in range(rounds):
        quarter = points[:-1] * 0.75 + points[1:] * 0.25
        three = points[:-1] * 0.25 + points[1:] * 0.75
        cut = np.empty((2 * len(quarter), 2))
        cut[0::2], cut[1::2] = quarter, three
        points = np.vstack([points[:1], cut, points[-1:]])
    return shapely.LineString(points)


def paint_pavements(canvas: Canvas, lines, width: float, rng) -> None:
    """Kerb and pavement on both sides of streets of the given width."""
    metre = canvas.metre
    streets = shapely.union_all([line.buffer(width / 2) for line in lines])
    walk = streets.buffer(1.9 * metre)
    angle = _direction(lines[0])
    paint_paving(canvas, walk, rng, angle, tint="#aaa59a", slab=0.9)
    kerb = canvas.patch(streets.buffer(0.18 * metre))
    if kerb is not None:
        canvas.fill(kerb, colour("#c4c0b6"))


def paint_asphalt(canvas: Canvas, lines, width: float, rng, *, marks=False) -> None:
    """Roads of one width; their junctions are one surface."""
    surface = shapely.union_all([line.buffer(width / 2) for line in lines])
    patch = canvas.patch(surface, soft=0.6)
    if patch is None:
        return
    age = rng.uniform(0.15, 0.85)
    mix = age + 0.12 * patch.noise("patchy") + 0.08 * patch.noise("clumpy", 3)
    tone = 1 + 0.045 * patch.noise("fine") + 0.02 * patch.noise("leafy")
    canvas.fill(patch, ASPHALT_DARK, ASPHALT_PALE, np.clip(mix, 0, 1), tone)
    _wheels(canvas, lines, width)
    for line in lines:
        _repairs(canvas, line, width, rng)
    if marks:
        _marks(canvas, lines, width)


def _tint(canvas, shape, tint, opacity, soft=0.0):
    patch = canvas.patch(shape, soft=soft)
    if patch is not None:
        canvas.fill(patch, colour(tint), opacity=opacity)


def _wheels(canvas, lines, width):
    """Tyres polish their tracks; between them lies what drips out of engines."""
    for sides, tint in (((-0.3, 0.3), "#a5a4a1"), ((-0.14, 0.14), "#57585a")):
        tracks = [line.offset_curve(side * width) for line in lines for side in sides]
        strips = [shapely.get_coordinates(t.buffer(0.28 * canvas.metre)) for t in tracks]
        _tint(canvas, strips, tint, 0.16, soft=3)


def _repairs(canvas, line, width, rng):
    """Seams of tar, squares of newer asphalt, manholes."""
    metre = canvas.metre
    kinds: dict[str, list] = {"#4d4c4b": [], "#5a5a5b": [], "#989793": []}
    for _ in range(int(line.length / (22 * metre))):
        at, side = rng.uniform(0, line.length), rng.uniform(-0.35, 0.35) * width
        point, ahead = line.interpolate(at), line.interpolate(at + 1)
        along = np.array([ahead.x - point.x, ahead.y - point.y])
        across = np.array([-along[1], along[0]])
        middle = np.array([point.x, point.y]) + across * side
        if rng.random() < 0.35:
            manhole = shapely.Point(middle).buffer(0.34 * metre, quad_segs=4)
            kinds["#4d4c4b"].append(shapely.get_coordinates(manhole))
            continue
        length, breadth = rng.uniform(1.5, 6) * metre, rng.uniform(0.5, 1.6) * metre
        corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
        shape = [middle + along * a * length / 2 + across * b * breadth / 2 for a, b in corners]
        kinds["#5a5a5b" if rng.random() < 0.7 else "#989793"].append(np.array(shape))
    for tint, shapes in kinds.items():
        if shapes:
            _tint(canvas, shapes, tint, 0.8 if tint == "#4d4c4b" else 0.45)
    crack = line.offset_curve(rng.uniform(-0.05, 0.05) * width).buffer(0.05 * metre)
    _tint(canvas, crack, "#464646", 0.35)


def _marks(canvas, lines, width):
    """A broken line in the middle and full lines at the edges, none across a junction."""
    metre = canvas.metre
    for number, line in enumerate(lines):
        others = shapely.union_all(
            [
                other.buffer(width / 2 + 1.5 * metre)
                for other in lines[:number] + lines[number + 1 :]
            ]
        )
        dashes = [
            shapely.ops.substring(line, start, start + 3 * metre)
            for start in np.arange(0, line.length, 8 * metre)
        ]
        edges = [line.offset_curve(side * (width / 2 - 0.35 * metre)) for side in (-1, 1)]
        paint = shapely.union_all([*dashes, *edges]).difference(others)
        patch = canvas.patch(paint.buffer(0.085 * metre, cap_style="flat"))
        if patch is not None:
            wear = 0.62 + 0.2 * np.clip(patch.noise("clumpy") + patch.noise("leafy"), -1, 1)
            patch.cover *= wear
            canvas.fill(patch, PAINT)


def paint_track(canvas: Canvas, line, rng, *, width=3.0) -> None:
    """A dirt track: two ruts, grass between them."""
    metre = canvas.metre
    _tint(canvas, line.buffer((width / 2 + 0.8) * metre), "#83814f", 0.5, soft=5)
    paint_bare(canvas, line.buffer(width / 2 * metre), rng, pale="#b8a685", dark="#98876a", soft=3)
    _tint(canvas, line.buffer(0.4 * metre), "#7f8050", 0.5, soft=3)
    for side in (-0.8, 0.8):
        _tint(canvas, line.offset_curve(side * metre).buffer(0.3 * metre), "#c9b896", 0.4, soft=1.5)


def _direction(line):
    (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
    return float(np.arctan2(y1 - y0, x1 - x0))
