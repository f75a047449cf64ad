"""Which buildings there are: houses, garages, sheds, barns, and what stands on their roofs."""

import math

import numpy as np

from labeling.demo import houses, roofs
from labeling.demo.canvas import Canvas, colour
from labeling.demo.roofs import Building, Frame

TILES = ("#a4603f", "#9b5238", "#b06a48", "#8f4a36", "#aa7050", "#7d4a3c", "#b57d5b")
DARK_TILES = ("#6b5750", "#5d5551", "#54514f", "#6e625a", "#4f4b4c", "#7b6a5f")
SLATES = ("#565b62", "#4d5157", "#666a6e", "#5e6067")
METALS = ("#8d979d", "#a3a9aa", "#7b8a86", "#98584a", "#6f7f8b", "#b5b6b1")
GRAVELS = ("#9a958b", "#8b8984", "#a8a49b", "#77767a")
WALLS = ("#ddd6c8", "#e4dfd3", "#cfc2a9", "#c9b497", "#d9cdbb", "#b98d72")


def _pick(rng, options):
    return options[int(rng.integers(len(options)))]


def _covering(rng, character):
    """Roofs of a place are alike, with exceptions."""
    chance = rng.random()
    if character == "red":
        return ("tiles", _pick(rng, TILES)) if chance < 0.8 else ("tiles", _pick(rng, DARK_TILES))
    if character == "grey":
        return ("slate", _pick(rng, SLATES)) if chance < 0.6 else ("tiles", _pick(rng, DARK_TILES))
    if chance < 0.45:
        return "tiles", _pick(rng, TILES)
    return ("tiles", _pick(rng, DARK_TILES)) if chance < 0.8 else ("slate", _pick(rng, SLATES))


def make_house(rng, frame: Frame, character: str, room: tuple[float, float]) -> Building:
    """A dwelling in a room of (length, depth) metres around the frame, ridge along u."""
    length = min(room[0], rng.uniform(10.5, 15.0))
    depth = min(room[1], rng.uniform(7.8, 10.2))
    storeys = 1 if rng.random() < 0.45 else 2
    wall = 2.9 * storeys + rng.uniform(0.2, 0.8)
    pitch = math.radians(rng.uniform(24, 44))
    if rng.random() < (0.22 if character == "mixed" else 0.04):
        return _flat_house(rng, frame, length, depth, wall, room)
    material, tint = _covering(rng, character)
    house = Building("house", material, tint, wall_tint=_pick(rng, WALLS))
    shape = rng.random()
    add = roofs.add_hip if shape < 0.35 else roofs.add_gable
    add(house, frame, length, depth, wall, pitch)
    if rng.random() < 0.42 and room[1] > depth + 2.5:
        width = rng.uniform(0.5, 0.72) * depth
        place = rng.choice([-1, 1]) * (length / 2 - width / 2 - rng.uniform(0.6, 2))
        reach = rng.uniform(2, min(5.5, room[1] - depth))
        roofs.add_wing(house, frame, float(place), depth, (width, reach), wall, pitch)
    top = wall + depth / 2 * math.tan(pitch)
    along = rng.uniform(-0.3, 0.3) * (length - depth)
    off = float(rng.choice([-0.9, 0.0, 0.9]))
    stub = top - abs(off) * math.tan(pitch) - 0.2
    house.chimneys.append((frame.moved(along, off), stub))
    return house


def _flat_house(rng, frame, length, depth, wall, room):
    house = Building("house", "gravel", _pick(rng, GRAVELS), wall_tint=_pick(rng, WALLS[:2]))
    roofs.add_flat(house, frame, length, depth, wall)
    if room[1] > depth + 3:
        width, reach = rng.uniform(0.4, 0.6) * length, rng.uniform(2.5, min(5, room[1] - depth))
        side = float(rng.choice([-1, 1])) * (length - width) / 2
        wing = frame.moved(side, (depth + reach) / 2 - 0.05)
        roofs.add_flat(house, wing, width, reach, wall)
    return house


def make_garage(rng, frame: Frame, length=6.2, depth=3.4) -> Building:
    if rng.random() < 0.55:
        garage = Building("shed", "gravel", _pick(rng, GRAVELS))
        roofs.add_flat(garage, frame, length, depth, 2.5)
    else:
        garage = Building("shed", "tiles", _pick(rng, DARK_TILES + TILES[:3]))
        roofs.add_gable(garage, frame, length, depth, 2.4, math.radians(24))
    return garage


def make_shed(rng, frame: Frame, length: float, depth: float) -> Building:
    material = _pick(rng, ("corrugated", "metal", "tiles"))
    tints = DARK_TILES if material == "tiles" else ("#8f8a80", "#7c7266", "#8d979d", "#6f7466")
    shed = Building("shed", material, _pick(rng, tints), wall_tint="#8a735a")
    if rng.random() < 0.25:
        shed.material = "gravel"
        roofs.add_flat(shed, frame, length, depth, 2.2)
    else:
        roofs.add_gable(shed, frame, length, depth, 2.0, math.radians(20))
    return shed


def make_barn(rng, frame: Frame, length: float, depth: float) -> Building:
    """A long farm building, of metal sheets, fibre cement or old tiles."""
    material = _pick(rng, ("metal", "corrugated", "corrugated", "tiles"))
    tints = {"metal": METALS, "corrugated": ("#9b9a94", "#8a8a87", "#a5a199"), "tiles": TILES}
    barn = Building("shed", material, _pick(rng, tints[material]), wall_tint="#9c8f7c")
    roofs.add_gable(barn, frame, length, depth, rng.uniform(3.8, 5.5), math.radians(17))
    return barn


def paint_details(canvas: Canvas, building: Building, rng) -> None:
    """Chimneys, windows and panels of a roof that has already been painted."""
    for frame, top in building.chimneys:
        houses.paint_chimney(canvas, frame, top)
    if building.flat:
        _paint_plant(canvas, building, rng)
        return
    sloping = [face for face in building.roof if len(face.points) == 4]
    sunny = max(sloping, key=lambda face: face.normal[1])
    length, slope = houses.size_of(sunny, canvas.metre)
    chance = 0.2 if building.kind == "house" else 0.25 * (length > 14)
    if rng.random() < chance and slope > 3.5:
        houses.paint_panels(canvas, sunny, rng)
    elif building.kind == "house" and rng.random() < 0.6:
        houses.paint_skylights(canvas, sloping[int(rng.integers(2))], rng)


def _paint_plant(canvas, building, rng):
    """Ducts, domes of light and boxes on a flat roof."""
    face = building.roof[0]
    a, b, c = (np.array(face.points[i]) for i in (0, 1, 2))
    if np.linalg.norm(c - b) < 5 * canvas.metre:
        return
    for _ in range(int(rng.integers(2, 6))):
        s, t = rng.uniform(0.15, 0.85, 2)
        x, y, z = a + (b - a) * s + (c - b) * t
        frame = Frame(float(x), float(y), face.along, canvas.metre)
        size = rng.uniform(0.5, 1.3, 2)
        high = z / canvas.metre + rng.uniform(0.25, 0.8)
        grey = colour(_pick(rng, ("#b9bcbd", "#d5d6d3", "#8e9092")))
        houses.paint_box(canvas, frame, size, (z / canvas.metre, high), grey * 0.8, grey)
