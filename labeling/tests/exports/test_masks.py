"""Masks, read back by PIL and compared pixel by pixel."""

import csv
import io
import zipfile

import numpy as np
from PIL import Image

from labeling.exports.contents import ClassRecord
from labeling.exports.masks import write
from labeling.rasterising import mask_of
from labeling.shapes import rings_of
from labeling.tests.exports import samples
from labeling.tests.exports.samples import image, label, point, shape, task, written

NAME = "00000005-00000007.png"


def export(*images, of_task=None):
    data, notes = written(write, images, of_task)
    return zipfile.ZipFile(io.BytesIO(data)), notes


def mask(archive, kind, name=NAME):
    with Image.open(archive.open(f"{kind}/{name}")) as picture:
        return np.asarray(picture)


def table(archive, name):
    return list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))


def square(x, y, size):
    return {"rings": [[x, y, x + size, y, x + size, y + size, x, y + size]]}


def test_pixels_name_classes_and_instances():
    shapes = [shape("polygon", samples.FRAME, 1, 4), shape("polygon", square(14, 14, 2), 2)]
    archive, notes = export(image(label(*shapes)))
    classes, instances = mask(archive, "classes"), mask(archive, "instances")
    assert classes.shape == instances.shape == (48, 64)
    assert (classes.dtype, instances.dtype) == (np.uint8, np.uint16)
    assert {value: int((classes == value).sum()) for value in np.unique(classes)} == {
        0: 64 * 48 - 64 - 4,
        1: 4,
        4: 64,
    }
    assert (instances[11, 11], instances[13, 13], instances[14, 14]) == (1, 0, 2)
    assert notes == {}


def test_every_kind_of_area_is_painted_by_the_pixel_centre_rule():
    drawn = [("rect", samples.TURNED), ("ellipse", samples.ROUND), ("polygon", samples.TWO_PARTS)]
    for kind, geometry in drawn:
        archive, _ = export(image(label(shape(kind, geometry))))
        expected = mask_of(rings_of(kind, geometry), 64, 48)
        np.testing.assert_array_equal(mask(archive, "instances") == 1, expected)


def test_what_is_in_front_covers_what_is_behind():
    shapes = [shape("polygon", square(0, 0, 10), 1), shape("polygon", square(5, 5, 10), 2)]
    instances = mask(export(image(label(*shapes)))[0], "instances")
    assert (instances[4, 4], instances[6, 6]) == (1, 2)


def test_a_shape_that_sticks_out_is_cut_and_does_not_come_in_on_the_other_side():
    shapes = [shape("polygon", square(-3, -3, 5), 1), shape("polygon", square(62, 46, 5), 2)]
    instances = mask(export(image(label(*shapes)))[0], "instances")
    assert (int((instances == 1).sum()), int((instances == 2).sum())) == (4, 4)


def test_more_than_255_instances_and_classes_stay_apart():
    shapes = [
        shape("polygon", square(n % 32 * 2, n // 32 * 2, 1), n + 1, class_id=n + 1)
        for n in range(300)
    ]
    many = task(classes=[ClassRecord(n + 1, f"c{n}", "#e6194b", False) for n in range(300)])
    archive, _ = export(image(label(*shapes)), of_task=many)
    for kind in ("classes", "instances"):
        assert np.unique(mask(archive, kind)).tolist() == list(range(301))
    assert len(table(archive, "instances.csv")) == 300


def test_tables_say_which_mask_belongs_to_which_image():
    archive, _ = export(
        image(label(), label(id=8, slot=1, labeler=4), name="north/a.jpg"),
        image(label(shape("polygon", samples.SQUARE), id=9), id=6, name="south/a.jpg"),
    )
    rows = table(archive, "labels.csv")
    assert [(row["mask"], row["file_name"], row["labeler_id"]) for row in rows] == [
        (NAME, "north/a.jpg", "3"),
        ("00000005-00000008.png", "north/a.jpg", "4"),
        ("00000006-00000009.png", "south/a.jpg", "3"),
    ]
    assert mask(archive, "classes").max() == 0
    (instance,) = table(archive, "instances.csv")
    assert (instance["mask"], instance["instance"]) == ("00000006-00000009.png", "1")
    assert [row["name"] for row in table(archive, "classes.csv")] == ["House", "Tree"]


def test_no_name_in_a_table_is_taken_for_a_formula():
    evil = task(classes=[ClassRecord(1, "=1+1", "#e6194b", False)])
    archive, _ = export(image(label(), name="@a.jpg"), of_task=evil)
    assert table(archive, "labels.csv")[0]["file_name"] == "'@a.jpg"
    assert table(archive, "classes.csv")[0]["name"] == "'=1+1"


def test_what_covers_nothing_is_reported():
    dots = shape("points", {"points": [point("", 3, 4)]}, 2)
    _, notes = export(image(label(shape("line", samples.LINE), dots)))
    assert sorted(notes.values()) == [1, 1]


def test_an_empty_task_makes_tables_without_rows():
    archive, _ = export()
    assert archive.namelist() == ["classes.csv", "labels.csv", "instances.csv"]
    assert table(archive, "labels.csv") == []


def test_the_same_records_make_the_same_bytes():
    images = [image(label(shape("ellipse", samples.ROUND)))]
    assert written(write, images) == written(write, images)
