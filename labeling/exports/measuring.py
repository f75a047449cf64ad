"""Exact areas and boxes of many rings at once, in whole hundredths of a pixel. No Django."""

from itertools import chain

import numpy as np
import shapely

from labeling.shapes import area_of

HUNDREDTHS = 100


def measure_rings(rings):
    """([area, …], [[x, y, width, height], …]) of single flat rings; the area is even-odd."""
    sizes = [len(ring) for ring in rings]
    areas, boxes = measure_numbers(list(chain.from_iterable(rings)), sizes)
    return areas.tolist(), boxes.tolist()


def measure_numbers(numbers, sizes):
    """The same of rings that follow each other in one list, of so many numbers each, as arrays."""
    if not sizes:
        return np.empty(0), np.empty((0, 4))
    counts = np.array(sizes, dtype=np.int64) // 2
    flat = np.array(numbers, dtype=float)
    points = np.rint(flat * HUNDREDTHS).astype(np.int64).reshape(-1, 2)
    starts = np.cumsum(counts) - counts
    low = np.minimum.reduceat(points, starts)
    high = np.maximum.reduceat(points, starts)
    # Seen from a point near their middle, the numbers stay small and the area stays exact.
    middle = (low + high) // 2
    areas, is_simple = _areas(points - np.repeat(middle, counts, axis=0), starts, counts)
    areas = areas / (2 * HUNDREDTHS**2)
    others = np.flatnonzero(~is_simple).tolist()
    if others:
        corners = flat.reshape(-1, 2)
        for i in _crossing([corners[starts[i] : starts[i] + counts[i]] for i in others]):
            ring = corners[starts[others[i]] :][: counts[others[i]]]
            areas[others[i]] = round(area_of([ring.ravel().tolist()]), 4)
    return areas, np.concatenate([low, high - low], axis=1) / HUNDREDTHS


def _crossing(rings):
    """Which of the rings, given as arrays of corners, cross or touch themselves."""
    which = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    polygons = shapely.polygons(shapely.linearrings(np.concatenate(rings), indices=which))
    return np.flatnonzero(~shapely.is_valid(polygons)).tolist()


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
