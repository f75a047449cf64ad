"""CVAT XML, by hand and by datumaro, which is not ours."""

from xml.etree import ElementTree

import pytest

from labeling.exports.contents import AttributeRecord
from labeling.exports.cvat import write
from labeling.tests.exports import samples
from labeling.tests.exports.independent import read, with_blanks
from labeling.tests.exports.samples import image, label, point, shape, written

HIDDEN = {"points": [point("nose", 3, 4), point("", 5.5, 6, visible=False)]}


def export(*images):
    data, notes = written(write, images)
    return ElementTree.fromstring(data), notes


def drawn(*shapes):
    (element,) = export(image(label(*shapes)))[0].iter("image")
    return [(one.tag, dict(one.attrib)) for one in element]


def about(z, **values):
    return {"label": "House", "source": "manual", "occluded": "0", "z_order": str(z)} | values


def test_the_whole_file_is_this():
    data, notes = written(write, [image(label(shape("polygon", samples.SQUARE)))])
    assert data.decode().splitlines() == [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<annotations>",
        "<version>1.1</version>",
        "<meta><task>",
        "<id>1</id><name>Houses</name><size>1</size>",
        "<mode>annotation</mode><overlap>0</overlap><flipped>False</flipped>",
        "<labels>",
        "<label><name>House</name><color>#e6194b</color>",
        "<type>any</type><attributes>",
        "</attributes></label>",
        "<label><name>Tree</name><color>#3cb44b</color>",
        "<type>any</type><attributes>",
        "</attributes></label>",
        "</labels>",
        "</task></meta>",
        '<image id="0" name="a.jpg" width="64" height="48">',
        '<polygon label="House" source="manual" occluded="0"'
        ' points="10,10;20,10;20,20;10,20" z_order="1"/>',
        "</image>",
        "</annotations>",
    ]
    assert notes == {}


def test_every_kind_has_its_element():
    assert drawn(
        shape("rect", samples.TURNED, 1),
        shape("rect", {"cx": 20.01, "cy": 12, "w": 9.99, "h": 6, "angle": 0}, 2),
        shape("ellipse", samples.ROUND, 3),
        shape("line", samples.LINE, 4),
        shape("points", HIDDEN, 5),
    ) == [
        ("box", about(1, xtl="20", ytl="15", xbr="40", ybr="25", rotation="90")),
        ("box", about(2, xtl="15.015", ytl="9", xbr="25.005", ybr="15")),
        ("ellipse", about(3, cx="30", cy="20", rx="10", ry="5")),
        ("polyline", about(4, points="1,1;9,9")),
        ("points", about(5, points="3,4;5.5,6")),
    ]


def test_attributes_are_written_and_declared_for_their_class():
    root, notes = export(
        image(label(shape("polygon", samples.SQUARE, attributes={"roof": "<flat>", "floors": 2})))
    )
    found = {one.get("name"): one.text for one in root.iterfind("image/polygon/attribute")}
    assert found == {"roof": "<flat>", "floors": "2"}
    house, tree = root.iterfind("meta/task/labels/label")
    assert [one.findtext("name") for one in house.iter("attribute")] == ["floors", "roof"]
    assert (list(tree.iter("attribute")), notes) == ([], {})


def asked(name, kind, *options, class_id=None, archived=False):
    return AttributeRecord(name, "shapes", class_id, kind, list(options), False, archived)


TASK = samples.task(
    attributes=[
        asked("roof", "choice", "flat", "hip", class_id=1),
        asked("parts", "choices", "a", "b"),
        asked("old", "checkbox"),
        asked("floors", "number"),
        asked("remark", "text"),
        asked("gone", "text", archived=True),
        asked("kept", "checkbox", archived=True),
    ]
)
SAID = {"roof": "round", "parts": ["a", "b"], "old": True, "floors": 2.5, "kept": False}


def test_attributes_are_declared_by_the_kind_of_their_answer():
    house = shape("polygon", samples.SQUARE, attributes=SAID)
    root = ElementTree.fromstring(written(write, [image(label(house))], TASK)[0])
    of_house, of_tree = (
        {
            one.findtext("name"): (
                one.findtext("input_type"),
                one.findtext("default_value"),
                one.findtext("values").split("\n"),
            )
            for one in about.iter("attribute")
        }
        for about in root.iterfind("meta/task/labels/label")
    )
    undefined, most = "__undefined__", str(10**15)
    assert of_house == {
        # An option that was taken out is one as long as somebody has it.
        "roof": ("select", undefined, [undefined, "flat", "hip", "round"]),
        "parts": ("text", "", [""]),
        "old": ("checkbox", "false", ["false"]),
        "floors": ("number", "0", [f"-{most}", most, "0.01"]),
        "remark": ("text", "", [""]),
        "kept": ("checkbox", "false", ["false"]),
    }
    assert set(of_tree) == {"parts", "old", "floors", "remark"}


def test_what_it_cannot_carry_is_reported():
    _, notes = export(
        image(
            label(
                shape("polygon", samples.FRAME, 1, attributes={"sides": [1, 2]}),
                shape("points", HIDDEN, 2),
            ),
            label(id=8, slot=1),
        )
    )
    assert notes == {
        "The rings of a shape were joined by lines that cover nothing.": 1,
        "An attribute that is no text or number was written as JSON.": 1,
        "The names of the points of a shape were left out.": 1,
        "That points of a shape are hidden was left out.": 1,
        "The labels of several people on one image were written as one.": 1,
    }


def test_datumaro_reads_it(tmp_path):
    images = [
        image(
            label(
                shape("polygon", samples.SQUARE, 1, 4),
                shape("rect", samples.TURNED, 2),
                shape("rect", {"cx": 20, "cy": 12, "w": 10, "h": 6, "angle": 0}, 3),
                shape("line", samples.LINE, 4),
                shape("points", HIDDEN, 5),
            )
        ),
        image(label(id=8), id=6, name="north/b.jpg"),
    ]
    (tmp_path / "labels.xml").write_bytes(written(write, images)[0])
    blank = {"images/a.jpg": (64, 48), "images/north/b.jpg": (64, 48)}
    found = read("datumaro-cvat", with_blanks(tmp_path, blank))
    assert found["classes"] == ["House", "Tree"]
    assert found["images"]["a"] == [
        ["Tree", "polygon", [10, 10, 20, 10, 20, 20, 10, 20]],
        ["House", "rotated_bbox", [30, 20, 20, 10, 90]],
        ["House", "bbox", [15, 9, 10, 6]],
        ["House", "polyline", [1, 1, 9, 9]],
        ["House", "points", [3, 4, 5.5, 6]],
    ]
    assert found["images"]["north/b"] == []


def test_datumaro_reads_numbers_as_numbers_and_ticks_as_ticks(tmp_path):
    house = shape("polygon", samples.SQUARE, attributes=SAID)
    (tmp_path / "labels.xml").write_bytes(written(write, [image(label(house))], TASK)[0])
    (found,) = read("attributes-of-datumaro", with_blanks(tmp_path, {"images/a.jpg": (64, 48)}))[
        "a"
    ]
    assert found == SAID | {"parts": '["a","b"]', "occluded": False}


@pytest.mark.parametrize("name", ['a"b<c>&.jpg', "new\nline.jpg", "Bäume.jpg"])
def test_any_name_of_an_image_survives(name):
    root, _ = export(image(label(), name=name))
    assert root.find("image").get("name") == name
