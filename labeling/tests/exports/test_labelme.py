"""LabelMe, by hand, by a schema of its format, by shapely, and by supervision."""

import io
import json
import zipfile

import jsonschema
import pytest
import shapely

from labeling.exports.labelme import write
from labeling.shapes import area_of, rings_of
from labeling.tests.exports import samples
from labeling.tests.exports.independent import read, unpacked
from labeling.tests.exports.samples import image, label, point, shape, written

# How many points LabelMe wants of each kind.
POINTS = {"rectangle": (2, 2), "circle": (2, 2), "line": (2, 2), "point": (1, 1)}
SCHEMA = {
    "type": "object",
    "required": ["version", "flags", "shapes", "imagePath", "imageData"],
    "properties": {
        "imageData": {"type": ["string", "null"]},
        "imageHeight": {"type": "integer"},
        "imageWidth": {"type": "integer"},
        "shapes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["label", "points", "shape_type"],
                "properties": {
                    "label": {"type": "string"},
                    "points": {
                        "type": "array",
                        "items": {
                            "type": "array",
                            "items": {"type": "number"},
                            "minItems": 2,
                            "maxItems": 2,
                        },
                    },
                    "group_id": {"type": ["integer", "null"]},
                    "flags": {"additionalProperties": {"type": "boolean"}},
                    "description": {"type": "string"},
                    "mask": {"type": ["string", "null"]},
                    "shape_type": {
                        "enum": ["polygon", "rectangle", "circle", "line", "linestrip", "point"]
                    },
                },
            },
        },
    },
}


def export(*shapes):
    data, notes = written(write, [image(label(*shapes), name="north/a.jpg")])
    file = json.loads(zipfile.ZipFile(io.BytesIO(data)).read("north/a.json"))
    jsonschema.validate(file, SCHEMA)
    for one in file["shapes"]:
        least, most = POINTS.get(one["shape_type"], (2, 10**6))
        assert least <= len(one["points"]) <= most
    return file, notes


def drawn(*shapes):
    return [(one["shape_type"], one["points"]) for one in export(*shapes)[0]["shapes"]]


def test_the_whole_file_is_this():
    file, notes = export(shape("polygon", samples.SQUARE))
    assert file == {
        "version": "5.5.0",
        "flags": {},
        "shapes": [
            {
                "label": "House",
                "points": [[10, 10], [20, 10], [20, 20], [10, 20]],
                "group_id": None,
                "description": "",
                "shape_type": "polygon",
                "flags": {},
                "mask": None,
            }
        ],
        "imagePath": "a.jpg",
        "imageData": None,
        "imageHeight": 48,
        "imageWidth": 64,
    }
    assert notes == {}


def test_an_image_without_shapes_has_a_file():
    assert export()[0]["shapes"] == []


def test_rectangles_circles_and_lines_stay_what_they_are():
    circle = {"cx": 30, "cy": 20, "rx": 5.5, "ry": 5.5, "angle": 0}
    upright = {"cx": 20.01, "cy": 12, "w": 9.99, "h": 6, "angle": 0}
    path = {"points": [1, 1, 9, 9, 9, 20]}
    shapes = [("rect", upright), ("ellipse", circle), ("line", samples.LINE), ("line", path)]
    assert drawn(*(shape(kind, form, n) for n, (kind, form) in enumerate(shapes))) == [
        ("rectangle", [[15.015, 9], [25.005, 15]]),
        ("circle", [[30, 20], [35.5, 20]]),
        ("line", [[1, 1], [9, 9]]),
        ("linestrip", [[1, 1], [9, 9], [9, 20]]),
    ]


def test_parts_and_points_of_one_shape_have_one_group():
    points = {"points": [point("nose", 3, 4), point("tail", 5, 6, visible=False)]}
    shapes = export(shape("polygon", samples.TWO_PARTS), shape("points", points, 2))[0]["shapes"]
    assert [(one["shape_type"], one["group_id"]) for one in shapes] == [
        ("polygon", 1),
        ("polygon", 1),
        ("point", 2),
        ("point", 2),
    ]
    assert [(one["description"], one["flags"]) for one in shapes[2:]] == [
        ("nose", {}),
        ("tail", {"hidden": True}),
    ]


@pytest.mark.parametrize(
    ("kind", "geometry"),
    [("polygon", samples.FRAME), ("rect", samples.TURNED), ("ellipse", samples.ROUND)],
)
def test_what_becomes_a_polygon_covers_the_same_and_is_reported(kind, geometry):
    file, notes = export(shape(kind, geometry))
    (points,) = [one["points"] for one in file["shapes"]]
    covered = shapely.make_valid(shapely.Polygon(points)).area
    assert covered == pytest.approx(area_of(rings_of(kind, geometry)))
    assert list(notes.values()) == [1]


def test_supervision_reads_it(tmp_path):
    upright = {"cx": 20, "cy": 12, "w": 10, "h": 6, "angle": 0}
    drawn = label(
        shape("rect", upright),
        shape("polygon", samples.TWO_PARTS, 2, 4),
        shape("polygon", samples.FRAME, 3),
    )
    data, _ = written(write, [image(drawn), image(label(id=8), id=6, name="b.jpg")])
    blank = {"a.jpg": (64, 48), "b.jpg": (64, 48)}
    found = read("supervision-labelme", unpacked(data, tmp_path, blank))
    # It counts the pixels on the edges too. The two parts are one object by their group, from
    # column 0 to 4 and 10 to 16; of the frame the hole is left out, but for its edges.
    assert found["images"] == {
        "a.jpg": [
            ["House", "mask", [11 * 7, 11]],
            ["Tree", "mask", [found["images"]["a.jpg"][1][2][0], 5 + 7]],
            ["House", "mask", [11 * 11 - 5 * 5, 11]],
        ],
        "b.jpg": [],
    }
