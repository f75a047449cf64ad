"""Claiming by real processes at once: nothing twice, nothing lost, no lock errors."""

import multiprocessing
import time
from collections import Counter

import pytest
from django.db import connection, connections, transaction
from django.db.models import Count

from accounts.models import User
from datasets.models import Image
from labeling.claiming import claim_next
from labeling.models import Label, LabelTask
from labeling.queueing import drop_surplus, hold_claims, top_up
from labeling.steps import submit
from labeling.tests.history import check, stored
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


def _work(work, task, labeler, start, answer):
    start.wait(SECONDS)
    answer.send(work(task, labeler))
    connections.close_all()


def run_at_once(work, task, people):
    """What each of the people was given by a process of its own, all begun together."""
    # No process may go on with a connection of this one; each opens its own.
    connections.close_all()
    start, processes, answers = fork.Barrier(len(people)), [], []
    for person in people:
        answer, told = fork.Pipe(duplex=False)
        processes.append(fork.Process(target=_work, args=(work, task, person, start, told)))
        processes[-1].start()
        # The process has its own; with this one open, its death would not end the pipe.
        told.close()
        answers.append(answer)
    # Read before the processes are waited for: who writes into a full pipe does not end.
    given = [answer.recv() if answer.poll(SECONDS) else None for answer in answers]
    for process in processes:
        process.join(SECONDS)
    assert [process.exitcode for process in processes] == [0] * len(people)
    # Whatever they did, it left the labels whole.
    assert check([], stored()) == []
    return given


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


def test_who_asks_while_another_holds_the_last_image_gets_it_when_the_other_fails():
    ann, ben = make_people(2)
    task = make_big_task([ann, ben], 1)
    with transaction.atomic():
        top_up(task)
    is_held, is_asked_for = fork.Event(), fork.Event()

    def work(task, person):
        if person == ben:
            is_held.wait(SECONDS)
            is_asked_for.set()
            return claim_once(task, ben)
        with transaction.atomic():
            given = claim_once(task, ann)
            is_held.set()
            is_asked_for.wait(SECONDS)
            time.sleep(0.3)  # until Ben's claim has most likely come to the row
            transaction.set_rollback(True)
        return given

    first, second = run_at_once(work, task, [ann, ben])
    assert first == second
    assert Label.objects.get(task=task).labeler == ben


def test_lowering_the_labels_per_image_counts_for_every_claim_after_it():
    people = make_people(5)
    rita = User.objects.create(email="rita@example.org", is_staff=True)
    task = make_big_task(people, 40, labels_per_image=3)

    def given(task):
        rows = Label.objects.filter(task=task).claimed().values_list("image")
        return dict(rows.annotate(n=Count("pk")))

    def work(task, person):
        if person != rita:
            return claim_all(task, person)
        while len(given(task)) < 15:
            time.sleep(0.01)
        with transaction.atomic():
            hold_claims(task)
            LabelTask.objects.filter(pk=task.pk).update(labels_per_image=1)
            before = given(task)
        drop_surplus(task)
        return before

    before = run_at_once(work, task, [*people, rita])[-1]
    assert 15 <= len(before) < 40
    # An image with more keeps them; every other has one in the end.
    assert given(task) == {image: before.get(image, 1) for image in given(task)}
    assert len(given(task)) == 40


def test_an_answer_may_be_longer_than_a_pipe_holds():
    people = make_people(2)
    task = make_task(*people, images=0)
    assert run_at_once(lambda task, person: "x" * 200_000, task, people) == ["x" * 200_000] * 2
