"""The S3Label of 2019: its database as pg_dump writes it (COPY or INSERT), or rows as JSON.

It kept two forms of labels. The older one, {"type", "label": class, "polygon": {"regions",
"inverted"}}, has a padding of the canvas in its coordinates, which nobody can see in them; who
imports says how wide it was. The newer one, {"type", "label": {…}, "label_class"}, is in pixels of
the image: regions, boxes with sizes that may be negative, circles. No Django.
"""

import re
from functools import partial

import orjson

from labeling.imports.contents import (
    BadFile,
    FileImage,
    FileShape,
    Item,
    Problem,
    Reading,
    odd_is_bad,
    taken,
)
from labeling.imports.fitting import rect

TABLES = ("input_data", "labels", "label_history")
# As the tables were made, for INSERTs that name no columns.
COLUMNS = {
    "input_data": ("input_data_id", "dataset_id", "data_path"),
    "labels": ("label_id", "input_data_id", "label_task_id", "user_id"),
    "label_history": ("label_history_id", "label_id", "timestamp_edit", "label_serialised"),
}
COPY = re.compile(r"COPY (?:\w+\.)?(\w+) \((.*)\) FROM stdin;")
INSERT = re.compile(r"INSERT INTO (?:\w+\.)?(\w+)(?: \(([^)]*)\))? VALUES\s*")
VALUE = re.compile(r"E?'(?:[^']|'')*'|[^\s,()']+")
ID = re.compile("[0-9]{1,18}")
LARGEST_ID = (1 << 31) - 1
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}


def read(source, scratch):
    names = source.need(".sql", ".json", ".dump")
    return Reading(lambda: (item for name in names for item in _items(source, name)))


def _items(source, name):
    with source.open(name) as file:
        is_json = file.read(64).lstrip()[:1] in (b"[", b"{")
        file.seek(0)
        rows = _rows_of_json(file.read(), name) if is_json else _rows_of_dump(file, name)
    rows = _of_one_task(rows, source.options.get("their_task"), name)
    padding = source.options.get("padding")
    for where, path, user, _, text in rows:
        yield _item(where, path, user, text, padding)


def _of_one_task(rows, task, name):
    """A dump holds all tasks; nobody guesses which one is meant."""
    there = sorted({row[3] for row in rows if row[3] is not None})
    if task is None and len(there) > 1:
        listed = ", ".join(map(str, there))
        raise BadFile(f"{name} holds labels of the tasks {listed}; say which one (“their task”).")
    if task is not None and task not in there:
        raise BadFile(f"{name} holds no labels of a task {task}.")
    return [row for row in rows if task is None or row[3] == task]


def _rows_of_json(data, name):
    """(where, path, user, task, label) of rows with data_path and label_serialised."""
    try:
        rows = orjson.loads(data)
    except orjson.JSONDecodeError as problem:
        raise BadFile(f"{name} is not readable JSON: {problem}.") from problem
    rows = rows if isinstance(rows, list) else [rows]
    found = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or "data_path" not in row or "label_serialised" not in row:
            raise BadFile(f"{name}, row {number}: data_path and label_serialised are missing.")
        where, path = f"{name}, row {number}", str(row["data_path"])
        user, task = (_number(row.get(field), where) for field in ("user_id", "label_task_id"))
        found.append((where, path, user, task, row["label_serialised"]))
    return found


def _number(value, where):
    """The id of a user or task, None where there is none; text in a dump."""
    if value is None or (type(value) is int and 0 <= value <= LARGEST_ID):
        return value
    if isinstance(value, str) and ID.fullmatch(value):
        return _number(int(value), where)
    raise BadFile(f"{where}: the id of a user or task is no whole number.")


def _rows_of_dump(file, name):
    images: dict = {}
    labels: dict = {}
    latest: dict = {}
    with odd_is_bad(f"{name} as a dump of S3Label 2019"):
        for table, row in _table_rows(file):
            if table == "input_data":
                images[row["input_data_id"]] = row["data_path"]
            elif table == "labels":
                labels[row["label_id"]] = row
            else:
                age = (row["timestamp_edit"] or "", int(row["label_history_id"]))
                # The newest state of a label is the label.
                if age >= latest.get(row["label_id"], (("", 0), ""))[0]:
                    latest[row["label_id"]] = (age, row["label_serialised"])
        if not images and not labels:
            raise BadFile(f"{name} is no dump of S3Label 2019: it has no input_data and no labels.")
        return [
            (
                f"{name}, label {number}",
                images.get(row["input_data_id"], ""),
                _number(row["user_id"], f"{name}, label {number}"),
                _number(row["label_task_id"], f"{name}, label {number}"),
                latest[number][1],
            )
            for number, row in labels.items()
            if number in latest
        ]


