"""Is what clients were told true of the database, and is the database true to itself?

Clients note every call: when they began it, what they were answered, and when. Each label is a
register that is compared and set, so these rules are a full check and not a sample of it.
`manage.py shell -c` runs main() on another database than that of the tests.
"""

import json
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from django.db import connection

from labeling.models import Label, LabelRevision, LabelStep, Shape


@dataclass
class Call:
    """One operation of a client, however often it was sent."""

    op: str
    kind: str  # save, claim, submit
    user: int
    label: int | None
    began: int
    ended: int | None = None
    outcome: str = "unknown"  # ok, conflict, refused, unknown
    rev: int | None = None
    shape: str | None = None


@dataclass
class Stored:
    """What is in the database. A shape carries the op that drew it in its attributes."""

    labels: dict = field(default_factory=dict)  # label: (labeler, status, rev, n_shapes, approved)
    revisions: list = field(default_factory=list)  # (label, rev or None, op, changes)
    shapes: list = field(default_factory=list)  # (label, shape, added, removed or None, op)
    steps: list = field(default_factory=list)  # (label, step, from, to, rev), in their order


def stored():
    columns = ("pk", "labeler", "status", "rev", "n_shapes", "approved_rev")
    return Stored(
        labels={pk: tuple(rest) for pk, *rest in Label.objects.values_list(*columns)},
        revisions=[
            (label, rev, str(op), changes)
            for label, rev, op, changes in LabelRevision.objects.order_by("pk").values_list(
                "label", "rev", "op_id", "changes"
            )
        ],
        shapes=[
            (label, str(uid), added, removed, json.loads(attributes).get("op"))
            for label, uid, added, removed, attributes in Shape.objects.values_list(
                "label", "uid", "rev_added", "rev_removed", "attributes"
            )
        ],
        steps=list(
            LabelStep.objects.order_by("pk").values_list(
                "label", "step", "from_status", "to_status", "rev"
            )
        ),
    )


def check(calls, found):
    """Everything that is wrong, in words."""
    rules = (saves_are_there_once, saves_are_in_order, images_have_one_labeler, submits_are_there)
    whole = (revisions_are_whole, shapes_are_whole, steps_are_whole)
    problems = [problem for rule in rules for problem in rule(calls, found)]
    return problems + [problem for rule in whole for problem in rule(found)]


def saves_are_there_once(calls, found):
    rows, drawn = defaultdict(list), defaultdict(list)
    for label, rev, op, changes in found.revisions:
        rows[op].append((label, rev, changes))
    for label, shape, added, _, op in found.shapes:
        drawn[op].append((label, shape, added))
    for call in calls:
        if call.kind != "save":
            continue
        there = rows[call.op]
        if len(there) > 1:
            yield f"{call.op} is stored {len(there)} times"
        elif call.outcome == "ok" and [(call.label, call.rev)] != [row[:2] for row in there]:
            yield f"{call.op} was acknowledged as {call.label}@{call.rev} and is lost: {there}"
        elif call.outcome == "ok" and drawn[call.op] != [(call.label, call.shape, call.rev)]:
            yield f"{call.op} was acknowledged, but what it drew is {drawn[call.op]}"
        elif call.outcome == "conflict" and not _keeps(there, call):
            yield f"{call.op} lost a conflict and was not kept"
        elif call.outcome == "refused" and there:
            yield f"{call.op} was refused and is stored"
        elif call.outcome == "unknown" and len(drawn[call.op]) > len(there):
            yield f"{call.op} drew something without a revision"


def _keeps(rows, call):
    return len(rows) == 1 and rows[0][:2] == (call.label, None) and call.op in rows[0][2]


def saves_are_in_order(calls, found):
    """Who was answered before another began has the lower revision."""
    by_label = defaultdict(list)
    for call in calls:
        if call.kind == "save" and call.outcome == "ok":
            by_label[call.label].append(call)
    for label, saves in by_label.items():
        ended, highest, waiting = 0, 0, sorted(saves, key=lambda call: call.ended)
        for call in sorted(saves, key=lambda call: call.began):
            while ended < len(waiting) and waiting[ended].ended < call.began:
                highest = max(highest, waiting[ended].rev)
                ended += 1
            if call.rev <= highest:
                yield f"{call.op} began after {label}@{highest} was answered, but is {call.rev}"


