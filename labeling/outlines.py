"""Areas of several rings as one ring, and back. No Django.

Many formats know one outline without holes. Rings are then joined by slits: a line to the
next ring, around it, and the same line back. A slit covers nothing, so the even-odd area,
and with our turning of holes the non-zero area too, is that of the rings.
"""

import numpy as np
import shapely

from labeling.shapes import area_of

HUNDREDTHS = 100
# So many distances between corners are looked at in one go.
AT_ONCE = 1 << 20


def join_rings(rings):
    """One flat ring with the area of all; a single ring stays as it is.

    The same rings make the same outline, in whatever order they come and wherever they start.
    """
    if len(rings) == 1:
        return rings[0]
    loops = [corners_of(loop) for ring in rings for loop in split_ring(ring)]
    if len(loops) < 2:
        return flat(loops[0]) if loops else rings[0]
    loops = _turned(loops)
    first = min(range(len(loops)), key=lambda i: tuple(min(map(tuple, loops[i]))))
    path, rest = _started_at(loops[first], min(map(tuple, loops[first]))), set(range(len(loops)))
    rest.remove(first)
    nearest = _Nearest([loops[i] for i in sorted(rest)])
    nearest.add(path)
    after: dict[tuple, list] = {}
    for _ in rest:
        here, ring = nearest.take()
        after.setdefault(here, []).append(ring)
    return flat(_woven(path, after))


def split_ring(ring):
    """The rings that slits have made one; touching itself at a corner counts as a slit.

    The even-odd area stays the same. Loops that cover nothing are dropped, unless there is
    nothing else.
    """
    path = [tuple(point) for point in corners_of(ring)]
    if len(set(path)) == len(path):
        return [ring]
    loops: list[list] = []
    stack: list[tuple] = []
    place: dict[tuple, int] = {}
    for point in [*path, path[0]]:
        if point in place:
            start = place[point]
            loops.append(stack[start:])
            for left in stack[start:]:
                del place[left]
            del stack[start:]
        place[point] = len(stack)
        stack.append(point)
    return [flat(loop) for loop in reversed(loops) if _covers_something(loop)] or [ring]


def _covers_something(loop):
    # The halves of a bow tie may turn against each other and make nothing together.
    is_clear = len(loop) > 2 and _twice_area(np.array(loop)) != 0
    return is_clear or (len(loop) > 3 and area_of([flat(loop)]) > 0)


def corners_of(ring):
    """A flat ring as an array of corners in whole hundredths."""
    return np.rint(np.asarray(ring, dtype=float) * HUNDREDTHS).astype(np.int64).reshape(-1, 2)


def flat(corners):
    numbers = (int(number) for corner in corners for number in corner)
    return [n // HUNDREDTHS if n % HUNDREDTHS == 0 else n / HUNDREDTHS for n in numbers]


def _twice_area(corners):
    after = np.roll(corners, -1, axis=0)
    return int((corners[:, 0] * after[:, 1] - after[:, 0] * corners[:, 1]).sum())


def _turned(loops):
    """The loops, outlines turned one way and holes the other, as depth tells them apart."""
    areas = np.array([shapely.Polygon(loop) for loop in loops])
    depths = np.zeros(len(loops), dtype=int)
    if shapely.is_valid(areas).all():
        inner, outer = shapely.STRtree(areas).query(areas, predicate="within")
        depths = np.bincount(inner[inner != outer], minlength=len(loops))
    turned = []
    for loop, depth in zip(loops, depths, strict=True):
        is_as_wanted = (_twice_area(loop) > 0) == (depth % 2 == 0)
        turned.append(loop if is_as_wanted else loop[::-1])
    return turned


def _started_at(loop, point):
    at = next(i for i, corner in enumerate(map(tuple, loop)) if corner == tuple(point))
    return [tuple(map(int, corner)) for corner in np.roll(loop, -at, axis=0)]


class _Nearest:
    """Loops that are not joined yet, and how far each of their corners is from what is."""

    def __init__(self, loops):
        self.loops = loops
        self.corners = np.concatenate(loops)
        self.owner = np.repeat(np.arange(len(loops)), [len(loop) for loop in loops])
        self.is_left = np.ones(len(self.corners), dtype=bool)
        self.far = np.full(len(self.corners), np.iinfo(np.int64).max)
        self.partner = np.zeros_like(self.corners)

    def add(self, points):
        """Take corners that were joined just now into account."""
        points = np.array(sorted(points), dtype=np.int64)
        step = max(1, AT_ONCE // len(self.corners))
        for start in range(0, len(points), step):
            some = points[start : start + step]
            far = ((self.corners[:, None, :] - some[None, :, :]) ** 2).sum(axis=2)
            best = far.argmin(axis=1)
            found, partner = far[np.arange(len(far)), best], some[best]
            is_nearer = found < self.far
            self.far[is_nearer], self.partner[is_nearer] = found[is_nearer], partner[is_nearer]
            # Among equals the smaller corner, so that the order of joining does not matter.
            is_equal = (found == self.far) & _is_less(partner, self.partner)
            self.partner[is_equal] = partner[is_equal]

    def take(self):
        """(corner that is joined already, the nearest loop from its nearest corner on)."""
        left = np.flatnonzero(self.is_left)
        near = left[self.far[left] == self.far[left].min()]
        keys = (*self.partner[near].T[::-1], *self.corners[near].T[::-1])
        chosen = near[np.lexsort(keys)[0]]
        here = tuple(map(int, self.partner[chosen]))
        ring = _started_at(self.loops[self.owner[chosen]], self.corners[chosen])
        self.is_left[self.owner == self.owner[chosen]] = False
        if self.is_left.any():
            self.add(ring)
        return here, ring


def _is_less(one, other):
    return (one[:, 0] < other[:, 0]) | ((one[:, 0] == other[:, 0]) & (one[:, 1] < other[:, 1]))


def _woven(path, after):
    """The path with every ring that hangs on a corner walked around from there."""
    woven, todo = [], [iter(path)]
    while todo:
        for point in todo[-1]:
            woven.append(point)
            if rings := after.pop(point, None):
                for ring in reversed(rings):
                    closed = [*ring, ring[0]] if ring[0] != point else [*ring[1:], ring[0]]
                    back = [point] if ring[0] != point else []
                    todo.append(iter([*closed, *back]))
                break
        else:
            todo.pop()
    return woven
