"""COCO, by hand-checkable shapes and by pycocotools, which is not ours."""

import contextlib
import io
import json
import math
import tempfile

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO

from labeling.exports import coco
from labeling.exports.contents import ClassRecord, Sheet
from labeling.rasterising import mask_of
from labeling.shapes import area_of, box_of
from labeling.tests.exports import samples
from labeling.tests.exports.samples import image, label, point, shape, task, written


def export(*images):
    data, _ = written(coco.write, images)
    return json.loads(data)


def export_shapes(*shapes, size=(64, 48)):
    return export(image(label(*shapes), size=size))["annotations"]


def read_by_pycocotools(*images):
    data, _ = written(coco.write, images)
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(data)
        file.flush()
        with contextlib.redirect_stdout(io.StringIO()):
            return COCO(file.name)


def test_the_whole_file_is_this():
    file = export(image(label(shape("polygon", samples.SQUARE, attributes={"roof": "flat"}))))
    assert file == {
        "info": {
            "description": "Houses",
            "version": "S3Label 0.1.0",
            "task_id": 1,
            "status": "submitted",
        },
        "licenses": [],
        "images": [
            {
                "id": 5,
                "file_name": "a.jpg",
                "width": 64,
                "height": 48,
                "path": "/images/a.jpg",
                "sha256": "ab" * 32,
                "dataset_id": 1,
                "labels": [{"id": 7, "labeler_id": 3, "status": "submitted", "revision": 4}],
            }
        ],
        "annotations": [
            {
                "id": 1,
                "image_id": 5,
                "category_id": 1,
                "iscrowd": 0,
                "attributes": {
                    "roof": "flat",
                    "shape_id": "00000000-0000-4000-8000-000000000001",
                    "label_id": 7,
                    "labeler_id": 3,
                    "revision": 2,
                    "kind": "polygon",
                    "z": 1,
                },
                "segmentation": [[10, 10, 20, 10, 20, 20, 10, 20]],
                "area": 100,
                "bbox": [10, 10, 10, 10],
            }
        ],
        "categories": [
            {"id": 1, "name": "House", "supercategory": ""},
            {"id": 4, "name": "Tree", "supercategory": ""},
        ],
    }


def test_an_empty_task_makes_a_file_that_loads():
    file = export()
    assert (file["images"], file["annotations"], len(file["categories"])) == ([], [], 2)
    assert read_by_pycocotools().getImgIds() == []


def test_an_image_without_shapes_is_there():
    read = read_by_pycocotools(image(label()), image(label(id=8), id=6, name="b.jpg"))
    assert read.getImgIds() == [5, 6]
    assert read.getAnnIds() == []


@pytest.mark.parametrize(
    ("kind", "geometry", "area", "bbox"),
    [
        (
            "polygon",
            {"rings": [[0.25, 0.5, 10.75, 0.5, 0.25, 8.51]]},
            42.0525,
            [0.25, 0.5, 10.5, 8.01],
        ),
        ("polygon", samples.TWO_PARTS, 16 + 19.5, [0, 0, 16, 6.5]),
        # A bow tie: the middle is where it crosses itself, both halves count.
        ("polygon", {"rings": [[0, 0, 10, 10, 10, 0, 0, 10]]}, 50, [0, 0, 10, 10]),
        ("polygon", samples.FRAME, 100 - 36, [10, 10, 10, 10]),
        ("rect", samples.TURNED, 200, [25, 10, 10, 20]),
        ("rect", samples.TURNED | {"angle": 0}, 200, [20, 15, 20, 10]),
    ],
)
def test_area_and_box_are_exact(kind, geometry, area, bbox):
    (annotation,) = export_shapes(shape(kind, geometry))
    assert (annotation["area"], annotation["bbox"]) == (area, bbox)


def test_a_turned_rectangle_is_a_polygon_of_its_four_corners():
    (annotation,) = export_shapes(shape("rect", samples.TURNED))
    assert annotation["segmentation"] == [[35, 10, 35, 30, 25, 30, 25, 10]]


def test_an_ellipse_is_a_polygon_that_leaves_it_by_a_fiftieth_of_a_pixel():
    (annotation,) = export_shapes(shape("ellipse", samples.ROUND))
    (ring,) = annotation["segmentation"]
    for x, y in zip(ring[::2], ring[1::2], strict=True):
        assert abs(math.hypot((x - 30) / 10, (y - 20) / 5) - 1) < 0.003
    assert abs(annotation["area"] / (math.pi * 50) - 1) < 0.02
    assert annotation["bbox"] == pytest.approx([20, 15, 20, 10], abs=0.04)


