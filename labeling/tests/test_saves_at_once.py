"""Saves at the same moment, by real processes through the API: one wins, nothing is lost."""

import json
import uuid
from collections import Counter

import pytest
from django.test import Client

from labeling.models import Label, LabelRevision, Shape
from labeling.tests.test_claiming_processes import SECONDS, fork, make_people, run_at_once
from s3label_site.testing import make_image, make_task

pytestmark = pytest.mark.django_db(transaction=True)


def make_labels(person, number=1):
    task = make_task(person, images=0)
    dataset = task.dataset_group.datasets.get()
    images = [make_image(dataset, f"{n}.png") for n in range(number)]
    return [
        Label.objects.create(task=task, image=image, labeler=person, status="in_progress")
        for image in images
    ]


def square(label, z):
    geom = {"cx": 20, "cy": 20, "w": 9, "h": 9, "angle": 0}
    house = label.task.classes.first().pk
    return {"class": house, "kind": "rect", "geom": geom, "z": z, "attrs": {}}


class Tab:
    """One browser tab on a label."""

    def __init__(self, label, person):
        self.label, self.url = label, f"/api/v1/labels/{label.pk}"
        self.client = Client()
        self.client.force_login(person)

    def save(self, uid, base, z, op_id=None):
        """(status, body, op_id)"""
        op_id = op_id or str(uuid.uuid4())
        change = {"id": uid, "base": base, "shape": square(self.label, z)}
        body = {"op_id": op_id, "changes": [change]}
        answer = self.client.post(f"{self.url}/changes", body, content_type="application/json")
        return answer.status_code, answer.json(), op_id


@pytest.mark.parametrize(("tabs", "rounds"), [(2, 50), (5, 25)])
def test_of_tabs_with_the_same_base_one_wins_and_all_are_kept(tabs, rounds, is_long):
    rounds *= 4 if is_long else 1
    (person,) = make_people(1)
    (label,) = make_labels(person)
    uid, together = str(uuid.uuid4()), fork.Barrier(tabs)

    def draw(label, person):
        tab, answers = Tab(label, person), []
        for n in range(rounds):
            together.wait(SECONDS)
            status, body, op_id = tab.save(uid, n or None, n)
            # Little enough for the pipe to the test, which reads when all have ended.
            told = body["shapes"][0]["rev"] if status == 409 else body["rev"]
            answers.append((status, told, op_id))
        return answers

    by_tab = run_at_once(draw, label, [person] * tabs)
    for number, answers in enumerate(zip(*by_tab, strict=True), start=1):
        assert Counter(status for status, *_ in answers) == {200: 1, 409: tabs - 1}
        winner = next(op_id for status, _, op_id in answers if status == 200)
        assert LabelRevision.objects.get(label=label, rev=number).op_id == uuid.UUID(winner)
        assert {told for _, told, _ in answers} == {number}
        for status, _, op_id in answers:
            if status == 409:
                kept = LabelRevision.objects.get(op_id=op_id)
                assert kept.rev is None
                assert json.loads(kept.changes)[0]["shape"]["z"] == number - 1
    assert LabelRevision.objects.count() == rounds * tabs
    label.refresh_from_db()
    assert (label.rev, label.n_shapes) == (rounds, 1)
    states = Shape.objects.order_by("rev_added").values_list("rev_added", "rev_removed")
    assert list(states) == [(n, n + 1 if n < rounds else None) for n in range(1, rounds + 1)]


def test_an_operation_that_is_sent_eight_times_at_once_is_one_revision():
    (person,) = make_people(1)
    (label,) = make_labels(person)
    op_id, uid = str(uuid.uuid4()), str(uuid.uuid4())

    def draw(label, person):
        return Tab(label, person).save(uid, None, 1, op_id)

    answers = run_at_once(draw, label, [person] * 8)
    assert answers == [(200, {"rev": 1}, op_id)] * 8
    assert (LabelRevision.objects.count(), Shape.objects.count()) == (1, 1)


def test_an_operation_is_applied_to_one_label_only_even_at_once():
    (person,) = make_people(1)
    labels = make_labels(person, 6)

    def draw(uids, person):
        """The n-th process saves the n-th operation, on labels in an order of its own."""
        answers = []
        for op_id in uids:
            together.wait(SECONDS)
            with turn.get_lock():
                mine = labels[turn.value % len(labels)]
                turn.value += 1
            answers.append(Tab(mine, person).save(str(uuid.uuid4()), None, 1, op_id)[0])
        return answers

    together, turn = fork.Barrier(len(labels)), fork.Value("i", 0)
    op_ids = [str(uuid.uuid4()) for _ in range(5)]
    by_process = run_at_once(draw, op_ids, [person] * len(labels))
    for statuses in zip(*by_process, strict=True):
        assert Counter(statuses) == {200: 1, 422: len(labels) - 1}
    assert LabelRevision.objects.count() == Shape.objects.count() == len(op_ids)
