"""Write the scenes as files, and the examples that show good and bad outlines."""

import math
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import shapely
from PIL import Image, ImageDraw

from labeling.demo.plan import SceneObject
from labeling.demo.scenes import make_scene

QUALITY = 90
FLIGHTS = ("cape_town/flight_1", "cape_town/flight_2", "hex_river_valley/flight_1")
# A tree that people are asked to label touches no other, and its crown is as wide as this.
LEAST_CROWN = 36
# Fewer would cost more time to start processes than they save.
SCENES_PER_PROCESS = 4
EXAMPLE_SEED = 42
EXAMPLE_SIZE = (1400, 1050)
EXAMPLES = ("good_outlines.jpg", "good_classes.jpg", "bad_outlines.jpg")
COLORS = {
    "house": "#e6194b",
    "shed": "#4363d8",
    "pool": "#46f0f0",
    "car": "#ffe119",
    "tree": "#aaffc3",
}


def write_scenes(
    folder: Path, count: int, size: tuple[int, int] | None, workers: int
) -> Iterator[tuple[str, list[SceneObject]]]:
    """Write count scenes below the folder: (path in it, what one would label), one by one."""
    for flight in FLIGHTS:
        (folder / flight).mkdir(parents=True, exist_ok=True)
    write = partial(_write_scene, folder, count, size)
    workers = min(workers, count // SCENES_PER_PROCESS)
    if workers < 2:
        yield from map(write, range(count))
        return
    # Not forked: nothing of the parent, such as its database connection, is wanted in there.
    spawn = get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, initializer=_ignore_interrupts) as pool:
        yield from pool.map(write, range(count))


def _ignore_interrupts():
    """Ctrl+C reaches the whole process group; the parent ends the pool when it gets it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _write_scene(folder, count, size, seed):
    scene = make_scene(seed, size)
    path = f"{FLIGHTS[seed * len(FLIGHTS) // count]}/scene_{seed + 1:03d}.jpg"
    scene.image.save(folder / path, quality=QUALITY)
    return path, worth_labeling(scene.objects)


def worth_labeling(objects: list[SceneObject]) -> list[SceneObject]:
    """What the instructions ask for: everything but small trees and those that touch another."""
    outlines = [_polygon(thing) for thing in objects]
    crowns = shapely.STRtree(
        [o for o, t in zip(outlines, objects, strict=True) if t.kind == "tree"]
    )
    return [
        thing
        for thing, outline in zip(objects, outlines, strict=True)
        if thing.kind != "tree" or _stands_alone(outline, crowns)
    ]


def _stands_alone(outline, crowns):
    if outline.area < math.pi * (LEAST_CROWN / 2) ** 2:
        return False
    return len(crowns.query(outline, predicate="intersects")) == 1


def _polygon(thing):
    return shapely.Polygon(np.reshape(thing.rings[0], (-1, 2)))


def write_examples(folder: Path, size: tuple[int, int] = EXAMPLE_SIZE) -> None:
    """One scene three times: outlined well, with the names of classes, and badly."""
    folder.mkdir(parents=True, exist_ok=True)
    scene = make_scene(EXAMPLE_SEED, size)
    objects = worth_labeling(scene.objects)
    kinds: tuple[Callable, ...] = (_outlined_well, _named, _outlined_badly)
    for name, draw in zip(EXAMPLES, kinds, strict=True):
        draw(scene.image.copy(), objects).save(folder / name, quality=QUALITY)


def _outlined_well(picture, objects):
    shapes = [(thing.kind, _polygon(thing)) for thing in objects if thing.kind != "tree"]
    return _stamped(_with_shapes(picture, shapes), is_good=True)


def _named(picture, objects):
    """Every class, with its name on the largest few of it."""
    shapes = [(thing.kind, _polygon(thing)) for thing in objects]
    picture = _with_shapes(picture, shapes)
    draw = ImageDraw.Draw(picture)
    for kind, colour in COLORS.items():
        largest = sorted((s for k, s in shapes if k == kind), key=lambda s: -s.area)[:4]
        for shape in largest:
            x, y = shape.centroid.coords[0]
            box = draw.textbbox((x, y), kind.title(), anchor="mm", font_size=20)
            draw.rounded_rectangle((box[0] - 6, box[1] - 4, box[2] + 6, box[3] + 4), 4, "#202428")
            draw.text((x, y), kind.title(), colour, anchor="mm", font_size=20)
    return _stamped(picture, is_good=True)


def _outlined_badly(picture, objects):
    """The usual mistakes: boxes, too loose, too coarse, forgotten."""
    shapes = []
    for number, thing in enumerate(t for t in objects if t.kind in ("house", "shed")):
        outline, mistake = _polygon(thing), number % 5
        if mistake in (0, 4):
            shapes.append((thing.kind, shapely.box(*outline.bounds)))
        elif mistake == 1:
            shapes.append((thing.kind, outline.buffer(14)))
        elif mistake == 2:
            corners = shapely.get_coordinates(outline.simplify(4))[:-1]
            shapes.append((thing.kind, shapely.Polygon(corners[:3])))
    return _stamped(_with_shapes(picture, shapes), is_good=False)


def _with_shapes(picture, shapes):
    layer = Image.new("RGBA", picture.size)
    draw = ImageDraw.Draw(layer)
    for kind, shape in shapes:
        points = [tuple(point) for point in shapely.get_coordinates(shape.exterior)]
        draw.polygon(points, fill=COLORS[kind] + "46")
        draw.line(points + points[:2], fill=COLORS[kind] + "ff", width=4, joint="curve")
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")


def _stamped(picture, *, is_good):
    """A tick or a cross in the corner, so that nobody takes the one for the other."""
    draw = ImageDraw.Draw(picture)
    radius = picture.width / 22
    x = y = radius * 1.5
    draw.ellipse(
        (x - radius, y - radius, x + radius, y + radius),
        fill="#1f8a4c" if is_good else "#c62f3b",
        outline="white",
        width=max(1, round(radius / 10)),
    )
    tick = [(-0.45, 0.02), (-0.12, 0.36), (0.48, -0.34)]
    crosses = [[(-0.36, -0.36), (0.36, 0.36)], [(0.36, -0.36), (-0.36, 0.36)]]
    for line in [tick] if is_good else crosses:
        points = [(x + u * radius, y + v * radius) for u, v in line]
        draw.line(points, fill="white", width=max(1, round(radius / 6)), joint="curve")
    return picture
