"""What shapely makes of the areas in areas.test.ts. It shares no code with the editor.

Reads cases from the standard input, and writes for each how far the editor is off: the area of the
largest patch that is wrong, and by how much the shapes that are left overlap.
"""

import json
import sys

import shapely

# Coordinates are rounded to 0.01, so that along each edge a sliver may fall to either side.
ROUNDING = 0.01


def areas_in(geometry):
    found = shapely.get_parts(geometry)
    return shapely.union_all(found[shapely.get_dimensions(found) == 2])


def area_of(rings):
    """Rings are filled even-odd, one over the other, also where one crosses itself."""
    area = shapely.Polygon()
    for ring in rings:
        outline = shapely.Polygon(list(zip(ring[::2], ring[1::2], strict=True)))
        area = area.symmetric_difference(areas_in(shapely.make_valid(outline)))
    return area


def largest(geometry):
    """The area of the largest patch, less the sliver that rounding may leave along its border."""
    parts = shapely.get_parts(geometry)
    return max((part.area - ROUNDING * part.length for part in parts), default=0)


def off_of_operation(case):
    a, b = area_of(case["a"]), area_of(case["b"])
    return largest(area_of(case["got"]).symmetric_difference(getattr(a, case["by"])(b))), 0


def off_of_brush(case):
    path = case["path"]
    line = shapely.LineString(list(zip(path[::2], path[1::2], strict=True)))
    slack, got = case["tolerance"] + ROUNDING, area_of(case["got"])
    beyond = got.difference(line.buffer(case["radius"] + slack, quad_segs=64))
    missing = line.buffer(case["radius"] - slack, quad_segs=64).difference(got)
    return max(largest(beyond), largest(missing)), 0


def off_of_gesture(case):
    drawn = area_of([case["drawn"]]).intersection(shapely.box(0, 0, *case["size"]))
    before, after = ([area_of(rings) for rings in case[when]] for when in ("before", "after"))
    join = "difference" if case["mode"] == "erase" else "union"
    wanted = getattr(shapely.union_all(before), join)(drawn)
    tree = shapely.STRtree(after)
    pairs = [(i, j) for i, one in enumerate(after) for j in tree.query(one) if i < j]
    overlap = max((largest(after[i].intersection(after[j])) for i, j in pairs), default=0)
    return largest(shapely.union_all(after).symmetric_difference(wanted)), overlap


KINDS = {"operation": off_of_operation, "brush": off_of_brush, "gesture": off_of_gesture}
json.dump([KINDS[case["kind"]](case) for case in json.load(sys.stdin)], sys.stdout)
