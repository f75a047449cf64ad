"""Paint buildings: walls that lean into view, roofs lit by the sun, what stands on them."""

import math

import numpy as np
import shapely
import shapely.affinity

from labeling.demo.canvas import Canvas, colour
from labeling.demo.roofs import Building, Face

RIDGE = {"tiles": 1.12, "slate": 0.9, "metal": 1.1, "corrugated": 0.95}
GLASS, PANEL, FRAME = colour("#39424d"), colour("#1f2a40"), colour("#a9adb3")
BRICK, SOOT = colour("#8d6a58"), colour("#2c2826")


def outline_of(canvas: Canvas, building: Building) -> shapely.Polygon:
    """The edge of the roof as it is seen."""
    faces = [shapely.Polygon(canvas.project(face.points)) for face in building.roof]
    # Grown and shrunk by a trifle, so that no gap stays between faces that touch.
    grown = shapely.union_all([face.buffer(0.2, join_style="mitre") for face in faces])
    outline = grown.buffer(-0.2, join_style="mitre")
    if outline.geom_type != "Polygon":
        outline = max(outline.geoms, key=lambda part: part.area)
    return shapely.Polygon(outline.exterior).simplify(0.35)


def cast_building(canvas: Canvas, building: Building) -> None:
    faces = [
        shapely.make_valid(shapely.Polygon(canvas.cast(face.points)))
        for face in [*building.roof, *building.walls]
    ]
    canvas.darken(canvas.patch(shapely.union_all(faces), soft=0.9))
    ground = shapely.union_all(building.footprint).buffer(0.35 * canvas.metre)
    canvas.darken(canvas.patch(ground, soft=0.7 * canvas.metre), 0.55)


def paint_building(canvas: Canvas, building: Building, rng) -> None:
    _paint_walls(canvas, building, rng)
    outline = canvas.patch(outline_of(canvas, building))
    if outline is None:
        return
    canvas.raise_above_shadows(outline)
    canvas.fill(outline, colour(building.tint) * 0.6)
    wear = rng.uniform(0.2, 1.0)
    for face in building.roof:
        _paint_face(canvas, building, face, wear, rng)
    if building.flat:
        _paint_parapet(canvas, building, rng)
        return
    _paint_edges(canvas, building)


def _paint_walls(canvas, building, rng):
    tint = colour(building.wall_tint)
    middle = np.mean([face.points[0] for face in building.walls], axis=0)
    camera = np.array([canvas.width / 2, canvas.height / 2, 0.0])
    for face in building.walls:
        a, b = np.array(face.points[0]), np.array(face.points[1])
        run = (b - a) / np.linalg.norm(b - a)
        outwards = np.array([run[1], -run[0], 0.0])
        outwards *= np.sign(np.dot(outwards, (a + b) / 2 - middle)) or 1.0
        # The camera sees the walls that face the middle of the picture.
        patch = canvas.patch(canvas.project(face.points)) if outwards @ (camera - a) > 0 else None
        if patch is not None:
            canvas.raise_above_shadows(patch)
            tone = 0.9 + 0.04 * patch.noise("fine")
            canvas.fill(patch, tint * canvas.sun.light(outwards), tone=tone)


def _paint_face(canvas, building, face, wear, rng):
    shape = canvas.project(face.points)
    patch = canvas.patch(shape)
    if patch is None:
        return
    x0, y0 = shape[0]
    along, up = patch.along(face.along, x0, y0), patch.along(face.along + math.pi / 2, x0, y0)
    tone = MATERIALS[building.material](canvas.metre, along, up, rng)
    shift = int(rng.integers(1000))
    # Rain draws streaks down the slope; moss and lichen grow in patches.
    tone *= 1 + wear * (0.035 * patch.noise("clumpy", shift) + 0.03 * patch.noise("leafy", shift))
    light = canvas.sun.light(face.normal)
    canvas.fill(patch, colour(building.tint) * light, tone=tone)
    if building.material in ("tiles", "slate", "corrugated"):
        moss = np.clip(0.25 * wear * patch.noise("clumpy", shift + 90) - 0.1, 0, 0.3)
        patch.cover *= moss
        canvas.fill(patch, colour("#6f6f55") * light)


