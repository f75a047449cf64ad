"""YOLO: a text file for each image, in shares of its width and height. No Django.

Four numbers behind the class are a box, four corners of a rectangle a turned box, and more an
outline; one number more than that is how sure a model was.
"""

import re

import orjson

from labeling.exports.yolo import as_it_was
from labeling.imports.contents import BadFile, FileImage, FileShape, Item, Problem, Reading

LISTS = ("classes.txt", "obj.names", "names.txt")
NOT_LABELS = {*LISTS, "train.txt", "val.txt", "test.txt", "readme.txt"}


def read(source, scratch):
    names = [
        name
        for name in source.with_suffix(".txt")
        if name.rpartition("/")[2].lower() not in NOT_LABELS
    ]
    if not names:
        raise BadFile(f"{source.path} has no .txt file with labels.")
    classes = _classes(source)
    return Reading(lambda: (_item(source, name, classes) for name in names))


def _classes(source):
    """{number: name}; without a list of names, numbers are the names."""
    for name in source.names():
        if name.rpartition("/")[2].lower() in LISTS:
            lines = source.text(name).splitlines()
            return dict(enumerate(line.strip() for line in lines))
    for name in source.with_suffix(".yaml", ".yml"):
        found = names_in_yaml(source.text(name))
        if found:
            return found
    return {}


def names_in_yaml(text):
    """{number: name} of the entry names of a data.yaml, in any of the ways it is written."""
    lines = text.splitlines()
    for at, line in enumerate(lines):
        found = re.match(r"names\s*:\s*(.*)$", line)
        if not found:
            continue
        if found[1].startswith(("[", "{")):
            return _in_line(" ".join([found[1], *lines[at + 1 :]]))
        return _in_block(lines[at + 1 :])
    return {}


def _in_line(text):
    closing = "]" if text.startswith("[") else "}"
    inner = text[1 : text.find(closing)] if closing in text else text[1:]
    parts = [part.strip() for part in re.findall(r"(?:\"[^\"]*\"|'[^']*'|[^,])+", inner)]
    if closing == "]":
        return dict(enumerate(_unquoted(part) for part in parts))
    return _numbered(parts)


def _in_block(lines):
    parts = []
    for line in lines:
        text = line.split(" #")[0].strip()
        if not text or text.startswith("#"):
            continue
        if not re.match(r"\s|-", line):
            break
        parts.append(text)
    if parts and parts[0].startswith("-"):
        return dict(enumerate(_unquoted(part[1:].strip()) for part in parts))
    return _numbered(parts)


def _numbered(parts):
    pairs = (re.match(r"['\"]?([0-9]{1,9})['\"]?\s*:\s*(.*)$", part) for part in parts)
    return {int(pair[1]): _unquoted(pair[2]) for pair in pairs if pair}


def _unquoted(text):
    if len(text) < 2 or text[0] != text[-1] or text[0] not in "'\"":
        return text
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    try:
        return str(orjson.loads(text))
    except orjson.JSONDecodeError:
        return text[1:-1]


def _item(source, name, classes):
    shapes, problems = [], []
    try:
        lines = source.text(name).splitlines()
    except BadFile as problem:
        return Item(None, [], [Problem(name, str(problem))])
    for at, line in enumerate(lines, 1):
        where = f"{name}, line {at}"
        try:
            if line.strip():
                shapes.append(_shape(line.split(), classes, where))
        except BadFile as problem:
            problems.append(Problem(where, f"{problem}."))
    places = source.places(*_places(name))
    return Item(FileImage(name, _stem(name), is_stem=True, places=places), shapes, problems)


def _places(name):
    """Beside it, or in the folder images where it lies in the folder labels."""
    stem = as_it_was(name.rpartition(".")[0])
    parts = stem.split("/")
    if "labels" in parts[:-1]:
        parts[parts.index("labels")] = "images"
        return stem, "/".join(parts)
    return stem, f"../images/{stem}"


def _stem(name):
    """labels/train/a/b.txt is of the image a/b."""
    parts = name.rpartition(".")[0].split("/")
    if "labels" in parts[:-1]:
        parts = parts[parts.index("labels") + 1 :]
        if parts[0] in ("train", "val", "test") and len(parts) > 1:
            parts = parts[1:]
    return as_it_was("/".join(parts))


def _shape(words, classes, where):
    try:
        number, values = int(words[0]), [float(word) for word in words[1:]]
    except ValueError:
        raise BadFile("It is not a class and numbers") from None
    if number < 0 or not all(-1 < value < 2 for value in values):
        raise BadFile("A number is no share of the image")
    score = values.pop() if len(values) > 4 and len(values) % 2 else None
    geometry: dict
    if len(values) == 4:
        fields = dict(zip(("cx", "cy", "w", "h"), values, strict=True))
        kind, geometry = "rect", fields | {"angle": 0}
    elif len(values) >= 6 and len(values) % 2 == 0:
        kind, geometry = "polygon", {"rings": [values]}
    else:
        raise BadFile(f"{len(values)} numbers make neither a box nor an outline")
    name = classes.get(number) or str(number)
    return FileShape(name, kind, geometry, where, score=score, is_in_shares=True)
