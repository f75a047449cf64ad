"""What lies around houses: cars, pools, terraces, beds, trampolines, fences, bales."""

import math

import numpy as np
import shapely
import shapely.affinity

from labeling.demo.canvas import Canvas, colour
from labeling.demo.fields import paint_bare, paint_paving
from labeling.demo.roofs import Frame

PAINTS = (
    "#d9dadb", "#b9bcbf", "#8d9196", "#3a3d42", "#24262a", "#e6e6e2",
    "#7d2b2a", "#2f4667", "#55606b", "#9a9488", "#41504a",
)  # fmt: skip
OCTAGON = np.array([(math.cos(k * math.pi / 4), math.sin(k * math.pi / 4)) for k in range(8)])
WATER = ("#4fa3b5", "#5bb0bb", "#3f93ad", "#64b5b0")


def _put(canvas, shape, tint, *, soft=0.0, tone=1.0, opacity=1.0):
    patch = canvas.patch(shape, soft=soft)
    if patch is not None:
        canvas.fill(patch, tint, tone=tone, opacity=opacity)
    return patch


def car_outline(frame: Frame) -> shapely.Polygon:
    """4.4 m by 1.8 m with rounded corners, its front at u > 0."""
    corner = 0.45
    inner = frame.box(-2.2 + corner, -0.9 + corner, 2.2 - corner, 0.9 - corner)
    return inner.buffer(corner * frame.metre, quad_segs=4)


def paint_car(canvas: Canvas, frame: Frame, rng) -> None:
    body = car_outline(frame)
    metre, (dx, dy) = canvas.metre, canvas.sun.shadow
    thrown = shapely.affinity.translate(body, 1.1 * metre * dx, 1.1 * metre * dy)
    canvas.darken(canvas.patch(body.union(thrown).convex_hull, soft=0.8), 0.95)
    canvas.darken(canvas.patch(body.buffer(0.2 * metre), soft=0.25 * metre), 0.6)
    tint = colour(PAINTS[int(rng.integers(len(PAINTS)))])
    patch = canvas.patch(body)
    if patch is None:
        return
    canvas.raise_above_shadows(patch)
    # The flank towards the sun is brighter than the other.
    side = patch.along(frame.angle + math.pi / 2, frame.x, frame.y) / (0.9 * metre)
    lean = math.cos(canvas.sun.azimuth - frame.angle - math.pi / 2)
    canvas.fill(patch, tint, tone=1 + 0.22 * lean * np.clip(side, -1, 1))
    glass = colour("#262c33")
    cabin = [(-1.75, -0.68), (-1.6, -0.76), (0.75, -0.76), (0.95, -0.66)]
    cabin += [(0.95, 0.66), (0.75, 0.76), (-1.6, 0.76), (-1.75, 0.68)]
    _put(canvas, frame.ring(cabin), glass)
    _put(canvas, frame.box(-1.25, -0.62, 0.22, 0.62), tint * 1.12 + 0.01)
    for v in (-0.55, 0.55):
        _put(canvas, frame.box(2.0, v - 0.2, 2.12, v + 0.2), colour("#e8e6da"), opacity=0.7)


def pool_outline(frame: Frame, rng) -> shapely.Polygon:
    length, width = rng.uniform(7, 10.5), rng.uniform(3.4, 4.6)
    kind = rng.random()
    if kind < 0.55:
        return frame.box(-length / 2, -width / 2, length / 2, width / 2)
    if kind < 0.75:
        return shapely.Point(frame.at(0, 0)).buffer(
            rng.uniform(2.0, 2.9) * frame.metre, quad_segs=10
        )
    lobes = [shapely.Point(frame.at(u, v)) for u, v in ((-1.9, 0.3), (1.7, -0.4))]
    big, small = (
        lobe.buffer(radius * frame.metre, quad_segs=12)
        for lobe, radius in zip(lobes, (2.7, 2.2), strict=True)
    )
    bridge = shapely.LineString(lobes).buffer(1.9 * frame.metre)
    return shapely.union_all([big, small, bridge]).simplify(0.4)


