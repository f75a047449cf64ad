"""S3Label's own format, as labeling/exports/s3label_json.py writes it. No Django."""

from labeling.exports.s3label_json import FORMAT, FORMAT_VERSION
from labeling.imports.contents import (
    BadFile,
    FileImage,
    FileShape,
    FileValue,
    Head,
    Item,
    Problem,
    Reading,
)
from labeling.imports.streaming import JsonStream

PREDICTED = "Which model predicted a shape is not imported; the shapes are."
MAJOR = FORMAT_VERSION.split(".")[0]


def read(source, scratch):
    """Every label is an item, with its labeler; ids of shapes stay."""
    names = source.with_suffix(".json")
    names = [name for name in names if not name.endswith(".manifest.json")]
    if not names:
        raise BadFile(f"{source.path} has no .json file.")
    colors: dict[str, str] = {}
    return Reading(
        lambda: _items(source, names),
        lambda: _heads(source, names, colors),
        colors,
    )


def _heads(source, names, colors):
    for head, classes, image, about in _labels(source, names):
        used = {classes[shape["class"]]["name"] for shape in about["shapes"]}
        yield Head(_image(head, image), used, about["labeler"])
        colors.update((row["name"], row["color"]) for row in classes.values())


def _items(source, names):
    for name, classes, image, about in _labels(source, names):
        shapes = [_shape(shape, classes) for shape in about["shapes"]]
        of_file, problems = _image(name, image), []
        said = [FileValue(*pair) for pair in about.get("values", {}).items()]
        if any("prediction" in shape for shape in about["shapes"]):
            problems.append(Problem(of_file.where, PREDICTED, 0))
        yield Item(of_file, shapes, problems, about["labeler"], said)


def _labels(source, names):
    """(name of the file, {id: class}, image, label) of every label, checked for completeness."""
    for name in names:
        with source.open(name) as file:
            stream, classes = JsonStream(file, name, ("images",)), None
            for portion in stream:
                if classes is None:
                    classes = _classes(stream.rest, name)
                for image in portion.values:
                    yield from _labels_of(image, name, classes)
            _classes(stream.rest, name)


def _labels_of(image, name, classes):
    try:
        _image(name, image)
        for label in image["labels"]:
            for shape in label["shapes"]:
                _shape(shape, classes)
            label["labeler"]
            if not isinstance(label.get("values", {}), dict):
                raise TypeError("values")
    except (KeyError, TypeError, IndexError) as problem:
        number = image.get("id") if isinstance(image, dict) else None
        raise BadFile(f"{name}: image {number} is incomplete or odd: {problem}.") from problem
    for label in image["labels"]:
        yield name, classes, image, label


def _classes(head, name):
    if head.get("format") != FORMAT:
        raise BadFile(f"{name} is not S3Label JSON: it does not say so in “format”.")
    version = str(head.get("format_version", ""))
    if version.split(".")[0] != MAJOR:
        raise BadFile(f"{name} has version {version} of the format; this S3Label reads {MAJOR}.")
    if "images" not in head:
        raise BadFile(f"{name} has no list of images.")
    try:
        return {row["id"]: {"name": row["name"], "color": row["color"]} for row in head["classes"]}
    except (KeyError, TypeError) as problem:
        raise BadFile(f"{name}: a class is incomplete: {problem}.") from problem


def _image(file_name, image):
    return FileImage(
        where=f"{file_name}, image {image['id']} ({image['file_name']})",
        name=image["file_name"],
        path=image["path"],
        sha256=image["sha256"],
        width=image["width"],
        height=image["height"],
    )


def _shape(shape, classes):
    return FileShape(
        class_name=classes[shape["class"]]["name"],
        kind=shape["kind"],
        geometry=shape["geom"],
        where=f"shape {shape['id']}",
        z=shape["z"],
        attributes=shape["attrs"],
        uid=shape["id"],
        score=shape.get("score"),
    )
