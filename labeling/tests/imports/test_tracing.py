"""Masks become outlines that cover exactly their pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from labeling.imports.contents import BadFile
from labeling.imports.tracing import mask_of_runs, rings_of_mask, runs_of_text
from labeling.rasterising import mask_of, runs_of

MASKS = st.integers(1, 9).flatmap(
    lambda width: st.lists(
        st.lists(st.booleans(), min_size=width, max_size=width), min_size=1, max_size=9
    )
)


@given(MASKS)
def test_the_outline_covers_the_pixels_and_no_other(rows):
    mask = np.array(rows)
    rings = rings_of_mask(mask)
    if not mask.any():
        assert rings == []
        return
    assert (mask_of(rings, mask.shape[1], mask.shape[0]) == mask).all()
    for ring in rings:
        own = list(zip(ring[::2], ring[1::2], strict=True))
        assert len(set(own)) == len(own), "a ring touches itself"


def test_a_square_with_a_hole_is_two_rings_of_four_corners():
    mask = np.ones((5, 6), dtype=bool)
    mask[2, 2:4] = False
    rings = rings_of_mask(mask, left=10, top=20)
    assert sorted(len(ring) for ring in rings) == [8, 8]
    assert min(rings[0][::2]), max(rings[0][1::2]) == (10, 25)


@given(MASKS)
def test_compressed_runs_are_read_as_pycocotools_wrote_them(rows):
    mask = np.array(rows)
    packed = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    runs = runs_of_text(packed["counts"].decode())
    assert (mask_of_runs(runs, mask.shape[1], mask.shape[0]) == mask).all()


def test_runs_of_a_ring_lead_back_to_the_same_runs():
    ring = [1.3, 1.2, 20.7, 3.9, 12.2, 18.8]
    runs = runs_of([ring], 24, 20)
    assert runs_of(rings_of_mask(mask_of_runs(runs, 24, 20)), 24, 20) == runs


def test_runs_that_do_not_add_up_are_refused():
    with pytest.raises(BadFile, match="add up"):
        mask_of_runs([3, 4], 5, 5)
    with pytest.raises(BadFile, match="none may have"):
        runs_of_text("é")
