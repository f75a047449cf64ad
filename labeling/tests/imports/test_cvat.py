"""CVAT XML is read: all its kinds, attributes, and what is wrong by image and shape."""

import pytest

from labeling.exports import cvat
from labeling.imports.contents import BadFile
from labeling.rasterising import mask_of
from labeling.tests.exports import samples
from labeling.tests.exports.samples import image, label, point, shape, written
from labeling.tests.imports.files import items_of, problems_of, shapes_of, write

OURS = [
    ("rect", samples.TURNED),
    ("ellipse", samples.ROUND),
    ("line", samples.LINE),
    ("points", {"points": [point("", 3, 4.25), point("", 8, 9)]}),
    ("polygon", samples.SQUARE),
    ("polygon", samples.FRAME),
]


def file_with(folder, *shapes):
    images = f'<image id="0" name="a/b.jpg" width="64" height="48">{"".join(shapes)}</image>'
    text = f"<annotations><meta/>{images}<image id='1' name='c.jpg'/></annotations>"
    return write(folder, "a.xml", f'<?xml version="1.0"?>\n{text}')


def test_our_own_files_come_back(tmp_path):
    drawn = [
        shape(kind, geometry, number, attributes={"roof": "flat"})
        for number, (kind, geometry) in enumerate(OURS, 1)
    ]
    data, _ = written(cvat.write, [image(label(*drawn), name="a/b.jpg")])
    (item,) = items_of("cvat", write(tmp_path, "a.xml", data))
    assert (item.image.name, item.image.width, item.image.height) == ("a/b.jpg", 64, 48)
    for found, one, (kind, geometry) in zip(item.shapes, drawn, OURS, strict=True):
        assert (found.kind, found.z, found.attributes) == (kind, one.z, {"roof": "flat"})
        if geometry is samples.FRAME:
            masks = [mask_of(one["rings"], 64, 48) for one in (found.geometry, geometry)]
            assert (masks[0] == masks[1]).all()
        else:
            assert found.geometry == geometry


def test_a_mask_becomes_its_outline(tmp_path):
    about = 'left="3" top="5" width="3" height="2" rle="1, 2, 1, 1, 1"'
    (found,) = shapes_of("cvat", file_with(tmp_path, f'<mask label="House" {about}/>'))
    mask = mask_of(found.geometry["rings"], 64, 48)
    assert sorted(zip(*mask.nonzero(), strict=True)) == [(5, 4), (5, 5), (6, 4)]


def test_a_skeleton_is_its_points(tmp_path):
    points = (
        '<points label="nose" points="1,2" outside="0" occluded="0"/>'
        '<points label="ear" points="3,4" outside="0" occluded="1"/>'
        '<points label="tail" points="5,6" outside="1" occluded="0"/>'
    )
    path = file_with(tmp_path, f'<skeleton label="Cat">{points}</skeleton>')
    (found,) = shapes_of("cvat", path)
    assert found.geometry == {"points": [point("nose", 1, 2), point("ear", 3, 4, False)]}


def test_tags_and_their_attributes_are_said_of_the_image(tmp_path):
    more = '<attribute name="n">2.5</attribute><attribute name="remark"/>'
    path = file_with(tmp_path, '<tag label="fog"/>', f'<tag label="image">{more}</tag>')
    item = items_of("cvat", path)[0]
    said = [("fog", None, "tag"), ("n", "2.5", "text"), ("remark", "", "text")]
    assert (item.said, item.problems, item.shapes) == (said, [], [])


@pytest.mark.parametrize(
    "broken, said",
    [
        ('<polygon label="House" points="1,2;3"/>', "points are not readable"),
        ('<polygon label="House" points="1,2;3,4"/>', "at least three points"),
        ('<box label="House" xtl="1"/>', "ytl is None and no number"),
        ('<box xtl="1" ytl="1" xbr="2" ybr="2"/>', "no label"),
        ('<mask label="H" left="0" top="0" width="2" height="2" rle="9"/>', "do not add up"),
        ('<cuboid label="House"/>', "<cuboid> is not known here"),
    ],
)
def test_what_is_wrong_with_a_shape_is_said_with_it(tmp_path, broken, said):
    good = '<points label="House" points="1,2"/>'
    path = file_with(tmp_path, good, broken)
    ((where, reason),) = problems_of("cvat", path)
    assert where == "a.xml, image a/b.jpg, shape 2"
    assert said in reason
    assert len(shapes_of("cvat", path)) == 1


@pytest.mark.parametrize(
    "content, said",
    [
        ("<annotation/>", "is not CVAT XML"),
        ("<annotations><track/></annotations>", "tracks of a video"),
        ("<annotations>\n<image>", "line 2: not readable XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><annotations/>', "document type"),
        ("", "not readable XML|is empty"),
    ],
)
def test_other_files_are_refused(tmp_path, content, said):
    with pytest.raises(BadFile, match=said):
        items_of("cvat", write(tmp_path, "a.xml", content))
