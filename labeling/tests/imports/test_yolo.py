"""YOLO is read: boxes, outlines, turned boxes, and how sure a model was."""

import pytest

from labeling.exports import yolo
from labeling.imports.fitting import in_pixels
from labeling.imports.yolo import names_in_yaml
from labeling.tests.exports import samples
from labeling.tests.exports.independent import unpacked
from labeling.tests.exports.samples import image, label, shape, written
from labeling.tests.imports.files import items_of, problems_of, shapes_of, write


def read_one(folder, line):
    write(folder, "labels/train/n/a.txt", line)
    write(folder, "data.yaml", "names: [House, Tree]\n")
    (found,) = shapes_of("yolo", folder)
    return in_pixels(found, 200, 100)


def test_a_box(tmp_path):
    found = read_one(tmp_path, "1 0.5 0.5 0.1 0.2\n")
    assert (found.class_name, found.kind, found.score) == ("Tree", "rect", None)
    assert found.geometry == {"cx": 100, "cy": 50, "w": 20, "h": 20, "angle": 0}


def test_a_box_of_a_model_says_how_sure_it_was(tmp_path):
    assert read_one(tmp_path, "1 0.5 0.5 0.1 0.2 0.875").score == 0.875


def test_an_outline(tmp_path):
    found = read_one(tmp_path, "0 0.1 0.1 0.2 0.1 0.2 0.3 0.6")
    assert found.geometry == {"rings": [[20, 10, 40, 10, 40, 30]]}
    assert found.score == 0.6


def test_four_corners_of_a_rectangle_are_a_turned_box(tmp_path):
    found = read_one(tmp_path, "0 0.1 0.2 0.15 0.3 0.1 0.4 0.05 0.3")
    assert (found.kind, found.geometry["angle"], found.geometry["w"]) == ("rect", 45, 14.14)


def test_four_other_corners_are_an_outline(tmp_path):
    assert read_one(tmp_path, "0 0.1 0.2 0.15 0.3 0.1 0.4 0.01 0.3").kind == "polygon"


def test_folders_and_splits_are_not_part_of_the_name(tmp_path):
    read_one(tmp_path, "0 0.5 0.5 0.1 0.2")
    (item,) = items_of("yolo", tmp_path)
    assert (item.image.name, item.image.is_stem) == ("n/a", True)


@pytest.mark.parametrize(
    "text",
    [
        "nc: 2\nnames: ['House', \"big, Tree\"]",
        "names: {0: House, 1: 'big, Tree'}\nnc: 2",
        "names:\n  0: House # brick\n  1: big, Tree\nnc: 2",
        "names:\n- House\n- 'big, Tree'\nval: x",
        'names: [\n  "House",\n  "big, Tree"\n]',
    ],
)
def test_names_in_all_ways_of_writing_them(text):
    assert names_in_yaml(text) == {0: "House", 1: "big, Tree"}


def test_without_names_numbers_are_the_names(tmp_path):
    write(tmp_path, "a.txt", "7 0.5 0.5 0.1 0.2")
    assert shapes_of("yolo", tmp_path)[0].class_name == "7"


@pytest.mark.parametrize(
    "line, said",
    [
        ("House 0.5 0.5 0.1 0.2", "not a class and numbers"),
        ("0 0.5 0.5", "neither a box nor an outline"),
        ("0 120 80 10 10", "no share of the image"),
        ("0 0.5 0.5 nan 0.2", "no share of the image"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_it(tmp_path, line, said):
    write(tmp_path, "a.txt", f"0 0.5 0.5 0.1 0.2\n{line}\n")
    ((where, reason),) = problems_of("yolo", tmp_path)
    assert where == "a.txt, line 2"
    assert said in reason
    assert len(shapes_of("yolo", tmp_path)) == 1


@pytest.mark.parametrize(
    "write_format, kind, geometry",
    [
        (yolo.write, "rect", {"cx": 10.5, "cy": 12, "w": 7.02, "h": 5, "angle": 0}),
        (yolo.write_turned_boxes, "rect", samples.TURNED),
        (yolo.write_outlines, "polygon", samples.FRAME),
        (yolo.write_outlines, "polygon", {"rings": [[1.5, 2, 9, 2, 9, 8.25]]}),
    ],
)
def test_our_own_files_come_back(tmp_path, write_format, kind, geometry):
    data, _ = written(write_format, [image(label(shape(kind, geometry, class_id=4)))])
    (found,) = shapes_of("yolo", unpacked(data, tmp_path))
    found = in_pixels(found, 64, 48)
    assert (found.class_name, found.kind) == ("Tree", kind)
    if kind == "polygon":
        corners = [sorted(zip(r[::2], r[1::2], strict=True)) for r in found.geometry["rings"]]
        wanted = [sorted(zip(r[::2], r[1::2], strict=True)) for r in geometry["rings"]]
        assert sorted(corners) == sorted(wanted)
    else:
        assert found.geometry == pytest.approx(geometry)