def paint_pool(canvas: Canvas, outline: shapely.Polygon, angle: float, rng) -> None:
    metre = canvas.metre
    deck = outline.buffer(rng.uniform(1.0, 2.2) * metre, join_style="mitre")
    paint_paving(canvas, deck, rng, angle, tint="#c6beae", slab=0.7)
    _put(canvas, outline.buffer(0.35 * metre, join_style="mitre"), colour("#dcd8cc"))
    patch = canvas.patch(outline)
    if patch is None:
        return
    depth = patch.along(angle) / (9 * metre)
    ripple = np.abs(patch.noise("leafy")) + np.abs(patch.noise("leafy", 333))
    tone = 1.08 - 0.05 * ripple - 0.10 * np.clip(depth - depth.mean(), -1, 1)
    canvas.fill(patch, colour(WATER[int(rng.integers(len(WATER)))]), tone=tone)
    # The wall of the basin throws a narrow shadow on the water.
    dx, dy = (0.35 * metre * part for part in canvas.sun.shadow)
    dry = outline.difference(shapely.affinity.translate(outline, dx, dy))
    canvas.darken(canvas.patch(dry), 0.55)


def paint_terrace(canvas: Canvas, frame: Frame, length: float, depth: float, rng) -> None:
    """Slabs behind the house; often a table under a parasol."""
    tint = ("#b9aa97", "#a9a49a", "#b89f88", "#9d8466")[int(rng.integers(4))]
    area = frame.box(-length / 2, -depth / 2, length / 2, depth / 2)
    paint_paving(canvas, area, rng, frame.angle, tint=tint, slab=0.5)
    place = frame.moved(rng.uniform(-0.25, 0.25) * length, rng.uniform(0.1, 0.3) * depth)
    if rng.random() < 0.5:
        paint_parasol(canvas, place, rng)
    elif rng.random() < 0.6:
        _paint_table(canvas, place)


def paint_parasol(canvas: Canvas, frame: Frame, rng) -> None:
    radius, height = rng.uniform(1.3, 1.8), 2.3 * canvas.metre
    corners = [frame.at(u, v) for u, v in radius * OCTAGON]
    canvas.darken(canvas.patch(canvas.cast([(*corner, height) for corner in corners]), soft=0.7))
    top = canvas.project([(frame.x, frame.y, height * 1.15)])[0]
    seen = canvas.project([(*corner, height) for corner in corners])
    tint = colour(("#d8cdb8", "#b4553f", "#dedbd2", "#6f8a9a", "#c9b64f")[int(rng.integers(5))])
    for k in range(8):
        a, b = seen[k], seen[(k + 1) % 8]
        middle = (a + b) / 2 - top
        lean = math.cos(canvas.sun.azimuth - math.atan2(middle[1], middle[0]))
        patch = _put(canvas, [top, a, b], tint * (1 + 0.16 * lean))
        if patch is not None:
            canvas.raise_above_shadows(patch)


def _paint_table(canvas, frame):
    dx, dy = (0.7 * canvas.metre * part for part in canvas.sun.shadow)
    spots: list[tuple] = [(0, 0, 0.9, 0.5)]
    spots += [(u, v, 0.24, 0.24) for u in (-0.5, 0.5) for v in (-0.85, 0.85)]
    shapes = [frame.box(u - a, v - b, u + a, v + b) for u, v, a, b in spots]
    for shape in shapes:
        canvas.darken(canvas.patch(shapely.affinity.translate(shape, dx, dy)), 0.9)
    for shape, tint in zip(shapes, ("#c9bda6", *["#8a7f72"] * 4), strict=True):
        _put(canvas, shape, colour(tint))


def paint_trampoline(canvas: Canvas, frame: Frame, rng) -> None:
    middle, metre = shapely.Point(frame.at(0, 0)), canvas.metre
    radius, (dx, dy) = rng.uniform(1.4, 1.9) * metre, canvas.sun.shadow
    thrown = shapely.affinity.translate(middle.buffer(radius), 0.9 * metre * dx, 0.9 * metre * dy)
    canvas.darken(canvas.patch(thrown, soft=0.6), 0.85)
    rim = colour(("#3f6f8f", "#4f7f4a", "#3c5f9a")[int(rng.integers(3))])
    _put(canvas, middle.buffer(radius), rim)
    _put(canvas, middle.buffer(radius - 0.32 * metre), colour("#303236"))


