"""Labels of a file into a task: find the images, name the classes, check the shapes, store."""

import tempfile
import uuid
from array import array
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from labeling.attributes import definitions_of
from labeling.classes import prepare_classes
from labeling.imports import FORMATS
from labeling.imports.contents import BadFile
from labeling.imports.fitting import as_box, as_kind_of, in_pixels
from labeling.imports.source import open_source
from labeling.matching import BY_NAME, Finder, rows_of_images
from labeling.merging import LabelMerger, NewShape, Work
from labeling.models import Assignment, LabelClass
from labeling.saving import parse_attributes
from labeling.shapes import BadShape, parse_geometry, to_json, vertices_of
from labeling.tools import kinds_of_tools
from labeling.values import BadValue

# Shapes without an id get one of their content, so that they come once, however often.
CONTENTS = uuid.UUID("0f2f5a0c-5e0d-4f6b-8a3e-0d6c9a4b7e21")
HEADS_AT_ONCE = 500
IMAGES_AT_ONCE = 250
SHAPES_AT_ONCE = 4_000
MOST_PROBLEMS = 1_000
AS_IN_FILE = "file"
SEVERAL_PEOPLE = "Several people labeled it; import each as their own, or export one's work only."
TWICE = "Several entries of the file mean this image by its name; give path or content hash."


class Refused(Exception):
    """Nothing was stored; the message says why, to people, and what to do."""


@dataclass(frozen=True)
class Wishes:
    """How labels are to be imported."""

    labeler: object = None  # a user; None: those that the file names
    renames: dict = field(default_factory=dict)  # {name in the file: name here, or "" to leave out}
    create_classes: bool = False
    boxes: bool = False  # take the boxes of shapes
    submit: bool = False
    dry_run: bool = False


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
    new_classes: list = field(default_factory=list)
    n_problems: int = 0
    problems: list = field(default_factory=list)  # (where, reason) of the first ones
    reasons: Counter = field(default_factory=Counter)

    def problem(self, where, reason, shapes=0):
        self.n_problems += 1
        self.refused += shapes
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append((where, reason))

    def as_dict(self):
        hidden = ("problems", "reasons")
        counts = {name: value for name, value in vars(self).items() if name not in hidden}
        named = [{"where": where, "reason": reason} for where, reason in self.problems]
        return counts | {"problems": named}


def import_labels(task, *, path, format, wishes, report=lambda done, total: None):
    """Import the labels of a file or folder; the answer is a Report.

    Raises Refused when the file cannot be read or what is asked is not possible; nothing was
    stored then. What is wrong with one entry is in the report, and the others are stored.
    """
    try:
        reading = FORMATS[format].read(open_source(path), tempfile.TemporaryFile)
        with_heads = _Heads(task, reading.heads(), is_one=wishes.labeler is not None)
        mergers = _Mergers(task, wishes, with_heads.labelers)
        classes = _Classes(task, wishes, with_heads.class_names, reading.colors)
        run = _Run(task, wishes, with_heads, classes, mergers)
        run.go(reading.items(), report)
    except BadFile as problem:
        raise Refused(str(problem)) from problem
    return run.report


class _Heads:
    """Which image each entry of the file means, which classes and people the file names."""

    def __init__(self, task, heads, *, is_one):
        self.images, self.by, self.names = array("q"), array("b"), array("q")
        self.people = array("q")
        self.reasons = {}  # {number of an entry: why it has no image}
        self.class_names, self.labelers = set(), set()
        finder, waiting = Finder(task), []
        for head in heads:
            self.class_names |= head.class_names
            self.labelers.add(head.labeler)
            self.people.append(head.labeler or 0)
            waiting.append(head.image)
            if len(waiting) == HEADS_AT_ONCE:
                self._find(finder, waiting)
                waiting = []
        self._find(finder, waiting)
        self._refuse_doubles(is_one)

    def _find(self, finder, images):
        known = [image for image in images if image is not None]
        found = iter(finder.find(known))
        for image in images:
            answer = next(found) if image is not None else None
            if answer is None or answer.image is None:
                self.reasons[len(self.images)] = answer.reason if answer else ""
            self.images.append(answer.image or 0 if answer else 0)
            self.by.append(answer.by or 0 if answer else 0)
            self.names.append(hash((image.name, image.path)) if image else 0)

    def _refuse_doubles(self, is_one):
        """Two names that lead to one image: one of them means another. Nor is the work of two
        people made that of one.
        """
        images = np.array(self.images, dtype=np.int64)
        order = np.argsort(images, kind="stable")
        same = np.flatnonzero((np.diff(images[order]) == 0) & (images[order][1:] > 0))
        for at in same.tolist():
            one, other = int(order[at]), int(order[at + 1])
            is_weak = BY_NAME in (self.by[one], self.by[other])
            if is_weak and self.names[one] != self.names[other]:
                self.reasons[one] = self.reasons[other] = TWICE
            elif is_one and self.people[one] != self.people[other]:
                self.reasons[one] = self.reasons[other] = SEVERAL_PEOPLE


