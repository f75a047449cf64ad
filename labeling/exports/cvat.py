"""CVAT XML for images, version 1.1: one file, image by image. See docs/exports.md. No Django."""

import shutil

import orjson

from labeling.exports.boxes import edges_of
from labeling.exports.losses import Losses
from labeling.exports.tags import IMAGE_TAG, UNSAID, Tags
from labeling.exports.xml import attributes_of, decimal, leaf, text_of
from labeling.outlines import join_rings
from labeling.values import LARGEST_NUMBER

BLOCK = 1 << 20
# {kind of answer: what CVAT calls it}; several choices are a list, which it does not know.
INPUTS = {"choice": "select", "checkbox": "checkbox", "number": "number"}
# The lowest, the highest, and the step of those that can be kept.
NUMBERS = (str(-LARGEST_NUMBER), str(LARGEST_NUMBER), "0.01")


def write(file, task, images, *, scratch):
    """The images wait in a scratch file: the head declares all that shapes say."""
    writer = _Images(task)
    with scratch() as body:
        count = 0
        for count, image in enumerate(images, 1):
            body.write("".join(f"{line}\n" for line in writer.lines_of(count - 1, image)).encode())
        file.write("".join(f"{line}\n" for line in _head(task, count, writer)).encode())
        body.seek(0)
        shutil.copyfileobj(body, file, BLOCK)
    file.write(b"</annotations>\n")
    return writer.losses.as_dict()


def _head(task, count, writer):
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield "<annotations>"
    yield "<version>1.1</version>"
    yield "<meta><task>"
    yield leaf("id", task.id) + leaf("name", task.title) + leaf("size", count)
    yield "<mode>annotation</mode><overlap>0</overlap><flipped>False</flipped>"
    yield "<labels>"
    for label_class in task.classes:
        yield "<label>" + leaf("name", label_class.name) + leaf("color", label_class.color)
        yield "<type>any</type><attributes>"
        yield from writer.answers.declared(label_class.id)
        yield "</attributes></label>"
    for name, attributes in writer.tags.labels():
        yield f"<label>{leaf('name', name)}<type>tag</type><attributes>"
        yield from (_declared(one.name, one.kind, one.options) for one in attributes)
        yield "</attributes></label>"
    yield "</labels>"
    yield "</task></meta>"


def _declared(name, kind, options=()):
    values = {"choice": [UNSAID, *options], "checkbox": ["false"], "number": NUMBERS}
    some = values.get(kind, [""])
    usual = "0" if kind == "number" else some[0]
    about = {"name": name, "mutable": False, "input_type": INPUTS.get(kind, "text")}
    leaves = about | {"default_value": usual, "values": "\n".join(some)}
    return f"<attribute>{''.join(leaf(*pair) for pair in leaves.items())}</attribute>"


class _Answers:
    """What shapes may say, by their class: what the task asks, and what they say besides."""

    def __init__(self, task):
        self.of_shapes = [one for one in task.attributes if one.about == "shapes"]
        self.choices = {one.name for one in self.of_shapes if one.kind == "choice"}
        self.said = {}  # {class: {name: texts that were chosen}}

    def note(self, class_id, name, text):
        known = self.said.setdefault(class_id, {}).setdefault(name, {})
        if name in self.choices:
            known[text] = None

    def declared(self, class_id):
        said = self.said.get(class_id, {})
        mine = [one for one in self.of_shapes if one.class_id in (None, class_id)]
        # What is asked of the class itself counts.
        asked = {one.name: one for one in sorted(mine, key=lambda one: one.class_id is not None)}
        for name in sorted({name for name, one in asked.items() if not one.archived} | set(said)):
            if name not in asked:
                yield _declared(name, "text")
                continue
            # An option that was taken out since is one all the same.
            options = dict.fromkeys([*asked[name].options, *said.get(name, ())])
            yield _declared(name, asked[name].kind, options)


