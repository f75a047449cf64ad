"""Open land: meadows, lawns, crops in rows, ploughed earth, gravel and water."""

import math
from dataclasses import dataclass

import numpy as np
import shapely

from labeling.demo import noise
from labeling.demo.canvas import Canvas, Patch, colour

LEAN_GRASS, LUSH_GRASS = colour("#8f8a55"), colour("#5f7a3a")


@dataclass(frozen=True)
class Crop:
    """Rows of plants on soil; lengths in metres, shares between 0 and 1."""

    soil: str
    plant: str
    spacing: float
    cover: float
    patchy: float
    tramlines: float = 0.0
    rough: float = 0.12


CROPS = {
    "young": Crop("#8a7152", "#7f9a4a", 1.1, 0.40, 0.5, 18),
    "maize": Crop("#6f6342", "#5d8038", 0.9, 0.66, 0.35, 24, 0.2),
    "beet": Crop("#77643f", "#4f7a36", 1.2, 0.62, 0.4, 18, 0.18),
    "wheat": Crop("#b39a60", "#cdb77c", 0.7, 0.6, 0.3, 15, 0.07),
    "barley": Crop("#a8a065", "#b9b478", 0.7, 0.6, 0.35, 15, 0.07),
    "stubble": Crop("#a38d63", "#c4b083", 1.6, 0.5, 0.3, 0, 0.1),
    "rape": Crop("#8d9140", "#c4b442", 0.9, 0.62, 0.35, 18, 0.13),
    "ploughed": Crop("#6b5440", "#8a7058", 1.3, 0.5, 0.25, 0, 0.16),
    "harrowed": Crop("#8c745a", "#9d866b", 2.2, 0.5, 0.3, 12, 0.08),
    "lavender": Crop("#a39274", "#7a7090", 1.8, 0.55, 0.2, 0, 0.2),
    "potatoes": Crop("#7d6647", "#55803f", 1.5, 0.55, 0.25, 15, 0.2),
}


def paint_meadow(canvas: Canvas, patch: Patch, rng, *, lush=0.5, rough=1.0) -> None:
    """Grass that nobody sowed: patches, tufts, a few dry places."""
    shift = int(rng.integers(1000))
    mix = lush + 0.20 * patch.noise("patchy", shift) + 0.10 * patch.noise("clumpy", shift)
    tone = 1 + rough * (0.07 * patch.noise("fine") + 0.06 * patch.noise("leafy", shift))
    tone += 0.05 * patch.noise("clumpy", shift + 400)
    canvas.fill(patch, LEAN_GRASS, LUSH_GRASS, np.clip(mix, 0, 1.15), tone)


def paint_lawn(canvas: Canvas, patch: Patch, rng, angle: float) -> None:
    """Mown grass, with the stripes of the mower where the owner is tidy."""
    shift = int(rng.integers(1000))
    mix = rng.uniform(0.3, 1.0) + 0.16 * patch.noise("clumpy", shift)
    mix += 0.14 * patch.noise("patchy", shift)
    tone = rng.uniform(0.85, 1.1) + 0.055 * patch.noise("fine") + 0.03 * patch.noise("leafy")
    if rng.random() < 0.3:
        width = 1.1 * canvas.metre
        tone += 0.035 * np.sign(np.sin(patch.along(angle) * np.float32(math.pi / width)))
    canvas.fill(patch, LEAN_GRASS, LUSH_GRASS, np.clip(mix, 0, 1.2), tone)


def paint_crop(canvas: Canvas, shape, name: str, angle: float, rng) -> None:
    """A field whose rows run in the direction of the angle."""
    crop, patch = CROPS[name], canvas.ragged(shape, soft=2.0, rough=0.3)
    if patch is None:
        return
    shift = int(rng.integers(1000))
    patches, clumps = patch.noise("patchy", shift), patch.noise("clumpy", shift)
    across = patch.along(angle + math.pi / 2) + 0.05 * canvas.metre * clumps
    mix = _rows(across, crop, canvas.metre, rng)
    mix += crop.patchy * 0.22 * patches + 0.07 * clumps + crop.rough * patch.noise("fine", shift)
    tone = 1 + 0.05 * clumps + crop.rough * 0.5 * patch.noise("leafy", shift)
    tone += 0.04 * patches
    if crop.tramlines:
        tone *= _tramlines(across, crop, canvas.metre)
    tone *= rng.uniform(0.88, 1.08)
    canvas.fill(patch, colour(crop.soil), colour(crop.plant), np.clip(mix, 0, 1.2), tone)


def _rows(across, crop, metre, rng):
    """How much plant there is, row by row; no two rows grew quite alike."""
    period = np.float32(max(3.2, crop.spacing * metre))
    phase = across / period
    vigour = rng.normal(0, 0.05, 1024).astype(np.float32)
    row = np.floor(phase).astype(np.int32) & 1023
    wave = np.cos(phase * np.float32(2 * math.pi))
    depth = 0.30 if period > 5 else 0.2
    return crop.cover - depth * wave + vigour[row]


def _tramlines(across, crop, metre):
    """The two tracks of the tractor that sprays the field."""
    place = np.abs((across / metre) % crop.tramlines - crop.tramlines / 2)
    return 1 - 0.22 * np.exp(-(((place - 0.95) / 0.22) ** 2))


