"""Store what was imported as the work of a labeler, with all that a save of theirs guarantees.

Only into labels that are free or that the labeler still works on; what is there stays as it is,
and a shape that was there once, changed or deleted since, does not come again.
"""

import hashlib
import uuid
from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

import orjson
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef
from django.db.models.functions import Now

from datasets.models import Image
from datasets.storing import add_to, as_stored, insert_all
from labeling.image_values import said_on
from labeling.models import (
    Assignment,
    Attribute,
    ImageValue,
    Label,
    QueueMark,
    Shape,
)
from labeling.queueing import add_rows, locked
from labeling.saving import IMPORTED, MOST_SHAPES, MOST_VERTICES_IN_ALL
from labeling.steps import InvalidStep, submit

OPERATIONS = uuid.UUID("6a4b1f5e-58d0-4d8e-9a53-0b1d0c1c5c11")
IDS_AT_ONCE = 5_000
# Rows are made without the ORM, which took longer for them than the database.
SHAPE_COLUMNS = (
    "label_id", "uid", "rev_added", "label_class_id", "kind", "geometry", "z", "attributes"
)  # fmt: skip
REVISION_COLUMNS = (
    "label_id", "rev", "op_id", "content_sha256", "user_id", "summary", "answer"
)  # fmt: skip
TAKEN = "Other people label it."
NOT_GIVEN_OUT = "It is not given out: its file is missing or changed, or it was reported."


class NewShape(NamedTuple):
    uid: uuid.UUID
    class_id: int
    kind: str
    geometry: str
    z: int | None  # None: in front of what is there
    attributes: str
    vertices: int
    where: str
    score: float | None = None


class Work(NamedTuple):
    """What is to be added to one image."""

    image: int
    where: str
    shapes: list
    values: dict  # {attribute of the image: JSON text}


class News(NamedTuple):
    """What of it a label does not have."""

    label: Label
    shapes: list
    values: dict

    @property
    def size(self):
        return len(self.shapes) + len(self.values)


class Stored(NamedTuple):
    labels: int
    added: int
    there: int  # had been imported before
    refused: list  # of (where, reason, shapes)
    values: int = 0