class _Images:
    def __init__(self, task):
        self.names = {label_class.id: label_class.name for label_class in task.classes}
        self.tags, self.answers = Tags(task), _Answers(task)
        self.losses = Losses()

    def lines_of(self, number, image):
        about = {"id": number, "name": image.name, "subset": image.split}
        size = {"width": image.width, "height": image.height}
        about = {name: value for name, value in (about | size).items() if value != ""}
        if len(image.labels) > 1:
            self.losses.note("The labels of several people on one image were written as one.")
        yield f"<image{attributes_of(**about)}>"
        for label in image.labels:
            for shape in label.shapes:
                yield from self._shape(shape, label.predictions.get(shape.uid))
        for label in image.labels:
            yield from self._tags(orjson.loads(label.values))
        yield "</image>"

    def _tags(self, values):
        chosen, others = self.tags.split(values)
        for name in chosen:
            yield f"<tag{attributes_of(label=name, source='manual')}/>"
        if others:
            yield f"<tag{attributes_of(label=IMAGE_TAG, source='manual')}>"
            for name, text in others:
                yield f"<attribute{attributes_of(name=name)}>{text_of(text)}</attribute>"
            yield "</tag>"

    def _shape(self, shape, prediction):
        tag, form = _FORMS[shape.kind](orjson.loads(shape.geometry), self.losses)
        source = self._source(prediction)
        about = {"label": self.names[shape.class_id], "source": source, "occluded": 0}
        attributes = list(self._attributes(shape))
        head = f"<{tag}{attributes_of(**about, **form, z_order=shape.z)}"
        if not attributes:
            yield f"{head}/>"
            return
        yield f"{head}>"
        yield from attributes
        yield f"</{tag}>"

    def _source(self, prediction):
        if prediction is None:
            return "manual"
        self.losses.note("Which model predicted a shape, and how sure it was, was left out.")
        return "semi-auto" if orjson.loads(prediction)["corrected"] else "auto"

    def _attributes(self, shape):
        if shape.attributes == "{}":
            return
        for name, value in sorted(orjson.loads(shape.attributes).items()):
            text = value if isinstance(value, str) else orjson.dumps(value).decode()
            self.answers.note(shape.class_id, name, text)
            if isinstance(value, dict | list):
                self.losses.note("An attribute that is no text or number was written as JSON.")
            yield f"<attribute{attributes_of(name=name)}>{text_of(text)}</attribute>"


def _points_text(pairs):
    return ";".join(f"{x},{y}" for x, y in pairs)


def _pairs(ring):
    return zip(ring[::2], ring[1::2], strict=True)


def _polygon(geometry, losses):
    rings = geometry["rings"]
    if len(rings) > 1:
        losses.note("The rings of a shape were joined by lines that cover nothing.")
    return "polygon", {"points": _points_text(_pairs(join_rings(rings)))}


def _rect(geometry, losses):
    edges = map(decimal, edges_of("rect", geometry | {"angle": 0}))
    form = dict(zip(("xtl", "ytl", "xbr", "ybr"), edges, strict=True))
    return "box", form | _rotation(geometry)


def _ellipse(geometry, losses):
    form = {name: geometry[name] for name in ("cx", "cy", "rx", "ry")}
    return "ellipse", form | _rotation(geometry)


def _rotation(geometry):
    return {"rotation": geometry["angle"]} if geometry["angle"] else {}


def _line(geometry, losses):
    return "polyline", {"points": _points_text(_pairs(geometry["points"]))}


def _points(geometry, losses):
    points = geometry["points"]
    if any(point["name"] for point in points):
        losses.note("The names of the points of a shape were left out.")
    if not all(point["visible"] for point in points):
        losses.note("That points of a shape are hidden was left out.")
    return "points", {"points": _points_text((point["x"], point["y"]) for point in points)}


_FORMS = {
    "polygon": _polygon,
    "rect": _rect,
    "ellipse": _ellipse,
    "line": _line,
    "points": _points,
}
