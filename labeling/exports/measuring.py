"""Exact areas and boxes of many rings at once, in whole hundredths of a pixel. No Django."""

from itertools import chain

import numpy as np
import shapely

from labeling.shapes import area_of

HUNDREDTHS = 100


def measure_rings(rings):
    """([area, …], [[x, y, width, height], …]) of single flat rings; the area is even-odd."""
    if not rings:
        return [], []
    sizes = np.fromiter(map(len, rings), dtype=np.int64, count=len(rings)) // 2
    flat = np.fromiter(chain.from_iterable(rings), dtype=float, count=2 * int(sizes.sum()))
    points = np.rint(flat * HUNDREDTHS).astype(np.int64).reshape(-1, 2)
    starts = np.cumsum(sizes) - sizes
    low = np.minimum.reduceat(points, starts)
    high = np.maximum.reduceat(points, starts)
    # Seen from a point near their middle, the numbers stay small and the area stays exact.
    middle = (low + high) // 2
    areas, is_simple = _areas(points - np.repeat(middle, sizes, axis=0), starts, sizes)
    areas = (areas / (2 * HUNDREDTHS**2)).tolist()
    for i in np.flatnonzero(~is_simple).tolist():
        areas[i] = round(area_of([rings[i]]), 4)
    boxes = np.concatenate([low, high - low], axis=1) / HUNDREDTHS
    return areas, boxes.tolist()


def _areas(points, starts, sizes):
    """Twice the area of each ring, and whether the ring surely does not cross itself.

    A ring that turns around one point in one direction, and once, does not. Most drawn
    shapes are of that kind, and looking for it is far cheaper than for crossings.
    """
    after = np.arange(1, len(points) + 1)
    after[starts + sizes - 1] = starts
    x, y = points[:, 0], points[:, 1]
    next_x, next_y = x[after], y[after]
    turns = x * next_y - next_x * y
    twice = np.add.reduceat(turns, starts)
    one_way = (np.minimum.reduceat(turns, starts) > 0) | (np.maximum.reduceat(turns, starts) < 0)
    half_turns = np.add.reduceat(((y < 0) != (next_y < 0)).astype(np.int64), starts)
    return np.abs(twice), one_way & (half_turns == 2)


def are_apart(rings):
    """Whether the rings are the outlines of separate areas: none crosses itself or another,
    and none lies in another. They may touch.
    """
    areas = np.array([shapely.Polygon(np.reshape(ring, (-1, 2))) for ring in rings])
    if not shapely.is_valid(areas).all():
        return False
    first, second = shapely.STRtree(areas).query(areas, predicate="intersects")
    once = first < second
    return not shapely.relate_pattern(areas[first[once]], areas[second[once]], "T********").any()
