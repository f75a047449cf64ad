"""What a file says of an image, as values of the attributes of a task. No Django."""

from collections import defaultdict

import orjson

from labeling.shapes import to_json
from labeling.values import BadValue, parse_new_value

TICKS = {"true": True, "false": False}


class Answers:
    """Finds what is meant by its name; options of tags alone, or after their question."""

    def __init__(self, definitions):
        self.definitions = definitions.of_image
        self.by_key = {one.key: one for one in self.definitions.values()}
        self.by_tag = defaultdict(list)
        for one in self.definitions.values():
            for option in one.options if one.is_tag else ():
                for name in (option, f"{one.key}: {option}"):
                    self.by_tag[name].append((one, option))

    def read(self, said):
        """({id of an attribute: JSON text of its value}, [why something cannot be taken, …])"""
        found, values, reasons = defaultdict(list), {}, []
        for one in said:
            if self._is_no_answer(one):
                continue
            try:
                definition, value = self._meant(one)
                found[definition.id].append(value)
            except BadValue as problem:
                reasons.append(str(problem))
        for attribute, several in found.items():
            definition = self.definitions[attribute]
            try:
                value = parse_new_value(definition, _one_of(definition, several))
            except BadValue as problem:
                reasons.append(str(problem))
                continue
            if value is not None:
                values[attribute] = to_json(value)
        return values, reasons

    def _is_no_answer(self, one):
        """A flag that is not set, of what one does not tick: the option was not chosen."""
        return one.form == "flag" and not one.value and not self._is_ticked(one.name)

    def _is_ticked(self, name):
        return name in self.by_key and self.by_key[name].kind == "checkbox"

    def _meant(self, one):
        if one.form == "tag" or (one.form == "flag" and not self._is_ticked(one.name)):
            return self._tag(one.name)
        definition = self.by_key.get(one.name)
        if definition is None:
            raise BadValue(f"The task has no attribute of images called {one.name}.")
        return definition, _value(definition, one.value) if one.form == "text" else one.value

    def _tag(self, name):
        fitting = self.by_tag.get(name, [])
        if not fitting:
            raise BadValue(f"The task has no tag called {name}.")
        if len(fitting) > 1:
            questions = ", ".join(definition.name for definition, _ in fitting)
            raise BadValue(f"The tag {name} may belong to any of {questions}.")
        definition, option = fitting[0]
        return definition, [option] if definition.kind == "choices" else option


def of_texts(texts, known):
    """Attributes of a shape that are all text, as those of {key: definition} want them."""
    return {key: _value(known[key], text) if key in known else text for key, text in texts.items()}


def _value(definition, text):
    """What was written as text, as the attribute wants it."""
    if definition.kind in ("text", "choice"):
        return text
    if definition.kind == "checkbox":
        return TICKS.get(text.strip().lower(), text)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _one_of(definition, several):
    """The same said twice is said once; of several options each is said alone."""
    if definition.kind == "choices" and len(several) > 1:
        options: list = []
        for part in several:
            some = part if isinstance(part, list) else [part]
            options += [option for option in some if option not in options]
        return options
    if any(value != several[0] for value in several):
        raise BadValue(f"{definition.name} is answered in two ways.")
    return several[0]
