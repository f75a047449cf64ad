"""CSV, read back by Python's csv, and by pandas and shapely as others would."""

import csv
import io
import json

from labeling.exports.contents import ClassRecord
from labeling.exports.csv import write
from labeling.tests.exports import samples
from labeling.tests.exports.independent import read
from labeling.tests.exports.samples import image, label, point, shape, task, written


def rows(*images, of_task=None):
    data, notes = written(write, images, of_task)
    assert notes == {}
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_row_is_a_shape():
    (row,) = rows(
        image(label(shape("polygon", samples.SQUARE, attributes={"roof": 'a "flat" one'})))
    )
    assert json.loads(row.pop("geometry")) == samples.SQUARE
    assert json.loads(row.pop("attributes")) == {"roof": 'a "flat" one'}
    assert row == {
        "image_id": "5",
        "file_name": "a.jpg",
        "path": "/images/a.jpg",
        "sha256": "ab" * 32,
        "image_width": "64",
        "image_height": "48",
        "label_id": "7",
        "labeler_id": "3",
        "status": "submitted",
        "revision": "4",
        "shape_id": "00000000-0000-4000-8000-000000000001",
        "class_id": "1",
        "class": "House",
        "kind": "polygon",
        "x": "10",
        "y": "10",
        "width": "10",
        "height": "10",
        "area": "100.0",
        "z": "1",
        "image_attributes": "{}",
    }


def test_holes_do_not_count_and_points_cover_nothing():
    dots = {"points": [point("", 3, 4), point("", 5.5, 4)]}
    frame, dot = rows(image(label(shape("polygon", samples.FRAME), shape("points", dots, 2))))
    assert (frame["area"], dot["area"]) == ("64.0", "0.0")
    assert (dot["x"], dot["y"], dot["width"], dot["height"]) == ("3", "4", "2.5", "0")


def test_a_label_without_shapes_has_a_row_without_one():
    (row,) = rows(image(label()))
    assert (row["label_id"], row["shape_id"], row["geometry"]) == ("7", "", "")


def test_no_text_is_taken_for_a_formula():
    evil = task(classes=[ClassRecord(1, '=HYPERLINK("x")', "#e6194b", False)])
    drawn = shape("polygon", {"rings": [[-1, -1, 5, -1, 5, 5]]})
    (row,) = rows(image(label(drawn), name="@a.jpg"), of_task=evil)
    assert (row["class"], row["file_name"]) == ('\'=HYPERLINK("x")', "'@a.jpg")
    # A number stays one.
    assert row["x"] == "-1"


def test_names_keep_their_letters_and_lines():
    (row,) = rows(image(label(), name='Häuser, "neu"\n☃.jpg'))
    assert row["file_name"] == 'Häuser, "neu"\n☃.jpg'


def test_pandas_reads_it_and_shapely_finds_the_same_areas(tmp_path):
    name = 'Häuser, "neu"\n☃.jpg'
    drawn = label(
        shape("polygon", samples.TWO_PARTS, 1, 4),
        shape("polygon", samples.FRAME, 2),
        shape("rect", {"cx": 20.01, "cy": 12, "w": 10, "h": 6, "angle": 0}, 3),
    )
    data, _ = written(write, [image(drawn, name=name), image(label(id=8), name="b.jpg")])
    (tmp_path / "labels.csv").write_bytes(data)
    found = read("pandas-csv", tmp_path)
    # Of a rectangle the geometry has no rings.
    assert found == {
        "shapes": [
            [name, "Tree", [0, 0, 16, 6.5, 35.5], 35.5],
            [name, "House", [10, 10, 10, 10, 64], 64],
            [name, "House", [15.01, 9, 10, 6, 60], 0],
        ],
        "empty": ["b.jpg"],
    }
