"""What tests of the readers share: a folder with files, and what a reader makes of it."""

import tempfile
from pathlib import Path

import orjson

from labeling.imports import FORMATS
from labeling.imports.source import open_source


def items_of(format, path):
    """All items, after the heads were read, as an import does."""
    reading = FORMATS[format].read(open_source(path), tempfile.TemporaryFile)
    heads, items = None, None
    heads = list(reading.heads())
    items = list(reading.items())
    assert [head.image for head in heads] == [item.image for item in items]
    return items


def shapes_of(format, path):
    return [shape for item in items_of(format, path) for shape in item.shapes]


def problems_of(format, path):
    return [tuple(problem[:2]) for item in items_of(format, path) for problem in item.problems]


def write(folder, name, content):
    path = Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def write_json(folder, name, content):
    return write(folder, name, orjson.dumps(content))
