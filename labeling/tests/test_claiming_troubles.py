"""Claiming by many processes while claims are aborted, leases end and staff move work about."""

import random
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from accounts.models import User
from labeling.claiming import claim_next
from labeling.models import Label, LabelCount, LabelStep
from labeling.steps import InvalidStep, reassign, release, submit
from labeling.tests.test_claiming_processes import make_big_task, make_people, run_at_once

pytestmark = pytest.mark.django_db(transaction=True)

# (people, images); the long form is that of docs/reliability.md.
SHORT = {"sqlite": (4, 40), "postgresql": (6, 120)}
LONG = {"sqlite": (16, 1_000), "postgresql": (50, 2_000)}
# A busy machine may let one writer of SQLite wait; people pause longer between two images.
PAUSE = {"sqlite": 0.05, "postgresql": 0}


class Aborted(Exception):
    pass


def is_done(task):
    left = Label.objects.filter(task=task).exclude(status="submitted").exists()
    return not left and Label.objects.filter(task=task).exists()


def claim(task, person, chance):
    if chance.random() < 0.15:
        try:
            with transaction.atomic():
                claim_next(task=task, labeler=person)
                raise Aborted
        except Aborted:
            return None
    return claim_next(task=task, labeler=person)


def work(task, person):
    """The labels that this person submitted, and was told so."""
    chance, told = random.Random(person.pk), []  # noqa: S311
    while not is_done(task):
        label = claim(task, person, chance)
        if label is not None and chance.random() < 0.2:
            # Goes away; the lease ends at once.
            past = timezone.now() - timedelta(minutes=1)
            Label.objects.filter(pk=label.pk, labeler=person).update(lease_until=past)
        elif label is not None:
            try:
                submit(label, by=person, rev=0)
                told.append(label.pk)
            except InvalidStep:
                pass  # staff have given it to another person
        time.sleep(PAUSE[connection.vendor] or (0.02 if label is None else 0))
    return told


def move_work_about(task, rita):
    people = list(task.members.all())
    chance = random.Random(7)  # noqa: S311
    while not is_done(task):
        held = Label.objects.filter(task=task, status="in_progress")
        for label in held.select_related("task").order_by("?")[:3]:
            try:
                if chance.random() < 0.5:
                    release(label, by=rita)
                else:
                    reassign(label, by=rita, to=chance.choice(people))
            except InvalidStep:
                pass  # it was submitted, or is that person's already
        time.sleep(0.05)
    return []


def test_nothing_is_given_twice_or_forgotten_whatever_goes_wrong(is_long):
    number, images = (LONG if is_long else SHORT)[connection.vendor]
    people = make_people(number)
    task = make_big_task(people, images)
    rita = User.objects.create(email="rita@example.org", is_staff=True)

    def act(task, person):
        return move_work_about(task, person) if person == rita else work(task, person)

    given = run_at_once(act, task, [*people, rita])
    times = Counter(label for labels in given for label in labels)
    assert [label for label, n in times.items() if n > 1] == []
    done = Label.objects.filter(task=task, status="submitted")
    assert done.count() == images == len(times)
    assert Label.objects.filter(task=task).count() == images
    owners = dict(done.values_list("pk", "labeler"))
    for person, labels in zip(people, given, strict=False):
        assert {owners[label] for label in labels} <= {person.pk}
    assert LabelStep.objects.filter(step="submit").count() == images
    # The kept numbers went through the same.
    sums = LabelCount.objects.values_list("labeler", "status").annotate(sum=Sum("n"))
    kept = {(labeler, status): n for labeler, status, n in sums if n}
    counted = done.order_by().values_list("labeler", "status").annotate(Count("pk"))
    assert kept == {(labeler, status): n for labeler, status, n in counted}
