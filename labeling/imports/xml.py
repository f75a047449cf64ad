"""XML of others, read with care: no document type, so no entities that grow. No Django."""

import io
from xml.etree import ElementTree as ET

from labeling.imports.contents import BadFile

BLOCK = 1 << 20


class _Builder(ET.TreeBuilder):
    """Notes which elements began and ended."""

    def __init__(self):
        super().__init__()
        self.events = []

    def doctype(self, name, pubid, system):
        # Without a document type there is nothing that could grow or lead elsewhere.
        raise BadFile("has a document type; such XML is not read")

    def start(self, tag, attributes):
        element = super().start(tag, attributes)
        self.events.append(("start", element))
        return element

    def end(self, tag):
        element = super().end(tag)
        self.events.append(("end", element))
        return element


def parse(data, name):
    """The root of a small XML file."""
    events = events_of(io.BytesIO(data), name)
    _, root = next(events)
    for _ in events:
        pass
    return root


def events_of(file, name):
    """("start" or "end", element) of a file of any size, piece by piece."""
    builder = _Builder()
    parser = ET.XMLParser(target=builder)  # noqa: S314
    try:
        while block := file.read(BLOCK):
            parser.feed(block)
            yield from builder.events
            builder.events.clear()
        parser.close()
    except ET.ParseError as problem:
        line = problem.position[0]
        raise BadFile(f"{name}, line {line}: not readable XML: {problem}.") from problem
    except BadFile as problem:
        raise BadFile(f"{name} {problem}.") from problem


def number(element, name):
    """The number in a child element or an attribute."""
    text = element.get(name) if name in element.attrib else element.findtext(name)
    try:
        return float(text)
    except (TypeError, ValueError):
        raise BadFile(f"{name} is {text!r} and no number") from None


def whole(element, name):
    try:
        return int(number(element, name)) or None
    except (BadFile, OverflowError, ValueError):
        return None
