"""Pascal VOC, by hand and by datumaro and supervision, which are not ours."""

import io
import zipfile
from xml.etree import ElementTree

import pytest

from labeling.exports.contents import ClassRecord
from labeling.exports.voc import write
from labeling.tests.exports import samples
from labeling.tests.exports.independent import read, unpacked
from labeling.tests.exports.samples import image, label, point, shape, task, written

UPRIGHT = {"cx": 20, "cy": 12, "w": 10, "h": 6, "angle": 0}
BLANK = {"JPEGImages/a.jpg": (64, 48), "JPEGImages/b.jpg": (64, 48)}


def export(*images, of_task=None):
    data, notes = written(write, images, of_task)
    return zipfile.ZipFile(io.BytesIO(data)), notes


def boxes(*shapes):
    archive, notes = export(image(label(*shapes)))
    root = ElementTree.fromstring(archive.read("Annotations/a.xml"))
    found = [
        (one.findtext("name"), [int(edge.text) for edge in one.find("bndbox")])
        for one in root.iter("object")
    ]
    return found, notes


def test_the_whole_archive_is_this():
    archive, notes = export(image(label(shape("rect", UPRIGHT)), name="north/a.jpg"))
    files = {name: archive.read(name).decode() for name in archive.namelist()}
    del files["images.csv"]
    assert files == {
        "Annotations/north/a.xml": "<annotation>\n<folder>north</folder>\n"
        "<filename>a.jpg</filename>\n<path>/images/north/a.jpg</path>\n"
        "<source><database>S3Label</database></source>\n"
        "<size><width>64</width><height>48</height><depth>3</depth></size>\n"
        "<segmented>0</segmented>\n<object>\n<name>House</name>\n<pose>Unspecified</pose>\n"
        "<truncated>0</truncated>\n<difficult>0</difficult>\n"
        "<bndbox><xmin>15</xmin><ymin>9</ymin><xmax>25</xmax><ymax>15</ymax></bndbox>\n"
        "</object>\n</annotation>\n",
        "ImageSets/Main/train.txt": "north/a\n",
        "labelmap.txt": "# label:color_rgb:parts:actions\nbackground:0,0,0::\n"
        "House:230,25,75::\nTree:60,180,75::\n",
    }
    assert notes == {}


def test_boxes_are_rounded_to_whole_pixels_and_that_is_said():
    found, notes = boxes(
        shape("rect", {"cx": 20, "cy": 12.3, "w": 9.01, "h": 6, "angle": 0}, 1),
        shape("rect", {"cx": 63.9, "cy": 47.9, "w": 0.1, "h": 0.1, "angle": 0}, 2),
    )
    assert [box for _, box in found] == [[15, 9, 25, 15], [63, 47, 64, 48]]
    assert notes == {"A box was rounded to whole pixels.": 2}


def test_what_sticks_out_is_cut_and_called_truncated():
    archive, _ = export(
        image(label(shape("rect", {"cx": 62, "cy": 2, "w": 10, "h": 10, "angle": 0})))
    )
    root = ElementTree.fromstring(archive.read("Annotations/a.xml"))
    assert root.findtext("object/truncated") == "1"
    assert [edge.text for edge in root.find("object/bndbox")] == ["57", "0", "64", "7"]


def test_what_it_cannot_carry_is_reported():
    found, notes = boxes(
        shape("polygon", samples.FRAME, 1, attributes={"roof": "flat"}),
        shape("rect", samples.TURNED, 2),
        shape("ellipse", samples.ROUND, 3),
        shape("line", samples.LINE, 4),
        shape("points", {"points": [point("", 3, 4)]}, 5),
    )
    assert [box for _, box in found] == [[10, 10, 20, 20], [25, 10, 35, 30], [20, 15, 40, 25]]
    assert notes == {
        "The attributes of a shape were left out.": 1,
        "A polygon became its box.": 1,
        "A turned rectangle became its box.": 1,
        "An ellipse became its box.": 1,
        "A line was left out: the format has none.": 1,
        "A shape of points was left out: the format has none.": 1,
    }


@pytest.mark.parametrize("name", ["R&B <house>", 'a "b" c', "Bäume 🌳", "nul\x01"])
def test_any_class_name_makes_xml_that_can_be_read(name):
    archive, _ = export(
        image(label(shape("rect", UPRIGHT))),
        of_task=task(classes=[ClassRecord(1, name, "", False)]),
    )
    root = ElementTree.fromstring(archive.read("Annotations/a.xml"))
    assert root.findtext("object/name") == name.replace("\x01", "\ufffd")


def test_datumaro_reads_it(tmp_path):
    images = [
        image(label(shape("rect", UPRIGHT, 1, 4), shape("polygon", samples.SQUARE, 2))),
        image(label(id=8), id=6, name="b.jpg"),
    ]
    data, _ = written(write, images)
    found = read("datumaro-voc_detection", unpacked(data, tmp_path, BLANK))
    assert found["images"] == {
        "a": [["Tree", "bbox", [15, 9, 10, 6]], ["House", "bbox", [10, 10, 10, 10]]],
        "b": [],
    }


def test_supervision_reads_it_with_its_first_pixel_called_one(tmp_path):
    data, _ = written(write, [image(label(shape("rect", UPRIGHT)))])
    found = read("supervision-voc", unpacked(data, tmp_path, {"JPEGImages/a.jpg": (64, 48)}))
    assert found["images"] == {"a.jpg": [["House", "box", [14, 8, 25, 15]]]}