def _table_rows(file):
    """(table, {column: text or None}) of the rows of the tables that matter."""
    table, is_copy = None, False
    columns: tuple[str, ...] = ()
    for line in file:
        text = line.decode("utf-8", "replace").rstrip("\n")
        if is_copy:
            if text == "\\.":
                table, is_copy = None, False
            elif table in TABLES:
                values = (_unescaped(part) for part in text.split("\t"))
                yield table, dict(zip(columns, values, strict=True))
        elif found := COPY.match(text):
            table, columns, is_copy = found[1], _names(found[2]), True
        elif found := INSERT.match(text):
            table = found[1]
            columns = _names(found[2]) if found[2] else COLUMNS.get(table, ())
            yield from _inserted(table, columns, text[found.end() :])
        elif table and text.lstrip().startswith("("):
            yield from _inserted(table, columns, text)


def _names(text):
    return tuple(name.strip().strip('"') for name in text.split(","))


def _inserted(table, columns, text):
    """The rows that stand in the rest of a line, each in brackets."""
    if table not in TABLES:
        return
    for row in re.finditer(r"\(((?:'(?:[^']|'')*'|[^()'])*)\)", text):
        values = [_literal(value) for value in VALUE.findall(row[1])]
        yield table, dict(zip(columns, values, strict=False))


def _literal(text):
    if text.upper() == "NULL":
        return None
    if text.startswith(("'", "E'")):
        inner = text[text.index("'") + 1 : -1].replace("''", "'")
        return _unescaped(inner) if text.startswith("E") else inner
    return text


def _unescaped(text):
    if text == "\\N":
        return None
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), text)


def _item(where, path, user, label, padding):
    try:
        rows = orjson.loads(label) if isinstance(label, str) else label
    except orjson.JSONDecodeError:
        rows = None
    is_list = isinstance(rows, list)
    objects = enumerate(rows if is_list else [], 1)
    parts = ((f"{where}, object {number}", row) for number, row in objects)
    shapes, problems = taken(parts, partial(_shape, padding=padding))
    if not is_list:
        problems.append(Problem(where, "The label is no list of objects."))
    if not path:
        problems.append(Problem(where, "There is no image of it in the file.", len(shapes)))
        shapes = []
    # Users have other ids there; only that they are different people matters.
    labeler = None if user is None else -user
    return Item(FileImage(where, path, path) if path else None, shapes, problems, labeler)


def _shape(row, where, padding):
    if "polygon" in row:
        if padding is None:
            raise BadFile(
                "It is of the older form, whose coordinates hold a padding: say how many pixels "
                "(“padding”, 80 or 160 as a rule, 0 for none)"
            )
        if row["polygon"].get("inverted"):
            raise BadFile("It is inverted: all but what was drawn. Such shapes are not read")
        rings = [_flat(region, padding) for region in row["polygon"]["regions"]]
        return FileShape(str(row["label"]), "polygon", {"rings": rings}, where)
    kind, geometry = _geometry(row["label"])
    return FileShape(str(row["label_class"]), kind, geometry, where)


def _geometry(label):
    if "regions" in label:
        if label.get("inverted"):
            raise BadFile("It is inverted: all but what was drawn. Such shapes are not read")
        return "polygon", {"rings": [_flat(region, 0) for region in label["regions"]]}
    x, y = float(label["x"]), float(label["y"])
    if "boxWidth" in label:
        return "rect", rect(x, y, x + float(label["boxWidth"]), y + float(label["boxHeight"]))
    if label.get("radius") is not None:
        radius = float(label["radius"])
        return "ellipse", {"cx": x, "cy": y, "rx": radius, "ry": radius, "angle": 0}
    return "points", {"points": [{"name": "", "x": x, "y": y, "visible": True}]}


def _flat(region, padding):
    if len(region) < 3:
        raise BadFile("An outline needs at least three points")
    return [float(number) - padding for x, y in region for number in (x, y)]
