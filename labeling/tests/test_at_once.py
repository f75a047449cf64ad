"""Two people at the same moment: preparing classes, deciding on a label. By real processes."""

import pytest

from accounts.models import User
from labeling.classes import prepare_classes
from labeling.importing import import_predictions
from labeling.imports.contents import FileImage, FileShape, Item
from labeling.models import Label, LabelClass, LabelStep, Prediction
from labeling.steps import InvalidStep, approve, send_back
from labeling.tests.test_claiming_processes import run_at_once
from s3label_site.testing import make_image, make_task

pytestmark = pytest.mark.django_db(transaction=True)


def prepare(task, person):
    prepare_classes(task)
    return list(task.classes.values_list("name", "export_id"))


def decide(label, person):
    """Half of the reviewers approve, half send back; whether it was done."""
    try:
        if person.pk % 2:
            approve(label, by=person, rev=0)
        else:
            send_back(label, by=person, comment="Again.")
    except InvalidStep:
        return []
    return [person.pk]


def test_a_new_task_gets_its_classes_once():
    people = [User.objects.create(email=f"{n}@example.org") for n in range(6)]
    task = make_task(images=0)
    task.classes.all().delete()
    seen = run_at_once(prepare, task, people)
    assert seen == [[("object", 1)]] * len(people)
    LabelClass.objects.bulk_create(LabelClass(task=task, name=f"class {n}") for n in range(5))
    seen = run_at_once(prepare, task, people)
    assert {number for _, number in seen[0]} == {1, 2, 3, 4, 5, 6}
    assert seen == [seen[0]] * len(people)


def suggest(task, person):
    """Send the same predictions of a class that is not there yet; how many were new."""
    box = {"cx": 9, "cy": 9, "w": 4, "h": 4, "angle": 0}
    shapes = [FileShape("Shed", "rect", box), FileShape("Shed", "rect", box)]
    items = [Item(FileImage("", pk=image.pk), shapes, []) for image in task.images()]
    wishes = {"model": "Roofs 1", "renames": {}, "create_classes": True}
    return [import_predictions(task, items, **wishes).added]


def test_the_same_predictions_sent_at_once_come_once():
    people = [User.objects.create(email=f"{n}@example.org") for n in range(6)]
    task = make_task(images=3)
    added = sum(run_at_once(suggest, task, people), [])
    assert (sum(added), Prediction.objects.count()) == (6, 6)
    assert task.classes.filter(name="Shed").count() == 1


def test_one_decision_of_many_reviewers_counts():
    ann = User.objects.create(email="ann@example.org")
    reviewers = [User.objects.create(email=f"{n}@example.org", is_staff=True) for n in range(6)]
    task = make_task(ann, images=0)
    image = make_image(task.dataset_group.datasets.get())
    label = Label.objects.create(task=task, image=image, labeler=ann, status="submitted")
    done = sum(run_at_once(decide, label, reviewers), [])
    steps = list(LabelStep.objects.filter(label=label).order_by("pk"))
    # Sending back is possible after an approval too; every step starts where the last ended.
    assert [step.by_id for step in steps] and sorted(done) == sorted(step.by_id for step in steps)
    assert [step.step for step in steps] in (["approve"], ["send_back"], ["approve", "send_back"])
    label.refresh_from_db()
    assert label.status == steps[-1].to_status
