"""Find the label to review next, and take one step with many labels at once."""

from collections import Counter
from dataclasses import dataclass, field

from labeling.models import Label
from labeling.steps import InvalidStep


def next_to_review(reviewer, *, task=None, after=None):
    """The longest waiting label, or the next after a label; from the last back to the first."""
    if after is None:
        return Label.objects.reviewable_by(reviewer).of_task(task).first()
    for queue in _queues(reviewer, task, besides=after):
        if found := queue.later_than(after).first() or queue.first():
            return found
    return None


def previous_to_review(reviewer, *, task=None, before):
    for queue in _queues(reviewer, task, besides=before):
        if found := queue.earlier_than(before).last() or queue.last():
            return found
    return None


def _queues(reviewer, task, besides):
    """Of the label's task, and when that has no more, of all: nobody thinks anew each time."""
    queue = Label.objects.reviewable_by(reviewer).of_task(task).exclude(pk=besides.pk)
    yield queue.of_task(besides.task_id)
    if task is None:
        yield queue


@dataclass
class Outcome:
    """What became of a step with many labels: how many took it, and why others did not."""

    done: int = 0
    refused: Counter = field(default_factory=Counter)


def take_with_each(labels, take):
    """Take a step with each label by itself, so that one that cannot does not stop the others."""
    outcome = Outcome()
    for label in labels:
        try:
            take(label)
        except InvalidStep as problem:
            outcome.refused[str(problem)] += 1
        else:
            outcome.done += 1
    return outcome
