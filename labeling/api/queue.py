"""Which images come first, and what becomes of those that labelers report as bad."""

from datetime import datetime
from typing import Annotated

from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from accounts.answers import (
    After,
    AnyId,
    Flag,
    Id,
    Limit,
    Page,
    Refusal,
    Strict,
    json_answer,
    one_of,
    only,
    page_of,
    require,
)
from labeling.api.finding import CHANGE_TASK, task_of
from labeling.models import ImageReport, Label
from labeling.priorities import HIGHEST, LOWEST, set_for_dataset, set_for_images

router = Router()

MOST_IMAGES, MOST_DATASETS = 10_000, 1000
REPORT = ("id", "image", "label", "label__task", "by", "reason", "state", "made_at")
Priority = Annotated[int, Field(strict=True, ge=LOWEST, le=HIGHEST)]
State = one_of(ImageReport.State)


class OfImage(Strict):
    image: Id
    priority: Priority


class OfDataset(Strict):
    dataset: Id
    priority: Priority


class NewPriorities(Strict):
    """The highest come first; those of a dataset are also for images that come into it later."""

    datasets: Annotated[list[OfDataset], Field(max_length=MOST_DATASETS)] = []
    images: Annotated[list[OfImage], Field(max_length=MOST_IMAGES)] = []


class Waiting(Schema):
    image: int
    slot: int
    priority: int


class NextImages(Schema):
    items: list[Waiting]


class ReportRow(Schema):
    id: int
    image: int
    label: int
    task: int
    by: int
    reason: str
    state: str
    made_at: datetime


class ReportPage(Page):
    items: list[ReportRow]


class Decision(Strict):
    fine: Flag


@router.get("/tasks/{int:task_id}/queue", response=NextImages)
def list_queue(request, task_id: int, limit: Limit = 100):
    """The images that are given out next, to whom they may go."""
    require(request, CHANGE_TASK)
    free = Label.objects.visible_to(request.user).free_in(task_of(request, task_id))
    rows = free.values("image", "slot", "priority")[:limit]
    return json_answer(request, {"items": list(rows)})


@router.post("/tasks/{int:task_id}/priorities", response=NextImages)
def set_priorities(request, task_id: int, body: NewPriorities):
    """Give images, or all of a dataset, a priority; the answer is what comes next now."""
    require(request, CHANGE_TASK)
    task = task_of(request, task_id)
    of_images = {one.image: one.priority for one in body.images}
    of_datasets = {one.dataset: one.priority for one in body.datasets}
    datasets = _all_of(task.dataset_group.datasets, of_datasets, "dataset")
    _all_of(task.images(), of_images, "image")
    for pk, priority in of_datasets.items():
        set_for_dataset(task, datasets[pk], priority)
    for priority in sorted(set(of_images.values())):
        same = [pk for pk, given in of_images.items() if given == priority]
        set_for_images(task, task.images().filter(pk__in=same), priority)
    return list_queue(request, task_id)


@router.get("/reports", response=ReportPage)
def list_reports(
    request,
    task: AnyId | None = None,
    state: State | None = None,
    after: After = 0,
    limit: Limit = 100,
):
    """Images that labelers say nobody can label, with the reason."""
    require(request, "labeling.view_imagereport")
    found = only(ImageReport.objects.values(*REPORT), label__task=task, state=state)
    page = page_of(found, after, limit)
    return json_answer(request, page | {"items": [_report(row) for row in page["items"]]})


@router.post("/reports/{int:report_id}/settle", response=ReportRow)
def settle_report(request, report_id: int, body: Decision):
    """Decide on a reported image: it is fine and given out again, or not given out any more."""
    require(request, "labeling.change_imagereport")
    get_object_or_404(ImageReport, pk=report_id)
    states = ImageReport.State
    state = states.FINE if body.fine else states.UNUSABLE
    ImageReport.objects.filter(pk=report_id).settle(state, by=request.user)
    return _report(ImageReport.objects.values(*REPORT).get(pk=report_id))


def _all_of(rows, wanted, what):
    """{id: row} of all that are wanted, or none."""
    found = rows.in_bulk(wanted)
    if missing := sorted(set(wanted) - set(found)):
        raise Refusal(422, "invalid", f"The task has no {what} {missing[0]}.")
    return found


def _report(row):
    return {"task" if name == "label__task" else name: value for name, value in row.items()}
