"""A plot with a house on it: drive, garage, terrace, and a garden that somebody keeps."""

import math

import numpy as np
import shapely

from labeling.demo import dwellings, yards
from labeling.demo.canvas import colour
from labeling.demo.fields import paint_bare, paint_lawn, paint_paving
from labeling.demo.plan import Plan
from labeling.demo.roads import smooth
from labeling.demo.roofs import Frame


def furnish_plot(plan: Plan, frame: Frame, width: float, depth: float) -> None:
    """The frame stands in the middle of the street side; u runs along it, v into the plot."""
    rng, canvas = plan.rng, plan.canvas
    ground = frame.box(-width / 2, 0, width / 2, depth)
    if not plan.sees(ground):
        return
    plan.clear(ground.buffer(1.5 * plan.metre))
    patch = canvas.patch(ground, soft=0.6)
    if patch is not None:
        paint_lawn(canvas, patch, rng, frame.angle)
    side = int(rng.choice([-1, 1]))
    setback = rng.uniform(4.5, 7.5)
    back = _place_house(plan, frame, width, setback, side)
    _place_garage(plan, frame, width, setback, side)
    _pave_path(plan, frame, setback, -side * rng.uniform(0.5, 2.5))
    if rng.random() < 0.8:
        reach = rng.uniform(2.6, 4.2)
        terrace = frame.moved(-side * rng.uniform(0, 2.5), back + reach / 2)
        yards.paint_terrace(canvas, terrace, rng.uniform(4.5, 8), reach, rng)
    _plant_front(plan, frame, width, setback, side)
    _furnish_garden(plan, frame, width, back + 4.5, depth)
    _fence(plan, frame, width, depth)


def _place_house(plan, frame, width, setback, side):
    """Put the house on the half away from the garage; say where its back is."""
    rng = plan.rng
    room = width - 5.5
    middle = -side * 1.9
    is_turned = rng.random() < 0.3 and room > 9
    if is_turned:
        at = frame.moved(middle, setback + 6, math.pi / 2 + rng.normal(0, 0.01))
        house = dwellings.make_house(plan.rng, at, plan.character, (13, min(9.5, room)))
        back = setback + 12.5
    else:
        at = frame.moved(middle, setback + 4.6, rng.normal(0, 0.01))
        house = dwellings.make_house(plan.rng, at, plan.character, (room, 13.5))
        back = setback + 9.6
    plan.add_building(house)
    ground = shapely.union_all(house.footprint)
    deepest = max(
        (x - frame.x) * -math.sin(frame.angle) + (y - frame.y) * math.cos(frame.angle)
        for x, y in shapely.get_coordinates(ground)
    )
    return max(back, deepest / plan.metre)


def _place_garage(plan, frame, width, setback, side):
    rng, canvas = plan.rng, plan.canvas
    u = side * (width / 2 - 2.4)
    v = setback + rng.uniform(1, 6)
    has_garage = rng.random() < 0.72
    drive = frame.box(u - 1.55, -1.9, u + 1.55, v + (0.5 if has_garage else 5.5))
    kind = rng.random()
    if kind < 0.55:
        tint = ("#a7a29a", "#b5a79a", "#9a8f88", "#b8b3a6")[int(rng.integers(4))]
        paint_paving(canvas, drive, rng, frame.angle, tint=tint, slab=0.45)
    elif kind < 0.8:
        paint_bare(canvas, drive, rng, pale="#bdb6a8", dark="#a39b8c", soft=1.0)
    else:
        paint_bare(canvas, drive, rng, pale="#8f8f8d", dark="#7b7b7b", soft=0.6)
    plan.taken.append(drive)
    if has_garage:
        garage = frame.moved(u, v + 3.1, math.pi / 2)
        plan.add_building(dwellings.make_garage(rng, garage))
    if rng.random() < 0.6:
        turn = math.pi / 2 * rng.choice([-1, 1]) + rng.normal(0, 0.03)
        plan.add_car(frame.moved(u + rng.normal(0, 0.12), rng.uniform(1.2, v - 2.8), turn))


