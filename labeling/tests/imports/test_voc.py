"""Pascal VOC is read: boxes as they are, turned boxes, and what is wrong by file and object."""

import pytest

from labeling.exports import voc
from labeling.tests.exports.independent import unpacked
from labeling.tests.exports.samples import image, label, shape, written
from labeling.tests.imports.files import items_of, problems_of, shapes_of, write

BOX = "<bndbox><xmin>2</xmin><ymin>3.5</ymin><xmax>12</xmax><ymax>9</ymax></bndbox>"


def file_with(folder, *objects, about="<folder>a</folder><filename>b.jpg</filename>"):
    inner = "".join(f"<object><name>House</name>{one}</object>" for one in objects)
    size = "<size><width>64</width><height>48</height><depth>3</depth></size>"
    return write(folder, "x/b.xml", f"<annotation>{about}{size}{inner}</annotation>")


def test_a_box(tmp_path):
    file_with(tmp_path, BOX + "<difficult>1</difficult>")
    (item,) = items_of("voc", tmp_path)
    assert item.image[:6] == ("x/b.xml", "a/b.jpg", "", "", 64, 48)
    (found,) = item.shapes
    assert found.geometry == {"cx": 7, "cy": 6.25, "w": 10, "h": 5.5, "angle": 0}
    assert (found.class_name, found.attributes) == ("House", {"difficult": True})


def test_a_turned_box(tmp_path):
    turned = "<cx>20</cx><cy>20</cy><w>10</w><h>4</h><angle>1.5707963267948966</angle>"
    file_with(tmp_path, f"<robndbox>{turned}</robndbox>")
    assert shapes_of("voc", tmp_path)[0].geometry["angle"] == pytest.approx(90)


def test_without_a_file_name_the_file_is_called_like_its_image(tmp_path):
    file_with(tmp_path, BOX, about="")
    (item,) = items_of("voc", tmp_path)
    assert (item.image.name, item.image.is_stem) == ("b", True)


@pytest.mark.parametrize(
    "broken, said",
    [("", "no box"), (BOX.replace("12", "wide"), "xmax is 'wide' and no number")],
)
def test_what_is_wrong_with_an_object_is_said_with_it(tmp_path, broken, said):
    file_with(tmp_path, BOX, broken)
    ((where, reason),) = problems_of("voc", tmp_path)
    assert where == "x/b.xml, object 2"
    assert said in reason
    assert len(shapes_of("voc", tmp_path)) == 1


@pytest.mark.parametrize(
    "content, said",
    [
        ("<annotation>\n<a></b>", "line 2"),
        ("<html/>", "is not Pascal VOC"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><annotation>&b;</annotation>', "document type"),
    ],
)
def test_a_broken_file_does_not_stop_the_others(tmp_path, content, said):
    file_with(tmp_path, BOX)
    write(tmp_path, "bad.xml", content)
    ((where, reason),) = problems_of("voc", tmp_path)
    assert where == "bad.xml"
    assert said in reason
    assert len(shapes_of("voc", tmp_path)) == 1


def test_our_own_files_come_back(tmp_path):
    rect = {"cx": 10, "cy": 12.5, "w": 8, "h": 5, "angle": 0}
    data, _ = written(voc.write, [image(label(shape("rect", rect)), name="n/a.jpg")])
    (item,) = items_of("voc", unpacked(data, tmp_path))
    assert item.image.name == "n/a.jpg"
    assert item.shapes[0].geometry == rect
