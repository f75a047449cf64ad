"""Which images of a task come first: priorities of single images and of whole datasets.

A priority stands in the rows of the queue. Images that are not in the queue yet are put
there, so that no second place has to be asked when an image is given out.
"""

import csv
import re
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef

from datasets.models import Image
from labeling.models import Label, QueueMark
from labeling.queueing import SPAN, add_rows, in_parts

LOWEST, HIGHEST = -1_000_000, 1_000_000
MOST_LINES = 200_000
MOST_PROBLEMS = 20


class BadFile(Exception):
    """A file that holds no priorities; the message says why, to people."""


@dataclass
class Outcome:
    images: int = 0
    problems: list = field(default_factory=list)
    more_problems: int = 0

    def add_problem(self, text):
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(text)
        else:
            self.more_problems += 1


def set_for_images(task, images, priority):
    """The images get the priority in the task; how many belong to it."""
    wanted = images.filter(dataset__groups=task.dataset_group_id).order_by("pk")
    number, last = 0, 0
    while keys := list(wanted.filter(pk__gt=last).values_list("pk", flat=True)[:SPAN]):
        last = keys[-1]
        number += len(keys)
        with transaction.atomic():
            add_rows(task, Image.objects.filter(pk__in=keys), priority)
            _waiting(task, priority).filter(image__in=keys).update(priority=priority)
    return number


def set_for_dataset(task, dataset, priority):
    """All images of the dataset get the priority, those that come into it later included."""
    QueueMark.objects.update_or_create(
        task=task,
        dataset=dataset,
        defaults={"priority": priority},
        create_defaults={"priority": priority, "slots": task.labels_per_image},
    )
    is_in_it = Exists(Image.objects.filter(pk=OuterRef("image"), dataset=dataset))
    for rows in in_parts(_waiting(task, priority).filter(is_in_it)):
        rows.update(priority=priority)


def _waiting(task, priority):
    """Rows that may still be given out and have another priority."""
    rows = Label.objects.filter(task=task).exclude(status__in=Label.DONE)
    return rows.exclude(priority=priority)


def matching(task, pattern):
    """Images of the task with the pattern in their path; * stands for anything, ? for one sign."""
    signs = {"*": ".*", "?": "."}
    expression = "".join(signs.get(sign) or re.escape(sign) for sign in pattern)
    return task.images().filter(path__regex=expression)


def set_from_csv(task, lines):
    """Priorities from lines of text: path,priority. Lines that cannot be followed are named."""
    outcome, wanted = Outcome(), {}
    try:
        for number, row in enumerate(csv.reader(lines), start=1):
            if number > MOST_LINES:
                raise BadFile(f"The file has more than {MOST_LINES:,} lines; send it in parts.")
            problem = _read_row(row, wanted, is_first=number == 1)
            if problem:
                outcome.add_problem(f"Line {number}: {problem}")
    except csv.Error as problem:
        raise BadFile(f"This is no CSV file: {problem}.") from problem
    if not wanted and not outcome.problems:
        raise BadFile("The file is empty.")
    _set_by_path(task, wanted, outcome)
    return outcome


def _read_row(row, wanted, is_first):
    """Put {path: priority} into wanted; returns what is wrong with the row, if anything."""
    cells = [cell.strip() for cell in row]
    if not any(cells) or is_first and cells[:2] == ["path", "priority"]:
        return ""
    if len(cells) != 2:
        return "it does not have two columns, path and priority."
    path, priority = cells
    if "\0" in path:
        return "the path holds a NUL character, which no path does."
    if not re.fullmatch("[+-]?[0-9]{1,7}", priority) or not LOWEST <= int(priority) <= HIGHEST:
        return f"the priority is no whole number from {LOWEST:,} to {HIGHEST:,}."
    wanted[path] = int(priority)
    return ""


def _set_by_path(task, wanted, outcome):
    images, found = {}, set()
    paths = list(wanted)
    for start in range(0, len(paths), SPAN):
        rows = task.images().filter(path__in=paths[start : start + SPAN])
        for key, path in rows.values_list("pk", "path"):
            images.setdefault(wanted[path], []).append(key)
            found.add(path)
    for path in wanted:
        if path not in found:
            outcome.add_problem(f"{path[:200]}: the task has no image with this path.")
    for priority, keys in images.items():
        for start in range(0, len(keys), SPAN):
            part = Image.objects.filter(pk__in=keys[start : start + SPAN])
            outcome.images += set_for_images(task, part, priority)