def _pave_path(plan, frame, setback, u):
    path = frame.box(u - 0.6, 0, u + 0.6, setback + 0.3)
    paint_paving(plan.canvas, path, plan.rng, frame.angle, tint="#b0a899", slab=0.5)


def _plant_front(plan, frame, width, setback, side):
    rng = plan.rng
    for _ in range(int(rng.integers(1, 6))):
        u, v = -side * rng.uniform(-0.1, 0.45) * width, rng.uniform(0.9, setback - 1.2)
        plan.add_tree(*frame.at(u, v), rng.uniform(0.5, 1.1), "bush")
    if rng.random() < 0.35:
        kind = ("broadleaf", "conifer", "blossom", "fruit")[int(rng.integers(4))]
        u = -side * rng.uniform(0.28, 0.45) * width
        plan.add_tree(*frame.at(u, rng.uniform(1.5, 3.5)), rng.uniform(1.4, 2.4), kind)


def _furnish_garden(plan, frame, width, start, depth):
    """Slots side by side behind the house, each with one thing to spend Sunday on."""
    rng = plan.rng
    if depth - start < 5:
        return
    things = ["pool", "shed", "beds", "trampoline", "tree", "tree", "tree", "orchard", "lawn"]
    chances = np.array([0.09, 0.18, 0.1, 0.06, 0.17, 0.13, 0.1, 0.09, 0.08])
    slots = max(2, round(width / 8.5))
    for number in range(slots):
        u = (number + 0.5) / slots * width - width / 2
        thing = things[int(rng.choice(len(things), p=chances / chances.sum()))]
        _place_thing(plan, thing, frame, (u, width / slots), (start, depth))
    corners = [(s * (width / 2 - 1.8), depth - rng.uniform(1.2, 3)) for s in (-1, 1)]
    for u, v in corners:
        if rng.random() < 0.65:
            kind = ("broadleaf", "conifer", "broadleaf", "broadleaf")[int(rng.integers(4))]
            plan.add_tree(*frame.at(u, v), rng.uniform(1.6, 3.6), kind)


def _place_thing(plan, thing, frame, place, reach):
    rng, (u, room), (start, end) = plan.rng, place, reach
    middle = (start + end) / 2 + rng.normal(0, 0.6)
    if thing == "pool" and end - start > 7 and room > 6:
        turn = math.pi / 2 if end - start > 11.5 and room < 11 else 0.0
        if turn or room > 10.5:
            plan.add_pool(frame.moved(u, middle, turn))
    elif thing == "shed":
        length, deep = rng.uniform(2.8, 4.4), rng.uniform(2.2, 3.0)
        at = frame.moved(u, end - deep / 2 - 1.2, rng.choice([0, math.pi / 2]))
        plan.add_building(dwellings.make_shed(rng, at, length, deep))
    elif thing == "beds":
        yards.paint_beds(plan.canvas, frame.moved(u - room / 3, middle), rng)
    elif thing == "trampoline":
        yards.paint_trampoline(plan.canvas, frame.moved(u, middle), rng)
    elif thing == "tree":
        kind = ("broadleaf", "broadleaf", "broadleaf", "conifer", "autumn")[int(rng.integers(5))]
        plan.add_tree(*frame.at(u, middle), rng.uniform(2.2, min(4.6, room / 2)), kind)
    elif thing == "orchard":
        for v in np.arange(start + 1.5, end - 1, 4.2):
            plan.add_tree(*frame.at(u, v), rng.uniform(1.1, 1.8), "fruit")


def _fence(plan, frame, width, depth):
    """Plots share their borders, so each has only its left side and its back."""
    rng = plan.rng
    borders = [
        shapely.LineString([frame.at(-width / 2, 1.0), frame.at(-width / 2, depth)]),
        shapely.LineString([frame.at(-width / 2, depth), frame.at(width / 2, depth)]),
    ]
    for border in borders:
        kind = rng.random()
        if kind < 0.4:
            plan.add_hedge(border, rng.uniform(0.9, 1.5))
        elif kind < 0.8:
            yards.paint_fence(plan.canvas, border, rng)
    if rng.random() < 0.3:
        left, right = frame.at(-width / 2 + 4.5, 0.6), frame.at(width / 2 - 4.5, 0.6)
        plan.add_hedge(shapely.LineString([left, right]), 0.9)


