"""Images that are tiled, pyramids made in memory, and their levels put together again."""

import io
import shutil
import tempfile

import numpy as np
import pytest
from PIL import Image as Picture

from datasets import strips
from datasets.depth import ZERO
from datasets.pyramids import TILE, Builder, tile_of
from datasets.strips import strips_of
from datasets.tests.folders import FolderMixin

BY = pytest.mark.parametrize(
    "has_vips",
    [
        pytest.param(
            True, marks=pytest.mark.skipif(not strips.HAS_VIPS, reason="pyvips is an extra")
        ),
        False,
    ],
    ids=["libvips", "Pillow"],
)


class TilingMixin(FolderMixin):
    """A folder whose images are tiled from 100,000 pixels on, into a cache of its own."""

    def setUp(self):
        super().setUp()
        self.cache = tempfile.mkdtemp(prefix="s3label-test-")
        self.addCleanup(shutil.rmtree, self.cache)
        changed = self.settings(CACHE_DIR=self.cache, TILES_ABOVE_PIXELS=100_000)
        changed.enable()
        self.addCleanup(changed.disable)


def pyramid_of(data, format_, size, orientation=1):
    out = io.BytesIO()
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        found = strips_of(file, format_, orientation, size, TILE)
        builder = Builder(out, *size, found.mode, found.range)
        for part in found.pictures:
            builder.add(part)
        builder.finish()
    return out


def level_of(pyramid, level, mode="RGB"):
    """A level of the pyramid, put together from its tiles."""
    whole = Picture.new(mode, (level.width, level.height))
    for row in range(level.rows):
        for column in range(level.columns):
            pyramid.seek(0)
            data, _ = tile_of(pyramid, level.number, column, row)
            whole.paste(Picture.open(io.BytesIO(data)), (column * TILE, row * TILE))
    return whole


def unpacked(picture):
    """The values of a deep picture, as the editor puts them together."""
    red, green, blue = np.moveaxis(np.asarray(picture).astype(np.int64), -1, 0)
    return (red << 16 | green << 8 | blue) - ZERO


def difference(one, other):
    return np.abs(np.asarray(one, int) - np.asarray(other, int)).max()
