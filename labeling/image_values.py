"""Values of whole images in a save: read, compared, and appended like the states of shapes."""

from collections import defaultdict

import orjson
from django.db.models import Max

from labeling.attributes import ImageValue
from labeling.shapes import to_json
from labeling.values import BadValue, parse_new_value


class ValueChanges:
    """The part of a save that is about the image: [{"attribute", "base", "value"}, …]."""

    def __init__(self, label, changes, definitions):
        self.label, self.changes = label, changes
        self.definitions = definitions
        self.current = _current(label, [change["attribute"] for change in changes])
        self.problems = []
        self.rows = [row for change in changes if (row := self._row(change))]
        self.lost = [
            change["attribute"]
            for change in changes
            if change["base"] != self.current.get(change["attribute"], (None, None))[0]
        ]

    def _row(self, change):
        """The new row, or None where the value is taken away or cannot be."""
        definition = self.definitions.of_image.get(change["attribute"])
        try:
            if definition is None:
                raise BadValue("The image has no such tag or attribute in this task.")
            value = self._parse(definition, change["value"])
        except BadValue as problem:
            about = {"id": None, "attribute": change["attribute"], "message": str(problem)}
            self.problems.append(about)
            return None
        if value is None:
            return None
        return ImageValue(label=self.label, attribute_id=definition.id, value=to_json(value))

    def _parse(self, definition, value):
        try:
            return parse_new_value(definition, value)
        except BadValue:
            # What was said before may be said again, whatever became of the definition.
            before = self.label.values.filter(attribute=definition.id, value=to_json(value))
            if not before.exists():
                raise
            return value

    def apply(self, rev):
        """Close the old values and append the new ones as revision rev."""
        ended = [attribute for attribute, (_, row) in self.current.items() if row]
        self.label.values.current().filter(attribute__in=ended).update(rev_removed=rev)
        for row in self.rows:
            row.rev_added = rev
        ImageValue.objects.bulk_create(self.rows)

    def lost_states(self):
        """What the server has of the values that lost."""
        states = []
        for attribute in self.lost:
            rev, row = self.current.get(attribute, (None, None))
            if row:
                states.append(value_state(row))
            elif rev is not None:
                states.append({"attribute": attribute, "rev": rev, "deleted": True})
        return states

    def summary(self):
        """{what was done: how often}, of tags and of other attributes."""
        counts = {}
        after = {row.attribute_id: row for row in self.rows}
        for attribute in (change["attribute"] for change in self.changes):
            before = self.current.get(attribute, (None, None))[1]
            what = "tag" if self.definitions.of_image[attribute].is_tag else "image attribute"
            if attribute in after:
                kind = f"{what} changed" if before else f"{what} set"
            elif before:
                kind = f"{what} removed"
            else:
                continue
            counts[kind] = counts.get(kind, 0) + 1
        return counts


def _current(label, attributes):
    """{attribute: (revision of its state, row or None if it was taken away)}"""
    if not attributes:
        return {}
    rows = label.values.filter(attribute__in=attributes)
    current = {row.attribute_id: (row.rev_added, row) for row in rows.current()}
    gone = rows.exclude(attribute__in=current).values_list("attribute").annotate(Max("rev_removed"))
    return current | {attribute: (rev, None) for attribute, rev in gone}


def said_on(labels):
    """{label: {attribute: texts of all values that it ever had}}"""
    said = defaultdict(lambda: defaultdict(set))
    rows = ImageValue.objects.filter(label__in=labels)
    for label, attribute, value in rows.values_list("label", "attribute", "value"):
        said[label][attribute].add(value)
    return said


def value_state(row):
    """A value as the editor gets it."""
    return {
        "attribute": row.attribute_id,
        "rev": row.rev_added,
        "value": orjson.Fragment(row.value),
    }


def values_at(label, rev=None):
    """The values of the image as they are, or as they were at a revision."""
    rows = label.values.current() if rev is None else label.values.at(rev)
    return [value_state(row) for row in rows.order_by("attribute")]


def latest_values(label):
    """{attribute: revision of its state now, or of its end}"""
    attributes = label.values.values_list("attribute", flat=True).distinct()
    return {attribute: rev for attribute, (rev, _) in _current(label, list(attributes)).items()}


def values_changed_since(label, rev):
    """The values that were set, changed or taken away after a revision, as they are now."""
    changed = [value_state(row) for row in label.values.current().filter(rev_added__gt=rev)]
    there = [state["attribute"] for state in values_at(label)]
    gone = label.values.filter(rev_removed__gt=rev).exclude(attribute__in=there)
    ended = gone.values_list("attribute").annotate(Max("rev_removed"))
    return changed + [
        {"attribute": attribute, "deleted": True, "rev": removed} for attribute, removed in ended
    ]
