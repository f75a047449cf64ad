"""Imports of labels: ask for one with a path or a file, see how far it is and what came of it."""

from typing import Annotated, Any, Literal

import orjson
from django.conf import settings
from django.shortcuts import get_object_or_404
from ninja import File, Router, Status, UploadedFile
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
    Text,
    json_answer,
    one_of,
    only,
    page_of,
    require,
)
from accounts.models import User
from datasets.api.jobs import PROGRESS, Progress, State
from datasets.forms import LONGEST_PATH
from datasets.jobs import refuse_too_many
from labeling.api.finding import task_of
from labeling.importing import labels_below_root
from labeling.imports import FORMATS
from labeling.models import LabelImport
from labeling.resolving import Refused
from labeling.uploading import delete_imports, start_import

router = Router(by_alias=True)

VIEW, ADD = "labeling.view_labelimport", "labeling.add_labelimport"
MOST_RENAMED, MOST_PADDING = 1000, 10_000
IMPORT = (
    *(*PROGRESS, "label_task", "format", "path", "upload_name", "kind", "labeler", "model"),
    *("create_classes", "boxes", "submit", "dry_run", "padding", "their_task", "n_added"),
)
Format, Kind = Literal[tuple(FORMATS)], one_of(LabelImport.Kind)
Padding = Annotated[int, Field(strict=True, ge=0, le=MOST_PADDING)]
ClassName = Annotated[Text, Field(max_length=1000)]


class Wishes(Strict):
    """As in the admin: whose work, or which model's predictions, and what to do with classes."""

    format: Format
    kind: Annotated[Kind, Field(alias="as")] = "labels"
    labeler: Annotated[Id | None, Field(description="null: those whom the file names")] = None
    model: Annotated[Text, Field(max_length=200)] = ""
    renames: Annotated[
        dict[ClassName, ClassName],
        Field(max_length=MOST_RENAMED, alias="classes", description='"" leaves a class out'),
    ] = {}
    create_classes: Flag = False
    boxes: Flag = False
    submit: Flag = False
    dry_run: Flag = False
    padding: Annotated[Padding | None, Field(description="only of the S3Label of 2019")] = None
    their_task: Annotated[Id | None, Field(description="only of the S3Label of 2019")] = None


class NewLabelImport(Wishes):
    path: Annotated[Text, Field(min_length=1, max_length=LONGEST_PATH)]


class LabelImportRow(Progress):
    label_task: int
    format: str
    path: str
    upload_name: str
    kind: str = Field(alias="as")
    labeler: int | None
    model: str
    create_classes: bool
    boxes: bool
    submit: bool
    dry_run: bool
    padding: int | None
    their_task: int | None
    n_added: int | None


class LabelImportDocument(LabelImportRow):
    """With what became of the file: counts, and the first thousand problems."""

    report: dict[str, Any] | None


class LabelImportPage(Page):
    items: list[LabelImportRow]


@router.post("/tasks/{int:task_id}/label-imports", response={201: LabelImportDocument})
def start_label_import(request, task_id: int, body: NewLabelImport):
    """Import labels, or predictions, from a file or folder below an image root."""
    require(request, ADD)
    try:
        path = labels_below_root(body.path)
    except Refused as problem:
        raise Refusal(422, "invalid", str(problem)) from problem
    return Status(201, _start(request, task_id, body, path=path))


@router.post("/tasks/{int:task_id}/label-imports/upload", response={201: LabelImportDocument})
def upload_labels(request, task_id: int, file: File[UploadedFile], wishes: Wishes):
    """The same from a file or zip file that is sent along, with the wishes as JSON."""
    require(request, ADD)
    if (file.size or 0) > settings.LARGEST_UPLOAD:
        raise Refusal(413, "too_large", "Put a file of this size below an image root instead.")
    return Status(201, _start(request, task_id, wishes, upload=file))


@router.get("/label-imports", response=LabelImportPage)
def list_label_imports(
    request,
    task: AnyId | None = None,
    status: State | None = None,
    after: After = 0,
    limit: Limit = 100,
):
    """Imports of labels, running and ended."""
    require(request, VIEW)
    imports = only(LabelImport.objects.values(*IMPORT), label_task=task, status=status)
    page = page_of(imports, after, limit)
    return json_answer(request, page | {"items": [_readable(row) for row in page["items"]]})


@router.get("/label-imports/{int:import_id}", response=LabelImportDocument)
def get_label_import(request, import_id: int):
    """How far an import of labels is, and when it is done what became of the file."""
    require(request, VIEW)
    return json_answer(request, _import(import_id))


@router.delete("/label-imports/{int:import_id}", response={204: None})
def delete_label_import(request, import_id: int):
    """Delete the record of an import, and an uploaded file; what it brought in stays."""
    require(request, "labeling.delete_labelimport")
    found = get_object_or_404(LabelImport, pk=import_id)
    if not delete_imports(LabelImport.objects.filter(pk=found.pk)):
        raise Refusal(409, "not_possible", "The import is at work; cancel it first.")
    return Status(204, None)


def _start(request, task_id, wishes, *, path="", upload=None):
    task = task_of(request, task_id)
    refuse_too_many(LabelImport, request.user)
    about = wishes.model_dump(exclude={"path", "renames", "labeler"})
    if wishes.labeler is not None and not User.objects.filter(pk=wishes.labeler).exists():
        raise Refusal(422, "invalid", "There is no such person.")
    job = LabelImport(
        label_task=task,
        path=path,
        labeler_id=wishes.labeler,
        renames=orjson.dumps(wishes.renames).decode(),
        created_by=request.user,
        **about,
    )
    job.full_clean(exclude=["label_task", "labeler"])
    start_import(job, upload)
    return _import(job.pk)


def _import(pk):
    row = get_object_or_404(LabelImport.objects.values(*IMPORT, "report_text"), pk=pk)
    text = row.pop("report_text")
    return _readable(row) | {"report": orjson.loads(text) if text else None}


def _readable(row):
    return {"as" if name == "kind" else name: value for name, value in row.items()}
