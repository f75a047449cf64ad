"""Masks in colours, of edges and of dots, read back by PIL."""

import io
import zipfile

import numpy as np
from PIL import Image

from labeling.exports.contents import ClassRecord
from labeling.exports.mask_modes import write_colors, write_dots, write_edges
from labeling.tests.exports import samples
from labeling.tests.exports.samples import image, label, point, shape, task, written

BACKGROUND, HOUSE, TREE = (0, 0, 0), (230, 25, 75), (60, 180, 75)


def picture(write, *shapes, of_task=None):
    data, notes = written(write, [image(label(*shapes))], of_task)
    archive = zipfile.ZipFile(io.BytesIO(data))
    (name,) = [name for name in archive.namelist() if name.endswith("00000005-00000007.png")]
    found = Image.open(archive.open(name))
    found.load()
    return found, notes


def square(x, y, size):
    return {"rings": [[x, y, x + size, y, x + size, y + size, x, y + size]]}


def test_classes_have_their_colours_and_their_numbers():
    found, _ = picture(
        write_colors, shape("polygon", samples.FRAME), shape("rect", samples.TURNED, 2, 4)
    )
    assert found.mode == "P"
    colors = found.convert("RGB")
    places = {(11, 11): (HOUSE, 1), (14, 14): (BACKGROUND, 0), (30, 20): (TREE, 4)}
    assert {xy: (colors.getpixel(xy), found.getpixel(xy)) for xy in places} == places


def test_with_many_classes_there_are_colours_only():
    many = task(classes=[ClassRecord(300, "Late", "#3cb44b", False)])
    found, _ = picture(write_colors, shape("polygon", samples.SQUARE, 1, 300), of_task=many)
    assert (found.mode, found.getpixel((15, 15))) == ("RGB", TREE)


def test_edges_go_around_objects_and_their_holes_and_are_one_pixel_wide():
    found, _ = picture(write_edges, shape("polygon", samples.FRAME, 1, 4))
    edges = np.asarray(found)
    assert np.unique(edges).tolist() == [0, 4]
    # A frame two pixels wide is all edge but for four pixels that meet the hole by a corner.
    assert (edges == 4).sum() == 100 - 36 - 4
    found, _ = picture(write_edges, shape("polygon", samples.SQUARE))
    assert (np.asarray(found) == 1).sum() == 100 - 64


def test_objects_that_touch_and_the_border_of_the_image_have_edges():
    shapes = [shape("polygon", square(0, 0, 4), 1), shape("polygon", square(4, 0, 4), 2)]
    edges = np.asarray(picture(write_edges, *shapes)[0])
    assert (edges[0:4, 0:8] == 0).sum() == 2 * 4
    assert edges[0, 0] and edges[1, 3] and edges[1, 4] and not edges[1, 1]


def test_every_object_has_one_dot_inside_of_it():
    dots, notes = picture(
        write_dots,
        shape("polygon", samples.FRAME, 1),
        shape("polygon", square(40, 30, 5), 2, 4),
        shape("polygon", {"rings": [[1.6, 1.6, 1.9, 1.6, 1.9, 1.9]]}, 3),
        shape("points", {"points": [point("", 50.2, 3.9), point("", 64, 48)]}, 4),
        shape("line", samples.LINE, 5),
    )
    pixels = np.asarray(dots)
    found = {(int(x), int(y)): int(pixels[y, x]) for y, x in zip(*np.nonzero(pixels), strict=True)}
    middle_of_frame = next(xy for xy in found if 10 <= xy[0] < 20)
    # Its middle is in the hole; the dot is on the frame.
    assert not (12 <= middle_of_frame[0] < 18 and 12 <= middle_of_frame[1] < 18)
    del found[middle_of_frame]
    assert found == {(42, 32): 4, (1, 1): 1, (50, 3): 1, (63, 47): 1}
    assert notes == {"A shape of the kind line has no middle and is not in the masks.": 1}
