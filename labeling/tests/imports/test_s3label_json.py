"""S3Label JSON is read back as it was written, record by record."""

import orjson
import pytest

from labeling.exports import s3label_json
from labeling.imports.contents import BadFile
from labeling.tests.exports import samples
from labeling.tests.exports.samples import image, label, shape, written
from labeling.tests.imports.files import items_of, write


def test_everything_comes_back(tmp_path):
    drawn = [
        shape("polygon", samples.FRAME, 1, attributes={"roof": "flat", "floors": 2}),
        shape("ellipse", samples.ROUND, 2, class_id=4),
    ]
    records = [image(label(*drawn), label(id=8, slot=1, labeler=9)), image(label(), id=6)]
    data, _ = written(s3label_json.write, records)
    first, second, third = items_of("json", write(tmp_path, "a.json", data))
    assert first.image[1:6] == ("a.jpg", "/images/a.jpg", "ab" * 32, 64, 48)
    assert [first.labeler, second.labeler, third.labeler] == [3, 9, 3]
    assert [one.class_name for one in first.shapes] == ["House", "Tree"]
    for found, one in zip(first.shapes, drawn, strict=True):
        assert (found.uid, found.kind, found.z) == (one.uid, one.kind, one.z)
        assert orjson.dumps(found.geometry, option=orjson.OPT_SORT_KEYS).decode() == one.geometry
        assert orjson.dumps(found.attributes).decode() == one.attributes


def test_what_is_said_of_the_image_comes_with_it(tmp_path):
    said = {"weather": "fog", "seen": ["car"], "n": 2.5}
    data, _ = written(s3label_json.write, [image(label(values=said))])
    (item,) = items_of("json", write(tmp_path, "a.json", data))
    assert {one.name: one.value for one in item.said} == said
    assert {one.form for one in item.said} == {"value"}
    assert item.problems == []


def test_values_that_are_no_object_make_the_image_odd(tmp_path):
    data, _ = written(s3label_json.write, [image(label()._replace(values="[1]"))])
    with pytest.raises(BadFile, match="image 5 is incomplete or odd: values"):
        items_of("json", write(tmp_path, "a.json", data))


@pytest.mark.parametrize(
    "content, said",
    [
        ({"images": []}, "is not S3Label JSON"),
        ({"format": "s3label", "format_version": "2.0", "images": []}, "this S3Label reads 1"),
        ({"format": "s3label", "format_version": "1.0"}, "no list of images"),
        (
            {"format": "s3label", "format_version": "1.0", "classes": [], "images": [{"id": 1}]},
            "image 1 is incomplete",
        ),
        (
            {"format": "s3label", "format_version": "1.0", "classes": [{}], "images": []},
            "a class is incomplete",
        ),
    ],
)
def test_other_files_are_refused(tmp_path, content, said):
    with pytest.raises(BadFile, match=said):
        items_of("json", write(tmp_path, "a.json", orjson.dumps(content)))
