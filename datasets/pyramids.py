"""A tile pyramid of a huge image: all its tiles in one file, each found by a table (no Django).

Levels are numbered as in Deep Zoom: the highest is the image itself, each one below is half as
wide and high, rounded up, and a tile is named by level, column and row. A pyramid is one file of
the cache, so that it is used, counted and dropped as a whole, and a gigapixel needs no twenty
thousand files.
"""

import io
import math
import struct
import zlib
from typing import NamedTuple

import numpy as np
from PIL import Image as Picture

from datasets.depth import Range, grey_of, packed

TILES, REDUCED = "tiles", "reduced"
TILE = 512
# With a longer side, not every browser can hold an image as a whole.
LONGEST_SIDE = 32_767
# The small picture of all, for pages that do not show tiles.
REDUCED_SIDE = 2048

MAGIC = b"S3LTILES"
# Width, height, how many tiles, of which kind; and of deep ones the range of their values.
HEADER = struct.Struct("<8sIIIB3xii")
ENTRY = struct.Struct("<QI")

# Without loss are those that let light through, and those that hold more than 8 bits.
OPAQUE, CLEAR, DEEP = 0, 1, 2


class Level(NamedTuple):
    number: int
    width: int
    height: int

    @property
    def columns(self):
        return math.ceil(self.width / TILE)

    @property
    def rows(self):
        return math.ceil(self.height / TILE)


def is_huge(width, height, most_pixels):
    """Too large to be shown as a whole."""
    return width * height > most_pixels or max(width, height) > LONGEST_SIDE


def levels_of(width, height):
    """All levels, from that of one tile up to the image itself."""
    top = math.ceil(math.log2(max(width, height)))
    levels = [Level(top, width, height)]
    while levels[-1].columns * levels[-1].rows > 1:
        number, width, height = levels[-1]
        levels.append(Level(number - 1, math.ceil(width / 2), math.ceil(height / 2)))
    return levels[::-1]


class Builder:
    """Writes a pyramid while the image comes in, strip by strip from above."""

    def __init__(self, target, width, height, mode, range_=None):
        """Of strips of a mode; those of deep ones (mode I) hold values within a range."""
        self.target = target
        self.levels = levels_of(width, height)
        self.range = range_
        self.kind = DEEP if range_ else CLEAR if "A" in mode else OPAQUE
        self.rows = [0] * len(self.levels)
        self.halves = [None] * len(self.levels)  # the upper half of a strip that waits for the rest
        self.done = [0] * len(self.levels)
        self.table = {}
        self.starts, count = {}, 0
        for level in self.levels:
            self.starts[level.number] = count
            count += level.columns * level.rows
        # Of the levels that are small enough, the largest.
        small = [i for i, it in enumerate(self.levels) if max(it[1:]) <= REDUCED_SIDE]
        self.reduced_at = small[-1]
        self.reduced = Picture.new("L" if range_ else mode, self.levels[self.reduced_at][1:])
        ends = map(int, range_ or (0, 0))
        target.write(HEADER.pack(MAGIC, width, height, count, self.kind, *ends))
        target.write(bytes(ENTRY.size * count))

    def add(self, strip):
        """The next TILE rows of the image, or what is left of it."""
        self._add(len(self.levels) - 1, strip)

    def _add(self, index, strip):
        level = self.levels[index]
        row = self.rows[index]
        for column in range(level.columns):
            left = column * TILE
            tile = strip.crop((left, 0, min(left + TILE, level.width), strip.height))
            entry = self.starts[level.number] + row * level.columns + column
            self.table[entry] = self._write(tile)
        if index == self.reduced_at:
            self.reduced.paste(self._shown(strip), (0, row * TILE))
        self.rows[index] += 1
        self.done[index] += strip.height
        if index:
            self._halve(index, strip)

    def _halve(self, index, strip):
        """Pass half the strip down; two of them make a whole one, and the last comes alone."""
        half, upper = strip.reduce(2), self.halves[index - 1]
        if upper is not None:
            both = Picture.new(half.mode, (half.width, upper.height + half.height))
            both.paste(upper, (0, 0))
            both.paste(half, (0, upper.height))
            half, self.halves[index - 1] = both, None
        if half.height == TILE or self.done[index] == self.levels[index].height:
            self._add(index - 1, half)
        else:
            self.halves[index - 1] = half

    def _shown(self, strip):
        return Picture.fromarray(grey_of(np.asarray(strip), self.range)) if self.range else strip

    def _write(self, tile):
        buffer = io.BytesIO()
        if self.kind == DEEP:
            packed(np.asarray(tile)).save(buffer, "PNG", compress_level=1, compress_type=zlib.Z_RLE)
        elif self.kind == CLEAR:
            tile.save(buffer, "PNG", compress_level=3)
        else:
            tile.save(buffer, "JPEG", quality=92, subsampling=0)
        start = self.target.tell()
        self.target.write(buffer.getbuffer())
        return start, buffer.tell()

    def finish(self):
        if len(self.table) != sum(level.columns * level.rows for level in self.levels):
            raise ValueError("the image ended early")
        self.target.seek(HEADER.size)
        for number in range(len(self.table)):
            self.target.write(ENTRY.pack(*self.table[number]))


def range_of_tiles(file):
    """Of the values in a pyramid of deep tiles; None of others."""
    _, _, _, _, kind, *ends = HEADER.unpack(file.read(HEADER.size))
    return Range(*ends) if kind == DEEP else None


def tile_of(file, level, column, row):
    """The bytes of a tile and its format, or None if the pyramid has no such tile."""
    magic, width, height, _, kind, *_ = HEADER.unpack(file.read(HEADER.size))
    if magic != MAGIC:
        return None
    entry = 0
    for one in levels_of(width, height):
        if one.number == level:
            break
        entry += one.columns * one.rows
    else:
        return None
    if column >= one.columns or row >= one.rows:
        return None
    file.seek(HEADER.size + ENTRY.size * (entry + row * one.columns + column))
    start, length = ENTRY.unpack(file.read(ENTRY.size))
    file.seek(start)
    return file.read(length), "JPEG" if kind == OPAQUE else "PNG"
