"""LabelMe: a JSON file beside each image. No Django.

LabelMe knows one outline for each shape; shapes with the same group_id are one object. So parts
are shapes of a group, and so are the points of one of ours.
"""

import orjson

from labeling.exports.archive import Archive, add_file_per_image, without_suffix
from labeling.exports.boxes import is_upright
from labeling.exports.losses import Losses, geometries_of, shapes_of
from labeling.exports.measuring import are_apart
from labeling.outlines import join_rings
from labeling.shapes import rings_of

# The version of the format that LabelMe looks at.
VERSION = "5.5.0"


def write(file, task, images, *, scratch):
    losses = Losses()
    losses.choices = {one.name for one in task.attributes if one.kind == "choice"}
    names = {label_class.id: label_class.name for label_class in task.classes}

    def content(image):
        return _content(image, names, losses)

    with Archive(file) as archive:
        add_file_per_image(archive, images, scratch, place=label_place, content=content)
    return losses.as_dict()


def image_place(image):
    return image.name


def label_place(image):
    return f"{without_suffix(image.name)}.json"


def _content(image, names, losses):
    losses.of_people(image)
    losses.of_attributes(shapes_of(image))
    losses.of_predictions(image)
    shapes, group = [], 0
    for shape, geometry in geometries_of(image):
        parts = _PARTS[shape.kind](geometry, losses)
        group += len(parts) > 1
        shapes += [
            {
                "label": names[shape.class_id],
                "points": points,
                "group_id": group if len(parts) > 1 else None,
                "description": about.get("description", ""),
                "shape_type": kind,
                "flags": about.get("flags", {}),
                "mask": None,
            }
            for kind, points, about in parts
        ]
    data = {
        "version": VERSION,
        "flags": _flags(image, losses),
        "shapes": shapes,
        "imagePath": image.name.rpartition("/")[2],
        "imageData": None,
        "imageHeight": image.height,
        "imageWidth": image.width,
    }
    return orjson.dumps(data, option=orjson.OPT_INDENT_2) + b"\n"


def _flags(image, losses):
    """What is said of the image, as far as it is chosen or ticked; of several people together."""
    flags: dict[str, bool] = {}
    for label in image.labels:
        for name, value in orjson.loads(label.values).items():
            if isinstance(value, bool):
                flags[name] = value or flags.get(name, False)
            elif isinstance(value, list) or name in losses.choices:
                options = value if isinstance(value, list) else [value]
                flags |= {f"{name}: {option}": True for option in options}
            else:
                losses.note("A text or number about an image was left out.")
    return flags


def _pairs(ring):
    return [list(xy) for xy in zip(ring[::2], ring[1::2], strict=True)]


def _polygon(geometry, losses):
    rings = geometry["rings"]
    if len(rings) > 1 and not are_apart(rings):
        losses.note("The rings of a shape were joined by lines that cover nothing.")
        rings = [join_rings(rings)]
    return [("polygon", _pairs(ring), {}) for ring in rings]


def _rect(geometry, losses):
    if is_upright("rect", geometry):
        left, top, right, bottom = _edges(geometry)
        return [("rectangle", [[left, top], [right, bottom]], {})]
    losses.became("turned", "a polygon")
    return [("polygon", _pairs(rings_of("rect", geometry)[0]), {})]


def _edges(geometry):
    cx, cy, half_w, half_h = geometry["cx"], geometry["cy"], geometry["w"] / 2, geometry["h"] / 2
    edges = (cx - half_w, cy - half_h, cx + half_w, cy + half_h)
    return [round(edge, 3) for edge in edges]


def _ellipse(geometry, losses):
    if geometry["rx"] == geometry["ry"]:
        cx, cy, radius = geometry["cx"], geometry["cy"], geometry["rx"]
        return [("circle", [[cx, cy], [round(cx + radius, 2), cy]], {})]
    losses.became("ellipse", "a polygon")
    return [("polygon", _pairs(rings_of("ellipse", geometry)[0]), {})]


def _line(geometry, losses):
    points = _pairs(geometry["points"])
    return [("line" if len(points) == 2 else "linestrip", points, {})]


def _points(geometry, losses):
    return [
        (
            "point",
            [[point["x"], point["y"]]],
            {
                "description": point["name"],
                "flags": {} if point["visible"] else {"hidden": True},
            },
        )
        for point in geometry["points"]
    ]


_PARTS = {
    "polygon": _polygon,
    "rect": _rect,
    "ellipse": _ellipse,
    "line": _line,
    "points": _points,
}
