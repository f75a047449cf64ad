"""Areas cut at the border of an image; tests/exports/test_same_pixels.py tries random ones."""

import numpy as np
import pytest

from labeling.cutting import cut_rings
from labeling.rasterising import mask_of
from labeling.shapes import area_of

WIDTH, HEIGHT = 40, 30


def square(x, y, size):
    return [x, y, x + size, y, x + size, y + size, x, y + size]


def test_what_lies_inside_stays_as_it_was_drawn():
    rings = [square(0, 0, 30), square(5, 5, 10)]
    assert cut_rings(rings, WIDTH, HEIGHT) is rings


def test_what_is_cut_lies_on_the_image_and_is_the_part_that_did():
    rings = [[-5, -5, 45, -5, 45, 10, -5, 10], [-2, 2, 10, 2, 10, 8, -2, 8]]
    cut = cut_rings(rings, WIDTH, HEIGHT)
    assert {min(min(ring) for ring in cut), max(max(ring[::2]) for ring in cut)} == {0, WIDTH}
    np.testing.assert_array_equal(mask_of(cut, WIDTH, HEIGHT), mask_of(rings, WIDTH, HEIGHT))
    assert area_of(cut) == WIDTH * 10 - 10 * 6


def test_two_parts_of_one_ring_are_no_longer_joined():
    left_out = [10, 10, -5, 10, -5, 20, 10, 20, 10, 17, -2, 17, -2, 13, 10, 13]
    assert cut_rings([left_out], WIDTH, HEIGHT) == [
        [0, 20, 10, 20, 10, 17, 0, 17],
        [0, 13, 10, 13, 10, 10, 0, 10],
    ]


def test_a_ring_around_the_image_becomes_its_border():
    (ring,) = cut_rings([square(-5, -5, 60)], WIDTH, HEIGHT)
    assert sorted(zip(ring[::2], ring[1::2], strict=True)) == [
        *((0, 0), (0, HEIGHT)),
        *((WIDTH, 0), (WIDTH, HEIGHT)),
    ]


@pytest.mark.parametrize(
    "ring",
    [
        square(50, 50, 5),
        square(40, 0, 5),
        [-1, 9, -1, -1, 9, -1, 9, -4, -4, -4, -4, 9],
        [-1, 12, -4, 9, -4, 40, 50, 40, 50, 20, 42, 33, -3, 33],
    ],
    ids=["far away", "beside", "round a corner", "along two borders"],
)
def test_of_what_lies_outside_nothing_is_left(ring):
    assert cut_rings([ring], WIDTH, HEIGHT) == []


def test_what_lies_there_twice_covers_nothing():
    inside, beside = square(5, 5, 10), square(-5, 20, 8)
    assert area_of(cut_rings([beside, inside, beside], WIDTH, HEIGHT)) == 10 * 10


def test_only_corners_where_an_edge_meets_the_border_are_rounded():
    assert cut_rings([[-1, 10, 2, 11, 2, 20, -1, 19]], WIDTH, HEIGHT) == [
        [0, 10.33, 2, 11, 2, 20, 0, 19.33]
    ]
