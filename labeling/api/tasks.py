"""Label tasks; what they ask for is in classes.py."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.forms import model_to_dict
from ninja import Router, Schema, Status
from pydantic import Field

from accounts.answers import (
    After,
    Flag,
    Id,
    Limit,
    Page,
    Strict,
    Text,
    Word,
    json_answer,
    of_changes,
    one_of,
    only,
    page_of,
    refuse_form,
    require,
)
from labeling.api.classes import (
    AttributeDocument,
    ClassDocument,
    Tool,
    attributes_of,
    classes_of,
)
from labeling.api.finding import CHANGE_TASK, task_of
from labeling.forms import LabelTaskForm
from labeling.models import LabelTask
from labeling.queueing import save_task
from labeling.tools import TOOLS

router = Router(by_alias=True)

TASK = (
    *("id", "title", "description", "type", "dataset_group", "permit_overlap"),
    *("new_cuts_others", "labels_per_image", "order", "lease_minutes", "is_active", "created_at"),
)
Type, Order = one_of(LabelTask.Type), one_of(LabelTask.Order)
Number = Annotated[int, Field(strict=True, ge=1, le=32_767)]


class NewTask(Strict):
    dataset_group: Id
    title: Word
    description: Annotated[Text, Field(min_length=1)]
    type: Type
    tools: list[Tool] = []
    default_tool: Tool | Literal[""] = ""
    permit_overlap: Flag = True
    new_cuts_others: Flag = False
    labels_per_image: Number = 1
    order: Order = "shuffled"
    lease_minutes: Number = 30
    is_active: Flag = True


@of_changes
class TaskChanges(NewTask):
    """What is left out stays as it is."""


class TaskRow(Schema):
    id: int
    title: str
    description: str
    type: str
    dataset_group: int
    permit_overlap: bool
    new_cuts_others: bool
    labels_per_image: int
    order: str
    lease_minutes: int
    is_active: bool
    created_at: datetime


class TaskDocument(TaskRow):
    """With how many images there are, and how many labels of each status."""

    tools: list[str]
    default_tool: str
    images: int
    labels: dict[str, int]
    classes: list[ClassDocument]
    attributes: list[AttributeDocument]


class TaskPage(Page):
    items: list[TaskRow]


@router.get("/tasks", response=TaskPage)
def list_tasks(request, is_active: bool | None = None, after: After = 0, limit: Limit = 100):
    """The tasks that you label; for staff, all."""
    tasks = only(LabelTask.objects.visible_to(request.user), is_active=is_active)
    return json_answer(request, page_of(tasks.values(*TASK), after, limit))


@router.post("/tasks", response={201: TaskDocument})
def create_task(request, body: NewTask):
    """Make a task on a group of datasets; classes and people are added to it."""
    require(request, "labeling.add_labeltask")
    form = _form(LabelTask(), body.model_dump())
    return Status(201, _task(form.save()))


@router.get("/tasks/{int:task_id}", response=TaskDocument)
def get_task(request, task_id: int):
    """One task and how far it is."""
    return json_answer(request, _task(task_of(request, task_id)))


@router.patch("/tasks/{int:task_id}", response=TaskDocument)
def change_task(request, task_id: int, body: TaskChanges):
    """Change a task; claims that are under way come before the change or obey it."""
    require(request, CHANGE_TASK)
    form = _form(task_of(request, task_id), body.model_dump(exclude_unset=True))
    task = form.save(commit=False)
    save_task(task, form.changed_data)
    return _task(task)


def _form(task, changes):
    """The form of the admin about a task, filled in with what is there and what changes."""
    stored = [tool for tool in task.allowed_tools.split(",") if tool in TOOLS]
    data: dict[str, Any] = model_to_dict(task) | {"tools": stored} | changes
    form = LabelTaskForm(data, instance=task)
    if not form.is_valid():
        refuse_form(form)
    return form


def _task(task):
    row = {name: getattr(task, name) for name in TASK if name != "dataset_group"}
    return row | {
        "dataset_group": task.dataset_group_id,
        "tools": task.tools,
        "default_tool": task.default_tool,
        "images": task.images().count(),
        "labels": task.labels.count_by_status(),
        "classes": classes_of(task),
        "attributes": attributes_of(task),
    }