class LabelMerger:
    """Adds shapes to the labels of one person in one task."""

    def __init__(self, task, labeler, *, submit):
        self.task, self.labeler, self.submit = task, labeler, submit

    def store(self, works):
        """Store some works in one transaction; none of their images comes twice."""
        with transaction.atomic():
            # As a claim does, which may want the same rows.
            Assignment.objects.select_for_update().get(task=self.task, user=self.labeler)
            labels = self._labels([work.image for work in works])
            return self._merge(works, labels)

    def _merge(self, works, labels):
        refused, todo, there = [], [], 0
        known, heights = self._known(labels, works)
        said = said_on(
            [labels[work.image].pk for work in works if work.values and work.image in labels]
        )
        for work in works:
            label = labels.get(work.image)
            news = _news_of(work, label, known, said)
            reason = self._why_not(label, work, news)
            if reason:
                refused.append((work.where, reason, len(work.shapes)))
                continue
            refused += _answered(work, said[label.pk])
            there += len(work.shapes) - len(news.shapes)
            if news.size or (self.submit and label.status == Label.Status.FREE):
                in_order = _in_order(news.shapes, heights.get(label.pk, -1) + 1)
                todo.append(news._replace(shapes=in_order))
        self._take([news.label for news in todo if news.label.status == Label.Status.FREE])
        self._write([news for news in todo if news.size])
        if self.submit:
            refused += self._submit(todo)
        added = sum(len(news.shapes) for news in todo)
        values = sum(len(news.values) for news in todo)
        return Stored(len(todo), added, there, refused, values)

    def _submit(self, todo):
        """Submit what can be; the others stay with their labeler, who is told why."""
        refused = []
        for news in todo:
            label = news.label
            try:
                submit(label, by=self.labeler, rev=label.rev + bool(news.size))
            except InvalidStep as problem:
                refused.append((label.image.path, f"It was not submitted: {problem}", 0))
        return refused

    def _why_not(self, label, work, news):
        if label is None:
            labeled = Label.objects.claimed().filter(task=self.task, image=work.image)
            return TAKEN if labeled.exists() else NOT_GIVEN_OUT
        if not news.size:
            return ""
        if label.status in Label.DONE:
            status = label.get_status_display().lower()
            return f"Its label is {status}; it is changed when it was reopened or sent back."
        if label.n_shapes + len(news.shapes) > MOST_SHAPES:
            return f"A label has at most {MOST_SHAPES:,} shapes."
        if label.n_vertices + _vertices_of(news) > MOST_VERTICES_IN_ALL:
            return f"The shapes of a label have at most {MOST_VERTICES_IN_ALL:,} points together."
        return ""

    def _labels(self, images):
        """{image: the labeler's label of it, or a free one}, locked."""
        mine = locked(Label.objects.filter(task=self.task, labeler=self.labeler), wait=True)
        found = {label.image_id: label for label in mine.filter(image__in=images)}
        found |= self._free([image for image in images if image not in found])
        missing = [image for image in images if image not in found]
        if missing and self._fill_queue(missing):
            found |= self._free(missing)
        return found

    def _free(self, images):
        mine = Label.objects.filter(
            task=OuterRef("task"), image=OuterRef("image"), labeler=self.labeler
        )
        free = Label.objects.free_in(self.task).filter(~Exists(mine), image__in=images)
        found = {}
        for label in locked(free.order_by("image", "slot"), wait=True):
            found.setdefault(label.image_id, label)
        return found

    def _fill_queue(self, images):
        """Rows for images that are not in the queue yet; how many there are."""
        marks = QueueMark.objects.filter(task=self.task).values_list("dataset", "priority")
        priorities, of_dataset = dict(marks), defaultdict(list)
        for image, dataset in Image.objects.filter(pk__in=images).values_list("pk", "dataset"):
            of_dataset[dataset].append(image)
        return sum(
            add_rows(self.task, Image.objects.filter(pk__in=some), priorities.get(dataset, 0))
            for dataset, some in of_dataset.items()
        )

    def _known(self, labels, works):
        """({label: uids of the shapes it ever had, of those to add}, {label: z in front})."""
        known, drawn = defaultdict(set), [label.pk for label in labels.values() if label.rev]
        if not drawn:
            return known, {}
        uids = [shape.uid for work in works for shape in work.shapes]
        for start in range(0, len(uids), IDS_AT_ONCE):
            some = uids[start : start + IDS_AT_ONCE]
            states = Shape.objects.filter(label__in=drawn, uid__in=some)
            for label, uid in states.values_list("label_id", "uid"):
                known[label].add(uid)
        current = Shape.objects.current().filter(label__in=drawn)
        return known, dict(current.values_list("label").annotate(Max("z")))

    def _take(self, labels):
        lease = timedelta(minutes=self.task.lease_minutes)
        Label.objects.filter(pk__in=[label.pk for label in labels]).update(
            status=Label.Status.IN_PROGRESS,
            status_since=Now(),
            labeler=self.labeler,
            claimed_at=Now(),
            claimed_rev=F("rev"),
            active_at=Now(),
            lease_until=Now() + lease,
        )

    def _write(self, todo):
        """One revision of each label, with its new shapes and values."""
        if not todo:
            return
        shapes = [row for news in todo for row in _rows_of_shapes(news)]
        insert_all("shapes", SHAPE_COLUMNS, shapes)
        ImageValue.objects.bulk_create(
            ImageValue(
                label=news.label,
                attribute_id=attribute,
                rev_added=news.label.rev + 1,
                value=value,
            )
            for news in todo
            for attribute, value in news.values.items()
        )
        insert_all("label_history", REVISION_COLUMNS, [self._revision(news) for news in todo])
        counts = [(news.label.pk, 1, len(news.shapes), _vertices_of(news)) for news in todo]
        add_to("labels", ("rev", "n_shapes", "n_vertices"), counts)

    def _revision(self, news):
        label = news.label
        changes = [
            {"id": shape.uid, "base": None, "shape": [shape.class_id, shape.geometry]}
            for shape in news.shapes
        ]
        changes += [
            {"attribute": attribute, "base": None, "value": value}
            for attribute, value in news.values.items()
        ]
        content = orjson.dumps(changes)
        return (
            label.pk,
            label.rev + 1,
            *as_stored([uuid.uuid5(OPERATIONS, f"{label.pk} {content.decode()}")]),
            hashlib.sha256(content).hexdigest(),
            self.labeler.pk,
            orjson.dumps({IMPORTED: news.size}).decode(),
            orjson.dumps({"rev": label.rev + 1}).decode(),
        )


def _rows_of_shapes(news):
    label, rev = news.label.pk, news.label.rev + 1
    uids = as_stored([shape.uid for shape in news.shapes])
    for uid, shape in zip(uids, news.shapes, strict=True):
        about = (shape.class_id, shape.kind, shape.geometry, shape.z, shape.attributes)
        yield (label, uid, rev, *about)


def _news_of(work, label, known, said):
    """What was said of an image, and changed or taken away since, does not come again either."""
    if label is None:
        return News(label, [], {})
    shapes = [shape for shape in work.shapes if shape.uid not in known[label.pk]]
    values = {
        attribute: value
        for attribute, value in work.values.items()
        if attribute not in said[label.pk]
    }
    return News(label, shapes, values)


def _answered(work, said):
    """Why values are not taken that differ from all that the label ever had."""
    different = [a for a, value in work.values.items() if a in said and value not in said[a]]
    if not different:
        return []
    names = Attribute.objects.filter(pk__in=different).values_list("name", flat=True)
    return [(work.where, f"{name} is answered already; that stays.", 0) for name in names]


def _vertices_of(news):
    return sum(shape.vertices for shape in news.shapes)


def _in_order(shapes, front):
    return [
        shape if shape.z is not None else shape._replace(z=front + number)
        for number, shape in enumerate(shapes)
    ]
