"""Trees, bushes and hedges: crowns modelled once as relief, then lit for each scene."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from PIL import Image

from labeling.demo.canvas import SKY, Canvas, colour

SPRITE = 144
# Metres.
HEDGE = 1.6
# How wide a crown is at some heights, both as shares.
DOME = ((0.38, 0.95), (0.66, 0.95), (0.92, 0.72))
CONE = (
    (0.12, 0.95),
    (0.28, 0.8),
    (0.44, 0.64),
    (0.6, 0.46),
    (0.75, 0.3),
    (0.87, 0.16),
    (0.95, 0.08),
)
GREENS = {
    "broadleaf": ("#4a6630", "#587337", "#3f5a2c", "#6a7d3c", "#52702f", "#6f7a45"),
    "conifer": ("#2f4a31", "#364f38", "#2b4230", "#3d5636"),
    "fruit": ("#5f7d3a", "#55743a", "#6d8842"),
    "bush": ("#4f6d35", "#44602f", "#5f7a3d", "#6b7b4a"),
    "autumn": ("#8a7a35", "#9a6b32", "#7f7f3a", "#a0803a"),
    "blossom": ("#b9a8a8", "#c2b6ae", "#a9a08f"),
}
COUNT = {"broadleaf": 12, "conifer": 6, "fruit": 6, "bush": 6}
MODEL = {"autumn": "broadleaf", "blossom": "fruit"}


@dataclass(frozen=True)
class Crown:
    """Relief of a crown in a square of SPRITE pixels: normals, openness to the sky, cover."""

    layers: tuple[Image.Image, ...]
    # Radius of the outline in 40 directions, as a share of half the square.
    outline: tuple[float, ...]


@dataclass(frozen=True)
class Tree:
    x: float
    y: float
    radius: float
    height: float
    kind: str
    model: int
    tint: str
    tone: float
    # Bushes of a hedge cast one shadow together.
    is_in_row: bool = False


def make_tree(rng, x, y, radius, kind="broadleaf", tall=None) -> Tree:
    """A tree of a kind; its shape and colour are drawn by lot."""
    model = MODEL.get(kind, kind)
    tall = tall or {"conifer": 3.2, "bush": 1.1, "fruit": 1.5}.get(model, 1.9)
    tints = GREENS[kind]
    return Tree(
        float(x),
        float(y),
        float(radius),
        float(radius * tall * rng.uniform(0.85, 1.15)),
        model,
        int(rng.integers(COUNT[model])),
        tints[int(rng.integers(len(tints)))],
        float(rng.uniform(0.82, 1.15)),
    )


@lru_cache(maxsize=64)
def crown(kind: str, model: int) -> Crown:
    rng = np.random.default_rng([13, sorted(COUNT).index(kind), model])
    relief = _conifer(rng) if kind == "conifer" else _clumps(rng, kind)
    leaves = _leaves(rng)
    cover = np.clip((relief + 0.05 * leaves * (relief > 0)) * 14, 0, 1)
    relief = (relief + 0.035 * leaves * (relief > 0)) * SPRITE / 2
    down, right = np.gradient(relief)
    steep = np.sqrt(down**2 + right**2 + 1)
    small = Image.fromarray(relief.astype(np.float32)).reduce(12)
    smooth = np.asarray(small.resize((SPRITE, SPRITE), Image.Resampling.BICUBIC))
    openness = np.clip(0.78 + (relief - smooth) * 0.11, 0.3, 1.15)
    layers = (-right / steep, -down / steep, 1 / steep, openness, cover)
    images = tuple(Image.fromarray(layer.astype(np.float32)) for layer in layers)
    return Crown(images, _outline(cover))


def _grid():
    axis = (np.arange(SPRITE, dtype=np.float32) + 0.5) / (SPRITE / 2) - 1
    return axis[None, :], axis[:, None]


def _leaves(rng):
    """Noise of about the size of a twig."""
    fine = rng.standard_normal((SPRITE, SPRITE)).astype(np.float32)
    coarse = Image.fromarray(rng.standard_normal((48, 48)).astype(np.float32))
    return 0.5 * fine + np.asarray(coarse.resize((SPRITE, SPRITE), Image.Resampling.BICUBIC))


def _clumps(rng, kind):
    """A dome of many small domes; how many tells the kinds apart."""
    x, y = _grid()
    count, size = {"broadleaf": (70, 0.24), "fruit": (40, 0.26), "bush": (24, 0.33)}[kind]
    reach = 0.93 - size * 0.8
    lobes = rng.uniform(0.0, 0.14, 3)
    phases = rng.uniform(0, 2 * math.pi, 3)
    relief = np.full((SPRITE, SPRITE), -1.0, np.float32)
    for _ in range(count):
        angle = rng.uniform(0, 2 * math.pi)
        bulge = 1 - sum(
            lobe * (1 + math.cos((k + 2) * angle + phase)) / 2
            for k, (lobe, phase) in enumerate(zip(lobes, phases, strict=True))
        )
        distance = reach * bulge * math.sqrt(rng.uniform(0, 1))
        radius = size * rng.uniform(0.7, 1.2)
        base = 0.62 * math.sqrt(max(0.0, 1 - (distance / 1.02) ** 2)) * rng.uniform(0.85, 1.1)
        gap = (x - distance * math.cos(angle)) ** 2 + (y - distance * math.sin(angle)) ** 2
        dome = base + 0.8 * np.sqrt(np.maximum(radius**2 - gap, 0)) - 0.12
        np.maximum(relief, np.where(gap < radius**2, dome, -1), out=relief)
    return np.maximum(relief, 0)


def _conifer(rng):
    """A cone with branches that stick out like a star."""
    x, y = _grid()
    distance, angle = np.sqrt(x * x + y * y), np.arctan2(y, x)
    branches, phase = int(rng.integers(9, 15)), rng.uniform(0, 2 * math.pi)
    star = np.cos(branches * angle + phase + 3.5 * distance)
    star += 0.5 * np.cos((branches * 2 + 1) * angle - phase)
    reach = 0.80 + 0.10 * star
    layers = 0.06 * np.sin(distance * 22 + star)
    return np.maximum((1 - distance / reach) * 1.35 + layers * (distance < reach), 0) * 0.9


def _outline(cover):
    """The outermost covered radius in each of 40 directions."""
    half = SPRITE / 2
    radii = []
    for step in range(40):
        angle = 2 * math.pi * step / 40
        steps = np.arange(half)
        xs = np.clip(half + steps * math.cos(angle), 0, SPRITE - 1).astype(int)
        ys = np.clip(half + steps * math.sin(angle), 0, SPRITE - 1).astype(int)
        covered = np.flatnonzero(cover[ys, xs] > 0.5)
        radii.append((covered[-1] + 1) / half if len(covered) else 0.2)
    smoothed = [(radii[i - 1] + 2 * radii[i] + radii[(i + 1) % 40]) / 4 for i in range(40)]
    return tuple(smoothed)


def outline_of(canvas: Canvas, tree: Tree) -> np.ndarray:
    """What of a tree is seen from above, as points."""
    return _around(tree.kind, tree.model) * tree.radius + _seen_at(canvas, tree)


def paint_tree(canvas: Canvas, tree: Tree) -> None:
    _cast_crown(canvas, tree)
    size = max(5, round(2 * tree.radius))
    layers = _sized(tree.kind, tree.model, size)
    cx, cy = _seen_at(canvas, tree)
    patch, inside = canvas.clip(round(cx - size / 2), round(cy - size / 2), layers[4])
    if patch is None:
        return
    right, down, up, openness = (layer[inside] for layer in layers[:4])
    towards = canvas.sun.towards
    facing = (right * towards[0] + down * towards[1] + up * towards[2]) / towards[2]
    # Light also shines through leaves, so the far side of a crown is never black.
    facing = np.clip(0.22 + 0.80 * facing, 0.05, 1.7) * openness
    sky = np.clip(openness, 0.4, 1.1)
    canvas.raise_above_shadows(patch)
    tint = colour(tree.tint) * tree.tone
    for channel in range(3):
        light = SKY[channel] * sky + (1 - SKY[channel]) * facing
        target = canvas.pixels[(channel, *patch.window)]
        target += patch.cover * (tint[channel] * light - target)


def _seen_at(canvas, tree):
    return canvas.project([(tree.x, tree.y, 0.6 * tree.height)])[0]


@lru_cache(maxsize=600)
def _sized(kind, model, size):
    layers = crown(kind, model).layers
    return [np.asarray(layer.resize((size, size), Image.Resampling.BOX)) for layer in layers]


def _cast_crown(canvas, tree):
    """The shadow of a crown, its outline at some heights, and of the trunk."""
    if tree.is_in_row:
        return
    around = _around(tree.kind, tree.model) * tree.radius + (tree.x, tree.y)
    middle = (tree.x, tree.y)
    shift = np.array(canvas.sun.shadow) * tree.height
    rings = [
        (around - middle) * share + middle + shift * height
        for height, share in (CONE if tree.kind == "conifer" else DOME)
    ]
    across = np.array([-shift[1], shift[0]]) / np.hypot(*shift) * max(0.7, 0.06 * tree.radius)
    foot, end = np.array(middle), np.array(middle) + shift * 0.5
    rings.append(np.array([foot + across, end + across, end - across, foot - across]))
    patch = canvas.patch(rings, soft=max(0.8, 0.05 * tree.radius))
    if patch is not None and tree.radius > 8:
        # Sun flecks: crowns are not tight.
        patch.cover *= np.clip(0.93 - 0.07 * patch.noise("leafy"), 0, 1)
    canvas.darken(patch, 0.95)


@lru_cache
def _around(kind, model):
    """The outline of a crown of radius 1."""
    radii = np.array(crown(kind, model).outline)
    angles = np.linspace(0, 2 * math.pi, len(radii), endpoint=False)
    return np.stack([np.cos(angles), np.sin(angles)], 1) * radii[:, None]


def hedge(rng, line, width: float, metre: float) -> list[Tree]:
    """Bushes so close together that they are one."""
    tint = GREENS["bush"][int(rng.integers(len(GREENS["bush"])))]
    bushes = []
    for place in np.arange(0, line.length, 0.6 * width):
        point = line.interpolate(place)
        x, y = (c + rng.normal(0, 0.05 * metre) for c in (point.x, point.y))
        radius = round(width * rng.uniform(0.54, 0.7))
        model, tone = int(rng.integers(COUNT["bush"])), float(rng.uniform(0.9, 1.08))
        bushes.append(Tree(x, y, radius, HEDGE * metre, "bush", model, tint, tone, True))
    return bushes


def cast_hedge(canvas: Canvas, line, width: float) -> None:
    """One shadow for all bushes of a hedge: its outline at some heights."""
    body = shapely.get_coordinates(line.buffer(0.5 * width).exterior)
    thrown = np.array(canvas.sun.shadow) * HEDGE * 0.9 * canvas.metre
    rings = [body + thrown * share for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    canvas.darken(canvas.patch(rings, soft=0.8), 0.92)
