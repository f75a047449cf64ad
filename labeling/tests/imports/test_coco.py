"""COCO is read: outlines, run lengths, boxes and keypoints, in any order."""

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from labeling.exports import coco
from labeling.imports.contents import BadFile
from labeling.rasterising import mask_of
from labeling.tests.exports import samples
from labeling.tests.exports.samples import image, label, point, shape, written
from labeling.tests.imports.files import items_of, problems_of, shapes_of, write, write_json

IMAGE = {"id": 1, "file_name": "a/b.jpg", "width": 64, "height": 48}
CATEGORY = {"id": 3, "name": "House"}
OUTLINE = [1.5, 2, 9, 2, 9, 8.25]


def file_with(folder, *annotations, **more):
    rows = [
        {"id": at, "image_id": 1, "category_id": 3} | annotation
        for at, annotation in enumerate(annotations, 1)
    ]
    content = {"images": [IMAGE], "annotations": rows, "categories": [CATEGORY]}
    return write_json(folder, "a.json", content | more)


def read_one(folder, **annotation):
    (found,) = shapes_of("coco", file_with(folder, annotation))
    return found


def test_the_image_is_told_by_all_that_the_file_says(tmp_path):
    about = IMAGE | {"path": "/photos/b.jpg", "sha256": "ab" * 32}
    (item,) = items_of("coco", file_with(tmp_path, images=[about]))
    assert item.image[1:6] == ("a/b.jpg", "/photos/b.jpg", "ab" * 32, 64, 48)


def test_outlines(tmp_path):
    found = read_one(tmp_path, segmentation=[OUTLINE], attributes={"roof": "flat"}, score=0.5)
    assert (found.class_name, found.kind, found.geometry) == (
        "House",
        "polygon",
        {"rings": [OUTLINE]},
    )
    assert (found.attributes, found.score) == ({"roof": "flat"}, 0.5)


def test_parts_that_overlap_are_one_area(tmp_path):
    parts = [[0, 0, 10, 0, 10, 10, 0, 10], [5, 0, 20, 0, 20, 10, 5, 10]]
    rings = read_one(tmp_path, segmentation=parts).geometry["rings"]
    assert mask_of(rings, 20, 10).all()


def test_parts_whose_edges_lie_on_each_other_are_even_odd_areas(tmp_path):
    square, round_twice = [0, 0, 10, 0, 10, 10, 0, 10], [5, 0, 20, 0, 20, 10] * 2
    rings = read_one(tmp_path, segmentation=[square, round_twice]).geometry["rings"]
    assert mask_of(rings, 20, 10).sum() == 10 * 10


def test_a_box_without_outline_is_a_rectangle(tmp_path):
    found = read_one(tmp_path, bbox=[2, 3, 10, 4], segmentation=[])
    assert (found.kind, found.geometry["cx"], found.geometry["h"]) == ("rect", 7, 4)


@pytest.mark.parametrize("is_packed", [True, False])
def test_masks_with_holes_become_the_outline_of_their_pixels(tmp_path, is_packed):
    mask = np.zeros((48, 64), dtype=np.uint8)
    mask[5:20, 5:30], mask[8:12, 8:12] = 1, 0
    packed = coco_mask.encode(np.asfortranarray(mask))
    runs = coco.runs_of([[5, 5, 30, 5, 30, 20, 5, 20], [8, 8, 12, 8, 12, 12, 8, 12]], 64, 48)
    counts = packed["counts"].decode() if is_packed else runs
    found = read_one(tmp_path, segmentation={"size": [48, 64], "counts": counts}, iscrowd=1)
    assert len(found.geometry["rings"]) == 2
    assert (mask_of(found.geometry["rings"], 64, 48) == mask).all()


def test_keypoints_have_the_names_of_the_category(tmp_path):
    category = CATEGORY | {"keypoints": ["nose", "ear", "tail"]}
    row = {"keypoints": [4, 5, 2, 0, 0, 0, 7, 8, 1], "bbox": [4, 5, 3, 3]}
    outline, points = shapes_of("coco", file_with(tmp_path, row, categories=[category]))
    assert outline.kind == "rect"
    assert points.geometry == {"points": [point("nose", 4, 5), point("tail", 7, 8, False)]}


