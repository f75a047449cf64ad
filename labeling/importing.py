"""Labels of a file into a task: find the images, name the classes, check the shapes, store."""

import gc
import tempfile
import uuid
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson

from datasets.jobs import JobFailed
from datasets.opening import CannotOpen
from datasets.roots import BadFolder, find_below, roots_in_words
from labeling.attributes import definitions_of
from labeling.imports import FORMATS
from labeling.imports.answers import Answers, of_texts
from labeling.imports.contents import ODD, BadFile, Reading
from labeling.imports.fitting import as_box, as_kind_of, in_pixels
from labeling.imports.source import open_source
from labeling.matching import Finder, Lookup, rows_of_images
from labeling.merging import NewShape, Work
from labeling.resolving import (
    Classes,
    Heads,
    Mergers,
    Predictions,
    Refused,
    UnknownClasses,
    printable,
)
from labeling.saving import parse_attributes
from labeling.shapes import BadShape, parse_geometry, to_json, vertices_of
from labeling.values import BadValue

# Shapes without an id get one of their content, so that they come once, however often.
CONTENTS = uuid.UUID("0f2f5a0c-5e0d-4f6b-8a3e-0d6c9a4b7e21")
SAME_ID = "A shape before it on the same image has the same id."
NOT_PREDICTED = "Tags and attributes of the image are left out: predictions have none."
IMAGES_AT_ONCE = 250
SHAPES_AT_ONCE = 4_000
RECORDS_AT_ONCE = 200_000
MOST_PROBLEMS = 1_000
LARGEST_Z = (1 << 31) - 1
AS_IN_FILE = "file"


@dataclass(frozen=True)
class Wishes:
    """How labels are to be imported."""

    labeler: object = None  # a user; None: those that the file names
    model: str = ""  # whose predictions they are; empty: labels of people
    renames: dict = field(default_factory=dict)  # {name in the file: name here, or "" to leave out}
    create_classes: bool = False
    boxes: bool = False  # take the boxes of shapes
    submit: bool = False
    dry_run: bool = False
    options: dict = field(default_factory=dict)  # what only some formats ask for


@dataclass
class Report:
    """What became of a file."""

    items: int = 0
    images: int = 0  # entries whose image was found
    labels: int = 0  # that got something new
    shapes: int = 0  # in the file
    added: int = 0
    there: int = 0
    left_out: int = 0  # of classes that were not wanted
    refused: int = 0
    values: int = 0  # tags and attributes of images that were added
    new_classes: list = field(default_factory=list)
    n_problems: int = 0
    problems: list = field(default_factory=list)  # (where, reason) of the first ones
    reasons: Counter = field(default_factory=Counter)

    def problem(self, where, reason, shapes=0):
        self.n_problems += 1
        self.refused += shapes
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append((printable(where), printable(reason)))

    def as_dict(self):
        hidden = ("problems", "reasons")
        counts = {name: value for name, value in vars(self).items() if name not in hidden}
        named = [{"where": where, "reason": reason} for where, reason in self.problems]
        return counts | {"problems": named}


