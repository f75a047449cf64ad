"""S3Label's own format: nothing is lost, and it is what its schema says."""

import json
from pathlib import Path

import jsonschema
import pytest

from labeling.exports import s3label_json
from labeling.exports.contents import ClassRecord
from labeling.tests.exports import samples
from labeling.tests.exports.samples import image, label, point, shape, written

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs" / "s3label-export.schema.json").read_text())
SCHEMA_CHECK = jsonschema.Draft202012Validator(SCHEMA)

EVERY_KIND = [
    ("polygon", samples.FRAME),
    ("rect", samples.TURNED),
    ("ellipse", samples.ROUND),
    ("line", samples.LINE),
    ("points", {"points": [point("nose", 3, 4.25), point("", 8, 9, False)]}),
]


def export(*images):
    data, notes = written(s3label_json.write, images)
    assert notes == {}
    return json.loads(data)


def test_the_whole_file_is_this():
    drawn = shape("polygon", samples.SQUARE, attributes={"roof": "flat"})
    file = export(image(label(drawn)))
    assert file == {
        "format": "s3label",
        "format_version": "1.1",
        "made_by": "S3Label 0.1.0",
        "status": "submitted",
        "task": {
            "id": 1,
            "title": "Houses",
            "description": "Draw.",
            "type": "instance_segmentation",
        },
        "classes": [
            {"id": 1, "name": "House", "color": "#e6194b", "archived": False},
            {"id": 4, "name": "Tree", "color": "#3cb44b", "archived": True},
        ],
        "attributes": [],
        "datasets": [{"id": 1, "site": "Test site", "sensor": "Test camera", "description": ""}],
        "images": [
            {
                "id": 5,
                "file_name": "a.jpg",
                "path": "/images/a.jpg",
                "sha256": "ab" * 32,
                "width": 64,
                "height": 48,
                "dataset": 1,
                "state": "ok",
                "labels": [
                    {
                        "id": 7,
                        "slot": 0,
                        "labeler": 3,
                        "status": "submitted",
                        "rev": 4,
                        "values": {},
                        "shapes": [
                            {
                                "id": "00000000-0000-4000-8000-000000000001",
                                "rev": 2,
                                "class": 1,
                                "kind": "polygon",
                                "geom": samples.SQUARE,
                                "z": 1,
                                "attrs": {"roof": "flat"},
                            }
                        ],
                    }
                ],
            }
        ],
    }


def test_every_kind_keeps_its_geometry_and_fits_the_schema():
    shapes = [shape(kind, geometry, n) for n, (kind, geometry) in enumerate(EVERY_KIND)]
    file = export(image(label(*shapes), label(id=8, slot=1, labeler=4)), image(label(), id=6))
    SCHEMA_CHECK.validate(file)
    (first, second), (third,) = (image["labels"] for image in file["images"])
    assert [(s["kind"], s["geom"]) for s in first["shapes"]] == EVERY_KIND
    assert (second["shapes"], third["shapes"]) == ([], [])


def test_a_task_without_labels_fits_the_schema():
    file = export()
    SCHEMA_CHECK.validate(file)
    assert file["images"] == []


@pytest.mark.parametrize(
    ("kind", "geometry"),
    [
        ("polygon", {"rings": []}),
        ("polygon", {"rings": [[1, 2, 3, 4]]}),
        ("polygon", samples.TURNED),
        ("rect", samples.TURNED | {"angle": 360}),
        ("rect", samples.TURNED | {"w": 0}),
        ("circle", samples.ROUND),
        ("points", {"points": [{"x": 1, "y": 2}]}),
    ],
)
def test_the_schema_refuses_what_is_no_shape(kind, geometry):
    file = export(image(label(shape(kind, geometry))))
    assert not SCHEMA_CHECK.is_valid(file)


def test_classes_have_their_skeletons():
    skeleton = {"points": ["nose", "ear"], "edges": [[0, 1]]}
    with_keypoints = ClassRecord(1, "Cat", "#e6194b", False, skeleton)
    of_task = samples.task(classes=[with_keypoints, ClassRecord(2, "Hut", "#3cb44b", False)])
    file = json.loads(written(s3label_json.write, [], of_task)[0])
    SCHEMA_CHECK.validate(file)
    assert file["format_version"] == "1.2"
    assert [one.get("skeleton") for one in file["classes"]] == [skeleton, None]


def test_the_same_records_make_the_same_bytes():
    images = [image(label(shape("rect", samples.TURNED)))]
    assert written(s3label_json.write, images) == written(s3label_json.write, images)