def _cells(along, up, width, height, rng, spread):
    shades = rng.normal(1, spread, (128, 128)).astype(np.float32)
    return shades[
        np.floor(up / height).astype(np.int32) & 127,
        np.floor(along / width).astype(np.int32) & 127,
    ]


def _tiles(metre, along, up, rng):
    """Rows that overlap, each tile burnt a little differently."""
    row, column = max(3.0, 0.36 * metre), max(2.6, 0.3 * metre)
    lap = np.abs(up / row) % 1
    tone = _cells(along, up, column, row, rng, 0.075) * (1.05 - 0.14 * lap)
    return tone * (1 + 0.03 * np.cos(along * np.float32(2 * math.pi / column)))


def _slate(metre, along, up, rng):
    row, column = max(2.6, 0.28 * metre), max(3.0, 0.35 * metre)
    lap = np.abs(up / row) % 1
    return _cells(along, up, column, row, rng, 0.05) * (1.03 - 0.08 * lap)


def _metal(metre, along, up, rng):
    """Sheets with standing seams up the slope."""
    width = max(4.5, 0.75 * metre)
    phase = (along / width) % 1
    sheet = rng.normal(1, 0.02, 256).astype(np.float32)[np.floor(along / width).astype(int) & 255]
    return sheet * (1 + 0.12 * np.exp(-((phase / 0.1) ** 2)) - 0.14 * (phase > 0.86))


def _corrugated(metre, along, up, rng):
    """Waves up the slope in sheets as long as a man can carry."""
    wave = np.cos(along * np.float32(2 * math.pi / max(3.2, 0.4 * metre)))
    sheet = _cells(along, up, 1.1 * metre, 2.4 * metre, rng, 0.045)
    lap = (np.abs(up / (2.4 * metre)) % 1) < 0.06
    return sheet * (1 + 0.05 * wave) * (1 - 0.12 * lap)


def _gravel(metre, along, up, rng):
    strip = _cells(along, up, 40 * metre, 1.2 * metre, rng, 0.02)
    return strip * (1 - 0.06 * ((np.abs(up / (1.2 * metre)) % 1) < 0.07))


MATERIALS = {
    "tiles": _tiles,
    "slate": _slate,
    "metal": _metal,
    "corrugated": _corrugated,
    "gravel": _gravel,
}


def _stroke(canvas, lines, width, tint, opacity=1.0):
    """Draw lines between points in space, width in metres."""
    seen = [np.array(canvas.project(line)) for line in lines]
    rings = []
    for start, end in seen:
        along = end - start
        length = np.hypot(*along)
        if length > 0.5:
            side = np.array([-along[1], along[0]]) / length * width * canvas.metre / 2
            rings.append(np.array([start + side, end + side, end - side, start - side]))
    patch = canvas.patch(rings) if rings else None
    if patch is not None:
        canvas.fill(patch, tint, opacity=opacity)


def _paint_edges(canvas, building):
    """Caps on ridges and hips, gutters along the eaves."""
    tint = colour(building.tint) * RIDGE.get(building.material, 1.0)
    _stroke(canvas, building.ridges, 0.42, tint, 0.75)
    _stroke(canvas, building.ridges, 0.14, tint * 1.25, 0.5)
    eaves = [face.points[:2] for face in building.roof]
    _stroke(canvas, eaves, 0.16, colour("#7d7a75"), 0.7)


def _paint_parapet(canvas, building, rng):
    """The raised edge of a flat roof and its shadow inside."""
    shape = outline_of(canvas, building)
    broad = 0.34 if shape.area > 60 * canvas.metre**2 else 0.18
    inner = shape.buffer(-broad * canvas.metre, join_style="mitre")
    if inner.is_empty:
        return
    rim = canvas.patch(shape.difference(inner))
    if rim is not None:
        canvas.fill(rim, colour(("#c9c5bb", "#aaa69e", "#8f8d89")[int(rng.integers(3))]))
    dx, dy = (0.5 * canvas.metre * part for part in canvas.sun.shadow)
    canvas.darken(canvas.patch(inner.difference(shapely.affinity.translate(inner, dx, dy))), 0.9)


