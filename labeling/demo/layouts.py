"""How land is laid out: streets in a grid, a village, farms, a river, orchards, a crossing."""

import math

import numpy as np
import shapely

from labeling.demo import fields
from labeling.demo.fields import paint_crop, paint_hay, paint_water
from labeling.demo.plan import Plan
from labeling.demo.plots import furnish_farm, furnish_plot, paint_verge
from labeling.demo.roads import smooth
from labeling.demo.roofs import Frame

STREET = 6.0
WOOD = ("broadleaf", "broadleaf", "broadleaf", "conifer", "autumn")


def _reach(plan):
    """Half the diagonal of the picture, in metres."""
    return math.hypot(plan.canvas.width, plan.canvas.height) / 2 / plan.metre


def suburb(plan: Plan) -> None:
    """Streets at right angles, houses on both sides of each."""
    rng, reach = plan.rng, _reach(plan)
    frame = plan.frame(rng.uniform(-0.6, 0.6))
    depth, block = rng.uniform(29, 34), rng.uniform(95, 130)
    pitch = 2 * depth + STREET + 3.8
    first, cross = rng.uniform(-0.5, 0.5) * pitch, rng.uniform(-0.5, 0.5) * block
    rows = [first + k * pitch for k in range(-4, 5) if abs(first + k * pitch) < reach + depth]
    columns = [cross + k * block for k in range(-4, 5) if abs(cross + k * block) < reach + 20]
    lines = [shapely.LineString([frame.at(-reach, v), frame.at(reach, v)]) for v in rows]
    lines += [shapely.LineString([frame.at(u, -reach), frame.at(u, reach)]) for u in columns]
    plan.add_roads(lines, STREET, pavement=True)
    edges = [-reach - block, *columns, reach + block]
    for v in rows:
        for left, right in zip(edges, edges[1:], strict=False):
            for side in (-1, 1):
                _row_of_plots(plan, frame, (left, right), v, side, depth)
    for line in lines:
        _line_street(plan, line)


def _row_of_plots(plan, frame, span, v, side, depth):
    rng = plan.rng
    verge = STREET / 2 + 1.9
    u, end = span[0] + verge, span[1] - verge
    while end - u > 15:
        width = rng.uniform(16.5, 22)
        if end - u - width < 15:
            width = min(end - u, 30)
        at = frame.moved(u + width / 2, v + side * verge, 0.0 if side > 0 else math.pi)
        furnish_plot(plan, at, width, depth)
        u += width


def _line_street(plan, line):
    """Parked cars, and here and there a tree."""
    rng, metre = plan.rng, plan.metre
    for place in np.arange(4, line.length / metre, 7.5):
        point, ahead = line.interpolate(place * metre), line.interpolate((place + 1) * metre)
        at = Frame(point.x, point.y, math.atan2(ahead.y - point.y, ahead.x - point.x), metre)
        side = int(rng.choice([-1, 1]))
        if rng.random() < 0.13 and plan.sees(point, 3):
            turn = 0.0 if side > 0 else math.pi
            plan.add_car(at.moved(0, side * (STREET / 2 - 1.1), turn))
        elif rng.random() < 0.08:
            x, y = at.at(0, side * (STREET / 2 + 2.6))
            plan.add_tree(x, y, rng.uniform(1.8, 3.2))


def _fields(plan, area, frame, *, largest=4200.0, gap=1.4):
    """Split the land around the frame into fields and sow them; give back what was sown."""
    reach = _reach(plan) + 20
    cells, sown = [(-reach, -reach, reach, reach)], []
    while cells:
        u0, v0, u1, v1 = cells.pop()
        if (u1 - u0) * (v1 - v0) > largest:
            share = plan.rng.uniform(0.34, 0.66)
            if u1 - u0 > v1 - v0:
                cut = u0 + (u1 - u0) * share
                cells += [(u0, v0, cut, v1), (cut, v0, u1, v1)]
            else:
                cut = v0 + (v1 - v0) * share
                cells += [(u0, v0, u1, cut), (u0, cut, u1, v1)]
            continue
        field = frame.box(u0 + gap, v0 + gap, u1 - gap, v1 - gap).intersection(area)
        field = field.buffer(-1.5 * plan.metre).buffer(1.2 * plan.metre)
        for part in shapely.get_parts(field):
            if part.area > 120 * plan.metre**2 and plan.sees(part, 0):
                _sow(plan, part, frame.angle + (math.pi / 2 if v1 - v0 > u1 - u0 else 0))
                sown.append(part)
    return sown


def _sow(plan, field, angle):
    rng, canvas = plan.rng, plan.canvas
    choice = rng.random()
    if choice < 0.14:
        paint_hay(canvas, field, angle, rng)
        if rng.random() < 0.6:
            plan.bales += fields.scatter_bales(canvas, field, rng)
    elif choice < 0.24:
        patch = canvas.patch(field, soft=1)
        if patch is not None:
            fields.paint_meadow(canvas, patch, rng, lush=rng.uniform(0.2, 0.9))
        plan.scatter(field.buffer(-4 * plan.metre), 22, WOOD, (2, 4.5), keep=0.4)
    else:
        paint_crop(canvas, field, plan.crops[int(rng.integers(len(plan.crops)))], angle, rng)


