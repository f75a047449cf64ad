"""The part of an area that lies on its image. No Django.

Every ring is cut at one border after the other, whatever it does there, and what then runs along
a border is joined anew. So the even-odd area on the image stays as it was; only the corners where
an edge met a border are rounded to 0.01, which moves them along it by half of that at most.
"""

from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np

from labeling.outlines import HUNDREDTHS, corners_of, flat


def cut_rings(rings, width, height):
    """The part of the even-odd area that lies on an image, as flat rings; perhaps none."""
    if all(_lies_inside(ring, width, height) for ring in rings):
        return rings
    borders = [(0, 0), (0, width * HUNDREDTHS), (1, 0), (1, height * HUNDREDTHS)]
    # Where what runs along a border begins and ends; where both happens, nothing does.
    along: dict[tuple, Counter] = {border: Counter() for border in borders}
    paths = []
    for ring in rings:
        paths += _inner_paths(_cut(corners_of(ring), borders), along)
    for border, places in along.items():
        paths += _pieces(border, places)
    return [flat(loop) for loop in _closed(paths) if len(set(loop)) > 2]


def _lies_inside(ring, width, height):
    xs, ys = ring[::2], ring[1::2]
    return min(xs) >= 0 and min(ys) >= 0 and max(xs) <= width and max(ys) <= height


def _cut(corners, borders):
    """The corners that are left when what is beyond a border is pressed onto it."""
    points = corners.astype(float)
    for axis, limit in borders:
        depth = limit - points[:, axis] if limit else points[:, axis]
        after, depth_after = np.roll(points, -1, axis=0), np.roll(depth, -1)
        is_crossing = (depth < 0) != (depth_after < 0)
        share = depth / np.where(is_crossing, depth - depth_after, 1)
        met = points + (after - points) * share[:, None]
        met[:, axis] = limit
        is_kept = np.stack((depth >= 0, is_crossing), axis=1).ravel()
        points = np.stack((points, met), axis=1).reshape(-1, 2)[is_kept]
    return [tuple(point) for point in np.rint(points).astype(np.int64).tolist()]


def _inner_paths(points, along):
    """What of a ring runs over the image, from border to border or closed; the rest is noted."""
    edges = [(a, b) for a, b in pairwise([*points, *points[:1]]) if a != b]
    borders = [_border_of(a, b, along) for a, b in edges]
    first = next((at for at, border in enumerate(borders) if border), 0)
    paths: list[list] = []
    is_new = True
    for at in (*range(first, len(edges)), *range(first)):
        (a, b), border = edges[at], borders[at]
        if border:
            across = 1 - border[0]
            along[border].update((a[across], b[across]))
        elif is_new:
            paths.append([a, b])
        else:
            paths[-1].append(b)
        is_new = border is not None
    return paths


def _border_of(a, b, borders):
    return next((at for at in borders if a[at[0]] == b[at[0]] == at[1]), None)


def _pieces(border, places):
    """The pieces of a border that belong to an odd number of edges along it."""
    axis, limit = border
    odd = sorted(place for place, times in places.items() if times % 2)
    ends = [(limit, place) if axis == 0 else (place, limit) for place in odd]
    return [list(piece) for piece in zip(ends[::2], ends[1::2], strict=True)]


def _closed(paths):
    """The paths joined to loops where they meet; as many end at a place as go on from there."""
    meeting = defaultdict(list)
    for number, path in enumerate(paths):
        for end in (path[0], path[-1]):
            meeting[end].append(number)
    loops, joined = [], set()
    for number, path in enumerate(paths):
        if number in joined:
            continue
        joined.add(number)
        loop = list(path)
        while loop[-1] != loop[0]:
            number = meeting[loop[-1]].pop()
            if number in joined:
                continue
            joined.add(number)
            path = paths[number]
            loop += path[1:] if path[0] == loop[-1] else path[-2::-1]
        loops.append(loop[:-1])
    return loops
