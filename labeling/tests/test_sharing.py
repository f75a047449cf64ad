"""Work in two processes: in order, complete, and the same whatever becomes of the second."""

import os
import signal
import uuid
from itertools import count
from pathlib import Path

import pytest
from django.db import connections

from accounts.models import User
from labeling import sharing
from labeling.exporting import export_labels
from labeling.exports import records
from labeling.exports.choosing import Choice
from labeling.models import Label, Prediction, PredictionSet, Shape
from labeling.shapes import to_json
from s3label_site.testing import make_image, make_task


class Awaited(sharing._Sharer):
    """A second process that is there before the work begins, however busy the machine is."""

    def __init__(self, do):
        super().__init__(do)
        self.listen(sharing.SECONDS)


@pytest.fixture
def shared(monkeypatch):
    """Shared from the first portion on, also where no core is free."""
    monkeypatch.setattr(sharing, "FIRST_ALONE", 1)
    monkeypatch.setattr(sharing, "_can_share", lambda: True)
    monkeypatch.setattr(sharing, "_Sharer", Awaited)


def doubled(number):
    return 2 * number, os.getpid()


def doubled_until_killed(number):
    if number > 5 and os.getpid() != int(os.environ["PYTEST_PROCESS"]):
        os.kill(os.getpid(), signal.SIGKILL)
    return doubled(number)


def doubled_but_seven(number):
    if number == 7:
        raise ValueError("seven")
    return doubled(number)


def test_portions_are_done_in_order_and_by_both_and_nobody_is_left_at_the_end(shared):
    done, doers = [], set()
    for number, (result, doer) in sharing.in_order(count(), doubled):
        done.append((number, result))
        doers.add(doer)
        if len(doers) == 2 and number > 100:
            break
    assert done == [(number, 2 * number) for number in range(len(done))]
    assert os.getpid() in doers
    for doer in doers - {os.getpid()}:
        assert not os.path.exists(f"/proc/{doer}")


def test_few_portions_are_done_alone(monkeypatch):
    monkeypatch.setattr(sharing, "_can_share", lambda: pytest.fail("it shared"))
    few = range(sharing.FIRST_ALONE - 1)
    assert [number for number, _ in sharing.in_order(few, doubled)] == list(few)


def test_what_a_killed_process_had_is_done_again(shared, monkeypatch):
    monkeypatch.setenv("PYTEST_PROCESS", str(os.getpid()))
    done = list(sharing.in_order(range(40), doubled_until_killed))
    assert [(number, result) for number, (result, _) in done] == [(n, 2 * n) for n in range(40)]


def test_a_fault_of_the_work_is_told_whoever_finds_it(shared):
    with pytest.raises(ValueError, match="seven"):
        list(sharing.in_order((7, 8, 9), doubled_but_seven))


@pytest.mark.django_db
def test_what_no_other_process_can_see_is_not_shared():
    assert not sharing._can_share()


def predict(task):
    """A model found every third shape, half of them a little elsewhere."""
    of_model = PredictionSet.objects.create(task=task, model="Roofs 1")
    shapes = Shape.objects.select_related("label")
    Prediction.objects.bulk_create(
        Prediction(
            set=of_model,
            image_id=shape.label.image_id,
            uid=shape.uid,
            label_class_id=shape.label_class_id,
            kind=shape.kind,
            geometry=shape.geometry if shape.z % 2 else to_json({"rings": [[0, 0, 9, 0, 9, 9]]}),
            score=0.5,
        )
        for shape in shapes
        if shape.uid.int % 3 == 0
    )


@pytest.mark.parametrize("is_predicted", [False, True])
@pytest.mark.django_db(transaction=True)
def test_a_shared_export_has_the_same_bytes(shared, monkeypatch, tmp_path, is_predicted):
    task = make_task(ann := User.objects.create(email="ann@example.org"), images=0)
    dataset, house = task.dataset_group.datasets.get(), task.classes.first()
    for number in range(12):
        image = make_image(dataset, f"{number}.png")
        label = Label.objects.create(
            task=task, image=image, labeler=ann, status="submitted", rev=3, n_shapes=number
        )
        Shape.objects.bulk_create(
            Shape(
                label=label,
                uid=uuid.UUID(int=100 * number + place),
                rev_added=1 + place % 3,
                label_class=house,
                kind="polygon",
                geometry=to_json({"rings": [[place, 1, 20.25, 1, 10.25, 15.5]]}),
                z=number - place,
            )
            for place in range(number)
        )
    if is_predicted:
        predict(task)
    monkeypatch.setattr(records, "SHAPES_AT_ONCE", 5)
    shared_bytes = exported(task, tmp_path / "shared.json")
    monkeypatch.setattr(sharing, "_can_share", lambda: False)
    assert exported(task, tmp_path / "alone.json") == shared_bytes
    assert shared_bytes.count(b'"shape_id"') == sum(range(12))
    for corrected in (b'"corrected":true', b'"corrected":false'):
        assert (shared_bytes.count(corrected) > 5) == is_predicted
    connections.close_all()


def exported(task, path):
    export_labels(task, format="coco", path=Path(path), choice=Choice())
    return Path(path).read_bytes()
