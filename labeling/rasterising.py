"""Shapes to pixels by one rule: a pixel is covered when its centre is. No Django.

A centre that lies exactly on an edge belongs to the shape on its right or below it, so
shapes that share an edge share no pixel and leave none out. All arithmetic is done in
whole hundredths of a pixel and is exact.
"""

import numpy as np

HUNDREDTHS = 100
CENTRE = 50


def runs_of(rings, width, height):
    """The even-odd area of flat rings on an image, as lengths of runs.

    Runs go down the columns from the left, and the first one is outside the shape (it may
    be 0 long): what COCO calls uncompressed counts. They add up to width × height.
    """
    columns, rows = _crossings(rings, width, height)
    # Everything from a crossing on is turned inside out; two at one place undo each other.
    places, times = np.unique(columns * height + rows, return_counts=True)
    places = places[(times % 2 == 1) & (places < width * height)]
    return np.diff(places, prepend=0, append=width * height).tolist()


def mask_of(rings, width, height):
    """The same area as a boolean array of shape (height, width)."""
    runs = runs_of(rings, width, height)
    inside = np.arange(len(runs)) % 2 == 1
    return np.repeat(inside, runs).reshape(width, height).T


def _crossings(rings, width, height):
    """(columns, rows): where the middle line of a column enters or leaves a ring.

    The row is that of the first pixel whose centre is not above the crossing.
    """
    x0, y0, x1, y1 = _edges(rings)
    first = np.clip(_first_centre_from(x0), 0, width)
    after = np.clip(_first_centre_from(x1), 0, width)
    lengths = after - first
    edge = np.repeat(np.arange(len(lengths)), lengths)
    steps = np.arange(len(edge)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    columns = first[edge] + steps
    run, rise = (x1 - x0)[edge], (y1 - y0)[edge]
    along = columns * HUNDREDTHS + CENTRE - x0[edge]
    rows = _divide_up((y0[edge] - CENTRE) * run + rise * along, HUNDREDTHS * run)
    return columns, np.clip(rows, 0, height)


def _edges(rings):
    """x0, y0, x1, y1 of every edge that is not vertical, left end first, in hundredths."""
    starts, ends = [], []
    for ring in rings:
        points = np.rint(np.asarray(ring, dtype=float) * HUNDREDTHS).astype(np.int64).reshape(-1, 2)
        starts.append(points)
        ends.append(np.roll(points, -1, axis=0))
    start, end = np.concatenate(starts), np.concatenate(ends)
    is_backward = start[:, 0] > end[:, 0]
    start[is_backward], end[is_backward] = end[is_backward], start[is_backward]
    is_crossed = start[:, 0] < end[:, 0]
    start, end = start[is_crossed], end[is_crossed]
    return start[:, 0], start[:, 1], end[:, 0], end[:, 1]


def _first_centre_from(x):
    """The first column whose centre is at x or right of it."""
    return _divide_up(x - CENTRE, HUNDREDTHS)


def _divide_up(numerator, denominator):
    return -(-numerator // denominator)
