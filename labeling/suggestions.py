"""Predictions as suggestions on a label, what became of them, and what to store of a file."""

from collections import Counter

import orjson
from django.db import transaction
from django.db.models import Max

from datasets.storing import as_stored, insert_all
from labeling.merging import Stored
from labeling.models import Label, Shape
from labeling.origins import is_corrected
from labeling.predictions import Prediction, PredictionSet, Rejection
from labeling.saving import NotEditable

MOST_SUGGESTIONS = 5_000
AT_ONCE = 1_000
# Rows are made without the ORM, which took longer for them than the database.
COLUMNS = (
    "set_id", "input_data_id", "uid", "label_class_id", "kind", "geometry", "attributes", "score"
)  # fmt: skip


def suggested_on(label):
    """The predictions for a label that its labeler may decide on."""
    found = Prediction.objects.filter(
        image=label.image_id,
        set__task=label.task_id,
        set__is_suggested=True,
        label_class__is_archived=False,
    )
    return found.select_related("set").order_by("-score", "pk")[:MOST_SUGGESTIONS]


def suggestions_of(label):
    """As the editor gets them. `latest`: what a change is based on that brings a shape back."""
    found = list(suggested_on(label))
    if not found:
        return []
    rejected = set(label.rejections.values_list("prediction", flat=True))
    ended = Shape.objects.filter(label=label).exclude(rev_removed=None)
    latest = dict(ended.values_list("uid").annotate(Max("rev_removed")))
    return [
        {
            "id": str(one.uid),
            "model": one.set.model,
            "score": one.score,
            "class": one.label_class_id,
            "kind": one.kind,
            "geom": orjson.Fragment(one.geometry),
            "attrs": orjson.Fragment(one.attributes),
            "rejected": one.pk in rejected,
            "latest": latest.get(one.uid),
        }
        for one in found
    ]


def reject(label, *, by, uids):
    """From now on exactly these suggestions are rejected on the label."""
    with transaction.atomic():
        now = Label.objects.select_for_update(of=("self",)).get(pk=label.pk)
        if not now.is_editable_by(by):
            raise NotEditable(now)
        wanted = {one.pk for one in suggested_on(now) if one.uid in set(uids)}
        there = set(now.rejections.values_list("prediction", flat=True))
        # Those of sets that are not suggested now stay as they were.
        shown = {one.pk for one in suggested_on(now)}
        now.rejections.filter(prediction__in=(there & shown) - wanted).delete()
        Rejection.objects.bulk_create(
            Rejection(label=now, prediction_id=pk, by=by) for pk in sorted(wanted - there)
        )
    return len(wanted)


def outcomes_of(prediction_set):
    """{"suggested", "accepted", "corrected", "rejected"}: how many, label by label."""
    found = Counter(suggested=prediction_set.predictions.count())
    found["rejected"] = Rejection.objects.filter(prediction__set=prediction_set).count()
    predictions = prediction_set.predictions.order_by("pk")
    last = 0
    while some := list(predictions.filter(pk__gt=last)[:AT_ONCE]):
        last = some[-1].pk
        by_place = {(one.image_id, one.uid): one for one in some}
        shapes = Shape.objects.current().filter(
            label__task=prediction_set.task_id,
            label__image__in={one.image_id for one in some},
            uid__in=[one.uid for one in some],
        )
        for shape in shapes.select_related("label"):
            one = by_place.get((shape.label.image_id, shape.uid))
            if one:
                found["corrected" if is_corrected(shape, one) else "accepted"] += 1
    return {name: found[name] for name in ("suggested", "accepted", "corrected", "rejected")}


def _rows(of_model, new):
    uids = as_stored([shape.uid for _, shape in new])
    for uid, (image, shape) in zip(uids, new, strict=True):
        about = (shape.class_id, shape.kind, shape.geometry, shape.attributes, shape.score)
        yield (of_model.pk, image, uid, *about)


class PredictionMerger:
    """Adds predictions of one model; what is there stays."""

    def __init__(self, task, model):
        self.task, self.model = task, model

    def store(self, works):
        with transaction.atomic():
            about = {"task": self.task, "model": self.model}
            PredictionSet.objects.get_or_create(**about)
            # Who sends the same at this moment waits, and finds it there.
            of_model = PredictionSet.objects.select_for_update().get(**about)
            images = [work.image for work in works]
            known = set(of_model.predictions.filter(image__in=images).values_list("image", "uid"))
            new = [
                (work.image, shape)
                for work in works
                for shape in work.shapes
                if (work.image, shape.uid) not in known
            ]
            insert_all("predictions", COLUMNS, list(_rows(of_model, new)))
        total = sum(len(work.shapes) for work in works)
        return Stored(len({image for image, _ in new}), len(new), total - len(new), [])