def paint_hay(canvas: Canvas, shape, angle: float, rng) -> None:
    """A meadow after mowing: wide swaths, pale where the grass dries."""
    patch = canvas.ragged(shape, soft=2.0, rough=0.3)
    if patch is None:
        return
    shift = int(rng.integers(1000))
    across = patch.along(angle + math.pi / 2) + 0.9 * patch.noise("clumpy", shift)
    period = rng.uniform(4.2, 6.5) * canvas.metre
    swath = np.cos(across * np.float32(2 * math.pi / period))
    mix = 0.5 + 0.24 * np.clip(2 * swath, -1, 1) + 0.10 * patch.noise("patchy", shift)
    mix += 0.06 * patch.noise("leafy") + 0.05 * patch.noise("clumpy", shift)
    tone = 1.0 + 0.05 * patch.noise("fine") + 0.03 * patch.noise("clumpy", 31)
    canvas.fill(patch, colour("#a59c66"), colour("#83904f"), np.clip(mix, 0, 1), tone)


def paint_bare(canvas: Canvas, shape, rng, *, pale="#b5a892", dark="#94866d", soft=1.5) -> None:
    """Gravel, sand or trodden earth."""
    patch = canvas.ragged(shape, soft) if soft > 1 else canvas.patch(shape, soft)
    if patch is None:
        return
    shift = int(rng.integers(1000))
    mix = 0.55 + 0.12 * patch.noise("clumpy", shift) + 0.22 * patch.noise("patchy", shift)
    tone = 1 + 0.05 * patch.noise("fine", shift) + 0.035 * patch.noise("leafy")
    canvas.fill(patch, colour(dark), colour(pale), np.clip(mix, 0, 1), tone)


def paint_paving(canvas: Canvas, shape, rng, angle: float, *, tint="#b3aca1", slab=0.6) -> None:
    """Slabs with joints: pavements, terraces, driveways."""
    patch = canvas.patch(shape)
    if patch is None:
        return
    size = np.float32(max(3.5, slab * canvas.metre))
    along, across = patch.along(angle) / size, patch.along(angle + math.pi / 2) / size
    shades = rng.normal(1, 0.03, (64, 64)).astype(np.float32)
    cell = np.floor(along).astype(np.int32) & 63, np.floor(across).astype(np.int32) & 63
    joint = np.maximum(np.abs(along % 1 - 0.5), np.abs(across % 1 - 0.5)) > 0.5 - 0.6 / size
    tone = shades[cell] * (1 - 0.1 * joint) + 0.04 * patch.noise("clumpy")
    canvas.fill(patch, colour(tint), tone=tone + 0.03 * patch.noise("fine"))


def paint_water(canvas: Canvas, shape, rng, *, deep="#37483f", shallow="#6f7656") -> None:
    """A river or pond: a muddy bank, shallows, then dark water with a little wind on it."""
    metre = canvas.metre
    paint_bare(canvas, shape.buffer(1.3 * metre), rng, pale="#a3956f", dark="#77704c", soft=3)
    patch = canvas.patch(shape, soft=1.0)
    if patch is None:
        return
    inner = canvas.patch(shape.buffer(-2.2 * metre), soft=0.9 * metre)
    depth = np.zeros_like(patch.cover)
    if inner is not None:
        left, top = inner.x - patch.x, inner.y - patch.y
        y0, x0 = max(0, top), max(0, left)
        part = inner.cover[y0 - top :, x0 - left :]
        part = part[: depth.shape[0] - y0, : depth.shape[1] - x0]
        depth[y0 : y0 + part.shape[0], x0 : x0 + part.shape[1]] = part
    _paint_ripples(canvas, patch, depth, (colour(shallow), colour(deep)), rng)


def _paint_ripples(canvas, patch, depth, colours, rng):
    """Wind draws fine waves on the water, and the sky shines in it unevenly."""
    wind = rng.uniform(0, math.pi)
    wave = np.sin(patch.along(wind) * np.float32(0.8) + 1.2 * patch.noise("leafy"))
    gusts = np.clip(0.5 + 0.5 * patch.noise("patchy", 50), 0, 1.5)
    tone = 1 + 0.035 * wave * gusts + 0.02 * patch.noise("fine")
    mix = np.clip(depth + 0.06 * patch.noise("clumpy", 9), 0, 1)
    canvas.fill(patch, *colours, mix, tone)
    sheen = noise.clouds(rng, patch.size[0], patch.size[1], 40 * canvas.metre)
    patch.cover *= np.clip(0.14 + 0.16 * sheen + 0.05 * gusts, 0, 1)
    canvas.fill(patch, colour("#9fb0b4"))


def scatter_bales(canvas: Canvas, shape, rng) -> list[tuple[float, float]]:
    """Places for round bales, in rows as the baler left them."""
    inside = shape.buffer(-4 * canvas.metre)
    if inside.is_empty:
        return []
    left, top, right, bottom = inside.bounds
    step = 16 * canvas.metre
    xs = np.arange(left + step / 2, right, step)
    ys = np.arange(top + step / 2, bottom, step * 0.8)
    places = [(x + rng.normal(0, step / 7), y + rng.normal(0, step / 7)) for x in xs for y in ys]
    return [p for p in places if rng.random() < 0.8 and inside.contains(shapely.Point(p))]
