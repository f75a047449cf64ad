"""Tags and attributes: what may be said of an image or a shape. No Django.

A choice that is made of the whole image is what people call a tag. Values are plain JSON: the
text of one option, a list of options, true or false, text, or a number.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

KINDS = {
    "choice": "One of these",
    "choices": "Several of these",
    "checkbox": "Yes or no",
    "text": "Text",
    "number": "Number",
}
MOST_OPTIONS = 200
LONGEST_OPTION = 100
LONGEST_TEXT = 1_000
LARGEST_NUMBER = 10**15
TRUE_WORDS, FALSE_WORDS = ("yes", "true", "1", "on"), ("no", "false", "0", "off", "")


class BadValue(ValueError):
    """A value, or a definition, that cannot be; the message says why, to people."""


@dataclass(frozen=True)
class Definition:
    """What one may say: of the image, or (of_image is false) of shapes, perhaps of one class."""

    id: int
    name: str
    key: str  # what exports call it, and what a shape's attributes are kept under
    of_image: bool
    class_id: int | None
    kind: str
    options: tuple[str, ...] = ()
    default: object = None
    required: bool = False
    archived: bool = False

    @property
    def is_tag(self):
        return self.of_image and self.kind in ("choice", "choices")


class Definitions:
    """All that a task defines, archived ones too: what is there already may have them."""

    def __init__(self, found):
        self.found = tuple(found)
        self.of_image = {one.id: one for one in self.found if one.of_image}
        self.of_shapes = [one for one in self.found if not one.of_image]
        self._by_class = defaultdict(dict)

    def of_class(self, class_id):
        """{key: definition} for shapes of a class; what is said of the class itself counts."""
        if class_id not in self._by_class:
            mine = [one for one in self.of_shapes if one.class_id in (None, class_id)]
            mine.sort(key=lambda one: one.class_id is not None)
            self._by_class[class_id] = {one.key: one for one in mine}
        return self._by_class[class_id]


def parse_options(text):
    """The options of a text with one in each line."""
    options = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(options) > MOST_OPTIONS:
        raise BadValue(f"Write at most {MOST_OPTIONS} options.")
    for option in options:
        if len(option) > LONGEST_OPTION:
            raise BadValue(f"An option has at most {LONGEST_OPTION} characters.")
        if "\0" in option:
            raise BadValue("An option holds a NUL character.")
    return tuple(options)


def parse_default(kind, options, text):
    """The value that a written default stands for, or None for an empty one."""
    text = text.strip()
    if kind == "checkbox":
        if text.casefold() not in TRUE_WORDS + FALSE_WORDS:
            raise BadValue("Write yes or no, or nothing for no.")
        return text.casefold() in TRUE_WORDS
    if not text:
        return None
    value = text
    if kind == "choices":
        value = [part.strip() for part in text.splitlines() if part.strip()]
    if kind == "number":
        value = _number_of(text)
    return parse_value(Definition(0, "The default", "", True, None, kind, tuple(options)), value)


def default_in_text(kind, options, value):
    """A default as it is written in a definition, of the value that it stands for."""
    value = parse_value(Definition(0, "The default", "", True, None, kind, tuple(options)), value)
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(value)
    return in_words(value)


def _number_of(text):
    try:
        number = float(text)
    except ValueError as problem:
        raise BadValue("Write the default as a number, such as 2.5.") from problem
    return number


def parse_value(definition, value):
    """The value as it is kept, None for "nothing said"; raises BadValue in words."""
    return _PARSERS[definition.kind](definition, value)


def parse_new_value(definition, value):
    """The same of what was not said before: not of what is archived."""
    if definition.archived and value is not None:
        raise BadValue(f"{definition.name} is archived.")
    return parse_value(definition, value)


def _choice(definition, value):
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadValue(f"{definition.name} is the text of one option.")
    if value not in definition.options:
        raise BadValue(f"{definition.name} has no option {_shown(value)}.")
    return value


def _choices(definition, value):
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadValue(f"{definition.name} is a list of options.")
    for one in value:
        _choice(definition, one)
    if len(set(value)) < len(value):
        raise BadValue(f"{definition.name} names an option twice.")
    # In the order of the definition, so that the same choice is the same text.
    return [one for one in definition.options if one in value] or None


def _checkbox(definition, value):
    if value is not None and not isinstance(value, bool):
        raise BadValue(f"{definition.name} is true or false.")
    return value


def _text(definition, value):
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadValue(f"{definition.name} is text.")
    if len(value) > LONGEST_TEXT:
        raise BadValue(f"{definition.name} has at most {LONGEST_TEXT:,} characters.")
    if "\0" in value:
        raise BadValue(f"{definition.name} holds a NUL character.")
    return value if value.strip() else None


def _number(definition, value):
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValue(f"{definition.name} is a number.")
    if not math.isfinite(value) or abs(value) > LARGEST_NUMBER:
        raise BadValue(f"{definition.name} is not a number that can be kept.")
    return int(value) if value == int(value) else value


_PARSERS = {
    "choice": _choice,
    "choices": _choices,
    "checkbox": _checkbox,
    "text": _text,
    "number": _number,
}


def check_attributes(attributes, known, had):
    """The attributes of a shape as they are kept; known is {key: definition} of its class.

    What is archived, or no option any more, is refused unless had(key, value) says that the shape
    has it, or had it before.
    """
    kept = {}
    for key, value in attributes.items():
        definition = known.get(key)
        try:
            if definition is None:
                raise BadValue(f"There is no attribute called {_shown(key)} for this class.")
            if definition.archived:
                raise BadValue(f"{definition.name} is archived.")
            value = parse_value(definition, value)
        except BadValue:
            if not had(key, value):
                raise
        if value is not None:
            kept[key] = value
    return kept


def in_words(value):
    """A value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(in_words, value))
    return str(value)


def _shown(text):
    return f"“{text}”" if len(text) <= 40 else f"“{text[:40]}…”"
