"""Rings joined by slits and taken apart again."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from labeling.outlines import join_rings, split_ring
from labeling.rasterising import mask_of
from labeling.shapes import area_of

WIDTH, HEIGHT = 40, 30
hundredths = st.integers(-500, 4500).map(lambda value: value / 100)
any_rings = st.lists(
    st.lists(hundredths, min_size=6, max_size=14).map(lambda ring: ring[: len(ring) // 2 * 2]),
    min_size=1,
    max_size=4,
)


def square(x, y, size, backwards=False):
    ring = [x, y, x + size, y, x + size, y + size, x, y + size]
    return ring if not backwards else [*ring[:2], *ring[6:], *ring[4:6], *ring[2:4]]


def as_set(rings):
    """Rings without regard to where they start, which way they turn, and their order."""
    found = set()
    for ring in rings:
        points = list(zip(ring[::2], ring[1::2], strict=True))
        turns = [points[i:] + points[:i] for i in range(len(points))]
        turns += [turn[::-1] for turn in turns]
        found.add(tuple(min(turns)))
    return found


@st.composite
def nested_rings(draw):
    """Squares in cells of a grid, some with a hole and an island in it, in any order."""
    rings = []
    for cell in draw(st.sets(st.integers(0, 11), min_size=1)):
        x, y = cell % 4 * 10 + 0.25, cell // 4 * 10 + 0.5
        depth = draw(st.integers(1, 3))
        for level in range(depth):
            size = 9 - 3.5 * level
            rings.append(square(x + 1.5 * level, y + 1.5 * level, size, draw(st.booleans())))
    return draw(st.permutations(rings))


def test_a_single_ring_stays_as_it_was_drawn():
    ring = square(5, 5, 10)
    assert join_rings([ring]) is ring
    assert split_ring(ring) == [ring]


def test_a_hole_is_joined_where_it_is_nearest():
    assert join_rings([square(0, 0, 20), square(2, 3, 5)]) == [
        *(0, 0, 2, 3, 2, 8, 7, 8, 7, 3, 2, 3, 0, 0),
        *(20, 0, 20, 20, 0, 20),
    ]


@given(nested_rings())
@settings(max_examples=80, deadline=None)
def test_joined_rings_come_apart_into_the_same_rings(rings):
    joined = join_rings(rings)
    assert as_set(split_ring(joined)) == as_set(rings)
    assert join_rings(split_ring(joined)) == joined


@given(nested_rings())
@settings(max_examples=40, deadline=None)
def test_an_outline_covers_the_same_for_readers_that_count_turns(rings):
    """Signed area: holes turn the other way, so the non-zero rule agrees with even-odd."""
    ring = np.array(join_rings(rings)).reshape(-1, 2)
    after = np.roll(ring, -1, axis=0)
    signed = (ring[:, 0] * after[:, 1] - after[:, 0] * ring[:, 1]).sum() / 2
    if len(rings) > 1:
        assert signed == pytest.approx(area_of(rings))


@given(any_rings)
# The halves of the bow tie turn against each other and are equally large.
@example([square(20, 20, 5), [1, 1, 9, 9, 9, 1, 1, 9]])
@settings(max_examples=120, deadline=None)
def test_the_even_odd_area_of_any_rings_stays(rings):
    joined = join_rings(rings)
    expected = mask_of(rings, WIDTH, HEIGHT)
    np.testing.assert_array_equal(mask_of([joined], WIDTH, HEIGHT), expected)
    np.testing.assert_array_equal(mask_of(split_ring(joined), WIDTH, HEIGHT), expected)


def test_pillow_fills_a_joined_outline_without_its_hole():
    joined = join_rings([square(2, 2, 26), square(8, 8, 12)])
    picture = Image.new("1", (WIDTH, HEIGHT))
    ImageDraw.Draw(picture).polygon(list(zip(joined[::2], joined[1::2], strict=True)), fill=1)
    assert not np.asarray(picture)[10:18, 10:18].any()
    assert np.asarray(picture)[4, 4]
