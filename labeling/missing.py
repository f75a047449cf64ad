"""What has to be answered before a label is submitted, and is not."""

from dataclasses import dataclass, field

import orjson

from labeling.attributes import definitions_of
from labeling.values import Definition

# So many shapes are named to the editor; all are counted.
MOST_NAMED = 100


@dataclass
class Missing:
    """A required answer that the image lacks, or that shapes lack."""

    definition: Definition
    n_shapes: int = 0
    shapes: list = field(default_factory=list)  # ids of the first ones

    def as_dict(self):
        return {"attribute": self.definition.id, "shapes": self.shapes}


def missing_answers(label):
    """Of the image first, then of shapes, in the order of the task."""
    definitions = definitions_of(label.task_id)
    required = [one for one in definitions.found if one.required and not one.archived]
    said = set(label.values.current().values_list("attribute", flat=True))
    found = [Missing(one) for one in required if one.of_image and one.id not in said]
    of_shapes = [one for one in required if not one.of_image]
    return found + (_of_shapes(label, of_shapes, definitions) if of_shapes else [])


def _of_shapes(label, required, definitions):
    lacking = {one.id: Missing(one) for one in required}
    rows = label.shapes.current().order_by("z", "id")
    for uid, class_id, text in rows.values_list("uid", "label_class", "attributes").iterator():
        known, said = definitions.of_class(class_id), orjson.loads(text)
        for one in required:
            if known.get(one.key) is one and one.key not in said:
                missing = lacking[one.id]
                missing.n_shapes += 1
                if missing.n_shapes <= MOST_NAMED:
                    missing.shapes.append(str(uid))
    return [missing for missing in lacking.values() if missing.n_shapes]


def in_words(missing):
    """What is missing, and where, to the labeler."""
    of_image = [f"“{one.definition.name}”" for one in missing if not one.n_shapes]
    parts = [f"the image: {' and '.join(of_image)}"] if of_image else []
    for one in missing:
        if one.n_shapes:
            count = "1 shape" if one.n_shapes == 1 else f"{one.n_shapes} shapes"
            parts.append(f"{count}: “{one.definition.name}”")
    return f"Answer first what is required, of {'; of '.join(parts)}."
