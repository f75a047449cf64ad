import math

import pytest

from labeling.shapes import BadShape, area_of, box_of, parse_geometry, rings_of, to_json

SQUARE = [0, 0, 10, 0, 10, 10, 0, 10]
HOLE = [2, 2, 4, 2, 4, 4, 2, 4]
RECT = {"cx": 50, "cy": 40, "w": 20, "h": 10, "angle": 0}


def parse(kind, geometry):
    return parse_geometry(kind, geometry, 100, 80)


def test_coordinates_become_multiples_of_a_hundredth():
    parsed = parse("polygon", {"rings": [[0.004, -0.0, 10.129, 0, 5.0, 7.005]]})
    assert to_json(parsed) == '{"rings":[[0,0,10.13,0,5,7]]}'


def test_an_angle_is_kept_between_0_and_360():
    assert parse("rect", RECT | {"angle": -90})["angle"] == 270
    assert parse("rect", RECT | {"angle": 359.999})["angle"] == 0


@pytest.mark.parametrize(
    ("kind", "geometry"),
    [
        ("polygon", {"rings": [SQUARE, HOLE]}),
        ("rect", RECT),
        ("ellipse", {"cx": 50, "cy": 40, "rx": 8, "ry": 3, "angle": 30}),
        ("line", {"points": [1, 1, 20, 20]}),
        ("points", {"points": [{"name": "nose", "x": 3, "y": 4, "visible": False}]}),
    ],
)
def test_every_kind_is_kept_as_it_is(kind, geometry):
    assert parse(kind, geometry) == geometry


@pytest.mark.parametrize(
    ("kind", "geometry", "why"),
    [
        ("star", {}, "no kind"),
        ("polygon", [], "object"),
        ("polygon", {"rings": []}, "one ring"),
        ("polygon", {"rings": [[0, 0, 10, 10]]}, "at least 3"),
        ("polygon", {"rings": [[0, 0, 5, 5, 10, 10]]}, "one line"),
        ("polygon", {"rings": [[1, 1, 1, 1, 1, 1]]}, "one line"),
        ("polygon", {"rings": [[0, 0, 10, 0, 10]]}, "flat list"),
        ("polygon", {"rings": [[0, 0, "10", 0, 10, 5]]}, "not a number"),
        ("polygon", {"rings": [[0, 0, True, 0, 10, 5]]}, "not a number"),
        ("polygon", {"rings": [[0, 0, math.nan, 0, 10, 5]]}, "not a coordinate"),
        ("polygon", {"rings": [[0, 0, 1e308, 0, 10, 5]]}, "not a coordinate"),
        ("polygon", {"rings": [SQUARE], "paid": True}, "nothing else"),
        ("polygon", {"rings": [[0, 0, 10, 0, 10, 999]]}, "too far outside"),
        ("polygon", {"rings": [[-9, -9, -3, -9, -5, -2]]}, "outside the image"),
        ("polygon", {"rings": [[0, 0, 9, 9, 9, 0] * 6_667]}, "at most"),
        ("rect", RECT | {"w": 0}, "greater than 0"),
        ("rect", RECT | {"h": -3}, "greater than 0"),
        ("line", {"points": [1, 1]}, "at least 2"),
        ("points", {"points": [{"x": 1, "y": 1}]}, "nothing else"),
        ("points", {"points": [{"name": "a\0", "x": 1, "y": 1, "visible": True}]}, "name"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(kind, geometry, why):
    with pytest.raises(BadShape, match=why):
        parse(kind, geometry)


def test_a_point_may_lie_on_the_very_border_of_the_image_and_not_beyond():
    def corner(x, y):
        return {"points": [{"name": "", "x": x, "y": y, "visible": True}]}

    assert parse("points", corner(0, 0)) == corner(0, 0)
    with pytest.raises(BadShape, match="outside the image"):
        parse("points", corner(-0.02, 0))


def test_a_hole_is_not_part_of_the_area():
    assert area_of([SQUARE, HOLE]) == pytest.approx(96)


def test_a_ring_that_crosses_itself_counts_both_lobes():
    assert area_of([[0, 0, 10, 10, 10, 0, 0, 10]]) == pytest.approx(50)


def test_a_turned_rect_covers_the_same_area_elsewhere():
    rect = RECT | {"angle": 90}
    assert area_of(rings_of("rect", rect)) == pytest.approx(200)
    assert box_of("rect", rect) == (45, 30, 55, 50)


def test_the_ring_of_an_ellipse_has_its_area():
    rings = rings_of("ellipse", {"cx": 50, "cy": 40, "rx": 30, "ry": 20, "angle": 15})
    assert area_of(rings) == pytest.approx(math.pi * 600, rel=0.002)


def test_a_scribble_that_crosses_itself_thousands_of_times_is_measured():
    # Along a chord of a circle and on to the next: every edge crosses nearly every other.
    count = 201
    angles = [2 * math.pi * i * (count // 2) / count for i in range(count)]
    ring = [value for a in angles for value in (500 + 400 * math.cos(a), 500 + 400 * math.sin(a))]
    inside = sum(
        is_inside(ring, 100 + 8 * i + 4.1, 100 + 8 * j + 4.3)
        for i in range(100)
        for j in range(100)
    )
    assert area_of([ring]) == pytest.approx(64 * inside, rel=0.05)


def is_inside(ring, x, y):
    crossings = 0
    for i in range(0, len(ring), 2):
        x0, y0, x1, y1 = ring[i - 2], ring[i - 1], ring[i], ring[i + 1]
        crossings += (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0)
    return crossings % 2 == 1


@pytest.mark.parametrize(
    "number",
    [
        0,
        5,
        0.29,
        1.005,
        1.115,
        2.675,
        57.125,
        0.005,
        -0.004,
        7.999999,
        12.004999999,
        33.33333,
        1 / 3,
    ],
)
def test_a_number_is_rounded_alike_among_few_and_among_many(number):
    few = [0, 0, 50, 0, 50, 50, 0, number]
    many = [0, 0, 50, 0, 50, 10, 50, 20, 50, 30, 50, 40, 50, 50, 0, number]
    kept = [parse("line", {"points": points})["points"][-1] for points in (few, many)]
    assert kept[0] == kept[1] == round(number, 2)
    assert to_json(kept[:1]) == to_json(kept[1:])


@pytest.mark.parametrize(
    "number",
    [math.nan, math.inf, -math.inf, 2e9, 1e307, 10**400, True, "1", None],
    ids=lambda number: repr(number)[:9],
)
def test_one_bad_number_among_many_is_told(number):
    points = [0, 0, 50, 0, 50, 10, 50, 20, 50, 30, 50, 40, 50, 50, 0]
    parse("line", {"points": [*points, 1]})
    with pytest.raises(BadShape, match=r"is not a (number|coordinate)"):
        parse("line", {"points": [*points, number]})


def test_a_ring_that_begins_straight_covers_what_it_covers():
    assert parse("polygon", {"rings": [[0, 0, 10, 0, 20, 0, 20, 0.01]]})
    with pytest.raises(BadShape, match="on one line"):
        parse("polygon", {"rings": [[0, 0, 10, 10, 20, 20, 5, 5]]})
