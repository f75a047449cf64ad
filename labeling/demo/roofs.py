"""Roofs and walls as faces in space: gabled, hipped and flat, alone or with a wing."""

import math
from dataclasses import dataclass, field

import numpy as np
import shapely

OVERHANG = 0.45


@dataclass(frozen=True)
class Frame:
    """A place and a direction on the ground: (u, v) in metres become pixels."""

    x: float
    y: float
    angle: float
    metre: float

    def at(self, u: float, v: float) -> tuple[float, float]:
        cos, sin = math.cos(self.angle) * self.metre, math.sin(self.angle) * self.metre
        return self.x + u * cos - v * sin, self.y + u * sin + v * cos

    def moved(self, u: float, v: float, turn: float = 0.0) -> "Frame":
        x, y = self.at(u, v)
        return Frame(x, y, self.angle + turn, self.metre)

    def box(self, u0: float, v0: float, u1: float, v1: float) -> shapely.Polygon:
        return shapely.Polygon([self.at(u0, v0), self.at(u1, v0), self.at(u1, v1), self.at(u0, v1)])

    def ring(self, points) -> shapely.Polygon:
        return shapely.Polygon([self.at(u, v) for u, v in points])


@dataclass(frozen=True)
class Face:
    """A flat piece of a building, its points (x, y, height) in pixels, eaves first."""

    points: tuple
    # Direction of the eaves in the picture; rows of tiles run along it.
    along: float

    @property
    def normal(self) -> np.ndarray:
        a, b, c = (np.array(self.points[i]) for i in (0, 1, 2))
        normal = np.cross(b - a, c - a)
        normal = normal / np.linalg.norm(normal)
        return normal if normal[2] >= 0 else -normal


@dataclass
class Building:
    kind: str
    material: str
    tint: str
    roof: list[Face] = field(default_factory=list)
    walls: list[Face] = field(default_factory=list)
    # Lines where two faces meet, covered by caps: ridges and hips.
    ridges: list[tuple] = field(default_factory=list)
    footprint: list[shapely.Polygon] = field(default_factory=list)
    # Where a chimney stands and how high the roof is there, in metres.
    chimneys: list[tuple] = field(default_factory=list)
    wall_tint: str = "#d9d2c4"
    flat: bool = False
    height: float = 0.0


def lift(frame: Frame, u, v, z):
    return (*frame.at(u, v), z * frame.metre)


def add_walls(building: Building, frame: Frame, length, depth, wall) -> None:
    u, v = length / 2, depth / 2
    corners = [(-u, -v), (u, -v), (u, v), (-u, v)]
    for number, (a, b) in enumerate(zip(corners, corners[1:] + corners[:1], strict=True)):
        points = (
            lift(frame, *a, 0),
            lift(frame, *b, 0),
            lift(frame, *b, wall),
            lift(frame, *a, wall),
        )
        building.walls.append(Face(points, frame.angle + number * math.pi / 2))
    building.footprint.append(frame.box(-u, -v, u, v))
    building.height = max(building.height, wall * frame.metre)


def add_gable(building: Building, frame: Frame, length, depth, wall, pitch) -> None:
    """A ridge along the length, a gable at each end."""
    add_walls(building, frame, length, depth, wall)
    slope, rise = math.tan(pitch), depth / 2 * math.tan(pitch)
    u, v, eaves, top = length / 2 + 0.3, depth / 2 + OVERHANG, wall - OVERHANG * slope, wall + rise
    for side in (-1, 1):
        building.roof.append(
            Face(
                (
                    lift(frame, -u, side * v, eaves),
                    lift(frame, u, side * v, eaves),
                    lift(frame, u, 0, top),
                    lift(frame, -u, 0, top),
                ),
                frame.angle,
            )
        )
        end = side * length / 2
        gable = [(end, -depth / 2, wall), (end, depth / 2, wall), (end, 0, top)]
        building.walls.append(
            Face(tuple(lift(frame, *point) for point in gable), frame.angle + math.pi / 2)
        )
    building.ridges.append((lift(frame, -u, 0, top), lift(frame, u, 0, top)))
    building.height = max(building.height, top * frame.metre)


def add_hip(building: Building, frame: Frame, length, depth, wall, pitch) -> None:
    """All four sides slope; a square one comes to a point."""
    add_walls(building, frame, length, depth, wall)
    slope = math.tan(pitch)
    u, v = length / 2 + OVERHANG, depth / 2 + OVERHANG
    eaves, top = wall - OVERHANG * slope, wall + depth / 2 * slope
    half = max(0.0, u - v)
    left, right = lift(frame, -half, 0, top), lift(frame, half, 0, top)
    a, b, c, d = (lift(frame, x, y, eaves) for x, y in ((-u, -v), (u, -v), (u, v), (-u, v)))
    across = frame.angle + math.pi / 2
    building.roof += [
        Face((a, b, right, left), frame.angle),
        Face((d, c, right, left), frame.angle),
        Face((b, c, right), across),
        Face((d, a, left), across),
    ]
    building.ridges += [(left, right), (a, left), (d, left), (b, right), (c, right)]
    building.height = max(building.height, top * frame.metre)


def add_flat(building: Building, frame: Frame, length, depth, wall) -> None:
    add_walls(building, frame, length, depth, wall)
    u, v = length / 2 + 0.15, depth / 2 + 0.15
    corners = [(-u, -v), (u, -v), (u, v), (-u, v)]
    building.roof.append(Face(tuple(lift(frame, *c, wall) for c in corners), frame.angle))
    building.flat = True


def add_wing(building: Building, frame: Frame, place, main_depth, wing, wall, pitch) -> None:
    """A gabled wing of (width, reach) that leaves the main roof at u = place, on side v > 0.

    Eaves and pitch are those of the main roof, so its ridge runs into the main slope.
    """
    width, reach = wing
    slope = math.tan(pitch)
    outer = frame.moved(place, main_depth / 2 + reach / 2, math.pi / 2)
    add_walls(building, outer, reach, width, wall)
    eaves, top = wall - OVERHANG * slope, wall + width / 2 * slope
    start, end = main_depth / 2 + OVERHANG, main_depth / 2 + reach + 0.3
    inner = start - (width / 2 + OVERHANG)
    u = width / 2 + OVERHANG
    for side in (-1, 1):
        building.roof.append(
            Face(
                (
                    lift(frame, place + side * u, start, eaves),
                    lift(frame, place + side * u, end, eaves),
                    lift(frame, place, end, top),
                    lift(frame, place, inner, top),
                ),
                frame.angle + math.pi / 2,
            )
        )
    v = main_depth / 2 + reach
    gable = [(place - width / 2, v, wall), (place + width / 2, v, wall), (place, v, top)]
    building.walls.append(Face(tuple(lift(frame, *point) for point in gable), frame.angle))
    building.ridges.append((lift(frame, place, inner, top), lift(frame, place, end, top)))
