"""Pascal VOC: an XML file for each image. Edges are taken as they are. No Django."""

import math
import posixpath

from labeling.imports.contents import BadFile, FileImage, FileShape, Item, Problem, Reading, taken
from labeling.imports.fitting import rect
from labeling.imports.xml import number, parse, whole


def read(source, scratch):
    names = source.need(".xml")
    return Reading(lambda: (_item(source, name) for name in names))


def _item(source, name):
    try:
        root = parse(source.read(name), name)
        if root.tag != "annotation":
            raise BadFile(f"{name} is not Pascal VOC: it begins with <{root.tag}>.")
    except BadFile as problem:
        return Item(None, [], [Problem(name, str(problem))])
    objects = ((f"{name}, object {at}", one) for at, one in enumerate(root.iter("object"), 1))
    return Item(_image(source, root, name), *taken(objects, _shape))


def _image(source, root, name):
    size = root.find("size")
    sizes = (whole(size, "width"), whole(size, "height")) if size is not None else (None, None)
    folder, file_name = (root.findtext(tag, "").strip() for tag in ("folder", "filename"))
    is_stem = not file_name
    if is_stem:
        file_name = name.rpartition("/")[2].rpartition(".")[0]
    own = posixpath.dirname(name)
    beside = posixpath.join(own, file_name)
    # As the data sets of Pascal VOC have them: Annotations/a.xml, JPEGImages/a.jpg.
    places = source.places(beside, posixpath.join(own, "..", folder or "JPEGImages", file_name))
    if folder and not is_stem:
        file_name = f"{folder}/{file_name}"
    path = root.findtext("path", "").strip()
    return FileImage(name, file_name, path, "", sizes[0], sizes[1], is_stem, places=places)


def _shape(element, where):
    class_name = element.findtext("name", "").strip()
    if not class_name:
        raise BadFile("It has no name")
    attributes = {"difficult": True} if element.findtext("difficult", "").strip() == "1" else {}
    return FileShape(class_name, "rect", _geometry(element), where, attributes=attributes)


def _geometry(element):
    box = element.find("bndbox")
    if box is not None:
        return rect(*(number(box, edge) for edge in ("xmin", "ymin", "xmax", "ymax")))
    # As roLabelImg writes turned boxes.
    turned = element.find("robndbox")
    if turned is None:
        raise BadFile("It has no box")
    geometry = {name: number(turned, name) for name in ("cx", "cy", "w", "h")}
    return geometry | {"angle": math.degrees(number(turned, "angle"))}
