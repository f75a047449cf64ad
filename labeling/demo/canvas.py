"""The picture while it is painted: linear light, shadows kept apart, a camera above, a sun."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from PIL import Image, ImageDraw, ImageFilter

from labeling.demo import noise

GAMMA = 2.2
# Shares of the light on open ground that come from the sky alone; the rest is the sun's.
SKY = np.array([0.24, 0.29, 0.38], np.float32)
LEVELS = 4095
FADE = 0.2


def colour(text: str) -> np.ndarray:
    """Linear light of a colour written as #rrggbb."""
    channels = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return np.array(channels, np.float32) ** GAMMA


@dataclass(frozen=True)
class Sun:
    azimuth: float
    elevation: float

    @property
    def towards(self) -> np.ndarray:
        flat = math.cos(self.elevation)
        return np.array(
            [
                flat * math.cos(self.azimuth),
                flat * math.sin(self.azimuth),
                math.sin(self.elevation),
            ]
        )

    @property
    def shadow(self) -> tuple[float, float]:
        """Where the shadow of a point one unit above the ground falls."""
        length = 1 / math.tan(self.elevation)
        return -length * math.cos(self.azimuth), -length * math.sin(self.azimuth)

    def light(self, normal) -> np.ndarray:
        """Light on a face, as a share per channel of the light on open ground."""
        facing = max(0.0, float(np.dot(normal, self.towards))) / self.towards[2]
        return SKY * (0.55 + 0.45 * max(0.0, normal[2])) + (1 - SKY) * min(facing, 1.45)


@dataclass
class Patch:
    """A window of the canvas and how much of each of its pixels is covered."""

    x: int
    y: int
    cover: np.ndarray

    @property
    def size(self) -> tuple[int, int]:
        return self.cover.shape[1], self.cover.shape[0]

    @property
    def window(self) -> tuple[slice, slice]:
        height, width = self.cover.shape
        return slice(self.y, self.y + height), slice(self.x, self.x + width)

    def noise(self, grain: str, shift: int = 0) -> np.ndarray:
        return noise.sample(grain, self.x + shift, self.y + 3 * shift, *self.size)

    def along(self, angle: float, x0: float = 0.0, y0: float = 0.0) -> np.ndarray:
        """How far each pixel lies from (x0, y0) in the direction of the angle."""
        width, height = self.size
        across = (np.arange(width, dtype=np.float32) + (self.x + 0.5 - x0)) * math.cos(angle)
        down = (np.arange(height, dtype=np.float32) + (self.y + 0.5 - y0)) * math.sin(angle)
        return across.astype(np.float32)[None, :] + down.astype(np.float32)[:, None]


def _rings(shape) -> list[tuple[np.ndarray, bool]]:
    """(points, whether it is a hole) of a geometry or of plain rings."""
    if not isinstance(shape, shapely.Geometry):
        if isinstance(shape, np.ndarray):
            return [(shape, False)]
        is_one_ring = len(np.asarray(shape[0]).shape) == 1
        return [(np.asarray(ring), False) for ring in ([shape] if is_one_ring else shape)]
    rings = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon" and not part.is_empty:
            rings.append((shapely.get_coordinates(part.exterior), False))
            rings += [(shapely.get_coordinates(hole), True) for hole in part.interiors]
    return rings


