"""Grey pictures with more than 8 bits: their range, and their values as a browser can get them.

Browsers know no more than 8 bits a channel. So each value goes into the red, green and blue of its
pixel, and the editor puts them together again (editor/src/paint/windowing.ts). No Django here.
"""

import math
from typing import NamedTuple

import numpy as np
from PIL import Image as Picture

# Added to every value, so that none is negative in its three bytes.
ZERO = 1 << 23
# Fractions, and what does not go into three bytes, are counted in so many steps.
STEPS = 65535


class Range(NamedTuple):
    """The least and the greatest value; what is no number does not count."""

    low: float
    high: float

    @property
    def is_counted(self):
        """Whether the values are whole numbers that can stay as they are."""
        return isinstance(self.low, int) and self.low >= -ZERO and self.high < ZERO

    @property
    def of_numbers(self):
        """The range of what numbers_of makes of the values."""
        if self.is_counted:
            return self
        return Range(0, STEPS if self.high > self.low else 0)


def is_deep(mode):
    """Whether pictures of a mode of Pillow are grey with more than 8 bits."""
    return mode[0] in "IF"


def range_of(parts):
    """Of all values of some arrays of one type."""
    low, high = math.inf, -math.inf
    for values in parts:
        if values.dtype.kind == "f":
            values = values[np.isfinite(values)]
        if values.size:
            low, high = min(low, values.min().item()), max(high, values.max().item())
    return Range(low, high) if low <= high else Range(0.0, 0.0)


def grey_of(values, range_):
    """8 bits of them: the least value becomes black, the greatest white."""
    return np.rint(_shares(values, range_) * 255).astype(np.uint8)


def numbers_of(values, range_):
    """Whole numbers that go into three bytes; what is no number becomes the least."""
    if range_.is_counted:
        return values.astype(np.int32)
    return (_shares(values, range_) * STEPS).astype(np.int32)


def packed(numbers):
    """A picture of whole numbers, three bytes each."""
    bytes_ = (numbers + ZERO).astype(">u4").view(np.uint8).reshape(*numbers.shape, 4)
    return Picture.fromarray(np.ascontiguousarray(bytes_[..., 1:]))


def _shares(values, range_):
    low, high = range_
    if high <= low:
        return np.zeros(values.shape, np.float32)
    # Twice as many digits only where they are needed: it is slower by as much.
    kind = np.float32 if values.dtype.itemsize <= 2 else np.float64
    values = np.where(np.isfinite(values), values, low) if values.dtype.kind == "f" else values
    return (values.astype(kind) - kind(low)) * kind(1 / (high - low))
