"""XML of others, read with care: no document type, so no entities that grow. No Django."""

from xml.etree import ElementTree as ET

from labeling.imports.contents import BadFile


class _Builder(ET.TreeBuilder):
    def doctype(self, name, pubid, system):
        raise BadFile("has a document type; such XML is not read")


def parse(data, name):
    """The root of a small XML file."""
    # Without a document type there is nothing that could grow or lead elsewhere.
    parser = ET.XMLParser(target=_Builder())  # noqa: S314
    try:
        parser.feed(data)
        return parser.close()
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
