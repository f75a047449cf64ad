"""XML by hand, for files that are written element by element. No Django."""

import re
from xml.sax.saxutils import escape, quoteattr

# What no XML may hold, not even escaped.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_of(value):
    return escape(_allowed(value))


def _allowed(value):
    return FORBIDDEN.sub("\ufffd", str(value))


def leaf(name, value):
    """<name>value</name>"""
    return f"<{name}>{text_of(value)}</{name}>"


def attributes_of(**values):
    """name="value" of every value, in the order given."""
    return "".join(f" {name}={quoteattr(_allowed(value))}" for name, value in values.items())


def decimal(thousandths):
    """A number of thousandths as a decimal number, without zeros at the end."""
    whole, rest = divmod(abs(thousandths), 1000)
    text = f"{whole}.{rest:03d}".rstrip("0").rstrip(".")
    return f"-{text}" if thousandths < 0 else text
