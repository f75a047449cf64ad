"""S3Label's own format, as labeling/exports/s3label_json.py writes it. No Django."""

from functools import partial

from labeling.exports.s3label_json import FORMAT, FORMAT_VERSION
from labeling.imports.contents import (
    PREDICTED,
    BadFile,
    FileImage,
    FileShape,
    FileValue,
    Head,
    Item,
    Problem,
    Reading,
    odd_is_bad,
    taken,
)
from labeling.imports.streaming import JsonStream

MAJOR = FORMAT_VERSION.split(".")[0]
LARGEST_ID = (1 << 63) - 1


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
    for name, classes, image, about in _labels(source, names):
        shapes, _ = _shapes(about, name, classes)
        yield Head(_image(name, image), {shape.class_name for shape in shapes}, about["labeler"])
        colors.update((row["name"], row["color"]) for row in classes.values())


def _items(source, names):
    for name, classes, image, about in _labels(source, names):
        of_file, (shapes, problems) = _image(name, image), _shapes(about, name, classes)
        said = [FileValue(*pair) for pair in about.get("values", {}).items()]
        if any("prediction" in shape for shape in about["shapes"] if isinstance(shape, dict)):
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
    with odd_is_bad(f"{name}: image {image.get('id')}"):
        about = _image(name, image)
        texts, sizes = (about.name, about.path, about.sha256), (about.width, about.height)
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("its name, path or content hash is no text")
        if not all(type(size) is int for size in sizes):
            raise TypeError("its size is no whole number")
        for label in image["labels"]:
            if type(label["labeler"]) is not int or abs(label["labeler"]) > LARGEST_ID:
                raise TypeError("a labeler is no whole number")
            if not isinstance(label["shapes"], list):
                raise TypeError("shapes are no list")
            if not isinstance(label.get("values", {}), dict):
                raise TypeError("values are no object")
    for label in image["labels"]:
        yield name, classes, image, label


def _classes(head, name):
    if head.get("format") != FORMAT:
        raise BadFile(f"{name} is not S3Label JSON: it does not say so in “format”.")
    version = str(head.get("format_version", ""))
    if version.split(".")[0] != MAJOR:
        raise BadFile(f"{name} has version {version} of the format; this S3Label reads {MAJOR}.")
    if not isinstance(head.get("images"), list):
        raise BadFile(f"{name} has no list of images.")
    with odd_is_bad(f"{name}: a class"):
        classes = {
            row["id"]: {name: row[name] for name in ("name", "color")} for row in head["classes"]
        }
        if not all(isinstance(text, str) for row in classes.values() for text in row.values()):
            raise TypeError("its name or colour is no text")
    return classes


def _image(file_name, image):
    return FileImage(
        where=f"{file_name}, image {image['id']} ({image['file_name']})",
        name=image["file_name"],
        path=image["path"],
        sha256=image["sha256"],
        width=image["width"],
        height=image["height"],
    )


def _shapes(label, name, classes):
    parts = ((f"{name}, {_called(shape)}", shape) for shape in label["shapes"])
    return taken(parts, partial(_shape, classes=classes))


def _called(shape):
    return f"shape {shape.get('id')}" if isinstance(shape, dict) else "a shape"


def _shape(shape, where, classes):
    return FileShape(
        class_name=classes[shape["class"]]["name"],
        kind=shape["kind"],
        geometry=shape["geom"],
        where=where,
        z=shape["z"],
        attributes=shape["attrs"],
        uid=shape["id"],
        score=shape.get("score"),
    )
