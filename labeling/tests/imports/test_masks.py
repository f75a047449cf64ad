"""Masks are read: ours with every instance, and pictures of classes or colours of others."""

import io

import numpy as np
import pytest
from PIL import Image

from labeling.exports import mask_modes, masks
from labeling.imports.contents import BadFile
from labeling.rasterising import mask_of
from labeling.tests.exports import samples
from labeling.tests.exports.independent import unpacked
from labeling.tests.exports.samples import image, label, shape, written
from labeling.tests.imports.files import items_of, problems_of, shapes_of, write


def picture(folder, name, pixels, mode=None):
    file = io.BytesIO()
    made = Image.fromarray(np.asarray(pixels, dtype=np.uint8))
    (made.convert(mode) if mode else made).save(file, "PNG")
    write(folder, name, file.getvalue())


def test_our_own_instances_come_back(tmp_path):
    drawn = [
        shape("polygon", samples.FRAME, 1),
        shape("rect", samples.TURNED, 2, class_id=4),
    ]
    data, _ = written(masks.write, [image(label(*drawn), name="=a.jpg")])
    (item,) = items_of("masks", unpacked(data, tmp_path))
    assert item.image[1:6] == ("=a.jpg", "/images/=a.jpg", "ab" * 32, 64, 48)
    assert [(one.class_name, one.uid) for one in item.shapes] == [
        ("House", drawn[0].uid),
        ("Tree", drawn[1].uid),
    ]
    found = mask_of(item.shapes[0].geometry["rings"], 64, 48)
    assert (found == mask_of(samples.FRAME["rings"], 64, 48)).all()


def test_a_mask_of_nothing_is_an_image_without_shapes(tmp_path):
    data, _ = written(masks.write, [image(label())])
    picture(tmp_path / "others", "a.png", [[0, 0], [0, 0]])
    for folder in (unpacked(data, tmp_path / "ours"), tmp_path / "others"):
        (item,) = items_of("masks", folder)
        assert (item.shapes, item.problems) == ([], [])


def test_our_own_colours_come_back_as_classes(tmp_path):
    drawn = [shape("polygon", samples.SQUARE, 1), shape("polygon", samples.TWO_PARTS, 2)]
    data, _ = written(mask_modes.write_colors, [image(label(*drawn))])
    (found,) = shapes_of("masks", unpacked(data, tmp_path))
    assert (found.class_name, found.uid, len(found.geometry["rings"])) == ("House", "", 3)


def test_edges_cannot_be_read_back(tmp_path):
    data, _ = written(mask_modes.write_edges, [image(label(shape("polygon", samples.SQUARE)))])
    with pytest.raises(BadFile, match="cannot be read back"):
        items_of("masks", unpacked(data, tmp_path))


def test_values_of_others_have_names_from_a_list(tmp_path):
    picture(tmp_path, "n/a.png", [[0, 1, 1], [2, 255, 7]])
    write(tmp_path, "classes.txt", "background\nHouse\nTree\n")
    (item,) = items_of("masks", tmp_path)
    assert (item.image.name, item.image.is_stem, item.image.width) == ("n/a", True, 3)
    assert [one.class_name for one in item.shapes] == ["House", "Tree", "7"]
    assert item.shapes[0].geometry == {"rings": [[1, 0, 3, 0, 3, 1, 1, 1]]}


def test_colours_of_others_have_names_from_a_label_map(tmp_path):
    red, blue = [200, 10, 20], [0, 0, 255]
    picture(tmp_path, "a.png", [[red, blue, [0, 0, 0]]])
    write(tmp_path, "labelmap.txt", "# label:color_rgb\nbackground:0,0,0::\nHouse:200,10,20::\n")
    assert [one.class_name for one in shapes_of("masks", tmp_path)] == ["#0000ff", "House"]


def test_a_broken_picture_does_not_stop_the_others(tmp_path):
    picture(tmp_path, "a.png", [[0, 1]])
    write(tmp_path, "b.png", b"no picture")
    ((where, reason),) = problems_of("masks", tmp_path)
    assert (where, reason) == ("b.png", "b.png is no readable picture.")
    assert len(shapes_of("masks", tmp_path)) == 1
