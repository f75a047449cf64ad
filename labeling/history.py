"""What happened to a label: its saved revisions and its steps, in the order of both."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from labeling.models import Label, LabelRevision, Shape

NEWEST = 50
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
    rev: int
    when: datetime
    who: str
    what: str
    change: str = ""
    comment: str = ""
    is_step: bool = False


def history_of(label):
    """The newest events of a label, the newest first. Revisions give the order, never clocks."""
    events = _steps(label) + _revisions(label)
    # A step comes after the revision that it was taken at.
    events.sort(key=lambda event: (event.rev, event.is_step), reverse=True)
    return events[:NEWEST]


def _steps(label):
    statuses = dict(Label.Status.choices)
    return [
        Event(
            rev=step.rev,
            when=step.made_at,
            who=str(step.by),
            what=STEP_WORDS.get(step.step, step.step),
            change=f"{statuses[step.from_status]} → {statuses[step.to_status]}",
            comment=step.comment,
            is_step=True,
        )
        for step in label.steps.select_related("by").order_by("-id")[:NEWEST]
    ]


def _revisions(label):
    newest = LabelRevision.objects.filter(label=label).select_related("author")
    rows = list(newest.defer("answer", "changes").order_by("-id")[:NEWEST])
    changes = _changes(label, [row.rev for row in rows if row.rev is not None])
    events, rev = [], 0
    for row in reversed(rows):
        if row.rev is None:
            what, change = "lost a conflict", "Kept, but not applied"
        else:
            rev, what, change = row.rev, "saved", changes[row.rev]
        events.append(Event(rev, row.made_at, str(row.author), what, change))
    return events[::-1]


def _changes(label, revs):
    """{revision: "2 drawn, 1 changed"} in two queries, however many revisions there are."""
    added = _shapes_by(label, "rev_added", revs)
    removed = _shapes_by(label, "rev_removed", revs)
    words = {}
    for rev in revs:
        new, old = added[rev], removed[rev]
        counts = {"drawn": new - old, "changed": new & old, "deleted": old - new}
        words[rev] = ", ".join(f"{len(uids)} {word}" for word, uids in counts.items() if uids)
    return words


def _shapes_by(label, field, revs):
    """{revision: ids of the shapes that have it in the field}. Sets, because joining the states
    of a shape in the database looks at every pair of them where a save changed thousands.
    """
    found = defaultdict(set)
    rows = Shape.objects.filter(label=label, **{f"{field}__in": revs})
    for rev, uid in rows.values_list(field, "uid"):
        found[rev].add(uid)
    return found