def quad_on(face: Face, s0: float, s1: float, t0: float, t1: float) -> list[np.ndarray]:
    """A piece of a four-cornered face: s runs along the eaves, t up to the ridge, 0 to 1."""
    a, b, c, d = (np.array(point) for point in face.points)

    def at(s, t):
        return (a * (1 - s) + b * s) * (1 - t) + (d * (1 - s) + c * s) * t

    return [at(s0, t0), at(s1, t0), at(s1, t1), at(s0, t1)]


def size_of(face: Face, metre: float) -> tuple[float, float]:
    """Length along the ridge and up the slope, in metres."""
    a, _, c, d = (np.array(point) for point in face.points)
    middle_low = (a + np.array(face.points[1])) / 2
    length, slope = np.linalg.norm(c - d), np.linalg.norm((c + d) / 2 - middle_low)
    return float(length) / metre, float(slope) / metre


def paint_skylights(canvas: Canvas, face: Face, rng) -> None:
    length, slope = size_of(face, canvas.metre)
    if length < 4:
        return
    up = rng.uniform(0.35, 0.55)
    for s in np.arange(0.2, 0.85, max(0.22, 2.6 / length)):
        if rng.random() < 0.7:
            _paint_glass(canvas, face, s, up, 0.8 / length, 1.2 / slope)


def _paint_glass(canvas, face, s, t, width, height):
    for grow, tint in ((0.12, colour("#5a5652")), (0.0, GLASS * 1.2)):
        w, h = width * (1 + grow * 3) / 2, height * (1 + grow * 2) / 2
        patch = canvas.patch(canvas.project(quad_on(face, s - w, s + w, t - h, t + h)))
        if patch is not None:
            canvas.fill(patch, tint)


def paint_panels(canvas: Canvas, face: Face, rng) -> None:
    """A field of solar panels on one slope."""
    length, slope = size_of(face, canvas.metre)
    columns = int((length - 1.6) / 1.05 * rng.uniform(0.5, 1.0))
    rows = int((slope - 1.2) / 1.7)
    if columns < 2 or rows < 1:
        return
    s0, t0 = 0.5 - columns * 1.05 / length / 2, 0.5 - rows * 1.7 / slope / 2
    sheen = PANEL * (0.6 + 0.9 * canvas.sun.light(face.normal))
    for column in range(columns):
        for row in range(rows):
            s, t = s0 + column * 1.05 / length, t0 + row * 1.7 / slope
            patch = canvas.patch(
                canvas.project(quad_on(face, s, s + 0.97 / length, t, t + 1.6 / slope))
            )
            if patch is not None:
                canvas.fill(patch, sheen * rng.uniform(0.92, 1.08))


def paint_box(canvas: Canvas, frame, size, heights, sides, top, *, hole=None) -> None:
    """A box that stands on a roof: a chimney, an air duct, a stair head."""
    (u, v), (low, high) = size, (h * canvas.metre for h in heights)
    corners = [frame.at(a * u / 2, b * v / 2) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    dx, dy = canvas.sun.shadow
    base = canvas.project([(*corner, low) for corner in corners])
    lid = canvas.project([(*corner, high) for corner in corners])
    thrown = base + np.array([dx, dy]) * (high - low) * 0.8
    canvas.darken(canvas.patch(shapely.MultiPoint(np.vstack([base, thrown])).convex_hull), 0.9)
    body = canvas.patch(shapely.MultiPoint(np.vstack([base, lid])).convex_hull)
    roof = canvas.patch(lid)
    if body is None or roof is None:
        return
    canvas.raise_above_shadows(body)
    canvas.fill(body, sides * 0.7)
    canvas.fill(roof, top)
    if hole is not None:
        middle = shapely.Polygon(lid).centroid.buffer(0.3 * min(u, v) * canvas.metre)
        inner = canvas.patch(middle)
        if inner is not None:
            canvas.fill(inner, hole)


def paint_chimney(canvas: Canvas, frame, top: float) -> None:
    """Frame is its place, top the height of the roof there in metres."""
    paint_box(canvas, frame, (0.9, 0.65), (top, top + 1.1), BRICK, BRICK * 1.1, hole=SOOT)