def paint_beds(canvas: Canvas, frame: Frame, rng) -> None:
    """A kitchen garden: narrow beds of earth with rows of green."""
    plants: dict[str, list] = {tint: [] for tint in ("#5d7f38", "#74923f", "#4c6d35", "#8a9a55")}
    for number in range(int(rng.integers(2, 5))):
        bed = frame.box(number * 1.9, -2.4, number * 1.9 + 1.3, 2.4)
        paint_bare(canvas, bed, rng, pale="#7d6650", dark="#5f4b3a", soft=0.7)
        for row in (0.35, 0.95):
            for v in np.arange(-2.0, 2.1, 0.55):
                if rng.random() < 0.8:
                    spot = np.array(frame.at(number * 1.9 + row, float(v)))
                    tint = list(plants)[int(rng.integers(4))]
                    plants[tint].append(spot + OCTAGON * rng.uniform(0.14, 0.3) * canvas.metre)
    for tint, spots in plants.items():
        if spots:
            _put(canvas, spots, colour(tint), soft=0.5)


def paint_fence(canvas: Canvas, line: shapely.LineString, rng) -> None:
    metre, (dx, dy) = canvas.metre, canvas.sun.shadow
    strip = line.buffer(0.07 * metre, cap_style="flat")
    foot = shapely.affinity.translate(line, 1.1 * metre * dx, 1.1 * metre * dy)
    coordinates = [*line.coords, *reversed(foot.coords)]
    fill = shapely.Polygon(coordinates)
    if fill.is_valid:
        canvas.darken(canvas.patch(fill, soft=0.6), 0.5)
    tint = ("#8d7a63", "#b8b2a6", "#6f6558")[int(rng.integers(3))]
    _put(canvas, strip, colour(tint), opacity=0.85)


def paint_silo(canvas: Canvas, frame: Frame, radius: float, height: float) -> None:
    """A round tower of steel with a cone for a lid; lengths in metres."""
    turns = np.linspace(0, 2 * math.pi, 25)[:-1]
    around = np.stack([np.cos(turns), np.sin(turns)], 1) * radius * canvas.metre

    def ring(share, z):
        places = around * share + (frame.x, frame.y)
        return np.column_stack([places, np.full(len(places), z * canvas.metre)])

    foot, rim, top = ring(1, 0), ring(1, height), ring(0.05, height + 1.3)
    thrown = np.vstack([canvas.cast(foot), canvas.cast(rim), canvas.cast(top)])
    canvas.darken(canvas.patch(shapely.MultiPoint(thrown).convex_hull, soft=0.9))
    body = np.vstack([canvas.project(foot), canvas.project(rim)])
    patch = _put(canvas, shapely.MultiPoint(body).convex_hull, colour("#8b9094"), tone=0.75)
    if patch is not None:
        canvas.raise_above_shadows(patch)
    rim, top = canvas.project(rim), canvas.project(top)
    for k, turn in enumerate(turns):
        after = (k + 1) % len(turns)
        normal = np.array([math.cos(turn) * 0.42, math.sin(turn) * 0.42, 0.9])
        light = canvas.sun.light(normal / np.linalg.norm(normal))
        seam = 1.0 if k % 2 else 0.96
        _put(
            canvas,
            np.array([rim[k], rim[after], top[after], top[k]]),
            colour("#a9aeb1") * light * seam,
        )


def paint_bale(canvas: Canvas, x: float, y: float, rng) -> None:
    """A round bale that lies on its side."""
    frame = Frame(x, y, rng.uniform(0, math.pi), canvas.metre)
    body, (dx, dy) = frame.box(-0.65, -0.7, 0.65, 0.7), canvas.sun.shadow
    thrown = shapely.affinity.translate(body, 1.3 * frame.metre * dx, 1.3 * frame.metre * dy)
    canvas.darken(canvas.patch(body.union(thrown).convex_hull, soft=0.7))
    patch = _put(canvas, body, colour("#c2ac74"))
    if patch is not None:
        canvas.raise_above_shadows(patch)
        across = patch.along(frame.angle + math.pi / 2, x, y) / (0.7 * frame.metre)
        lean = math.cos(canvas.sun.azimuth - frame.angle - math.pi / 2)
        tone = 0.92 + 0.3 * lean * across - 0.2 * across**2
        canvas.fill(patch, colour("#cbb67e"), tone=np.clip(tone, 0.4, 1.3))