def furnish_farm(plan: Plan, frame: Frame, way_out: float) -> None:
    """A farmyard of about 60 by 48 metres, its drive towards v = way_out."""
    rng, canvas = plan.rng, plan.canvas
    yard = frame.ring([(-24, -15), (20, -17), (25, 10), (6, 17), (-22, 14)])
    green = yard.buffer(9 * plan.metre)
    patch = canvas.ragged(green, soft=5)
    if patch is not None:
        paint_lawn(canvas, patch, rng, frame.angle)
    gate = -5.5 if way_out < 0 else 11.0
    drive = smooth([frame.at(gate, way_out), frame.at(gate, way_out * 0.6), frame.at(gate, 0)])
    plan.add_track(drive)
    paint_bare(canvas, yard.buffer(3 * plan.metre), rng, soft=5, dark="#9c8f79")
    _wear_yard(plan, frame, gate)
    plan.taken.append(yard)
    _build_farm(plan, frame)
    for u, v in ((-12, -4), (2, -6), (17, 3), (-15, 5)):
        if rng.random() < 0.7:
            plan.add_car(frame.moved(u, v, rng.uniform(0, 2 * math.pi)))
    ring = green.buffer(4 * plan.metre).difference(green.buffer(-6 * plan.metre))
    plan.scatter(ring, 7.5, ("broadleaf", "broadleaf", "fruit", "autumn"), (2.2, 5.2), keep=0.55)


def _build_farm(plan, frame):
    rng = plan.rng
    at = frame.moved(-17.5, -15, rng.normal(0, 0.05))
    plan.add_building(dwellings.make_house(rng, at, plan.character, (15, 13)))
    for u, v, turn, length, depth in (
        (12, -18, 0.0, rng.uniform(20, 26), rng.uniform(11, 14)),
        (28, 4, math.pi / 2, rng.uniform(18, 24), rng.uniform(10, 13)),
        (-7, 18, 0.0, rng.uniform(15, 24), rng.uniform(9, 12)),
    ):
        barn = frame.moved(u, v, turn + rng.normal(0, 0.04))
        plan.add_building(dwellings.make_barn(rng, barn, length, depth))
    for u, v in ((-24, 4), (-25, 10)):
        shed = frame.moved(u, v, rng.choice([0, math.pi / 2]))
        plan.add_building(dwellings.make_shed(rng, shed, rng.uniform(4, 7), rng.uniform(3, 4)))
    radius = rng.uniform(1.9, 2.7)
    for number in range(int(rng.integers(1, 4))):
        at = frame.moved(18 + number * 2.3 * radius, 17.5)
        plan.silos.append((at, radius, rng.uniform(6, 9)))
        plan.taken.append(shapely.Point(at.x, at.y).buffer((radius + 1) * plan.metre))


def _wear_yard(plan, frame, gate):
    """Where wheels turn the gravel is darker."""
    ways = ([(gate, 0), (0, 1), (-14, 2)], [(gate, 0), (14, -1), (20, 4)], [(0, 1), (10, -9)])
    for way in ways:
        line = smooth([frame.at(*place) for place in way])
        for side in (-0.9, 0.9):
            rut = line.offset_curve(side * plan.metre).buffer(0.4 * plan.metre)
            patch = plan.canvas.ragged(rut, soft=2)
            if patch is not None:
                plan.canvas.fill(patch, colour("#8a7c66"), opacity=0.35)


def paint_verge(plan: Plan, shape) -> None:
    """Taller, paler grass at the edge of fields and roads."""
    patch = plan.canvas.patch(shape, soft=3)
    if patch is not None:
        tone = 1 + 0.1 * patch.noise("leafy") + 0.08 * patch.noise("fine")
        plan.canvas.fill(patch, colour("#82844f"), tone=tone, opacity=0.7)
