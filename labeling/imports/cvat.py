"""CVAT XML for images, read image by image. No Django."""

from labeling.exports.tags import IMAGE_TAG, UNSAID
from labeling.imports.contents import (
    BadFile,
    FileImage,
    FileShape,
    FileValue,
    Item,
    Reading,
    taken,
)
from labeling.imports.fitting import rect, without_slits
from labeling.imports.tracing import mask_of_runs, shape_of_mask
from labeling.imports.xml import events_of, number, whole


def read(source, scratch):
    names = source.need(".xml")
    return Reading(lambda: (item for name in names for item in _items(source, name)))


def _items(source, name):
    with source.open(name) as file:
        root, is_ours = None, False
        for event, element in events_of(file, name):
            if root is None:
                root = element
                if root.tag != "annotations":
                    raise BadFile(f"{name} is not CVAT XML: it begins with <{root.tag}>.")
            if event == "start":
                continue
            if element.tag == "track":
                raise BadFile(f"{name} holds tracks of a video; export it as CVAT for images.")
            if element.tag == "image":
                is_ours = True
                yield _item(element, name)
                root.clear()
        if not is_ours and root is None:
            raise BadFile(f"{name} is empty.")


def _item(element, file_name):
    name = element.get("name", "")
    parts = ((f"{file_name}, image {name}, shape {at}", one) for at, one in enumerate(element, 1))
    shapes, problems = taken(((where, one) for where, one in parts if one.tag != "tag"), _shape)
    said = [value for tag in element.iter("tag") for value in _said(tag)]
    sizes = (whole(element, "width"), whole(element, "height"))
    image = FileImage(f"{file_name}, image {name}", name, "", "", *sizes)
    return Item(image, shapes, problems, said=said)


def _said(tag):
    """A tag, or the attributes of the one that carries what is no option; others may have some."""
    name = tag.get("label", "")
    if name != IMAGE_TAG:
        yield FileValue(name, form="tag")
    for name, text in _texts(tag):
        yield FileValue(name, text, "text")


def _texts(element):
    """(name, text) of each attribute that somebody answered."""
    for child in element.iterfind("attribute"):
        if child.text != UNSAID:
            yield child.get("name", ""), child.text or ""


def _shape(element, where):
    if element.tag not in _FORMS:
        raise BadFile(f"CVAT's <{element.tag}> is not known here")
    class_name = element.get("label", "")
    if not class_name:
        raise BadFile("It has no label")
    kind, geometry = _FORMS[element.tag](element)
    attributes = dict(_texts(element))
    if element.get("occluded") == "1":
        attributes["occluded"] = "true"
    z = element.get("z_order", "")
    place = int(z) if z.lstrip("-").isdigit() else None
    return FileShape(class_name, kind, geometry, where, place, attributes, has_texts=True)


def _pairs(element):
    text = element.get("points", "")
    try:
        pairs = [tuple(map(float, pair.split(","))) for pair in text.split(";")]
        return [float(value) for x, y in pairs for value in (x, y)]
    except ValueError:
        raise BadFile(f"Its points are not readable: {text[:40]!r}") from None


def _angle(element):
    return number(element, "rotation") if element.get("rotation") else 0


def _box(element):
    edges = (number(element, edge) for edge in ("xtl", "ytl", "xbr", "ybr"))
    return "rect", rect(*edges) | {"angle": _angle(element)}


def _polygon(element):
    return "polygon", {"rings": without_slits(_pairs(element))}


def _ellipse(element):
    fields = {name: number(element, name) for name in ("cx", "cy", "rx", "ry")}
    return "ellipse", fields | {"angle": _angle(element)}


def _polyline(element):
    return "line", {"points": _pairs(element)}


def _point(flat, name="", visible=True):
    return {"name": name, "x": flat[0], "y": flat[1], "visible": visible}


def _points(element):
    flat = _pairs(element)
    return "points", {"points": [_point(flat[at : at + 2]) for at in range(0, len(flat), 2)]}


def _skeleton(element):
    points = [
        _point(_pairs(child), child.get("label", ""), child.get("occluded") != "1")
        for child in element
        if child.tag == "points" and child.get("outside") != "1"
    ]
    return "points", {"points": points}


def _mask(element):
    """Run lengths along the rows of a part of the image, the first one outside."""
    left, top, width, height = (
        int(number(element, name)) for name in ("left", "top", "width", "height")
    )
    try:
        runs = [int(text) for text in element.get("rle", "").split(",")]
    except ValueError:
        raise BadFile("Its run lengths are not readable") from None
    # Where others go down the columns.
    return shape_of_mask(mask_of_runs(runs, height, width).T, left, top)


_FORMS = {
    "box": _box,
    "polygon": _polygon,
    "ellipse": _ellipse,
    "polyline": _polyline,
    "points": _points,
    "skeleton": _skeleton,
    "mask": _mask,
}