def _ribbon(plan, line, width, *, skip=0.12, pavement=False, depth=(26, 38)):
    """Plots along a curved road of the given width."""
    rng, metre = plan.rng, plan.metre
    verge = width / 2 + (1.9 if pavement else 1.2)
    gardens = []
    for side in (-1, 1):
        place = rng.uniform(2, 10) * metre
        while place < line.length - 10 * metre:
            breadth, deep = rng.uniform(18, 27), rng.uniform(*depth)
            middle = place + breadth / 2 * metre
            point, ahead = line.interpolate(middle), line.interpolate(middle + metre)
            angle = math.atan2(ahead.y - point.y, ahead.x - point.x)
            at = Frame(point.x, point.y, angle if side > 0 else angle + math.pi, metre)
            at = at.moved(0, verge)
            ground = at.box(-breadth / 2 + 1.5, 3.0, breadth / 2 - 1.5, deep - 1)
            place += breadth * metre
            if rng.random() < skip or not plan.sees(ground):
                continue
            if plan.is_free(ground):
                furnish_plot(plan, at, breadth, deep)
                gardens.append(ground)
    plan.taken += gardens
    return gardens


def _across(plan, angle, bend=0.18, offset=0.0):
    """A winding line through the whole picture; offset in metres from its middle."""
    reach = _reach(plan) + 25
    frame = plan.frame(angle)
    places = np.linspace(-reach, reach, 6)
    swings = plan.rng.normal(0, bend, 6) * reach * 0.6 + offset
    return smooth([frame.at(u, v) for u, v in zip(places, swings, strict=True)], 4)


def village(plan: Plan) -> None:
    """Houses along a road that bends, fields and orchards behind their gardens."""
    rng, metre = plan.rng, plan.metre
    angle = rng.uniform(0, math.pi)
    road = _across(plan, angle)
    side = road.interpolate(rng.uniform(0.42, 0.58) * road.length)
    away = angle + math.pi / 2 * rng.choice([-1, 1]) + rng.uniform(-0.3, 0.3)
    reach = 2 * _reach(plan) * metre
    lane = shapely.LineString(
        [side, (side.x + reach * math.cos(away), side.y + reach * math.sin(away))]
    )
    built = shapely.union_all([road, lane]).buffer(7 * metre)
    _fields(plan, plan.picture.buffer(20 * metre).difference(built), plan.frame(angle))
    paint_verge(plan, built)
    has_pavement = rng.random() < 0.6
    plan.add_road(lane, 4.6)
    plan.add_road(road, 6.2, pavement=has_pavement, marks=not has_pavement)
    _ribbon(plan, road, 6.2, pavement=has_pavement)
    _ribbon(plan, lane, 4.6, skip=0.35)
    strip = road.buffer(46 * metre).difference(road.buffer(30 * metre))
    plan.scatter(strip, 9, ("broadleaf", "fruit", "broadleaf", "conifer"), (1.8, 4.5), keep=0.35)


def farmland(plan: Plan) -> None:
    """Fields in all colours around one farmyard."""
    rng, metre, reach = plan.rng, plan.metre, _reach(plan)
    angle = rng.uniform(0, math.pi)
    frame = plan.frame(angle)
    farm = frame.moved(rng.uniform(-0.3, 0.3) * reach, rng.uniform(-0.2, 0.2) * reach)
    v = rng.choice([-1, 1]) * 34
    road = smooth([farm.at(u, v + rng.normal(0, 4)) for u in np.linspace(-2 * reach, 2 * reach, 6)])
    yard = farm.box(-36, -28, 36, 28)
    land = plan.picture.buffer(20 * metre).difference(
        shapely.union_all([yard, road.buffer(6 * metre)])
    )
    sown = _fields(plan, land, frame, largest=6500)
    paint_verge(plan, road.buffer(5 * metre))
    plan.add_road(road, 5.5, marks=bool(rng.random() < 0.6))
    furnish_farm(plan, farm, v)
    plan.taken.append(yard)
    _ribbon(plan, road, 5.5, skip=0.6)
    for part in sown[:3]:
        _border(plan, part)


def _border(plan, field):
    """A row of trees and bushes along one side of a field."""
    corners = shapely.get_coordinates(field.exterior)
    start = int(plan.rng.integers(max(1, len(corners) - 1)))
    line = shapely.LineString(corners[start : start + 2])
    if line.length > 15 * plan.metre:
        plan.scatter(line.buffer(2 * plan.metre), 4.5, WOOD, (1.6, 3.8), keep=0.7)


