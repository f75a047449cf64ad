"""What happened to a label: its saves and its steps, in the order of both, page by page."""

from dataclasses import dataclass, field
from datetime import datetime

import orjson

from labeling.models import Label
from labeling.summaries import in_words

PAGE = 50
# Greater than every id, and no longer than the API takes.
NEWEST = 10**18 - 1
STEP_WORDS = {
    "submit": "submitted",
    "reopen": "reopened",
    "approve": "approved",
    "send_back": "sent back",
    "release": "released to the queue",
    "reassign": "given to another person",
    "skip": "skipped",
    "report": "reported as a bad image",
}


@dataclass(frozen=True)
class Event:
    """A save, a save that lost a conflict, or a step; rev is the label's revision after it."""

    kind: str
    pk: int
    rev: int
    when: datetime
    author_id: int
    who: str
    what: str
    change: str = ""
    comment: str = ""
    summary: dict = field(default_factory=dict)

    @property
    def is_step(self):
        return self.kind == "step"


@dataclass(frozen=True)
class Place:
    """Between two events of a label: what is older has smaller ids, and revisions up to rev."""

    rev: int
    save: int
    step: int

    def __str__(self):
        return f"{self.rev}.{self.save}.{self.step}"


def place_of(text):
    """The place that str() of it wrote."""
    return Place(*map(int, text.split(".")))


def history_of(label, before=None):
    """(events before a place, at most a page, the newest first; the place before them or None).

    Revisions give the order, never clocks: a step comes after the revision it was taken at.
    """
    before = before or Place(label.rev, NEWEST, NEWEST)
    saves, steps = _saves(label, before), _steps(label, before)
    # Each is in order already, and the sort leaves it so.
    events = sorted(steps + saves, key=lambda event: (event.rev, event.is_step), reverse=True)
    page = events[:PAGE]
    return page, None if len(page) == len(events) else _place_before(page, before)


def _place_before(page, before):
    rev, save, step = before.rev, before.save, before.step
    for event in page:
        if event.is_step:
            step = event.pk
        else:
            save = event.pk
            rev = event.rev - (event.kind == "save")
    return Place(rev, save, step)


def _steps(label, before):
    statuses = dict(Label.Status.choices)
    steps = label.steps.filter(pk__lt=before.step).select_related("by").order_by("-pk")
    return [
        Event(
            kind="step",
            pk=step.pk,
            rev=step.rev,
            when=step.made_at,
            author_id=step.by_id,
            who=str(step.by),
            what=STEP_WORDS.get(step.step, step.step),
            change=f"{statuses[step.from_status]} → {statuses[step.to_status]}",
            comment=step.comment,
        )
        for step in steps[: PAGE + 1]
    ]


def _saves(label, before):
    rows = label.revisions.filter(pk__lt=before.save).select_related("author").order_by("-pk")
    rows = list(rows.defer("answer", "changes")[: PAGE + 1])
    # A save that lost made no revision: it stands between the last one before it and the next.
    rev = max([before.rev, *(row.rev for row in rows[:1] if row.rev is not None)])
    events = []
    for row in rows:
        if row.rev is not None:
            rev = row.rev
        events.append(_event(row, rev))
        rev -= row.rev is not None
    return events


def _event(row, rev):
    summary = orjson.loads(row.summary)
    is_lost = row.rev is None
    return Event(
        kind="conflict" if is_lost else "save",
        pk=row.pk,
        rev=rev,
        when=row.made_at,
        author_id=row.author_id,
        who=str(row.author),
        what="lost a conflict" if is_lost else "saved",
        change="Kept, but not applied" if is_lost else in_words(summary),
        summary=summary,
    )
