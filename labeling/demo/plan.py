"""What stands in a scene, until everything is painted from the ground up."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely

from labeling.demo import dwellings, houses, roads, vegetation, yards
from labeling.demo.canvas import Canvas
from labeling.demo.roofs import Building, Frame
from labeling.demo.vegetation import Tree

# A smaller remainder at the edge of the picture is not worth an outline.
LEAST_AREA = 60
LEAST_SHARE = 0.15


@dataclass(frozen=True)
class SceneObject:
    """What one may label; rings in image pixels, [x, y, x, y, …], cut off at the picture's edge."""

    kind: str
    rings: list[list[float]]


@dataclass
class Plan:
    canvas: Canvas
    rng: np.random.Generator
    character: str = "mixed"
    crops: tuple[str, ...] = ("wheat", "maize")
    buildings: list[Building] = field(default_factory=list)
    trees: list[Tree] = field(default_factory=list)
    hedges: list[Tree] = field(default_factory=list)
    cars: list[Frame] = field(default_factory=list)
    bales: list[tuple] = field(default_factory=list)
    silos: list[tuple] = field(default_factory=list)
    objects: list[SceneObject] = field(default_factory=list)
    # Ground that trees and plots keep clear of.
    taken: list[shapely.Geometry] = field(default_factory=list)

    @property
    def metre(self) -> float:
        return self.canvas.metre

    @cached_property
    def picture(self) -> shapely.Polygon:
        return shapely.box(0, 0, self.canvas.width, self.canvas.height)

    def sees(self, shape, margin: float = 12.0) -> bool:
        """Whether a shape, or the shadow of what stands on it, may be in the picture."""
        left, top, right, bottom = shape.bounds
        margin = margin * self.metre
        is_beside = right < -margin or left > self.canvas.width + margin
        return not (is_beside or bottom < -margin or top > self.canvas.height + margin)

    def frame(self, angle: float) -> Frame:
        """Metres from the middle of the picture, turned."""
        return Frame(self.canvas.width / 2, self.canvas.height / 2, angle, self.metre)

    def is_free(self, shape) -> bool:
        return not any(shape.intersects(other) for other in self.taken)

    def clear(self, area) -> None:
        """Take away what grew where somebody builds."""
        self.bales = [bale for bale in self.bales if not area.contains(shapely.Point(bale))]
        self.trees = [t for t in self.trees if not area.contains(shapely.Point(t.x, t.y))]

    def add_building(self, building: Building) -> None:
        ground = shapely.union_all(building.footprint)
        self.taken.append(ground.buffer(1.2 * self.metre))
        if self.sees(ground):
            self.buildings.append(building)

    def add_road(self, line, width: float, **how) -> None:
        """One road, width in metres."""
        self.add_roads([line], width, **how)

    def add_roads(self, lines, width: float, *, pavement=False, marks=False) -> None:
        if pavement:
            roads.paint_pavements(self.canvas, lines, width * self.metre, self.rng)
        roads.paint_asphalt(self.canvas, lines, width * self.metre, self.rng, marks=marks)
        side = 2.4 if pavement else 1.0
        self.taken += [line.buffer((width / 2 + side) * self.metre) for line in lines]

    def add_track(self, line) -> None:
        roads.paint_track(self.canvas, line, self.rng)
        self.taken.append(line.buffer(2.2 * self.metre))

    def add_pool(self, frame: Frame) -> None:
        outline = yards.pool_outline(frame, self.rng)
        yards.paint_pool(self.canvas, outline, frame.angle, self.rng)
        self.taken.append(outline.buffer(2.5 * self.metre))
        self._note("pool", outline)

    def add_car(self, frame: Frame) -> None:
        self.cars.append(frame)
        self._note("car", yards.car_outline(frame))

    def add_tree(self, x, y, radius, kind="broadleaf", tall=None) -> None:
        """A tree, radius in metres."""
        tree = vegetation.make_tree(self.rng, x, y, radius * self.metre, kind, tall)
        if self.sees(shapely.Point(x, y), 3 * radius + 6):
            self.trees.append(tree)

    def add_hedge(self, line, width: float = 1.3) -> None:
        if self.sees(line):
            self.hedges += vegetation.hedge(self.rng, line, width * self.metre, self.metre)
            vegetation.cast_hedge(self.canvas, line, width * self.metre)

    def scatter(self, area, spacing: float, kinds, radii, keep=1.0) -> None:
        """Trees over an area, about spacing metres apart, wherever the ground is free."""
        area = area.intersection(self.picture.buffer(10 * self.metre))
        if area.is_empty:
            return
        step = spacing * self.metre
        left, top, right, bottom = area.bounds
        xs, ys = np.meshgrid(np.arange(left, right, step), np.arange(top, bottom, step))
        xs = xs.ravel() + self.rng.uniform(-0.45, 0.45, xs.size) * step
        ys = ys.ravel() + self.rng.uniform(-0.45, 0.45, ys.size) * step
        free = area.difference(shapely.union_all(self.taken))
        wanted = shapely.contains_xy(free, xs, ys) & (self.rng.random(xs.size) < keep)
        for x, y in zip(xs[wanted], ys[wanted], strict=True):
            kind = kinds[int(self.rng.integers(len(kinds)))]
            self.add_tree(x, y, self.rng.uniform(*radii), kind)

    def paint(self) -> None:
        """Everything that stands on the ground, low before high, so that the high covers it."""
        canvas, rng = self.canvas, self.rng
        for building in self.buildings:
            houses.cast_building(canvas, building)
        for x, y in self.bales:
            yards.paint_bale(canvas, x, y, rng)
        for car in self.cars:
            yards.paint_car(canvas, car, rng)
        for silo in self.silos:
            yards.paint_silo(canvas, *silo)
        for bush in self.hedges:
            vegetation.paint_tree(canvas, bush)
        for building in sorted(self.buildings, key=lambda b: b.height):
            houses.paint_building(canvas, building, rng)
            dwellings.paint_details(canvas, building, rng)
        self._note_buildings()
        for tree in sorted(self.trees, key=lambda tree: tree.height):
            vegetation.paint_tree(canvas, tree)
            if tree.kind != "bush":
                self._note("tree", shapely.Polygon(vegetation.outline_of(canvas, tree)))

    def _note_buildings(self):
        """Where two roofs overlap, the place is the higher one's, as in the picture."""
        higher = shapely.Polygon()
        for building in sorted(self.buildings, key=lambda b: -b.height):
            outline = houses.outline_of(self.canvas, building)
            self._note(building.kind, outline.difference(higher))
            higher = higher.union(outline)

    def _note(self, kind, outline):
        seen = shapely.make_valid(outline).intersection(self.picture)
        for part in shapely.get_parts(seen):
            big_enough = part.area >= max(LEAST_AREA, LEAST_SHARE * outline.area)
            if part.geom_type == "Polygon" and big_enough:
                points = shapely.get_coordinates(part.exterior)[:-1].round(2)
                self.objects.append(SceneObject(kind, [points.ravel().tolist()]))
