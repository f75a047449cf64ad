"""From the database to plain records: the only module of the exports that queries.

Records come image by image, in the order of image ids. They are read in chunks and by
key, not through one long cursor: on SQLite an open cursor would turn every progress
report of the job into a "database is locked".
"""

from collections import defaultdict
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import groupby
from operator import attrgetter, itemgetter

from django.conf import settings
from django.db.models import Case, F, Q, TextField, When
from django.db.models.functions import Cast
from django.utils.timezone import make_aware

from datasets.models import Dataset
from labeling.exports.archive import without_suffix
from labeling.exports.choosing import choose_labels
from labeling.exports.contents import (
    ClassRecord,
    DatasetRecord,
    ImageRecord,
    LabelRecord,
    ShapeRecord,
    TaskRecord,
)
from labeling.exports.splitting import Splitter
from labeling.models import Label, Shape

# Labels are read so many at once, and their shapes in portions of about so many.
LABELS_AT_ONCE = 500
SHAPES_AT_ONCE = 4_000
IMAGES_AT_ONCE = 5_000

# An approved label as it was approved, any other as it is now.
EXPORTED_REV = Case(When(status="approved", then=F("approved_rev")), default=F("rev"))
LABEL_FIELDS = ("pk", "slot", "labeler_id", "status", "exported_rev")
IMAGE_FIELDS = ("sha256", "width", "height", "dataset_id", "state")
SHAPE_FIELDS = ("rev_added", "label_class__export_id", "kind", "geometry", "z", "attributes")


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
            ClassRecord(*row)
            for row in task.classes.order_by("export_id").values_list(
                "export_id", "name", "color", "is_archived"
            )
        ],
        datasets=[
            DatasetRecord(*row)
            for row in datasets.order_by("id").values_list("id", "site", "sensor", "description")
        ],
    )


def image_records(task, choice, *, unique_stems=False):
    """Every image with a chosen label, with those labels; each is read at one revision.

    No two images have one name; with unique_stems, none without its suffix either.
    """
    names = set()
    rows = _chosen_rows(_label_rows(chosen_labels(task, choice)), task, choice)
    labels = _with_shapes(rows)
    for image_id, of_image in groupby(labels, key=lambda pair: pair[0]["image_id"]):
        rows, records = zip(*of_image, strict=True)
        if not choice.empty and not any(label.shapes for label in records):
            continue
        path = rows[0]["image__path"]
        name = _unique_name(_name_below_root(path), image_id, names, unique_stems)
        fields = (rows[0][f"image__{field}"] for field in IMAGE_FIELDS)
        split = rows[0].get("split", "")
        yield ImageRecord(image_id, name, path, *fields, labels=list(records), split=split)


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


def _label_rows(labels):
    """Rows of labels and their images, by image and slot."""
    labels = labels.annotate(exported_rev=EXPORTED_REV).order_by("image_id", "slot")
    rows_of = labels.values(
        *LABEL_FIELDS,
        *("n_shapes", "status_since", "image_id", "image__path"),
        *(f"image__{field}" for field in IMAGE_FIELDS),
    )
    image, slot = 0, 0
    while True:
        # The first condition says less than the second, but an index can serve it.
        rest = Q(image_id__gt=image) | Q(slot__gte=slot)
        rows = list(rows_of.filter(rest, image_id__gte=image)[:LABELS_AT_ONCE])
        yield from rows
        if len(rows) < LABELS_AT_ONCE:
            return
        image, slot = rows[-1]["image_id"], rows[-1]["slot"] + 1


def _with_shapes(rows):
    """(row, LabelRecord) of every row, in the same order."""
    for portion in _portions(rows):
        shapes = _shapes_of({row["pk"]: row["exported_rev"] for row in portion})
        for row in portion:
            fields = (row[field] for field in LABEL_FIELDS)
            yield row, LabelRecord(*fields, shapes=shapes[row["pk"]])


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


def _shapes_of(revisions):
    """{label: its shapes from back to front}, each label at the revision asked for."""
    shapes = defaultdict(list)
    # As text: building a UUID object for every shape would take longer than reading it.
    rows = Shape.objects.at_each(revisions).annotate(uid_text=Cast("uid", TextField()))
    for label, uid, *fields in rows.values_list("label_id", "uid_text", *SHAPE_FIELDS).iterator():
        shapes[label].append(ShapeRecord(_with_dashes(uid), *fields))
    for of_label in shapes.values():
        # By id among equals: rows come in any order, an export is always the same.
        of_label.sort(key=attrgetter("z", "uid"))
    return shapes


def _with_dashes(uid):
    """A UUID as it is usually written; SQLite keeps it as 32 digits."""
    if len(uid) == 36:
        return uid
    return f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}"


def _name_below_root(path):
    name = path.rsplit("/", 1)[-1]
    for root in sorted(settings.IMAGE_ROOTS, key=len, reverse=True):
        folder = root.rstrip("/") + "/"
        if path.startswith(folder):
            name = path.removeprefix(folder)
            break
    # Keys of a bucket may hold what would lead out of a folder.
    return "/".join("_" if part in ("", ".", "..") else part for part in name.split("/"))


def _unique_name(name, image_id, names, unique_stems):
    """The name, with the image's id where another has it, or has it in other letter case."""
    while (key := _key(without_suffix(name) if unique_stems else name)) in names:
        stem, dot, suffix = name.rpartition(".")
        name = f"{stem}~{image_id}.{suffix}" if dot else f"{name}~{image_id}"
    names.add(key)
    return name


def _key(name):
    return blake2b(name.casefold().encode(), digest_size=8).digest()
