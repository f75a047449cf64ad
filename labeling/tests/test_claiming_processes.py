"""Claiming by real processes at once: nothing twice, nothing lost, no lock errors."""

import multiprocessing
import time
from collections import Counter

import pytest
from django.db import connection, connections

from accounts.models import User
from datasets.models import Image
from labeling.claiming import claim_next
from labeling.models import Label
from labeling.steps import submit
from s3label_site.testing import make_task

pytestmark = pytest.mark.django_db(transaction=True)

# SQLite lets one process write at a time and is not fair to those who wait: a pause between
# two claims, as people make it, keeps a busy machine from letting one wait for ever.
PROCESSES, IMAGES, PAUSE = (6, 150, 0.05) if connection.vendor == "sqlite" else (8, 400, 0)
SECONDS = 300  # a busy machine is not a fault

# Forked, because eight new interpreters take longer to start than all their claims.
fork = multiprocessing.get_context("fork")


def claim_all(task, labeler):
    given = []
    while label := claim_next(task=task, labeler=labeler):
        submit(label, by=labeler, rev=0)
        given.append(label.pk)
        time.sleep(PAUSE)
    return given


def claim_once(task, labeler):
    return [claim_next(task=task, labeler=labeler).pk]


def _work(number, work, task, labeler, start, answers):
    start.wait(SECONDS)
    answers.put((number, work(task, labeler)))
    connections.close_all()


def run_at_once(work, task, people):
    """What each of the people was given by a process of its own, all begun together."""
    # No process may go on with a connection of this one; each opens its own.
    connections.close_all()
    start, answers = fork.Barrier(len(people)), fork.SimpleQueue()
    processes = [
        fork.Process(target=_work, args=(number, work, task, person, start, answers))
        for number, person in enumerate(people)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(SECONDS)
    assert [process.exitcode for process in processes] == [0] * len(people)
    return [given for _, given in sorted(answers.get() for _ in people)]


def make_people(number):
    return [User.objects.create(email=f"labeler{n}@example.org") for n in range(number)]


def make_big_task(people, images, **fields):
    """A task on image rows without files, which claiming does not open."""
    task = make_task(*people, images=0, **fields)
    dataset = task.dataset_group.datasets.get()
    Image.objects.bulk_create(
        Image(
            dataset=dataset,
            path=f"/images/{n}.jpg",
            sha256=f"{n:064x}",
            byte_size=1,
            format="JPEG",
            width=1,
            height=1,
        )
        for n in range(images)
    )
    return task


def test_every_image_is_given_to_one_process_only():
    people = make_people(PROCESSES)
    task = make_big_task(people, IMAGES)
    given = run_at_once(claim_all, task, people)
    times = Counter(label for labels in given for label in labels)
    assert [label for label, number in times.items() if number > 1] == []
    assert len(times) == IMAGES
    done = Label.objects.filter(task=task, status="submitted")
    assert set(done.values_list("pk", flat=True)) == set(times)
    # Each row says who did it, as the processes say.
    owners = dict(done.values_list("pk", "labeler"))
    for person, labels in zip(people, given, strict=True):
        assert {owners[label] for label in labels} <= {person.pk}


def test_with_two_labels_per_image_nobody_gets_an_image_twice():
    people = make_people(4)
    task = make_big_task(people, 60, labels_per_image=2)
    given = run_at_once(claim_all, task, people)
    assert sum(map(len, given)) == 120
    image_of = dict(Label.objects.filter(task=task).values_list("pk", "image"))
    for labels in given:
        images = [image_of[label] for label in labels]
        assert len(images) == len(set(images))


def test_clicks_at_the_same_moment_give_one_person_one_image():
    people = make_people(2)
    task = make_big_task(people, 20)
    given = run_at_once(claim_once, task, [people[0]] * 4 + [people[1]] * 2)
    first, second = {*sum(given[:4], [])}, {*sum(given[4:], [])}
    assert len(first) == len(second) == 1
    assert first != second
    assert Label.objects.filter(task=task).exclude(status="free").count() == 2
