"""LabelMe is read: all its kinds, groups as one object, the image by name or by content."""

import base64
import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from labeling.exports import labelme
from labeling.rasterising import mask_of
from labeling.tests.exports import samples
from labeling.tests.exports.independent import unpacked
from labeling.tests.exports.samples import image, label, point, shape, written
from labeling.tests.imports.files import items_of, problems_of, shapes_of, write, write_json


def row(kind, points, **more):
    return {"label": "House", "points": points, "shape_type": kind, "group_id": None} | more


def file_with(folder, *rows, **more):
    content = {"shapes": list(rows), "imagePath": "..\\photos\\b.jpg", "imageData": None}
    content |= {"imageWidth": 64, "imageHeight": 48}
    return write_json(folder, "x/b.json", content | more)


@pytest.mark.parametrize(
    "kind, points, ours, geometry",
    [
        ("polygon", [[1, 2], [9, 2], [9, 8.5]], "polygon", {"rings": [[1, 2, 9, 2, 9, 8.5]]}),
        (
            "rectangle",
            [[9, 8], [1, 2]],
            "rect",
            {"cx": 5, "cy": 5, "w": 8, "h": 6, "angle": 0},
        ),
        (
            "circle",
            [[10, 10], [13, 14]],
            "ellipse",
            {"cx": 10, "cy": 10, "rx": 5, "ry": 5, "angle": 0},
        ),
        ("line", [[1, 2], [3, 4]], "line", {"points": [1, 2, 3, 4]}),
        ("linestrip", [[1, 2], [3, 4], [5, 0]], "line", {"points": [1, 2, 3, 4, 5, 0]}),
        ("point", [[1, 2]], "points", {"points": [point("", 1, 2)]}),
    ],
)
def test_every_kind(tmp_path, kind, points, ours, geometry):
    file_with(tmp_path, row(kind, points, flags={"crowd": True, "bad": False}))
    (found,) = shapes_of("labelme", tmp_path)
    assert (found.kind, found.geometry) == (ours, geometry)
    assert found.attributes == ({} if kind == "point" else {"crowd": True})


def test_a_mask_becomes_its_outline(tmp_path):
    pixels = np.zeros((10, 12), dtype=np.uint8)
    pixels[2:8, 3:9], pixels[4, 5] = 255, 0
    picture = io.BytesIO()
    Image.fromarray(pixels).save(picture, "PNG")
    mask = base64.b64encode(picture.getvalue()).decode()
    file_with(tmp_path, row("mask", [[20, 30], [31, 39]], mask=mask))
    (found,) = shapes_of("labelme", tmp_path)
    whole = mask_of(found.geometry["rings"], 64, 48)
    assert (whole[30:40, 20:32] == (pixels > 0)).all()
    assert whole.sum() == (pixels > 0).sum()


def test_outlines_of_a_group_are_one_object(tmp_path):
    rows = [
        row("polygon", [[1, 1], [4, 1], [4, 4]], group_id=3),
        row("rectangle", [[1, 1], [4, 4]], group_id=3),
        row("polygon", [[10, 1], [14, 1], [14, 4]], group_id=3),
    ]
    file_with(tmp_path, *rows)
    found = shapes_of("labelme", tmp_path)
    assert [one.kind for one in found] == ["polygon", "rect"]
    assert len(found[0].geometry["rings"]) == 2


def test_the_image_by_its_place_and_by_its_content(tmp_path):
    data = base64.b64encode(b"a photo").decode()
    file_with(tmp_path, imageData=data)
    (item,) = items_of("labelme", tmp_path)
    digest = hashlib.sha256(b"a photo").hexdigest()
    assert item.image[1:6] == ("photos/b.jpg", "", digest, 64, 48)


@pytest.mark.parametrize(
    "broken, said",
    [
        (row("polygon", [[1, 1], [2, 2]]), "at least three points"),
        (row("polygon", [[1, 1], [2]]), "incomplete or odd"),
        (row("cube", [[1, 1]]), "'cube' is not known here"),
        (row("mask", [[1, 1], [2, 2]], mask="eA=="), "no picture"),
        ({"points": []}, "no label"),
        ("House", "incomplete or odd"),
    ],
)
def test_what_is_wrong_with_a_shape_is_said_with_it(tmp_path, broken, said):
    file_with(tmp_path, row("point", [[1, 2]]), broken)
    ((where, reason),) = problems_of("labelme", tmp_path)
    assert where == "x/b.json, shape 2"
    assert said in reason
    assert len(shapes_of("labelme", tmp_path)) == 1


@pytest.mark.parametrize("content", ["{", "[]", '{"shapes": 3}'])
def test_a_broken_file_does_not_stop_the_others(tmp_path, content):
    file_with(tmp_path, row("point", [[1, 2]]))
    write(tmp_path, "bad.json", content)
    ((where, _),) = problems_of("labelme", tmp_path)
    assert where == "bad.json"
    assert len(shapes_of("labelme", tmp_path)) == 1


def test_our_own_files_come_back(tmp_path):
    nose = {"points": [point("nose", 3, 4.25), point("", 8, 9, False)]}
    drawn = [("polygon", samples.TWO_PARTS), ("polygon", samples.FRAME), ("points", nose)]
    shapes = [shape(kind, geometry, at) for at, (kind, geometry) in enumerate(drawn)]
    data, _ = written(labelme.write, [image(label(*shapes), name="n/a.jpg")])
    (item,) = items_of("labelme", unpacked(data, tmp_path))
    assert item.image.name == "n/a.jpg"
    assert [one.kind for one in item.shapes] == ["polygon", "polygon", "points"]
    assert item.shapes[0].geometry == samples.TWO_PARTS
    assert len(item.shapes[1].geometry["rings"]) == 2
    assert item.shapes[2].geometry == nose
