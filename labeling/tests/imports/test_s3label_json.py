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


def test_what_is_said_of_the_image_is_told_to_be_left_out(tmp_path):
    data, _ = written(s3label_json.write, [image(label()._replace(values='{"weather":"fog"}'))])
    (item,) = items_of("json", write(tmp_path, "a.json", data))
    assert item.problems[0].reason.startswith("Tags and attributes of the image")
    assert item.problems[0].shapes == 0


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
