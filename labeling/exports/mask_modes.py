"""More masks: classes in their colours, edges only, and one dot for each object. No Django."""

import math

import numpy as np
import orjson
from PIL import Image

from labeling.exports.masks import areas_of, has_many_classes, write_masks
from labeling.shapes import box_of


def write_colors(file, task, images, *, scratch):
    """Classes in their colours on black; the number of a colour is the id of its class.

    With a class id above 255 there are no numbers, only colours.
    """
    colors = np.zeros((max([255, *(one.id for one in task.classes)]) + 1, 3), dtype=np.uint8)
    for label_class in task.classes:
        colors[label_class.id] = _rgb(label_class.color)
    is_deep = has_many_classes(task)

    def paint(image, label, losses):
        classes = np.zeros((image.height, image.width), dtype=np.uint16)
        for _, shape, window, mask in areas_of(image, label, losses):
            classes[window][mask] = shape.class_id
        if is_deep:
            return {"colors": colors[classes]}
        picture = Image.fromarray(classes.astype(np.uint8), "P")
        picture.putpalette(colors[:256].ravel().tolist())
        return {"colors": picture}

    return write_masks(file, task, images, scratch, paint)


def write_edges(file, task, images, *, scratch):
    """Class ids on the outermost pixels of each object: those with a neighbour outside it."""
    depth = _depth(task)

    def paint(image, label, losses):
        edges = np.zeros((image.height, image.width), dtype=depth)
        for _, shape, window, mask in areas_of(image, label, losses):
            edges[window][mask & ~_inner(mask)] = shape.class_id
        return {"edges": edges}

    return write_masks(file, task, images, scratch, paint)


def write_dots(file, task, images, *, scratch):
    """Class ids on one pixel of each object, for counting: the one nearest to its middle.

    A shape of points has a dot for each of its points.
    """
    depth = _depth(task)

    def paint(image, label, losses):
        dots = np.zeros((image.height, image.width), dtype=depth)
        for shape in label.shapes:
            if shape.kind == "line":
                losses.note("A shape of the kind line has no middle and is not in the masks.")
            elif shape.kind == "points":
                for point in orjson.loads(shape.geometry)["points"]:
                    dots[_pixel(point["x"], point["y"], image)] = shape.class_id
        areas = label._replace(shapes=[s for s in label.shapes if s.kind not in ("line", "points")])
        for _, shape, window, mask in areas_of(image, areas, losses):
            dots[_middle(shape, window, mask, image)] = shape.class_id
        return {"dots": dots}

    return write_masks(file, task, images, scratch, paint)


def _depth(task):
    return np.uint16 if has_many_classes(task) else np.uint8


def _rgb(color):
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)] if color else [255, 255, 255]


def _inner(mask):
    """The pixels whose four neighbours are in the mask too; beyond the border nothing is."""
    padded = np.pad(mask, 1)
    return padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]


def _middle(shape, window, mask, image):
    """(row, column) of the pixel of an object that is nearest to the mean of its pixels."""
    rows, columns = np.nonzero(mask)
    if not len(rows):
        left, top, right, bottom = box_of(shape.kind, orjson.loads(shape.geometry))
        return _pixel((left + right) / 2, (top + bottom) / 2, image)
    # Times their number, so that all is whole and the same everywhere.
    count = len(rows)
    far = (rows * count - rows.sum()) ** 2 + (columns * count - columns.sum()) ** 2
    nearest = far.argmin()
    return window[0].start + rows[nearest], window[1].start + columns[nearest]


def _pixel(x, y, image):
    row, column = math.floor(y), math.floor(x)
    return min(max(row, 0), image.height - 1), min(max(column, 0), image.width - 1)
