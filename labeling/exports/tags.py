"""Options that were chosen for an image, as names of tags. No Django."""

from collections import Counter

import orjson

# The tag that carries what is not chosen but written or ticked.
IMAGE_TAG = "image"
# What CVAT calls the answer to a question that nobody answered.
UNSAID = "__undefined__"


class Tags:
    """Names of tags: an option as it is, after its question where it alone says too little."""

    def __init__(self, task):
        of_image = [one for one in task.attributes if one.about == "image"]
        self.questions = {one.name: one for one in of_image if one.kind in ("choice", "choices")}
        self.others = [one for one in of_image if one.name not in self.questions]
        self.taken = {label_class.name for label_class in task.classes} | {IMAGE_TAG}
        options = [option for one in self.questions.values() for option in one.options]
        self.times = Counter(options)
        self.seen = {}
        for name, question in self.questions.items():
            for option in question.options:
                self.seen[self.name_of(name, option)] = None

    def name_of(self, question, option):
        is_clear = option not in self.taken and self.times[option] == 1
        return option if is_clear else f"{question}: {option}"

    def split(self, values):
        """(names of tags, [(name, text), …] of the rest) of what is said of an image."""
        chosen, others = [], []
        for name, value in values.items():
            if name in self.questions:
                options = value if isinstance(value, list) else [value]
                chosen += [self.name_of(name, option) for option in options]
            else:
                others.append((name, value if isinstance(value, str) else _json(value)))
        # An option that was taken out since is a tag all the same.
        self.seen.update(dict.fromkeys(chosen))
        return chosen, others

    def labels(self):
        """(name, its attributes) of every tag."""
        named = [(name, []) for name in self.seen]
        return [*named, (IMAGE_TAG, self.others)] if self.others else named


def _json(value):
    return orjson.dumps(value).decode()