class Canvas:
    """width × height pixels, metre pixels to the metre, seen by a camera straight above."""

    def __init__(self, width: int, height: int, metre: float, sun: Sun):
        self.width, self.height, self.metre, self.sun = width, height, metre, sun
        self.altitude = 2.6 * width
        self.pixels = np.zeros((3, height, width), np.float32)
        self.shade = np.zeros((height, width), np.float32)

    def project(self, points) -> np.ndarray:
        """Where the camera sees points (x, y, height): what is high leans outwards."""
        points = np.asarray(points, np.float64)
        centre = np.array([self.width / 2, self.height / 2])
        enlarged = self.altitude / (self.altitude - points[:, 2:3])
        return centre + (points[:, :2] - centre) * enlarged

    def cast(self, points) -> np.ndarray:
        """Where the shadows of points (x, y, height) fall on the ground."""
        points = np.asarray(points, np.float64)
        return points[:, :2] + points[:, 2:3] * np.array(self.sun.shadow)

    def patch(self, shape, soft: float = 0.0) -> Patch | None:
        """The pixels that a shape covers; None outside the picture.

        A shape is a geometry, or rings of points that are filled one after the other.
        """
        rings = _rings(shape)
        if not rings:
            return None
        low = np.min([ring.min(axis=0) for ring, _ in rings], axis=0)
        high = np.max([ring.max(axis=0) for ring, _ in rings], axis=0)
        box = self._box((*low, *high), 2 + 3 * soft)
        if box is None:
            return None
        x, y, width, height = box
        scale = 4 if width * height < 90_000 else 2
        drawing = Image.new("L", (width * scale, height * scale))
        draw = ImageDraw.Draw(drawing)
        for ring, is_hole in rings:
            # Pillow counts from the middle of the first pixel.
            points = (ring - (x, y)) * scale - 0.5
            draw.polygon(points.ravel().tolist(), fill=0 if is_hole else 255)
        drawing = drawing.reduce(scale)
        if soft:
            drawing = drawing.filter(ImageFilter.BoxBlur(1.6 * soft))
        return Patch(x, y, np.asarray(drawing, np.float32) * np.float32(1 / 255))

    def ragged(self, shape, soft: float, rough: float = 0.5) -> Patch | None:
        """Like patch, with the frayed edge of things that grow or crumble."""
        patch = self.patch(shape, soft)
        if patch is None:
            return None
        edge = patch.noise("leafy", 210) * rough + patch.noise("clumpy", 40) * rough * 0.7
        patch.cover = np.clip((patch.cover - 0.5) * 3 + 0.5 + edge * (patch.cover > 0.02), 0, 1)
        return patch

    def everything(self) -> Patch:
        return Patch(0, 0, np.ones((self.height, self.width), np.float32))

    def _box(self, bounds, margin):
        left, top = max(0, int(bounds[0] - margin)), max(0, int(bounds[1] - margin))
        right = min(self.width, int(bounds[2] + margin) + 1)
        bottom = min(self.height, int(bounds[3] + margin) + 1)
        return (left, top, right - left, bottom - top) if left < right and top < bottom else None

    def clip(self, x: int, y: int, cover: np.ndarray):
        """The part of a stamp at (x, y) that lies on the canvas, and where in the stamp it is."""
        height, width = cover.shape
        left, top = max(0, -x), max(0, -y)
        right, bottom = min(width, self.width - x), min(height, self.height - y)
        if left >= right or top >= bottom:
            return None, None
        inside = slice(top, bottom), slice(left, right)
        return Patch(x + left, y + top, cover[inside]), inside

    def fill(self, patch: Patch, dark, bright=None, mix=0.0, tone=1.0, opacity=1.0) -> None:
        """Paint a patch between two colours by mix (0 to 1), times tone."""
        cover = patch.cover if opacity == 1.0 else patch.cover * opacity
        for channel in range(3):
            target = self.pixels[(channel, *patch.window)]
            paint = dark[channel]
            if bright is not None:
                paint = paint + (bright[channel] - dark[channel]) * mix
            target += cover * (paint * tone - target)

    def raise_above_shadows(self, patch: Patch, share: float = 1.0) -> None:
        """What is drawn on top of the ground does not lie in the shadow of the ground."""
        self.shade[patch.window] *= 1 - patch.cover * share

    def darken(self, patch: Patch | None, strength: float = 1.0) -> None:
        """A shadow; where two overlap it is as dark as one."""
        if patch is not None:
            shade = self.shade[patch.window]
            np.maximum(shade, patch.cover * strength, out=shade)

    def develop(self, rng: np.random.Generator) -> Image.Image:
        """The photo: shadows, uneven light, haze, lens, sensor."""
        light = 1 + 0.05 * noise.clouds(rng, self.width, self.height, self.width / 2.5)
        light *= self._falloff(rng)
        haze, strength = colour("#c9d3dc"), rng.uniform(0.02, 0.06)
        exposure = rng.uniform(1.15, 1.32)
        curve = _curve()
        bands = []
        # Film never shows colours as strong as paint; this one is a little warm too.
        grey = self.pixels[0] * 0.26 + self.pixels[1] * 0.66 + self.pixels[2] * 0.08
        for channel, warmth in enumerate((1.03, 1.0, 0.95)):
            band = self.pixels[channel] * (warmth * (1 - FADE)) + grey * FADE
            band *= 1 - self.shade * (1 - SKY[channel])
            band *= light * ((1 - strength) * exposure)
            band += haze[channel] * strength
            np.clip(band, 0, 1, out=band)
            band *= LEVELS
            bands.append(Image.fromarray(curve[band.astype(np.int16)]))
        photo = Image.merge("RGB", bands).filter(ImageFilter.BoxBlur(0.7))
        photo = photo.filter(ImageFilter.UnsharpMask(1.6, 70, 2))
        return self._expose(photo, rng)

    def _falloff(self, rng):
        """A lens is darker in its corners, and one side of the land is nearer to the sun."""
        x = np.linspace(-1, 1, self.width, dtype=np.float32)[None, :]
        y = np.linspace(-1, 1, self.height, dtype=np.float32)[:, None]
        lean_x, lean_y = rng.uniform(-0.05, 0.05, 2)
        return 1.03 - 0.09 * (x * x + y * y) + np.float32(lean_x) * x + np.float32(lean_y) * y

    def _expose(self, photo, rng):
        """Add the noise of the sensor, tile by tile."""
        shift = int(rng.integers(noise.TILE)), int(rng.integers(noise.TILE))
        grain = np.roll(noise.grain_of_sensor(), shift, axis=(0, 1))
        grain *= np.float32(rng.uniform(2.0, 3.2))
        pixels = np.array(photo)
        for y in range(0, self.height, noise.TILE):
            for x in range(0, self.width, noise.TILE):
                part = pixels[y : y + noise.TILE, x : x + noise.TILE]
                noisy = grain[: part.shape[0], : part.shape[1]] + part
                part[:] = np.clip(noisy, 0, 255, out=noisy)
        return Image.fromarray(pixels)


def _curve():
    """Linear light to 8 bits, with the soft shoulder and toe of a camera."""
    linear = np.linspace(0, 1, LEVELS + 1)
    value = linear ** (1 / GAMMA)
    value = value + 0.06 * (value - 0.5) * (1 - (2 * value - 1) ** 2) * 2
    return np.clip(np.rint(value * 255), 0, 255).astype(np.uint8)