@contextmanager
def _garbage_seldom_sought():
    """Records of files are many and hold no cycles: looking for them took a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(RECORDS_AT_ONCE, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _told_to_nobody(done, total):
    pass


@_garbage_seldom_sought()
def import_labels(task, *, path, format, wishes, report=_told_to_nobody):
    """Import the labels of a file or folder; the answer is a Report.

    Raises Refused when the file cannot be read or what is asked is not possible; nothing was
    stored then. What is wrong with one entry is in the report, and the others are stored.
    """
    try:
        source = open_source(path)
        source.options = wishes.options
        reading = FORMATS[format].read(source, tempfile.TemporaryFile)
        return _import(task, reading, Finder(task), wishes, report)
    except BadFile as problem:
        raise Refused(str(problem)) from problem


def import_predictions(task, items, *, model, renames, create_classes):
    """The same of what a model found, as a program says it."""
    wishes = Wishes(model=model, renames=renames, create_classes=create_classes)
    return _import(task, Reading(lambda: iter(items)), Lookup(task), wishes, _told_to_nobody)


def _import(task, reading, finder, wishes, report):
    heads = Heads(finder, reading.heads(), is_one=not wishes.model and wishes.labeler)
    mergers = (Predictions if wishes.model else Mergers)(task, wishes, heads.labelers)
    classes = Classes(task, wishes, heads.class_names, reading.colors)
    run = _Run(task, wishes, heads, classes, mergers)
    run.go(reading.items(), report)
    return run.report


def work_on(job):
    """The job: import the file of a LabelImport and record what became of it."""
    wishes = Wishes(
        labeler=job.labeler,
        model=job.model,
        renames=orjson.loads(job.renames),
        options={"padding": job.padding, "their_task": job.their_task},
        **{name: getattr(job, name) for name in ("create_classes", "boxes", "submit", "dry_run")},
    )

    def report(done, total):
        job.report(done=done, total=total)

    try:
        path = job.place if job.upload_name else labels_below_root(job.path)
        found = import_labels(
            job.label_task, path=path, format=job.format, wishes=wishes, report=report
        )
    except UnknownClasses as problem:
        job.mine().update(unknown_classes=orjson.dumps(problem.names).decode())
        raise JobFailed(str(problem)) from problem
    except Refused as problem:
        raise JobFailed(str(problem)) from problem
    text = orjson.dumps(found.as_dict()).decode()
    job.mine().update(n_added=found.added, report_text=text)


def labels_below_root(path):
    """The file or folder, without links, that staff mean by a path below an image root."""
    if not path.startswith("/") or "\0" in path:
        raise Refused(f"Write a path below an image root: {roots_in_words()}.")
    try:
        return find_below(path)
    except BadFolder as problem:
        raise Refused(str(problem)) from problem
    except CannotOpen as problem:
        raise Refused(
            f"There is no {path} below an image root ({roots_in_words()}). Put the file there, "
            "or upload it."
        ) from problem


class _Run:
    """The second reading: what is in the file, checked and stored in portions."""

    def __init__(self, task, wishes, heads, classes, mergers):
        self.task, self.wishes, self.heads = task, wishes, heads
        self.classes, self.mergers = classes, mergers
        self.definitions = definitions_of(task.pk)
        self.answers = Answers(self.definitions)
        self.report = Report(new_classes=classes.new)

    def go(self, items, report):
        total, waiting, size = len(self.heads.images), [], 0
        report(0, total)
        for number, item in enumerate(items):
            self._note(item)
            image = self._image(number, item)
            if image:
                waiting.append((image, item))
                size += len(item.shapes)
            if len(waiting) >= IMAGES_AT_ONCE or size >= SHAPES_AT_ONCE:
                self._store(waiting)
                waiting, size = [], 0
                report(number + 1, total)
        self._store(waiting)
        report(total, total)

    def _note(self, item):
        self.report.items += item.image is not None
        self.report.shapes += len(item.shapes) + sum(problem.shapes for problem in item.problems)
        for problem in item.problems:
            self.report.problem(problem.where, problem.reason, shapes=problem.shapes)

    def _image(self, number, item):
        if item.image is None:
            return None
        reason = self.heads.reasons.get(number)
        if reason is None:
            self.report.images += 1
            return self.heads.images[number]
        self.report.problem(item.image.where, reason, shapes=len(item.shapes))
        return None

    def _store(self, waiting):
        rows = rows_of_images({image for image, _ in waiting})
        works = {}  # {(labeler, image): Work}
        for image, item in waiting:
            labeler = self.mergers.of_labeler(item.labeler)
            work = works.setdefault((labeler, image), Work(image, item.image.where, [], {}))
            self._add_shapes(work, item, rows[image])
            self._add_values(work, item)
        for labeler, merger in self.mergers.mergers.items():
            some = [work for (person, _), work in works.items() if person == labeler]
            if some and self.wishes.dry_run:
                self.report.added += sum(len(work.shapes) for work in some)
                self.report.values += sum(len(work.values) for work in some)
                self.report.labels += sum(bool(work.shapes or work.values) for work in some)
            elif some:
                self._count(merger.store(some))

    def _count(self, stored):
        self.report.labels += stored.labels
        self.report.added += stored.added
        self.report.there += stored.there
        self.report.values += stored.values
        for where, reason, shapes in stored.refused:
            self.report.problem(where, reason, shapes=shapes)

    def _add_values(self, work, item):
        if item.said and self.wishes.model:
            self.report.problem(item.image.where, NOT_PREDICTED)
            return
        values, reasons = self.answers.read(item.said)
        for attribute, value in values.items():
            if work.values.setdefault(attribute, value) != value:
                name = self.definitions.of_image[attribute].name
                reasons.append(f"Another entry of the file says something else of {name}.")
        for reason in reasons:
            self.report.problem(item.image.where, reason)

    def _add_shapes(self, work, item, image):
        there = {shape.uid for shape in work.shapes}
        for given, new in self._new_shapes(item, image):
            if new.uid not in there:
                work.shapes.append(new)
                there.add(new.uid)
            elif given.uid and not self.wishes.model:
                self.report.problem(given.where or item.image.where, SAME_ID, shapes=1)
            else:  # another entry of the file says the same
                self.report.there += 1

    def _new_shapes(self, item, image):
        """(the shape in the file, NewShape) of all that can be taken."""
        times = Counter()
        for shape in item.shapes:
            class_id = self.classes.ids[shape.class_name]
            if class_id is None and shape.class_name:
                self.report.left_out += 1
                continue
            try:
                yield shape, self._new_shape(shape, class_id, image, times)
            except ODD as problem:
                is_said = isinstance(problem, BadShape | BadFile)
                reason = str(problem) if is_said else "It is incomplete or odd."
                where = shape.where or item.image.where
                self.report.problem(where, reason, shapes=1)

    def _new_shape(self, shape, class_id, image, times):
        if not shape.class_name:
            raise BadShape("It has no class.")
        if shape.score is not None and not 0 <= shape.score <= 1:
            raise BadShape("Its score is not between 0 and 1.")
        if shape.is_in_shares:
            shape = in_pixels(shape, image.width, image.height)
        if self.wishes.boxes:
            shape = as_box(shape)
        kinds = self.classes.kinds[class_id]
        shape = as_kind_of(shape, kinds)
        if shape.kind not in kinds:
            hint = " Take their boxes." if "rect" in kinds else ""
            what = f"{shape.class_name} does not allow shapes of the kind {shape.kind!r}"
            raise BadShape(f"The class {what}.{hint}")
        geometry = parse_geometry(shape.kind, shape.geometry, image.width, image.height)
        if shape.z is not None and (type(shape.z) is not int or abs(shape.z) > LARGEST_Z):
            raise BadShape("Its place in the drawing order is no whole number.")
        text, attributes = to_json(geometry), self._attributes(shape, class_id, image)
        return NewShape(
            uid=_uid(shape, text, attributes, image, times, self.wishes.model),
            class_id=class_id,
            kind=shape.kind,
            geometry=text,
            z=shape.z,
            attributes=attributes,
            vertices=vertices_of(shape.kind, geometry),
            where=shape.where,
            score=shape.score,
        )

    def _attributes(self, shape, class_id, image):
        """Those that the task defines, if it defines any; what is left out is told."""
        said = shape.attributes
        if not said:
            return "{}"
        if shape.has_texts:
            said = of_texts(said, self.definitions.of_class(class_id))
        try:
            return parse_attributes(said, class_id, self.definitions)
        except BadValue:
            good = {}
            for key, value in said.items():
                try:
                    parse_attributes({key: value}, class_id, self.definitions)
                    good[key] = value
                except BadValue as problem:
                    where = shape.where or image.path
                    self.report.problem(where, f"An attribute was left out: {problem}")
            return parse_attributes(good, class_id, self.definitions)


def _uid(shape, geometry, attributes, image, times, model):
    """The id of a shape: its own, or one of its content. The same twice on one image is two.

    What a model found is never one with a shape that somebody drew.
    """
    if shape.uid and not model:
        try:
            return uuid.UUID(shape.uid)
        except (ValueError, AttributeError):
            raise BadShape("Its id is no UUID.") from None
    content = f"{model} {image.sha256}" if model else image.sha256
    content = f"{content} {shape.class_name} {shape.kind} {geometry} {attributes}"
    times[content] += 1
    return uuid.uuid5(CONTENTS, f"{content} {times[content]}")
