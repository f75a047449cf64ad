"""YOLO in three dialects, by hand and by supervision, which is not ours."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image, ImageDraw

from labeling.exports import yolo
from labeling.exports.contents import ClassRecord
from labeling.rasterising import mask_of
from labeling.shapes import rings_of
from labeling.tests.exports import samples
from labeling.tests.exports.independent import read, unpacked
from labeling.tests.exports.samples import image, label, point, shape, task, written

WRITERS = {"yolo": yolo.write, "seg": yolo.write_outlines, "obb": yolo.write_turned_boxes}
UPRIGHT = {"cx": 20, "cy": 12, "w": 10, "h": 6, "angle": 0}


def export(dialect, *images, of_task=None):
    data, notes = written(WRITERS[dialect], images, of_task)
    return zipfile.ZipFile(io.BytesIO(data)), notes


def lines(dialect, *shapes, **fields):
    archive, notes = export(dialect, image(label(*shapes), **fields))
    return archive.read("labels/train/a.txt").decode().splitlines(), notes


def test_the_whole_archive_is_this():
    archive, notes = export("yolo", image(label(shape("rect", UPRIGHT))))
    assert {name: archive.read(name).decode() for name in archive.namelist()} == {
        "labels/train/a.txt": "0 0.3125 0.25 0.15625 0.125\n",
        "images.csv": "file,image_id,file_name,path,sha256,width,height,split\r\n"
        f"labels/train/a.txt,5,a.jpg,/images/a.jpg,{'ab' * 32},64,48,\r\n",
        "data.yaml": "# Houses, written by S3Label 0.1.0\npath: .\n"
        "train: images/train\nval: images/train\nnames:\n"
        '  0: "House"\n  1: "deleted class 2"\n  2: "deleted class 3"\n  3: "Tree"\n',
    }
    assert notes == {}


def labels_of(path):
    """Where Ultralytics looks for the labels of an image."""
    before, _, after = path.rpartition("/images/")
    return f"{before}/labels/{after}".rpartition(".")[0] + ".txt"


@pytest.mark.parametrize("name", ["a/images/b.jpg", "images/images/b.jpg", "images~/images.jpg"])
def test_labels_are_found_whatever_folders_an_image_lies_in(name):
    record = image(label(shape("rect", UPRIGHT)), name=name)
    archive, _ = export("yolo", record)
    place = yolo.image_place(record)
    assert labels_of(f"/data/{place}").removeprefix("/data/") in archive.namelist()
    assert yolo.as_it_was(place.removeprefix("images/train/")) == name


def test_a_class_keeps_its_number_when_another_is_deleted():
    left = [ClassRecord(4, "Tree", "#3cb44b", False)]
    archive, _ = export(
        "yolo", image(label(shape("rect", UPRIGHT, 1, 4))), of_task=task(classes=left)
    )
    assert archive.read("labels/train/a.txt").startswith(b"3 ")
    assert b'  3: "Tree"' in archive.read("data.yaml")


def test_an_image_without_shapes_has_an_empty_file():
    assert lines("yolo") == ([], {})


def test_a_box_is_cut_at_the_border():
    found, _ = lines("yolo", shape("rect", {"cx": 62, "cy": 2, "w": 10, "h": 10, "angle": 0}))
    assert found == ["0 0.9453125 0.07291667 0.109375 0.14583333"]


@pytest.mark.parametrize("width", [10, 9.99])
def test_boxes_are_exact_to_the_hundredth(width):
    rect = {"cx": 20.01, "cy": 12, "w": width, "h": 6.03, "angle": 0}
    numbers = [float(part) for part in lines("yolo", shape("rect", rect))[0][0].split()[1:]]
    centre_and_size = [number * side for number, side in zip(numbers, (64, 48) * 2, strict=True)]
    assert centre_and_size == pytest.approx([20.01, 12, width, 6.03], abs=1e-6)


def test_what_a_dialect_cannot_carry_is_reported():
    shapes = [
        shape("polygon", samples.FRAME, 1, attributes={"roof": "flat"}),
        shape("rect", samples.TURNED, 2),
        shape("ellipse", samples.ROUND, 3),
        shape("line", samples.LINE, 4),
        shape("points", {"points": [point("", 3, 4)]}, 5),
    ]
    common = {
        "The attributes of a shape were left out.": 1,
        "A line was left out: the format has none.": 1,
        "A shape of points was left out: the format has none.": 1,
    }
    assert lines("yolo", *shapes)[1] == common | {
        "A polygon became its box.": 1,
        "A turned rectangle became its box.": 1,
        "An ellipse became its box.": 1,
    }
    assert lines("seg", *shapes)[1] == common | {
        "The rings of a shape were joined by lines that cover nothing.": 1,
        "A rectangle became a polygon.": 1,
        "An ellipse became a polygon.": 1,
    }
    assert lines("obb", *shapes)[1] == common | {
        "A polygon became the smallest turned box around it.": 1,
        "An ellipse became the smallest turned box around it.": 1,
    }
    _, notes = export("yolo", image(label(), label(id=8, slot=1)))
    assert notes == {"The labels of several people on one image were written as one.": 1}


def test_an_outline_keeps_its_hole():
    found, _ = lines("seg", shape("polygon", samples.FRAME))
    numbers = np.array(found[0].split()[1:], dtype=float).reshape(-1, 2) * (64, 48)
    picture = Image.new("1", (64, 48))
    ImageDraw.Draw(picture).polygon([tuple(xy) for xy in numbers], fill=1)
    assert not np.asarray(picture)[14:17, 14:17].any()
    expected = mask_of(samples.FRAME["rings"], 64, 48)
    np.testing.assert_array_equal(mask_of([numbers.ravel().tolist()], 64, 48), expected)


def test_no_outline_leaves_its_image():
    around = {"rings": [[-3, -3, 70, 10, 60, 50]]}
    found, notes = lines("seg", shape("polygon", around))
    numbers = [float(number) for number in found[0].split()[1:]]
    assert min(numbers) >= 0 and max(numbers) <= 1
    assert "A shape was cut at the border of its image." in notes


def test_the_smallest_turned_box_is_around_the_shape():
    square = [[20, 10, 30, 20, 20, 30, 10, 20]]
    rect = yolo.smallest_rect(square)
    assert rect == {"cx": 20, "cy": 20, "w": 14.14, "h": 14.14, "angle": 45}
    assert rings_of("rect", rect)[0] == pytest.approx([20, 10, 30, 20, 20, 30, 10, 20], abs=0.01)


def test_images_go_to_the_folder_of_their_split():
    images = [
        image(label(), id=n, name=f"{n}.jpg")._replace(split=s)
        for n, s in enumerate(("train", "val", "test"), 1)
    ]
    archive, _ = export("yolo", *images)
    assert archive.namelist()[:3] == ["labels/train/1.txt", "labels/val/2.txt", "labels/test/3.txt"]
    about = archive.read("data.yaml").decode()
    assert "train: images/train\nval: images/val\ntest: images/test\n" in about


def by_supervision(dialect, folder, *shapes):
    data, _ = written(
        WRITERS[dialect], [image(label(*shapes)), image(label(id=8), id=6, name="b.jpg")]
    )
    blank = {"images/train/a.jpg": (64, 48), "images/train/b.jpg": (64, 48)}
    reader = "supervision-yolo" + ("" if dialect == "yolo" else f"-{dialect}")
    found = read(reader, unpacked(data, folder, blank))
    assert found["images"]["b.jpg"] == []
    assert found["classes"][0] == "House" and found["classes"][3] == "Tree"
    return found["images"]["a.jpg"]


def test_supervision_reads_the_boxes(tmp_path):
    found = by_supervision(
        "yolo", tmp_path, shape("rect", UPRIGHT, 1, 4), shape("polygon", samples.SQUARE, 2)
    )
    assert found == [["Tree", "box", [15, 9, 25, 15]], ["House", "box", [10, 10, 20, 20]]]


def test_supervision_reads_the_outlines(tmp_path):
    found = by_supervision("seg", tmp_path, shape("polygon", samples.FRAME))
    # It counts the pixels on the edges too, at the hole and outside: 11 × 11 less 5 × 5, and
    # the slit is drawn as well.
    assert found[0][:2] == ["House", "mask"]
    assert found[0][2][0] == pytest.approx(11 * 11 - 5 * 5, abs=2)


def test_supervision_reads_the_turned_boxes(tmp_path):
    found = by_supervision("obb", tmp_path, shape("rect", samples.TURNED))
    corners = {tuple(found[0][2][i : i + 2]) for i in range(0, 8, 2)}
    assert corners == {(35, 10), (35, 30), (25, 30), (25, 10)}
