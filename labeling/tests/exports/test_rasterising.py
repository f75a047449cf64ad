"""The pixel-centre rule, against shapely and against a count of crossings by fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labeling.rasterising import mask_of, runs_of

WIDTH, HEIGHT = 13, 9
# No way from a centre of a pixel to there passes through a corner.
FAR_AWAY = (1234.56789, 987.6543)

hundredths = st.integers(-150, 1450).map(lambda value: value / 100)
halves = st.integers(-2, 28).map(lambda value: value / 2)
coordinates = st.one_of(hundredths, halves)
rings = st.lists(coordinates, min_size=6, max_size=16).map(lambda ring: ring[: len(ring) // 2 * 2])


def covers(shape, x, y):
    """Even-odd by a ray upwards from (x, y), in fractions, edge by edge."""
    x, y, inside = Fraction(x), Fraction(y), False
    for ring in shape:
        corners = [Fraction(round(value * 100), 100) for value in ring]
        points = list(zip(corners[::2], corners[1::2], strict=True))
        for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
            if (ax <= x) != (bx <= x) and ay + (by - ay) * (x - ax) / (bx - ax) <= y:
                inside = not inside
    return inside


@given(st.lists(rings, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_every_pixel_is_decided_by_its_centre(shape):
    expected = [
        [covers(shape, column + 0.5, row + 0.5) for column in range(WIDTH)] for row in range(HEIGHT)
    ]
    assert mask_of(shape, WIDTH, HEIGHT).tolist() == expected


@given(st.lists(rings, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_shapely_agrees_about_centres_that_are_on_no_edge(shape):
    """By the edges that the way out crosses: its areas go wrong where edges lie on each other."""
    columns, rows = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
    centres = np.stack((columns, rows), axis=-1)
    ways_out = shapely.linestrings(np.stack((centres, np.full_like(centres, FAR_AWAY)), axis=-2))
    corners = [np.reshape(ring, (-1, 2)) for ring in shape]
    edges = np.concatenate(
        [np.stack((ring, np.roll(ring, -1, axis=0)), axis=1) for ring in corners]
    )
    edges = shapely.linestrings(edges)[:, None, None]
    expected = shapely.intersects(edges, ways_out).sum(axis=0) % 2 == 1
    is_clear = (shapely.distance(edges, shapely.points(centres)) > 1e-6).all(axis=0)
    assume(is_clear.any())
    np.testing.assert_array_equal(mask_of(shape, WIDTH, HEIGHT)[is_clear], expected[is_clear])


def test_a_shape_through_pixel_centres_owns_those_at_its_left_and_top():
    runs = runs_of([[1.5, 0.5, 3.5, 0.5, 3.5, 2.5, 1.5, 2.5]], 5, 4)
    # Columns 1 and 2, rows 0 and 1 of four.
    assert runs == [4, 2, 2, 2, 10]


@given(st.lists(coordinates, min_size=8, max_size=8))
@settings(max_examples=60, deadline=None)
def test_two_halves_of_a_shape_share_no_pixel_and_leave_none_out(corners):
    whole = mask_of([corners], WIDTH, HEIGHT)
    first = mask_of([corners[:6]], WIDTH, HEIGHT)
    second = mask_of([corners[:2] + corners[4:]], WIDTH, HEIGHT)
    np.testing.assert_array_equal(first ^ second, whole)


def test_a_hole_and_the_island_in_it_are_kept():
    shape = [
        [0, 0, 9, 0, 9, 9, 0, 9],
        [2, 2, 7, 2, 7, 7, 2, 7],
        [4, 4, 5, 4, 5, 5, 4, 5],
    ]
    mask = mask_of(shape, 9, 9)
    assert mask.sum() == 81 - 25 + 1
    assert mask[4, 4] and not mask[3, 4] and mask[0, 0]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ([[-5, -5, 5, -5, 5, 20, -5, 20]], 5 * 9),
        ([[20, 1, 30, 1, 30, 5, 20, 5]], 0),
        ([[-9, -9, 99, -9, 99, 99, -9, 99]], 13 * 9),
        ([[1, 1, 1, 5, 1, 3]], 0),
    ],
)
def test_what_lies_outside_the_image_is_cut_off(shape, expected):
    runs = runs_of(shape, WIDTH, HEIGHT)
    assert sum(runs) == WIDTH * HEIGHT
    assert sum(runs[1::2]) == expected


def test_a_circle_covers_its_area():
    ring = []
    for i in range(720):
        angle = math.radians(i / 2)
        ring += [500 + 400 * math.cos(angle), 500 + 400 * math.sin(angle)]
    covered = sum(runs_of([ring], 1000, 1000)[1::2])
    assert abs(covered / (math.pi * 400**2) - 1) < 0.001