def test_separate_parts_stay_polygons_and_holes_become_runs_of_pixels():
    parts, frame = export_shapes(
        shape("polygon", samples.TWO_PARTS), shape("polygon", samples.FRAME, 2)
    )
    assert parts["segmentation"] == samples.TWO_PARTS["rings"]
    assert frame["segmentation"]["size"] == [48, 64]
    assert sum(frame["segmentation"]["counts"]) == 48 * 64
    assert frame["iscrowd"] == 0


def test_keypoints_follow_the_points_of_their_category():
    first = shape("points", {"points": [point("nose", 3, 4), point("tail", 8.5, 9, False)]})
    second = shape("points", {"points": [point("ear", 1, 2)]}, 2)
    unnamed = shape("points", {"points": [point("", 6, 6)]}, 3, class_id=4)
    file = export(image(label(first, second, unnamed)))
    keypoints = [annotation["keypoints"] for annotation in file["annotations"]]
    assert keypoints == [[3, 4, 2, 8.5, 9, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1, 2, 2], [6, 6, 2]]
    assert file["annotations"][0]["bbox"] == [3, 4, 5.5, 5]
    assert file["annotations"][0]["num_keypoints"] == 2
    names = [category["keypoints"] for category in file["categories"]]
    assert names == [["nose", "tail", "ear"], ["point 1"]]


def test_categories_have_the_keypoints_of_the_skeleton_whether_used_or_not():
    skeleton = {"points": ["nose", "ear", "tail"], "edges": [[0, 1], [0, 2]]}
    of_task = task(classes=[ClassRecord(1, "Cat", "#e6194b", False, skeleton)])
    cat = shape("points", {"points": [point("tail", 3, 4), point("paw", 5, 6)]})
    data, _ = written(coco.write, [image(label(cat))], of_task)
    file = json.loads(data)
    assert file["categories"][0]["keypoints"] == ["nose", "ear", "tail", "paw"]
    assert file["categories"][0]["skeleton"] == [[1, 2], [1, 3]]
    assert file["annotations"][0]["keypoints"] == [0, 0, 0, 0, 0, 0, 3, 4, 2, 5, 6, 2]
    data, _ = written(coco.write, [], of_task)
    assert json.loads(data)["categories"][0]["keypoints"] == ["nose", "ear", "tail"]


def test_what_coco_cannot_carry_is_reported():
    clash = shape("polygon", samples.SQUARE, 2, attributes={"kind": "barn"})
    data, notes = written(coco.write, [image(label(shape("line", samples.LINE), clash))])
    assert [a["attributes"]["kind"] for a in json.loads(data)["annotations"]] == ["polygon"]
    assert notes == {
        "A line was left out: COCO has none.": 1,
        "An attribute called kind was left out: S3Label uses the name.": 1,
    }


def test_two_labels_of_an_image_are_one_image_and_tell_their_annotations_apart():
    ann = label(shape("polygon", samples.SQUARE), id=7, labeler=3)
    ben = label(shape("polygon", samples.SQUARE), id=8, labeler=4, slot=1)
    file = export(image(ann, ben))
    assert len(file["images"]) == 1
    assert [a["attributes"]["labeler_id"] for a in file["annotations"]] == [3, 4]
    assert [a["id"] for a in file["annotations"]] == [1, 2]


def test_many_instances_over_several_batches_are_all_there():
    images = [
        image(label(*(shape("polygon", samples.SQUARE, n) for n in range(900))), id=i + 1)
        for i in range(6)
    ]
    annotations = export(*images)["annotations"]
    assert [a["id"] for a in annotations] == list(range(1, 5401))
    assert {a["image_id"] for a in annotations} == set(range(1, 7))


def test_the_same_records_make_the_same_bytes():
    images = [image(label(shape("ellipse", samples.ROUND), shape("polygon", samples.FRAME, 2)))]
    assert written(coco.write, images) == written(coco.write, images)


