"""The whole life of labels against a model of them that is simple enough to be believed.

Hypothesis takes steps in any order, also those that are not possible; after each one, the
database has to say what the model says. A failure prints the shortest way to it.
"""

import uuid
from dataclasses import dataclass, field, replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from datasets.models import Image
from labeling import queueing, steps
from labeling.claiming import claim_next, release_lapsed
from labeling.models import Assignment, ImageReport, Label, LabelRevision, LabelStep, LabelTask
from labeling.saving import NotEditable, save_changes
from labeling.tests.history import check, stored
from s3label_site.testing import make_cast, make_task

EXAMPLES, STEPS = 30, 40

PEOPLE = st.sampled_from(["ann", "ben", "cem", "rita"])
LABELERS = st.sampled_from(["ann", "ben"])
PLACES = st.integers(0, 2)
COMMENTS = st.sampled_from(["", " ", "Why not."])


@dataclass(frozen=True)
class Life:
    """What the model knows of one label."""

    status: str = "free"
    holder: str | None = None
    rev: int = 0
    claimed_rev: int = 0
    approved: int | None = None
    shapes: dict = field(default_factory=dict)

    @property
    def is_open(self):
        return self.status in ("in_progress", "sent_back")


class Lives(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.people = make_cast()
        self.task = make_task(self.people["ann"], self.people["ben"], images=3)
        queueing.top_up(self.task)
        self.house = self.task.classes.first().pk
        # In the order in which they are given out.
        self.labels = list(Label.objects.order_by("order_key"))
        self.lives = [Life() for _ in self.labels]
        self.skipped, self.reported, self.outside = set(), set(), set()
        self.since = {}  # the order in which labels were sent back
        self.active = {}  # the order in which they were last worked on
        self.moment = 0
        self.saves = []
        self.stored = 0

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def tick(self):
        self.moment += 1
        return self.moment

    def number_of(self, label):
        return [one.pk for one in self.labels].index(label.pk)

    # What each step should do

    def expected_claim(self, who):
        """The numbers of the labels that may be given, the model's first choice only."""
        mine = [n for n, life in enumerate(self.lives) if life.holder == who]
        sent_back = [n for n in mine if self.lives[n].status == "sent_back"]
        if sent_back:
            return min(sent_back, key=self.since.get)
        begun = [n for n in mine if self.lives[n].status == "in_progress"]
        if begun:
            return max(begun, key=self.active.get)
        for number, life in enumerate(self.lives):
            is_kept_back = number in self.reported or (who, number) in self.skipped
            if life.status == "free" and not is_kept_back:
                return number
        return None

    def may(self, step, who, life):
        """Whether the step is possible, by the table that one would draw on paper."""
        is_own, is_staff = life.holder == who, who == "rita"
        return {
            "submit": is_own and life.is_open,
            "reopen": is_own and life.status == "submitted",
            "skip": is_own and life.status == "in_progress",
            "report": is_own and life.is_open,
            "approve": is_staff and life.status == "submitted",
            "send_back": is_staff and life.status in ("submitted", "approved"),
            "release": is_staff and life.status == "in_progress" and life.rev == life.claimed_rev,
            "reassign": is_staff and life.is_open,
        }[step]

    def take(self, step, who, number, is_right=True, **arguments):
        """Take a step; whether it was done has to be what the model says."""
        label = Label.objects.get(pk=self.labels[number].pk)
        life = self.lives[number]
        expected = self.may(step, who, life) and is_right
        try:
            getattr(steps, step)(label, by=self.people[who], **arguments)
        except steps.InvalidStep as problem:
            assert not expected, f"{step} by {who} of {life}: {problem}"
            return False
        assert expected, f"{step} by {who} of {life} was not refused"
        return True

    def change(self, number, **fields):
        self.lives[number] = replace(self.lives[number], **fields)

    # The steps

    @rule(who=PEOPLE)
    def claim(self, who):
        try:
            label = claim_next(task=self.task, labeler=self.people[who])
        except LabelTask.DoesNotExist:
            assert who in ("cem", "rita") or who in self.outside
            return
        assert who in ("ann", "ben") and who not in self.outside
        expected = self.expected_claim(who)
        assert (label and self.number_of(label)) == expected
        if label is None:
            return
        life = self.lives[expected]
        if life.status == "free":
            self.change(expected, status="in_progress", holder=who, claimed_rev=life.rev)
        if life.status != "sent_back":
            self.active[expected] = self.tick()

    @rule(who=PEOPLE, number=PLACES, is_stale=st.booleans(), deletes=st.booleans())
    def save(self, who, number, is_stale, deletes):
        life, label = self.lives[number], self.labels[number]
        known = sorted(life.shapes)
        uid = known[0] if known and (deletes or is_stale) else uuid.uuid4()
        base = life.shapes.get(uid)
        if is_stale and base is not None:
            base = None
        geom = {"cx": 20, "cy": 20, "w": 9, "h": 9, "angle": 0}
        op = uuid.uuid4()
        state = {
            "class": self.house,
            "kind": "rect",
            "geom": geom,
            "z": 0,
            "attrs": {"op": str(op)},
        }
        wanted = None if deletes and base is not None else state
        changes = [{"id": uid, "base": base, "shape": wanted}]
        try:
            answer = save_changes(label, author=self.people[who], op_id=op, changes=changes)
        except NotEditable:
            assert not (life.holder == who and life.is_open)
            return
        assert life.holder == who and life.is_open
        self.saves.append((label, who, op, changes, answer))
        self.stored += 1
        assert answer.applied == (base == life.shapes.get(uid))
        if answer.applied:
            shapes = {key: rev for key, rev in life.shapes.items() if key != uid}
            if wanted:
                shapes[uid] = life.rev + 1
            self.change(number, rev=life.rev + 1, shapes=shapes)
            self.active[number] = self.tick()

    @rule()
    def repeat_the_last_save(self):
        if self.saves:
            label, who, op, changes, answer = self.saves[-1]
            again = save_changes(label, author=self.people[who], op_id=op, changes=changes)
            assert again.applied == answer.applied
            assert again.body["rev"] == answer.body["rev"]

    @rule(who=PEOPLE, number=PLACES, off=st.sampled_from([0, 0, 0, 1]))
    def submit(self, who, number, off):
        if self.take("submit", who, number, not off, rev=self.lives[number].rev + off):
            self.change(number, status="submitted")

    @rule(who=PEOPLE, number=PLACES)
    def reopen(self, who, number):
        if self.take("reopen", who, number):
            self.change(number, status="in_progress")
            self.active[number] = self.tick()

    @rule(who=PEOPLE, number=PLACES, off=st.sampled_from([0, 0, 0, 1]))
    def approve(self, who, number, off):
        rev = self.lives[number].rev + off
        if self.take("approve", who, number, not off, rev=rev):
            self.change(number, status="approved", approved=rev)

    @rule(who=PEOPLE, number=PLACES, comment=COMMENTS, off=st.sampled_from([0, 0, 0, 1]))
    def send_back(self, who, number, comment, off):
        is_right = bool(comment.strip()) and not off
        rev = self.lives[number].rev + off
        if self.take("send_back", who, number, is_right, comment=comment, rev=rev):
            self.change(number, status="sent_back", approved=None)
            self.since[number] = self.tick()

    @rule(who=PEOPLE, number=PLACES, reason=COMMENTS)
    def skip(self, who, number, reason):
        if self.take("skip", who, number, bool(reason.strip()), reason=reason):
            self.skipped.add((who, number))
            self.change(number, status="free", holder=None)

    @rule(who=PEOPLE, number=PLACES, reason=COMMENTS)
    def report(self, who, number, reason):
        if self.take("report", who, number, bool(reason.strip()), reason=reason):
            self.reported.add(number)
            self.change(number, status="free", holder=None)

    @rule(number=PLACES, state=st.sampled_from(["fine", "unusable"]))
    def settle(self, number, state):
        image = self.labels[number].image_id
        done = ImageReport.objects.filter(image=image).settle(state, by=self.people["rita"])
        if done and state == "fine":
            self.reported.discard(number)
        elif done:
            self.reported.add(number)

    @rule(who=PEOPLE, number=PLACES)
    def release(self, who, number):
        if self.take("release", who, number):
            self.change(number, status="free", holder=None)

    @rule(who=PEOPLE, number=PLACES, to=PEOPLE)
    def reassign(self, who, number, to):
        life = self.lives[number]
        is_right = to in ("ann", "ben") and to not in self.outside and to != life.holder
        if self.take("reassign", who, number, is_right, to=self.people[to]):
            self.change(number, holder=to)
            self.since[number] = self.active[number] = self.tick()

    @rule(who=LABELERS)
    def end_or_renew_the_assignment(self, who):
        self.outside ^= {who}
        here = Assignment.objects.filter(user=self.people[who])
        here.update(is_active=who not in self.outside)

    @rule(number=PLACES)
    def lapse(self, number):
        """What nobody touched goes back as soon as anybody asks for an image."""
        Label.objects.filter(pk=self.labels[number].pk, status="in_progress").update(
            lease_until="2020-01-01T00:00Z"
        )
        life = self.lives[number]
        release_lapsed(self.task)
        if life.status == "in_progress" and life.rev == life.claimed_rev:
            self.change(number, status="free", holder=None)

    # What is true after each of them

    @invariant()
    def the_database_says_what_the_model_says(self):
        people = {person.pk: name for name, person in self.people.items()}
        rows = {label.pk: label for label in Label.objects.all()}
        for label, life in zip(self.labels, self.lives, strict=True):
            row = rows[label.pk]
            found = (row.status, people.get(row.labeler_id), row.rev, row.n_shapes)
            assert found == (life.status, life.holder, life.rev, len(life.shapes))
            assert row.approved_rev == life.approved
            now = dict(row.shapes.current().values_list("uid", "rev_added"))
            assert now == life.shapes

    @invariant()
    def the_history_is_whole_and_has_every_save(self):
        assert check([], stored()) == []
        assert LabelRevision.objects.count() == self.stored
        assert Label.objects.count() == Image.objects.count() == 3


def live(machine, is_long, examples=EXAMPLES):
    """Always the same lives in the short form, others each time in the long one."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples * (20 if is_long else 1),
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not is_long,
            print_blob=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_every_life_of_a_label_is_as_the_model_says(is_long):
    live(Lives, is_long)
    assert LabelStep.objects.count() == 0
