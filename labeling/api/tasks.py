"""Label tasks and their classes."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.forms import model_to_dict
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from pydantic import Field

from accounts.answers import (
    After,
    Flag,
    Id,
    Int,
    Limit,
    Page,
    Strict,
    Text,
    Word,
    json_answer,
    one_of,
    only,
    page_of,
    refuse_form,
    require,
)
from labeling.classes import prepare_classes, save_class
from labeling.forms import LabelTaskForm
from labeling.models import LabelClass, LabelTask
from labeling.queueing import save_task
from labeling.tools import TOOLS

router = Router()

CHANGE = "labeling.change_labeltask"
TASK = (
    *("id", "title", "description", "type", "dataset_group", "permit_overlap"),
    *("new_cuts_others", "labels_per_image", "order", "lease_minutes", "is_active", "created_at"),
)
Type, Order = one_of(LabelTask.Type), one_of(LabelTask.Order)
Tool = Literal[tuple(TOOLS)]
Number = Annotated[int, Field(strict=True, ge=1, le=32_767)]
ClassName = Annotated[Word, Field(max_length=100)]
Color = Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]
Keypoints = Annotated[Text, Field(max_length=10_000)]


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


class TaskChanges(Strict):
    """What is left out stays as it is."""

    title: Word = ""
    description: Annotated[Text, Field(min_length=1)] = ""
    type: Type = ""
    dataset_group: Id = 0
    tools: list[Tool] = []
    default_tool: Tool | Literal[""] = ""
    permit_overlap: Flag = True
    new_cuts_others: Flag = False
    labels_per_image: Number = 1
    order: Order = ""
    lease_minutes: Number = 30
    is_active: Flag = True


class NewClass(Strict):
    name: ClassName
    color: Color | Literal[""] = ""
    position: Int | None = None
    skeleton: Keypoints = ""


class ClassChanges(Strict):
    """What is left out stays as it is."""

    name: ClassName = ""
    color: Color = ""
    position: Int = 0
    skeleton: Keypoints = ""
    is_archived: Flag = False


class ClassDocument(Schema):
    id: int
    name: str
    color: str
    position: int
    export_id: int | None
    is_archived: bool
    skeleton: str


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


class TaskPage(Page):
    items: list[TaskRow]


class Classes(Schema):
    items: list[ClassDocument]


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
    return json_answer(request, _task(_visible(request, task_id)))


@router.patch("/tasks/{int:task_id}", response=TaskDocument)
def change_task(request, task_id: int, body: TaskChanges):
    """Change a task; claims that are under way come before the change or obey it."""
    require(request, CHANGE)
    form = _form(_visible(request, task_id), body.model_dump(exclude_unset=True))
    task = form.save(commit=False)
    save_task(task, form.changed_data)
    return _task(task)


@router.get("/tasks/{int:task_id}/classes", response=Classes)
def list_classes(request, task_id: int):
    """The classes of a task, archived ones too."""
    task = _visible(request, task_id)
    prepare_classes(task)
    return json_answer(request, {"items": _classes(task)})


@router.post("/tasks/{int:task_id}/classes", response={201: ClassDocument})
def create_class(request, task_id: int, body: NewClass):
    """Add a class to a task; colour and place are found when they are left out."""
    require(request, CHANGE, "labeling.add_labelclass")
    label_class = LabelClass(task=_visible(request, task_id), **body.model_dump())
    save_class(label_class)
    return Status(201, _class(label_class))


@router.patch("/classes/{int:class_id}", response=ClassDocument)
def change_class(request, class_id: int, body: ClassChanges):
    """Rename, recolour, move or archive a class; shapes keep it, and so do exports."""
    require(request, CHANGE, "labeling.change_labelclass")
    label_class = get_object_or_404(LabelClass, pk=class_id)
    for name, value in body.model_dump(exclude_unset=True).items():
        setattr(label_class, name, value)
    save_class(label_class)
    return _class(label_class)


def _visible(request, task_id):
    return get_object_or_404(LabelTask.objects.visible_to(request.user), pk=task_id)


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
        "classes": _classes(task),
    }


def _classes(task):
    return [_class(label_class) for label_class in task.classes.all()]


def _class(label_class):
    label_class.refresh_from_db()
    return {name: getattr(label_class, name) for name in ClassDocument.model_fields}
