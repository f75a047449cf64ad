"""Pixels as outlines, exactly: masks and run lengths become rings along the edges of pixels.

No Django.
"""

import numpy as np

from labeling.imports.contents import BadFile
from labeling.outlines import split_ring

MOST_PIXELS = 1 << 30
LONGEST_RUN = 60  # in bits


def rings_of_mask(mask, left=0, top=0):
    """The even-odd rings around the pixels of a boolean array; none for an empty one.

    No ring touches itself: areas and holes that meet in one corner only have rings of their own.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return []
    part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    xs, ys, down, along = _corners(np.pad(part, 1))
    xs, ys = xs + int(columns[0]) + left, ys + int(rows[0]) + top
    flat = (_flat(xs, ys, loop) for loop in _loops(down, along))
    return [ring for touching in flat for ring in split_ring(touching)]


def shape_of_mask(mask, left=0, top=0):
    """(kind, geometry) of the pixels of a boolean array; BadFile for an empty one."""
    rings = rings_of_mask(mask, left, top)
    if not rings:
        raise BadFile("Its mask is empty")
    return "polygon", {"rings": rings}


def _corners(mask):
    """The corners of all outlines: x, y, and which one each is joined to down and along.

    A corner is where of four pixels that meet one or three are inside, or two across, which
    makes two corners. In each row every other pair of corners is joined, and so it is in each
    column; where areas touch in a corner, the corner that belongs to the left one comes first.
    """
    a, b = mask[:-1, :-1], mask[:-1, 1:]
    c, d = mask[1:, :-1], mask[1:, 1:]
    odd = a ^ b ^ c ^ d
    falls, rises = a & d & ~b & ~c, b & c & ~a & ~d
    ys, xs = np.nonzero(odd | falls | rises)
    twice = np.where((falls | rises)[ys, xs], 2, 1)
    starts = np.cumsum(twice) - twice
    is_second = np.arange(twice.sum()) - np.repeat(starts, twice)
    ys, xs = np.repeat(ys, twice), np.repeat(xs, twice)
    # In rows the first is the left one. In columns the first is the upper one, which is the
    # left one too where the touching areas fall to the right.
    lower = np.where(rises[ys, xs], 1 - is_second, is_second)
    return xs, ys, _joined(xs, ys, lower), _joined(ys, xs, is_second)


def _joined(first, second, third):
    """The partner of each corner when they are joined in pairs in the order of the keys."""
    order = np.lexsort((third, second, first))
    partner = np.empty(len(order), dtype=np.int64)
    partner[order[::2]], partner[order[1::2]] = order[1::2], order[::2]
    return partner


def _loops(down, along):
    down, along = down.tolist(), along.tolist()
    left = [True] * len(down)
    for start in range(len(down)):
        if not left[start]:
            continue
        loop, here = [], start
        while left[here]:
            there = along[here]
            loop += [here, there]
            left[here] = left[there] = False
            here = down[there]
        yield loop


def _flat(xs, ys, loop):
    flat = np.empty(2 * len(loop), dtype=np.int64)
    flat[::2], flat[1::2] = xs[loop], ys[loop]
    return flat.tolist()


def mask_of_runs(counts, width, height):
    """Run lengths down the columns, the first one outside, as a boolean array."""
    if min(width, height) <= 0 or width * height > MOST_PIXELS:
        raise BadFile(f"a mask of {width} × {height} pixels is empty or too large")
    if min(counts) < 0 or sum(counts) != width * height:
        raise BadFile("its run lengths do not add up to the size of its mask")
    inside = np.arange(len(counts)) % 2 == 1
    return np.repeat(inside, counts).reshape(width, height).T


def runs_of_text(text):
    """COCO's compressed run lengths: signed numbers in groups of five bits, lowest first, and
    from the fourth on the difference to the run before the last one.
    """
    counts: list[int] = []
    number = shift = 0
    for code in text.encode():
        bits = code - 48
        if not 0 <= bits < 64:
            raise BadFile("its compressed run lengths hold a sign that none may have")
        if shift > LONGEST_RUN:
            raise BadFile("one of its compressed run lengths is too large")
        number |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            number -= 1 << shift
        counts.append(number + counts[-2] if len(counts) > 2 else number)
        number, shift = 0, 0
    return counts
