"""What a format cannot carry, in sentences that a report counts. No Django."""

from collections import Counter

import orjson

NAMES = {
    "polygon": "A polygon",
    "rect": "A rectangle",
    "turned": "A turned rectangle",
    "ellipse": "An ellipse",
    "line": "A line",
    "points": "A shape of points",
}


class Losses:
    """Notes of one export: {sentence: how often}."""

    def __init__(self):
        self.notes: Counter[str] = Counter()
        # Attributes of which one option is chosen, where a format tells them from text.
        self.choices: set[str] = set()

    def note(self, sentence):
        self.notes[sentence] += 1

    def left_out(self, kind):
        self.note(f"{NAMES[kind]} was left out: the format has none.")

    def became(self, kind, what):
        self.note(f"{NAMES[kind]} became {what}.")

    def of_image(self, image):
        """What formats lose that know neither people nor attributes."""
        self.of_people(image)
        self.of_attributes(shapes_of(image))
        self.of_values(image)
        self.of_predictions(image)

    def of_people(self, image):
        if len(image.labels) > 1:
            self.note("The labels of several people on one image were written as one.")

    def of_attributes(self, shapes):
        for shape in shapes:
            if shape.attributes != "{}":
                self.note("The attributes of a shape were left out.")

    def of_values(self, image):
        for label in image.labels:
            if label.values != "{}":
                self.note("The tags and attributes of an image were left out.")

    def of_predictions(self, image):
        for label in image.labels:
            for _ in label.predictions:
                self.note("That a shape was predicted by a model was left out.")

    def as_dict(self):
        return dict(self.notes)


def shapes_of(image):
    """All shapes on an image, from back to front, those of one label after another."""
    return [shape for label in image.labels for shape in label.shapes]


def geometries_of(image):
    """(shape, its geometry) of all shapes on an image."""
    return [(shape, orjson.loads(shape.geometry)) for shape in shapes_of(image)]