def images_have_one_labeler(calls, found):
    """Of runs in which nothing is given back: who was given a label has it for ever."""
    holders = defaultdict(set)
    for call in calls:
        if call.kind == "claim" and call.outcome == "ok" and call.label is not None:
            holders[call.label].add(call.user)
    for label, users in holders.items():
        if len(users) > 1:
            yield f"label {label} was given to {sorted(users)}"
        elif found.labels.get(label, (None,))[0] not in users:
            yield f"label {label} was given to {users}, but the database names another"


def submits_are_there(calls, found):
    steps = {(label, rev) for label, step, _, _, rev in found.steps if step == "submit"}
    for call in calls:
        told = call.kind == "submit" and call.outcome == "ok"
        if told and (call.label, call.rev) not in steps:
            yield f"label {call.label} was submitted at {call.rev}, and nothing says so"


def revisions_are_whole(found):
    revisions = defaultdict(list)
    for label, rev, _, _ in found.revisions:
        if rev is not None:
            revisions[label].append(rev)
    for label, (_, status, rev, _, approved) in found.labels.items():
        if sorted(revisions[label]) != list(range(1, rev + 1)):
            yield f"label {label} is at {rev} and has the revisions {sorted(revisions[label])}"
        if status == "approved" and (approved is None or approved > rev):
            yield f"label {label} is approved at {approved}, which is none of its revisions"
    operations = [op for _, _, op, _ in found.revisions]
    if len(operations) != len(set(operations)):
        yield "an operation is stored twice"


def shapes_are_whole(found):
    states, current = defaultdict(list), defaultdict(int)
    for label, shape, added, removed, _ in found.shapes:
        states[label, shape].append((added, removed))
        current[label] += removed is None
        head = found.labels[label][2]
        if not (1 <= added <= head and (removed is None or added < removed <= head)):
            yield f"{shape} of label {label} was there from {added} to {removed}, of {head}"
    for (label, shape), ranges in states.items():
        for (_, removed), (added, _) in pairwise(sorted(ranges)):
            if removed is None or removed > added:
                yield f"{shape} of label {label} is there twice at {added}"
    for label, (_, _, _, n_shapes, _) in found.labels.items():
        if current[label] != n_shapes:
            yield f"label {label} has {current[label]} shapes and says {n_shapes}"


def steps_are_whole(found):
    """Every step starts where the last one ended; claims and lapses are no steps."""
    # Claimed, or given back untouched.
    unrecorded = {("free", "in_progress"), ("in_progress", "free")}
    chains = defaultdict(list)
    for label, step, before, after, rev in found.steps:
        chains[label].append((step, before, after, rev))
    for label, chain in chains.items():
        _, status, head, *_ = found.labels[label]
        ends = [("now", status, status, head)]
        for (_, _, after, rev), (step, before, _, later) in pairwise(chain + ends):
            if after != before and (after, before) not in unrecorded:
                yield f"label {label} was {after} and then {before} ({step})"
            if rev > later:
                yield f"label {label} went from revision {rev} back to {later}"


def read(folder):
    """The calls that clients noted in the files of a folder, one JSON object a line."""
    calls = {}
    for path in sorted(Path(folder).glob("*.jsonl")):
        for line in path.read_text().splitlines():
            note = json.loads(line)
            if note.pop("is_new"):
                calls[note["op"]] = Call(**note)
            else:
                for name, value in note.items():
                    setattr(calls[note["op"]], name, value)
    return list(calls.values())


def main(folder):
    """Print what was done and what is wrong, as JSON."""
    calls = read(folder)
    problems = check(calls, stored())
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            found = cursor.execute("PRAGMA integrity_check").fetchone()[0]
        problems += [] if found == "ok" else [found]
    outcomes = defaultdict(int)
    for call in calls:
        outcomes[f"{call.kind} {call.outcome}"] += 1
    sys.stdout.write(json.dumps({"outcomes": outcomes, "problems": problems}))
