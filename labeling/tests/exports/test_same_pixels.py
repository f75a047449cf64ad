"""Whatever the format, a shape covers the pixels that it covers in the editor.

What was written is read back by readers that are not ours and painted by a rasteriser of a few
lines that shares nothing with ours: it counts, for each centre of a pixel, the edges above it.
"""

import csv
import io
import json
import zipfile
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from pycocotools import mask as pycocotools_mask

from labeling.exports import coco, cvat, labelme, masks, s3label_json, yolo
from labeling.exports import csv as csv_format
from labeling.shapes import BadShape, parse_geometry, rings_of
from labeling.tests.exports.samples import image, label, shape, written

SIZE = WIDTH, HEIGHT = 24, 17
X, Y = np.meshgrid(100 * np.arange(WIDTH) + 50, 100 * np.arange(HEIGHT) + 50)


def pixels(rings):
    """The pixels whose centre has an odd number of edges at or above it, in whole hundredths."""
    inside = np.zeros((HEIGHT, WIDTH), dtype=bool)
    for ring in rings:
        numbers = [round(100 * number) for number in ring]
        corners = list(zip(numbers[::2], numbers[1::2], strict=True))
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
            if ax > bx:
                ax, ay, bx, by = bx, by, ax, ay
            inside ^= (ax <= X) & (bx > X) & ((by - ay) * (X - ax) <= (Y - ay) * (bx - ax))
    return inside


def apart(parts):
    """The pixels of polygons that are filled one by one."""
    return np.any([pixels([part]) for part in parts], axis=0)


def of_s3label_json(data):
    (found,) = json.loads(data)["images"][0]["labels"][0]["shapes"]
    return pixels(rings_of(found["kind"], found["geom"]))


def of_coco(data):
    (found,) = json.loads(data)["annotations"]
    outline = found["segmentation"]
    if isinstance(outline, list):
        return apart(outline)
    packed = pycocotools_mask.frPyObjects(outline, HEIGHT, WIDTH)
    return pycocotools_mask.decode(packed).astype(bool)


def of_cvat(data):
    (found,) = ElementTree.fromstring(data).find("image")
    return pixels([[float(n) for xy in found.get("points").split(";") for n in xy.split(",")]])


def of_labelme(data):
    found = json.loads(zipfile.ZipFile(io.BytesIO(data)).read("a.json"))["shapes"]
    return apart([[n for xy in part["points"] for n in xy] for part in found])


def of_yolo(data):
    lines = zipfile.ZipFile(io.BytesIO(data)).read("labels/train/a.txt").decode().splitlines()
    rings = [[float(number) for number in line.split()[1:]] for line in lines]
    return pixels(
        [[n * (HEIGHT if at % 2 else WIDTH) for at, n in enumerate(ring)] for ring in rings]
    )


