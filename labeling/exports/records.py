"""From the database to plain records: the only module of the exports that queries.

Records come image by image, in the order of image ids. They are read in chunks and by
key, not through one long cursor: on SQLite an open cursor would turn every progress
report of the job into a "database is locked".
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from itertools import groupby, islice, repeat
from operator import itemgetter
from unicodedata import normalize

import numpy as np
import orjson
from django.conf import settings
from django.db import connection
from django.db.models import Case, F, Q, TextField, When
from django.db.models.functions import Cast
from django.utils.timezone import make_aware

from datasets.models import Dataset
from labeling.attributes import definitions_of
from labeling.exports.archive import without_suffix
from labeling.exports.choosing import choose_labels
from labeling.exports.contents import (
    AttributeRecord,
    ClassRecord,
    DatasetRecord,
    ImageRecord,
    LabelRecord,
    ShapeRecord,
    Sheet,
    TaskRecord,
)
from labeling.exports.splitting import Splitter
from labeling.models import ImageValue, Label, Shape
from labeling.origins import has_predictions, predictions_of
from labeling.shapes import to_json
from labeling.sharing import in_order
from labeling.skeletons import readable_skeleton

# Rows of labels are read so many at once: a query costs as much as five hundred of them.
ROWS_AT_ONCE = 5_000
# Portions of about so many labels and shapes.
LABELS_AT_ONCE = 500
SHAPES_AT_ONCE = 4_000
IMAGES_AT_ONCE = 5_000

# An approved label as it was approved, any other as it is now.
EXPORTED_REV = Case(When(status="approved", then=F("approved_rev")), default=F("rev"))
LABEL_FIELDS = ("pk", "slot", "labeler_id", "status", "exported_rev")
IMAGE_FIELDS = ("path", "sha256", "width", "height", "dataset_id", "state")
# The place of the shapes in a LabelRecord.
LABEL_SHAPES = len(LABEL_FIELDS)
label_fields_of = itemgetter(*LABEL_FIELDS)
image_fields_of = itemgetter(*(f"image__{field}" for field in IMAGE_FIELDS))
# In the order in which shapes are sorted.
SHAPE_FIELDS = (
    *("label_id", "z", "uid_text"),
    *("rev_added", "label_class__export_id", "kind", "geometry", "attributes"),
)


def chosen_labels(task, choice):
    """The labels of a choice, before images without shapes and those of other splits go."""
    labels = Label.objects.filter(task=task).exported(choice.status)
    if choice.labelers:
        labels = labels.filter(labeler__in=choice.labelers)
    if choice.datasets:
        labels = labels.filter(image__dataset__in=choice.datasets)
    if choice.since:
        labels = labels.filter(status_since__gte=_midnight(choice.since))
    if choice.until:
        labels = labels.filter(status_since__lt=_midnight(choice.until) + timedelta(days=1))
    return labels


def _midnight(day):
    return make_aware(datetime.fromisoformat(day))


def count_images(task, choice):
    """At most so many images will be exported."""
    return chosen_labels(task, choice).values("image").distinct().count()


def task_record(task, choice):
    """The task with all its classes, archived ones too: shapes may have them."""
    datasets = Dataset.objects.filter(
        pk__in=chosen_labels(task, choice).order_by().values("image__dataset")
    )
    return TaskRecord(
        id=task.pk,
        title=task.title,
        description=task.description,
        type=task.type,
        status=choice.status,
        version=settings.VERSION,
        classes=[
            ClassRecord(*row, skeleton=readable_skeleton(skeleton) if skeleton else None)
            for *row, skeleton in task.classes.order_by("export_id").values_list(
                "export_id", "name", "color", "is_archived", "skeleton"
            )
        ],
        attributes=_attribute_records(task),
        has_predictions=has_predictions(task),
        datasets=[
            DatasetRecord(*row)
            for row in datasets.order_by("id").values_list("id", "site", "sensor", "description")
        ],
    )


def _attribute_records(task):
    export_ids = dict(task.classes.values_list("pk", "export_id"))
    return [
        AttributeRecord(
            one.key,
            "image" if one.of_image else "shapes",
            export_ids.get(one.class_id),
            one.kind,
            list(one.options),
            one.required,
            one.archived,
        )
        for one in definitions_of(task.pk).found
    ]


def image_records(task, choice, *, unique_stems=False, prepare=None):
    """Every image with a chosen label, with those labels; each is read at one revision.

    No two images have one name; with unique_stems, none without its suffix either. prepare is
    that of a format: what it makes of the shapes of a label stands in their place.
    """
    names = set()
    # When a status changed is asked for only where the newest is chosen: each date takes its time.
    more = ("status_since",) if choice.whose == "newest" else ()
    rows = _chosen_rows(_label_rows(chosen_labels(task, choice), more), task, choice)
    # To send shapes that nobody has prepared costs as much as to read them.
    rows = _with_values(rows, task)
    labels = _with_shapes(rows, prepare, task.pk if has_predictions(task) else None)
    folders = [root.rstrip("/") + "/" for root in sorted(settings.IMAGE_ROOTS, key=len)][::-1]
    for image_id, of_image in groupby(labels, key=lambda pair: pair[0]["image_id"]):
        (row, *_), records = zip(*of_image, strict=True)
        if not choice.empty and not any(label.shapes or label.values != "{}" for label in records):
            continue
        path, *fields = image_fields_of(row)
        name = _unique_name(_name_below(folders, path), image_id, names, unique_stems)
        yield ImageRecord(image_id, name, path, *fields, list(records), row.get("split", ""))


def _chosen_rows(rows, task, choice):
    """The rows of the splits and labelers that were asked for."""
    splitter = Splitter(choice.shares, _all_images(task)) if choice.shares else None
    for _, of_image in groupby(rows, key=itemgetter("image_id")):
        of_image = choose_labels(list(of_image), choice.whose)
        if splitter:
            split = splitter.split_of(of_image[0]["image__sha256"])
            if choice.split not in ("", split):
                continue
            of_image[0]["split"] = split
        yield from of_image


def _all_images(task):
    """(dataset, path, SHA-256) of all images of a task, labeled or not, in order of import."""
    images = task.images().order_by("pk").values_list("pk", "dataset_id", "path", "sha256")
    last = 0
    while rows := list(images.filter(pk__gt=last)[:IMAGES_AT_ONCE]):
        for _, *about in rows:
            yield about
        last = rows[-1][0]


def _label_rows(labels, more):
    """Rows of labels and their images, by image and slot."""
    labels = labels.annotate(exported_rev=EXPORTED_REV).order_by("image_id", "slot")
    rows_of = labels.values(
        *LABEL_FIELDS,
        *("n_shapes", "image_id", *more),
        *(f"image__{field}" for field in IMAGE_FIELDS),
    )
    image, slot = 0, 0
    while True:
        # The first condition says less than the second, but an index can serve it.
        rest = Q(image_id__gt=image) | Q(slot__gte=slot)
        rows = list(rows_of.filter(rest, image_id__gte=image)[:ROWS_AT_ONCE])
        yield from rows
        if len(rows) < ROWS_AT_ONCE:
            return
        image, slot = rows[-1]["image_id"], rows[-1]["slot"] + 1


def _with_values(rows, task):
    """The same rows, each with what its labeler says of the image."""
    if not task.attributes.filter(applies_to="image").exists():
        yield from rows
        return
    rows = iter(rows)
    while batch := list(islice(rows, LABELS_AT_ONCE)):
        values = ImageValue.objects.at_each({row["pk"]: row["exported_rev"] for row in batch})
        said = defaultdict(dict)
        for label, name, value in values.values_list("label", "attribute__export_name", "value"):
            said[label][name] = orjson.Fragment(value)
        for row in batch:
            row["values"] = to_json(said.get(row["pk"], {}))
            yield row


def _with_shapes(rows, prepare, predicted):
    """(row, LabelRecord) of every row, in the same order; predicted is a task with predictions."""
    kept = deque()  # rows of portions that are being worked on

    def sheets_of_portions():
        for portion in _portions(rows):
            kept.append(portion)
            yield [_sheet(row) for row in portion]

    do = partial(shapes_of, prepare=prepare, predicted=predicted)
    for sheets, found in in_order(sheets_of_portions(), do, may_share=bool(prepare)):
        # What is prepared has said it already.
        told = _told(None if prepare else predicted, sheets, found)
        for row, sheet, shapes, of_label in zip(kept.popleft(), sheets, found, told, strict=True):
            about = sheet.label[:LABEL_SHAPES]
            yield row, LabelRecord(*about, shapes, row.get("values", "{}"), of_label)


def _told(predicted, sheets, found):
    return predictions_of(predicted, sheets, found) if predicted else [{}] * len(sheets)


def _sheet(row):
    """What a portion is sent as: its shapes are read where they are prepared."""
    label = LabelRecord(*label_fields_of(row), shapes=())
    return Sheet(row["image_id"], row["image__width"], row["image__height"], label)


def _portions(rows):
    portion, size = [], 0
    for row in rows:
        portion.append(row)
        size += row["n_shapes"]
        if size >= SHAPES_AT_ONCE or len(portion) >= LABELS_AT_ONCE:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def shapes_of(sheets, prepare=None, predicted=None):
    """The shapes of each label from back to front, at its revision; prepared, if asked for."""
    shapes, labels_of_rows = _read_shapes({sheet.label.id: sheet.label.rev for sheet in sheets})
    found = []
    for sheet in sheets:
        start = bisect_left(labels_of_rows, sheet.label.id)
        end = bisect_right(labels_of_rows, sheet.label.id, lo=start)
        found.append(shapes[start:end])
    if prepare is None:
        return found
    full = zip(sheets, found, _told(predicted, sheets, found), strict=True)
    return prepare(
        Sheet(*s[:-1], LabelRecord(*s.label[:LABEL_SHAPES], shapes, predictions=told))
        for s, shapes, told in full
    )


def _read_shapes(revisions):
    """([ShapeRecord, …], [its label, …]) by label and from back to front."""
    # As text: building a UUID object for every shape would take longer than reading it.
    shapes = Shape.objects.at_each(revisions).annotate(uid_text=Cast("uid", TextField()))
    with connection.cursor() as cursor:
        # The query of the ORM, but its rows as they are: nothing of them is to be converted.
        cursor.execute(*shapes.values_list(*SHAPE_FIELDS).query.sql_with_params())
        rows = cursor.fetchall()
    if not rows:
        return [], []
    # By id among equals: rows come in any order, an export is always the same.
    rows.sort()
    labels, zs, uids, *fields, attributes = zip(*rows, strict=True)
    uids = _with_dashes(uids)
    columns = zip(uids, *fields, zs, attributes, strict=True)
    # What ShapeRecord._make does, a million times and three times as fast.
    return list(map(tuple.__new__, repeat(ShapeRecord), columns)), labels


def _with_dashes(uids):
    """UUIDs as they are usually written; SQLite keeps them as 32 digits."""
    if len(uids[0]) == 36:
        return uids
    digits = np.frombuffer("".join(uids).encode(), dtype="S1").reshape(-1, 32)
    dashed = np.insert(digits, (8, 12, 16, 20), b"-", axis=1).tobytes().decode()
    return [dashed[at : at + 36] for at in range(0, len(dashed), 36)]


def _name_below(folders, path):
    """The path below the first of the folders that it is in, the longest ones first."""
    name = next(
        (path[len(folder) :] for folder in folders if path.startswith(folder)),
        path.rsplit("/", 1)[-1],
    )
    # Keys of a bucket may hold what would lead out of a folder; on Windows, names of files too.
    name = name.replace("\\", "_")
    if "/." in f"/{name}" or "//" in f"/{name}/":
        name = "/".join("_" if part in ("", ".", "..") else part for part in name.split("/"))
    return name


def _unique_name(name, image_id, names, unique_stems):
    """The name, with the image's id where another has it, or has it in other letter case."""
    while (key := _key(without_suffix(name) if unique_stems else name)) in names:
        stem, dot, suffix = name.rpartition(".")
        name = f"{stem}~{image_id}.{suffix}" if dot else f"{name}~{image_id}"
    names.add(key)
    return name


def _key(name):
    """Equal for names that are one to some file system: letter case, composed letters."""
    return blake2b(normalize("NFC", name).casefold().encode(), digest_size=8).digest()