def riverside(plan: Plan) -> None:
    """A river with wooded banks; houses on one side, fields on the other."""
    rng, metre = plan.rng, plan.metre
    angle = rng.uniform(0, math.pi)
    river = _across(plan, angle, bend=0.22, offset=rng.uniform(-0.12, 0.12) * _reach(plan))
    half = rng.uniform(9, 15) * metre
    water = river.buffer(half)
    side = int(rng.choice([-1, 1]))
    road = river.offset_curve(side * (half + rng.uniform(34, 42) * metre))
    road = smooth(shapely.get_coordinates(road.simplify(6 * metre)), 2)
    land = plan.picture.buffer(20 * metre).difference(water.buffer(11 * metre))
    near = road.buffer(7 * metre)
    _fields(plan, land.difference(near), plan.frame(angle))
    paint_water(plan.canvas, water, rng)
    plan.taken.append(water.buffer(1.5 * metre))
    plan.add_road(road, 5.6, marks=True)
    path = river.offset_curve(-side * (half + 14 * metre))
    if path.geom_type == "LineString" and path.length:
        plan.add_track(path)
    _ribbon(plan, road, 5.6, depth=(24, 29))
    banks = water.buffer(8 * metre)
    plan.scatter(banks, 5.5, ("broadleaf", "broadleaf", "bush"), (1.5, 4.6), keep=0.55)


def orchard(plan: Plan) -> None:
    """Fruit trees in rows, a farm between them."""
    rng, metre, reach = plan.rng, plan.metre, _reach(plan)
    angle = rng.uniform(0, math.pi)
    frame = plan.frame(angle)
    farm = frame.moved(rng.uniform(-0.25, 0.25) * reach, rng.uniform(-0.25, 0.25) * reach)
    yard = farm.box(-36, -28, 36, 28)
    v = rng.choice([-1, 1]) * 38
    places = np.linspace(-2 * reach, 2 * reach, 7)
    track = smooth([farm.at(u, v + rng.normal(0, 3)) for u in places])
    land = plan.picture.buffer(20 * metre).difference(
        shapely.union_all([yard, track.buffer(4 * metre)])
    )
    sown = _fields(plan, land, frame, largest=5200)
    plan.add_track(track)
    for part in sown:
        if rng.random() < 0.55:
            _plant_rows(plan, part, angle)
    furnish_farm(plan, farm, v)
    plan.taken.append(yard)
    _ribbon(plan, track, 3.6, skip=0.75)


def _plant_rows(plan, field, angle):
    rng, metre = plan.rng, plan.metre
    patch = plan.canvas.patch(field, soft=1)
    if patch is None:
        return
    fields.paint_meadow(plan.canvas, patch, rng, lush=rng.uniform(0.4, 0.9))
    plan.clear(field)
    kind = ("fruit", "fruit", "blossom", "broadleaf")[int(rng.integers(4))]
    row, step, radius = rng.uniform(5, 7), rng.uniform(4, 5.5), rng.uniform(1.4, 2.1)
    inner = field.buffer(-2.5 * metre)
    frame, reach = plan.frame(angle), _reach(plan) + 20
    us, vs = np.meshgrid(np.arange(-reach, reach, step), np.arange(-reach, reach, row))
    places = np.array([frame.at(u, v) for u, v in zip(us.ravel(), vs.ravel(), strict=True)])
    places += rng.normal(0, 0.2 * metre, places.shape)
    free = inner.difference(shapely.union_all(plan.taken))
    for x, y in places[shapely.contains_xy(free, places[:, 0], places[:, 1])]:
        if rng.random() < 0.95:
            plan.add_tree(x, y, radius * rng.uniform(0.8, 1.2), kind)


def crossing(plan: Plan) -> None:
    """Two country roads meet; a hamlet stands around, a wood beside it."""
    rng, metre = plan.rng, plan.metre
    angle = rng.uniform(0, math.pi)
    roads = [_across(plan, angle, 0.08), _across(plan, angle + rng.uniform(1.2, 1.9), 0.08)]
    built = shapely.union_all([road.buffer(8 * metre) for road in roads])
    land = plan.picture.buffer(20 * metre).difference(built)
    sown = _fields(plan, land, plan.frame(angle))
    paint_verge(plan, built)
    plan.add_roads(roads, 6.4, marks=True)
    for road in roads:
        _ribbon(plan, road, 6.4, skip=0.2)
    outside = shapely.union_all([road.buffer(34 * metre) for road in roads])
    woods = [part.difference(outside) for part in sown]
    if woods:
        wood = max(woods, key=lambda part: part.intersection(plan.picture).area)
        patch = plan.canvas.patch(wood.buffer(2 * metre), soft=8)
        if patch is not None:
            fields.paint_meadow(plan.canvas, patch, rng, lush=0.9)
        plan.clear(wood)
        plan.scatter(wood, 5.6, WOOD, (2.6, 4.8))
    plan.scatter(built, 9, ("broadleaf", "fruit", "bush"), (1.2, 3.5), keep=0.4)


LAYOUTS = {
    "suburb": suburb,
    "village": village,
    "farmland": farmland,
    "riverside": riverside,
    "orchard": orchard,
    "crossing": crossing,
}
