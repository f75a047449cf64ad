"""What a file names, in the task: its images, classes and people, before anything is stored."""

from array import array

import numpy as np

from labeling.classes import prepare_classes
from labeling.matching import BY_DUPLICATE, BY_NAME
from labeling.merging import LabelMerger
from labeling.models import Assignment, LabelClass
from labeling.suggestions import PredictionMerger
from labeling.tools import kinds_of_tools

HEADS_AT_ONCE = 500
SEVERAL_PEOPLE = "Several people labeled it; import each as their own, or export one's work only."
ALSO_THERE = "for which the file has another entry."
TWICE = "Several entries of the file mean this image by its name; give path or content hash."


def printable(text):
    """Text out of a file, without what neither a page nor a database takes."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


class Refused(Exception):
    """Nothing was stored; the message says why, to people, and what to do."""

    def __init__(self, reason):
        super().__init__(printable(reason))


class UnknownClasses(Refused):
    """The file has names of classes that the task has not, and nobody said what they mean."""

    def __init__(self, reason, names):
        super().__init__(reason)
        self.names = [printable(name) for name in names]


class Heads:
    """Which image each entry of the file means, which classes and people the file names."""

    def __init__(self, finder, heads, *, is_one):
        self.images, self.by, self.names = array("q"), array("b"), array("q")
        self.people = array("q")
        self.reasons = {}  # {number of an entry: why it has no image}
        self.same_as = {}  # {number of an entry: the path of the image of which it is a duplicate}
        self.class_names, self.labelers = set(), set()
        waiting = []
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
            elif answer.same_as:
                self.same_as[len(self.images)] = answer.same_as
            self.images.append(answer.image or 0 if answer else 0)
            self.by.append(answer.by or 0 if answer else 0)
            self.names.append(hash((image.name, image.path)) if image else 0)

    def _refuse_doubles(self, is_one):
        """Two names that lead to one image: one of them means another. Nor is the work of two
        people made that of one. A duplicate stands back behind what means the image itself.
        """
        images = np.array(self.images, dtype=np.int64)
        order = np.lexsort((np.array(self.by) == BY_DUPLICATE, images))
        same = np.flatnonzero((np.diff(images[order]) == 0) & (images[order][1:] > 0))
        for at in same.tolist():
            one, other = int(order[at]), int(order[at + 1])
            is_weak = BY_NAME in (self.by[one], self.by[other])
            if other in self.same_as:
                for twin in {one, other} & self.same_as.keys():
                    path = self.same_as[twin]
                    self.reasons[twin] = f"It is a duplicate of {path}, {ALSO_THERE}"
            elif is_weak and self.names[one] != self.names[other]:
                self.reasons[one] = self.reasons[other] = TWICE
            elif is_one and self.people[one] != self.people[other]:
                self.reasons[one] = self.reasons[other] = SEVERAL_PEOPLE


class Classes:
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
            raise UnknownClasses(
                f"The task has no classes called {', '.join(self.new)}. "
                "Create them, rename them to classes of the task, or leave them out.",
                [name for name, here in wanted.items() if here in self.new],
            )
        too_long = [name for name in self.new if len(name) > 100]
        if too_long:
            raise Refused(f"The name of a class has at most 100 characters: {too_long[0][:100]}…")
        odd = [name for name in self.new if printable(name) != name]
        if odd:
            raise Refused(f"No class can be called {odd[0]}; rename it or leave it out.")
        if self.new and not wishes.dry_run:
            for name in self.new:
                color = colors.get(name, "")
                # Somebody else may make the same at this moment.
                about = {"task": task, "name": name, "defaults": {"color": color}}
                ours[name], _ = LabelClass.objects.get_or_create(**about)
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


class Mergers:
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

    def of_labeler(self, number):
        return self.of[number]

    def _check(self, number, people, called):
        if number not in people:
            raise Refused(f"{called} does not label this task; assign the person first.")


class Predictions:
    """Everything goes to the predictions of one model."""

    def __init__(self, task, wishes, in_file):
        self.mergers = {None: PredictionMerger(task, wishes.model)}

    def of_labeler(self, number):
        return None
