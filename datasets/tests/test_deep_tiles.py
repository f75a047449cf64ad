"""Tiles of grey pictures keep what they have beyond 8 bits."""

import io
from pathlib import Path

import numpy as np
import pytest
from django.test import TestCase
from PIL import Image as Picture

from datasets import strips
from datasets.caching import cache_path, open_cached
from datasets.models import Image, Tiling
from datasets.pyramids import REDUCED, TILES, levels_of, range_of_tiles
from datasets.tests.pictures import ORIENTATION
from datasets.tests.test_thumbnails import stored
from datasets.tests.tiles import BY, TilingMixin, level_of, pyramid_of, unpacked
from datasets.tiling import want_tiles

SIZE = (1100, 700)


def values_of(kind, low, high):
    numbers = np.random.default_rng(5).uniform(low, high, SIZE[::-1])
    numbers[3, 4], numbers[5, 6] = low, high
    return numbers.astype(kind)


def range_in(pyramid):
    pyramid.seek(0)
    return range_of_tiles(pyramid)


def top_of(pyramid, size=SIZE):
    return unpacked(level_of(pyramid, levels_of(*size)[-1]))


@BY
@pytest.mark.parametrize("format_", ["PNG", "TIFF"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_all_16_bits_are_in_the_tiles(monkeypatch, has_vips, format_, orientation):
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    values = values_of(np.uint16, 17, 65_000)
    exif = Picture.Exif()
    exif[ORIENTATION] = orientation
    data = stored(Picture.fromarray(values), format_, exif=exif)
    wanted = values if orientation == 1 else np.rot90(values, -1)
    size = wanted.shape[::-1]
    pyramid = pyramid_of(data, format_, size, orientation)
    assert range_in(pyramid) == (17, 65_000)
    assert (top_of(pyramid, size) == wanted).all()


@BY
def test_lower_levels_hold_the_means(monkeypatch, has_vips):
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    values = values_of(np.uint16, 0, 65_535)
    pyramid = pyramid_of(stored(Picture.fromarray(values), "PNG"), "PNG", SIZE)
    below = levels_of(*SIZE)[-2]
    means = values.astype(float).reshape(below.height, 2, below.width, 2).mean(axis=(1, 3))
    assert np.abs(unpacked(level_of(pyramid, below)) - means).max() <= 0.5


@BY
@pytest.mark.parametrize(
    ("values", "range_"),
    [
        (values_of(np.int32, -1024, 3071), (-1024, 3071)),
        # More than goes into three bytes, and fractions, are counted in steps.
        (values_of(np.int32, -(2**30), 2**30), (0, 65_535)),
        (values_of(np.float32, 0.5, 1.5), (0, 65_535)),
        (np.full(SIZE[::-1], 0.25, np.float32), (0, 0)),
        (np.full(SIZE[::-1], np.nan, np.float32), (0, 0)),
    ],
    ids=["negative", "wide", "fractions", "equal", "no number"],
)
def test_other_numbers_are_deep_too(monkeypatch, has_vips, values, range_):
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    pyramid = pyramid_of(stored(Picture.fromarray(values), "TIFF"), "TIFF", SIZE)
    assert range_in(pyramid) == range_
    wanted = values
    if range_ == (0, 65_535):
        wanted = (values.astype(float) - values.min()) / (float(values.max()) - values.min())
        wanted = wanted * 65_535
    elif range_ == (0, 0):
        wanted = 0
    assert np.abs(top_of(pyramid) - wanted).max() < 1


@BY
def test_what_is_no_number_becomes_the_least(monkeypatch, has_vips):
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    values = values_of(np.float32, 10, 20)
    values[0, :3] = np.nan, np.inf, -np.inf
    top = top_of(pyramid_of(stored(Picture.fromarray(values), "TIFF"), "TIFF", SIZE))
    assert (top[0, :3].tolist(), top[3, 4], top[5, 6]) == ([0, 0, 0], 0, 65_535)


@BY
def test_8_bits_are_no_deep_tiles(monkeypatch, has_vips):
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    data = stored(Picture.fromarray(values_of(np.uint8, 0, 255)), "PNG")
    assert range_in(pyramid_of(data, "PNG", SIZE)) is None


class DeepTilingTests(TilingMixin, TestCase):
    def setUp(self):
        super().setUp()
        self.put("deep.tif", stored(Picture.fromarray(values_of(np.uint16, 900, 1900)), "TIFF"))
        self.run_import()
        self.image = Image.objects.get()

    def test_the_range_is_told_and_small_pictures_are_stretched_to_it(self):
        self.assertIsNone(want_tiles(self.image).range)
        Tiling.objects.get().run()
        self.assertEqual(want_tiles(self.image), ("ready", 100, "", (900, 1900)))
        with open_cached(self.cache, self.image.sha256, REDUCED) as file:
            reduced = np.asarray(Picture.open(io.BytesIO(file.read())))
        self.assertEqual(reduced.shape, SIZE[::-1])
        self.assertLess(reduced.min(), 10)
        self.assertGreater(reduced.max(), 245)

    def test_tiles_of_before_that_held_8_bits_are_made_again(self):
        path = cache_path(self.cache, self.image.sha256, TILES)
        before = Path(path.with_name(f"{self.image.sha256}-1"))
        before.parent.mkdir(parents=True)
        before.write_bytes(b"S3LTILES" + bytes(100))
        self.assertEqual(want_tiles(self.image).state, "waiting")
        Tiling.objects.get().run()
        self.assertEqual(want_tiles(self.image).range, (900, 1900))