corners = st.tuples(st.integers(-300, 6700), st.integers(-300, 5100))
triangles = st.lists(corners, min_size=3, max_size=3, unique=True).filter(
    lambda p: (p[1][0] - p[0][0]) * (p[2][1] - p[0][1]) != (p[2][0] - p[0][0]) * (p[1][1] - p[0][1])
)
ring = st.one_of(triangles, st.lists(corners, min_size=4, max_size=9, unique=True))
polygons = st.lists(ring, min_size=1, max_size=4).map(
    lambda rings: {"rings": [[value / 100 for xy in points for value in xy] for points in rings]}
)


@given(st.lists(polygons, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_pycocotools_reads_back_what_was_drawn(drawn):
    shapes = [shape("polygon", geometry, n, 1 + 3 * (n % 2)) for n, geometry in enumerate(drawn)]
    read = read_by_pycocotools(image(label(*shapes)))
    assert {c["id"]: c["name"] for c in read.loadCats(read.getCatIds())} == {1: "House", 4: "Tree"}
    annotations = read.loadAnns(read.getAnnIds(imgIds=5))
    assert [a["category_id"] for a in annotations] == [s.class_id for s in shapes]
    for geometry, annotation in zip(drawn, annotations, strict=True):
        mask = read.annToMask(annotation).astype(bool)
        if isinstance(annotation["segmentation"], list):
            assert annotation["segmentation"] == geometry["rings"]
        else:
            np.testing.assert_array_equal(mask, mask_of(geometry["rings"], 64, 48))
            assert annotation["area"] == mask.sum()


def test_a_line_is_what_orjson_makes_of_its_records():
    """Lines are put together by hand; nothing may show it."""
    shapes = [
        shape("polygon", samples.SQUARE, 1),
        shape("polygon", {"rings": [[0, 0, 0.01, 0, 0, 0.01]]}, 2),
        shape("polygon", samples.FRAME, 3, attributes={"ä": '"\n', "b": [1.5, None]}),
        shape("rect", samples.TURNED, 4, attributes={"roof": "flat %d 7 %", "z": 3}),
        shape("points", {"points": [point("nose", 3, 4.25)]}, 5, attributes={"old": "7 %"}),
    ]
    data, _ = written(coco.write, [image(label(*shapes)), image(label(), id=6)])
    lines = [line.rstrip(b",") for line in data.splitlines() if line.startswith(b'{"id"')]
    assert len(lines) == 2 + 5 + 2
    assert [orjson.dumps(orjson.loads(line)) for line in lines] == lines
    rows = [orjson.loads(line) for line in lines]
    assert [row["id"] for row in rows[:5]] == [1, 2, 3, 4, 5]
    assert rows[1]["area"] == 5e-05
    assert rows[3]["attributes"]["roof"] == "flat %d 7 %"
    assert rows[4]["attributes"]["old"] == "7 %"


@given(st.lists(polygons, min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_areas_and_boxes_measured_together_are_those_of_each_alone(drawn):
    shapes = [shape("polygon", geometry, n) for n, geometry in enumerate(drawn)]
    for geometry, annotation in zip(drawn, export_shapes(*shapes), strict=True):
        left, top, right, bottom = box_of("polygon", geometry)
        assert annotation["bbox"] == pytest.approx([left, top, right - left, bottom - top])
        if isinstance(annotation["segmentation"], list):
            assert annotation["area"] == pytest.approx(area_of(geometry["rings"]), abs=1e-3)


def test_prepared_labels_make_the_same_file():
    images = [image(label(shape("polygon", samples.SQUARE)), label(id=8, slot=1)), image(label())]
    plain = written(coco.write, images)
    sheets = [Sheet(one.id, one.width, one.height, part) for one in images for part in one.labels]
    rows = iter(coco.prepare(sheets))
    prepared = [
        one._replace(labels=[part._replace(shapes=next(rows)) for part in one.labels])
        for one in images
    ]
    assert written(coco.write, prepared) == plain


def test_pycocotools_makes_a_mask_of_every_kind():
    shapes = [
        shape("rect", samples.TURNED, 1),
        shape("ellipse", samples.ROUND, 2),
        shape("polygon", samples.FRAME, 3),
        shape("points", {"points": [point("", 6, 6)]}, 4),
    ]
    read = read_by_pycocotools(image(label(*shapes)))
    areas = [int(read.annToMask(a).sum()) for a in read.loadAnns(read.getAnnIds())]
    assert areas[0] == 200
    assert abs(areas[1] - math.pi * 50) < 12
    assert areas[2:] == [64, 0]
