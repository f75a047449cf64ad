"""Scenes as a camera below a hot air balloon would see them, with the outlines of what is there."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from labeling.demo.canvas import Canvas, Sun
from labeling.demo.fields import CROPS, paint_meadow
from labeling.demo.layouts import LAYOUTS
from labeling.demo.plan import Plan, SceneObject

# Most are of one size; the others show that sizes may differ.
SIZES = {3: (2000, 1500), 8: (2400, 1600), 17: (2000, 1500), 22: (2400, 1600), 31: (2000, 1500)}
# Crops in loud colours, which one sees now and then.
RARE = {"lavender": 0.2, "rape": 0.5}


@dataclass(frozen=True)
class Scene:
    image: Image.Image
    objects: list[SceneObject]
    layout: str


def make_scene(seed: int, size: tuple[int, int] | None = None) -> Scene:
    """The scene of a seed; the same seed always gives the same pixels and outlines."""
    rng = np.random.default_rng([20190, seed])
    width, height = size or SIZES.get(seed, (1600, 1200))
    names = list(LAYOUTS)
    layout = names[seed % len(names)]
    sun = Sun(rng.uniform(0, 2 * math.pi), math.radians(rng.uniform(36, 56)))
    canvas = Canvas(width, height, rng.uniform(8.2, 10.2), sun)
    character = ("red", "mixed", "grey", "red", "mixed")[int(rng.integers(5))]
    chances = np.array([RARE.get(name, 1.0) for name in CROPS])
    sown = rng.choice(list(CROPS), size=5, replace=False, p=chances / chances.sum())
    plan = Plan(canvas, rng, character, tuple(str(name) for name in sown))
    paint_meadow(canvas, canvas.everything(), rng, lush=rng.uniform(0.3, 0.75))
    LAYOUTS[layout](plan)
    plan.paint()
    return Scene(canvas.develop(rng), plan.objects, layout)