def of_csv(data):
    (found,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    return pixels(rings_of(found["kind"], json.loads(found["geometry"])))


def of_masks(data):
    archive = zipfile.ZipFile(io.BytesIO(data))
    classes, instances = (
        np.array(Image.open(io.BytesIO(archive.read(name))))
        for name in ("classes/00000005-00000007.png", "instances/00000005-00000007.png")
    )
    np.testing.assert_array_equal(classes == 4, instances == 1)
    return instances == 1


EXACT = {
    "json": (s3label_json.write, of_s3label_json),
    "coco": (coco.write, of_coco),
    "cvat": (cvat.write, of_cvat),
    "labelme": (labelme.write, of_labelme),
    "csv": (csv_format.write, of_csv),
    "masks": (masks.write, of_masks),
}


def up_to(size):
    """Beyond the border too and close to it; halves, so that edges and corners lie on centres."""
    edges = [place + by for place in (0, 100 * size) for by in range(-2, 3)]
    halves = st.integers(-4, 2 * size + 4).map(lambda n: 50 * n)
    return st.one_of(st.integers(-230, 100 * size + 230), halves, st.sampled_from(edges))


# Rings come back to a corner, and along an edge.
corners = st.tuples(up_to(WIDTH), up_to(HEIGHT))
rings = st.lists(corners, min_size=3, max_size=8)


def drawn(lists):
    """A polygon as the editor could have saved it, or None."""
    geometry = {"rings": [[n / 100 for xy in points for n in xy] for points in lists]}
    try:
        return parse_geometry("polygon", geometry, *SIZE)
    except BadShape:
        return None


polygons = st.lists(rings, min_size=1, max_size=4).map(drawn).filter(bool)
FRAME = {"rings": [[2, 2, 20, 2, 20, 14, 2, 14], [5.5, 5.5, 10.5, 5.5, 10.5, 9.5, 5.5, 9.5]]}
BOW_TIE = {"rings": [[1, 1, 15.5, 12.5, 15.5, 1, 1, 12.5]]}
CUT = {"rings": [[-2, -2, 12.5, 3.5, 26, -1, 25, 18, 3, 18.5]]}
SPIKE = {"rings": [[0, -0.01, 0, 0.46, 4.35, 0.86, 0, 0, 0, 0.49, 2.93, 0.58]]}
PARTS = {"rings": [[0, 0, 8, 0, 8, 8, 0, 8], [8, 8, 16.5, 8, 16.5, 16, 8, 16]]}


@given(polygons)
@example(FRAME)
@example(BOW_TIE)
@example(CUT)
@example(PARTS)
@settings(max_examples=60, deadline=None)
def test_every_format_covers_the_pixels_of_the_drawing(geometry):
    expected = pixels(geometry["rings"])
    one = image(label(shape("polygon", geometry, class_id=4)), size=SIZE)
    for name, (write, read) in EXACT.items():
        data, _ = written(write, [one])
        np.testing.assert_array_equal(read(data), expected, err_msg=name)


@given(polygons)
@example(FRAME)
@example(CUT)
@example(SPIKE)
@settings(max_examples=60, deadline=None)
def test_outlines_cut_at_the_border_cover_the_pixels_of_the_drawing(geometry):
    """Corners that come from cutting are rounded to 0.01: an edge moves by half of that at most."""
    data, _ = written(yolo.write_outlines, [image(label(shape("polygon", geometry)), size=SIZE)])
    differs = of_yolo(data) != pixels(geometry["rings"])
    assert not differs[are_clear_of(geometry["rings"])].any()


def are_clear_of(rings):
    """Which centres are farther than half a hundredth from all edges."""
    clear = np.ones((HEIGHT, WIDTH), dtype=bool)
    for ring in rings:
        points = np.array(ring).reshape(-1, 2) * 100
        for start, end in zip(points, np.roll(points, -1, axis=0), strict=True):
            along = end - start
            share = ((X - start[0]) * along[0] + (Y - start[1]) * along[1]) / max(along @ along, 1)
            share = np.clip(share, 0, 1)
            x, y = start[0] + share * along[0], start[1] + share * along[1]
            clear &= np.hypot(X - x, Y - y) > 0.5 + 1e-9
    return clear


@pytest.mark.parametrize(
    ("kind", "geometry"),
    [
        ("rect", {"cx": 10, "cy": 8, "w": 9.5, "h": 5, "angle": 0}),
        ("rect", {"cx": 12, "cy": 8.5, "w": 12, "h": 6.5, "angle": 33}),
        ("ellipse", {"cx": 11.5, "cy": 8, "rx": 9, "ry": 5.5, "angle": 20}),
    ],
)
def test_the_outline_of_a_rectangle_or_ellipse_is_the_same_everywhere(kind, geometry):
    expected = pixels(rings_of(kind, geometry))
    one = image(label(shape(kind, geometry, class_id=4)), size=SIZE)
    assert 40 < expected.sum() < 200
    for name in ("json", "coco", "csv", "masks"):
        write, read = EXACT[name]
        np.testing.assert_array_equal(read(written(write, [one])[0]), expected, err_msg=name)
    data, _ = written(yolo.write_outlines, [one])
    np.testing.assert_array_equal(of_yolo(data), expected)


def test_three_hundred_shapes_are_three_hundred_instances():
    pixel = {"w": 1, "h": 1, "angle": 0}
    squares = [
        shape("rect", pixel | {"cx": n % WIDTH + 0.5, "cy": n // WIDTH + 0.5}, n)
        for n in range(300)
    ]
    data, _ = written(masks.write, [image(label(*squares), size=SIZE)])
    archive = zipfile.ZipFile(io.BytesIO(data))
    picture = Image.open(io.BytesIO(archive.read("instances/00000005-00000007.png")))
    assert picture.mode == "I;16"
    numbers = np.array(picture).ravel()
    assert numbers[:300].tolist() == list(range(1, 301))
    assert not numbers[300:].any()
