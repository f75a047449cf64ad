"""The pictures of the demo: always the same, with true outlines."""

import numpy as np
import pytest
import shapely

from labeling.demo.layouts import LAYOUTS
from labeling.demo.scenes import make_scene
from labeling.shapes import parse_geometry

SIZE = (360, 270)


@pytest.fixture(scope="module", params=range(len(LAYOUTS)))
def scene(request):
    return make_scene(request.param, SIZE)


def test_the_same_seed_gives_the_same_picture_and_outlines(scene):
    again = make_scene(list(LAYOUTS).index(scene.layout), SIZE)

    assert again.image.tobytes() == scene.image.tobytes()
    assert again.objects == scene.objects


def test_another_seed_gives_another_picture():
    assert make_scene(0, SIZE).image.tobytes() != make_scene(len(LAYOUTS), SIZE).image.tobytes()


def test_every_outline_is_a_valid_polygon_inside_the_picture(scene):
    width, height = scene.image.size
    for thing in scene.objects:
        for ring in thing.rings:
            polygon = shapely.Polygon(np.reshape(ring, (-1, 2)))
            assert polygon.is_valid
            assert polygon.area > 0
            assert shapely.box(0, 0, width, height).covers(polygon)


def test_every_outline_is_a_shape_that_the_save_path_takes(scene):
    for thing in scene.objects:
        parsed = parse_geometry("polygon", {"rings": thing.rings}, *scene.image.size)
        assert parsed == {"rings": thing.rings}


@pytest.fixture(scope="module")
def suburb():
    return make_scene(6, (1000, 750))


def test_a_suburb_has_houses_sheds_trees_and_cars(suburb):
    kinds = {thing.kind for thing in suburb.objects}

    assert kinds >= {"house", "shed", "tree", "car"}


def test_roofs_differ_from_what_lies_around_them(suburb):
    pixels = np.asarray(suburb.image).astype(float)
    differences = []
    for thing in suburb.objects:
        if thing.kind == "house":
            roof = shapely.Polygon(np.reshape(thing.rings[0], (-1, 2)))
            inside, around = roof.buffer(-6), roof.buffer(14).difference(roof.buffer(6))
            differences.append(np.abs(_mean(pixels, inside) - _mean(pixels, around)).max())

    assert len(differences) > 5
    assert np.median(differences) > 15


def _mean(pixels, area):
    left, top, right, bottom = (int(bound) for bound in area.bounds)
    xs, ys = np.meshgrid(np.arange(left, right) + 0.5, np.arange(top, bottom) + 0.5)
    inside = shapely.contains_xy(area, xs, ys)
    on_picture = (xs > 0) & (ys > 0) & (xs < pixels.shape[1]) & (ys < pixels.shape[0])
    chosen = inside & on_picture
    return pixels[ys[chosen].astype(int), xs[chosen].astype(int)].mean(axis=0)


def test_buildings_do_not_overlap(suburb):
    kinds = ("house", "shed")
    roofs = [
        shapely.Polygon(np.reshape(thing.rings[0], (-1, 2)))
        for thing in suburb.objects
        if thing.kind in kinds
    ]

    assert sum(roof.area for roof in roofs) - shapely.union_all(roofs).area < 1