def test_annotations_may_come_first_and_mixed(tmp_path):
    images = [IMAGE | {"id": number, "file_name": f"{number}.jpg"} for number in (7, 5, 6)]
    rows = [
        {"id": at, "image_id": (5, 7, 7, 5)[at], "category_id": 3, "bbox": [at, 1, 2, 2]}
        for at in range(4)
    ]
    content = {"annotations": rows, "categories": [CATEGORY], "images": images}
    items = items_of("coco", write_json(tmp_path, "a.json", content))
    assert [(item.image.name, len(item.shapes)) for item in items] == [
        ("7.jpg", 2),
        ("5.jpg", 2),
        ("6.jpg", 0),
    ]
    assert [found.geometry["cx"] for item in items for found in item.shapes] == [2, 3, 1, 4]


@pytest.mark.parametrize(
    "annotation, said",
    [
        ({"segmentation": [[1, 2, 3, 4]]}, "at least three points"),
        ({"segmentation": [[1, 2, 3, 4, "x", 6]]}, "no number"),
        ({"segmentation": {"size": [4, 4], "counts": [3]}}, "mask is empty"),
        ({"segmentation": {"size": [4, 4], "counts": [3, 99]}}, "do not add up"),
        ({"segmentation": {"counts": [3, 99]}}, "no size"),
        ({"bbox": [1, 2, 0, 4]}, "no segmentation, no box"),
        ({"category_id": 9, "bbox": [1, 2, 3, 4]}, "no category 9"),
    ],
)
def test_what_is_wrong_with_an_annotation_is_said_with_it(tmp_path, annotation, said):
    path = file_with(tmp_path, {"bbox": [1, 1, 2, 2]}, annotation)
    ((where, reason),) = problems_of("coco", path)
    assert where == "a.json, annotation 2"
    assert said in reason
    assert len(shapes_of("coco", path)) == 1


def test_an_annotation_of_no_image_is_named(tmp_path):
    path = file_with(tmp_path, {"bbox": [1, 1, 2, 2]}, {"bbox": [1, 1, 2, 2], "image_id": 8})
    first, lost = items_of("coco", path)
    assert lost.problems[0].reason == "There is no image 8 in the file."
    assert len(first.shapes) == 1


@pytest.mark.parametrize(
    "content, said",
    [
        (b"[]", "does not begin"),
        (b'{"images": []}', "no categories"),
        (b'{"images": [{"id": "x"}]}', "no whole number as its id"),
        (b'{"images": [{"id": 1}, {"id": 1}], "categories": []}', "two images of one id"),
        (b'{"images": [], "annotations": [], "categories": [{"id": 1}]}', "has no name"),
    ],
)
def test_what_is_no_coco_is_refused(tmp_path, content, said):
    with pytest.raises(BadFile, match=said):
        items_of("coco", write(tmp_path, "a.json", content))


def test_our_own_files_come_back_with_their_ids(tmp_path):
    drawn = [
        shape("rect", samples.TURNED, 1),
        shape("polygon", samples.FRAME, 2),
        shape("polygon", samples.TWO_PARTS, 3, attributes={"roof": "flat"}),
        shape("points", {"points": [point("nose", 3, 4.25), point("", 8, 9, False)]}, 4),
    ]
    data, _ = written(coco.write, [image(label(*drawn))])
    found = shapes_of("coco", write(tmp_path, "a.json", data))
    assert [one.uid for one in found] == [one.uid for one in drawn]
    assert [one.z for one in found] == [1, 2, 3, 4]
    assert [one.kind for one in found] == ["rect", "polygon", "polygon", "points"]
    assert found[0].geometry == samples.TURNED
    masks = [mask_of(one["rings"], 64, 48) for one in (found[1].geometry, samples.FRAME)]
    assert (masks[0] == masks[1]).all()
    assert found[2].geometry == samples.TWO_PARTS
    assert found[2].attributes == {"roof": "flat"}
    assert [p["visible"] for p in found[3].geometry["points"]] == [True, False]