class _Classes:
    """The class of the task for each name in the file."""

    def __init__(self, task, wishes, names, colors):
        prepare_classes(task)
        self.ids = {}  # {name in the file: id of the class, or None to leave out}
        ours = {one.name: one for one in task.classes.all()}
        wanted = {name: wishes.renames.get(name, name) for name in sorted(names)}
        archived = sorted({n for n in wanted.values() if n in ours and ours[n].is_archived})
        if archived:
            raise Refused(f"Archived classes cannot be used: {', '.join(archived)}.")
        self.new = sorted({name for name in wanted.values() if name and name not in ours})
        if self.new and not wishes.create_classes:
            raise Refused(
                f"The task has no classes called {', '.join(self.new)}. "
                "Create them, rename them to classes of the task, or leave them out."
            )
        too_long = [name for name in self.new if len(name) > 100]
        if too_long:
            raise Refused(f"The name of a class has at most 100 characters: {too_long[0][:100]}…")
        if self.new and not wishes.dry_run:
            for name in self.new:
                color = colors.get(name, "")
                ours[name] = LabelClass.objects.create(task=task, name=name, color=color)
            prepare_classes(task)
        self._note_kinds(task, ours)
        for name, here in wanted.items():
            self.ids[name] = (ours[here].pk if here in ours else 0) if here else None

    def _note_kinds(self, task, classes):
        """{id of a class: the kinds of its shapes}; 0 is any class that a dry run would make."""
        of_task = kinds_of_tools(task.tools)
        self.kinds = {0: of_task}
        for one in classes.values():
            own = kinds_of_tools(one.tools) if one.allowed_tools else of_task
            self.kinds[one.pk] = of_task & own


class _Mergers:
    """Where the work of each labeler goes."""

    def __init__(self, task, wishes, in_file):
        assigned = Assignment.objects.filter(task=task, is_active=True).select_related("user")
        people = {assignment.user_id: assignment.user for assignment in assigned}
        if wishes.labeler is not None:
            self._check(wishes.labeler.pk, people, str(wishes.labeler))
            self.of = dict.fromkeys(in_file | {None}, wishes.labeler.pk)
        else:
            if None in in_file:
                raise Refused("The file does not say who labeled; name the labeler.")
            for number in in_file:
                self._check(number, people, f"The user {number}")
            self.of = {number: number for number in in_file}
        self.mergers = {
            pk: LabelMerger(task, people[pk], submit=wishes.submit) for pk in set(self.of.values())
        }

    def _check(self, number, people, called):
        if number not in people:
            raise Refused(f"{called} does not label this task; assign the person first.")


class _Run:
    """The second reading: what is in the file, checked and stored in portions."""

    def __init__(self, task, wishes, heads, classes, mergers):
        self.task, self.wishes, self.heads = task, wishes, heads
        self.classes, self.mergers = classes, mergers
        self.definitions = definitions_of(task.pk)
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
        self.report.shapes += len(item.shapes) + len(item.problems)
        for problem in item.problems:
            self.report.problem(*problem, shapes=1)

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
            labeler = self.mergers.of[item.labeler]
            work = works.setdefault((labeler, image), Work(image, item.image.where, []))
            work.shapes.extend(self._new_shapes(item, rows[image]))
        for labeler, merger in self.mergers.mergers.items():
            some = [work for (person, _), work in works.items() if person == labeler]
            if some and self.wishes.dry_run:
                self.report.added += sum(len(work.shapes) for work in some)
                self.report.labels += sum(bool(work.shapes) for work in some)
            elif some:
                self._count(merger.store(some))

    def _count(self, stored):
        self.report.labels += stored.labels
        self.report.added += stored.added
        self.report.there += stored.there
        for where, reason, shapes in stored.refused:
            self.report.problem(where, reason, shapes=shapes)

    def _new_shapes(self, item, image):
        times = Counter()
        for shape in item.shapes:
            class_id = self.classes.ids[shape.class_name]
            if class_id is None:
                self.report.left_out += 1
                continue
            try:
                yield self._new_shape(shape, class_id, image, times)
            except (BadShape, BadFile, KeyError, TypeError) as problem:
                reason = str(problem) if isinstance(problem, ValueError) else "It is incomplete."
                where = shape.where or item.image.where
                self.report.problem(where, reason, shapes=1)

    def _new_shape(self, shape, class_id, image, times):
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
        text, attributes = to_json(geometry), self._attributes(shape, class_id, image)
        return NewShape(
            uid=_uid(shape, text, attributes, image, times),
            class_id=class_id,
            kind=shape.kind,
            geometry=text,
            z=shape.z,
            attributes=attributes,
            vertices=vertices_of(shape.kind, geometry),
            where=shape.where,
        )

    def _attributes(self, shape, class_id, image):
        """Those that the task defines, if it defines any; what is left out is told."""
        try:
            return parse_attributes(shape.attributes, class_id, self.definitions)
        except BadValue:
            good = {}
            for key, value in shape.attributes.items():
                try:
                    parse_attributes({key: value}, class_id, self.definitions)
                    good[key] = value
                except BadValue as problem:
                    where = shape.where or image.path
                    self.report.problem(where, f"An attribute was left out: {problem}")
            return parse_attributes(good, class_id, self.definitions)


def _uid(shape, geometry, attributes, image, times):
    """The id of a shape: its own, or one of its content. The same twice on one image is two."""
    if shape.uid:
        try:
            return uuid.UUID(shape.uid)
        except (ValueError, AttributeError):
            raise BadShape("Its id is no UUID.") from None
    content = f"{image.sha256} {shape.class_name} {shape.kind} {geometry} {attributes}"
    times[content] += 1
    return uuid.uuid5(CONTENTS, f"{content} {times[content]}")
