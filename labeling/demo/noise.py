"""Textures out of noise, made once per process and always the same."""

from functools import lru_cache

import numpy as np
from PIL import Image

TILE = 1024
# Wavelengths in pixels that each grain of noise is made of.
GRAINS = {"fine": (2.0, 5.0), "leafy": (4.0, 12.0), "clumpy": (10.0, 48.0), "patchy": (40.0, 250.0)}


@lru_cache
def tile(grain: str) -> np.ndarray:
    """TILE × TILE noise that repeats seamlessly, mean 0, standard deviation 1, within ±2.5."""
    shortest, longest = GRAINS[grain]
    rng = np.random.default_rng([7, list(GRAINS).index(grain)])
    frequency = np.hypot(np.fft.fftfreq(TILE)[:, None], np.fft.rfftfreq(TILE)[None, :])
    band = np.exp(-((frequency * shortest) ** 2)) - np.exp(-((frequency * longest) ** 2))
    spectrum = np.fft.rfft2(rng.standard_normal((TILE, TILE))) * band
    noise = np.fft.irfft2(spectrum, (TILE, TILE))
    return np.clip(noise / noise.std(), -2.5, 2.5).astype(np.float32)


@lru_cache
def _wide(grain: str) -> np.ndarray:
    """The tile beside itself, so that a window is cut out row by row and not pixel by pixel."""
    return np.tile(tile(grain), (1, 4))


def sample(grain: str, x: int, y: int, width: int, height: int) -> np.ndarray:
    """The noise below a window; a place always has the same noise."""
    left = x % TILE
    columns = _wide(grain)[:, left : left + width]
    return columns.take(np.arange(y, y + height) % TILE, axis=0)


def clouds(rng: np.random.Generator, width: int, height: int, period: float) -> np.ndarray:
    """Smooth noise between about -1 and 1 that never repeats."""
    columns, rows = int(width / period) + 4, int(height / period) + 4
    grid = Image.fromarray(rng.uniform(-1, 1, (rows, columns)).astype(np.float32))
    box = (1, 1, 1 + width / period, 1 + height / period)
    return np.asarray(grid.resize((width, height), Image.Resampling.BICUBIC, box))


@lru_cache
def grain_of_sensor() -> np.ndarray:
    """TILE × TILE × 3 noise of a camera: mostly brightness, a little colour."""
    rng = np.random.default_rng(11)
    common = rng.standard_normal((TILE, TILE, 1))
    return (common + 0.45 * rng.standard_normal((TILE, TILE, 3))).astype(np.float32)
