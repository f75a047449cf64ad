"""Exports: ask for one, see how far it is, fetch its file."""

from datetime import date
from typing import Annotated, Any, Literal

import orjson
from django.shortcuts import get_object_or_404
from ninja import Router, Status
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
    bytes_of,
    json_answer,
    one_of,
    only,
    page_of,
    require,
)
from accounts.models import User
from datasets.api.jobs import PROGRESS, Progress, State
from datasets.jobs import enqueue, refuse_too_many
from datasets.models import Dataset
from labeling.api.finding import task_of
from labeling.downloading import CONTENT_TYPES, download_answer
from labeling.exporting import delete_exports
from labeling.exports import FORMATS
from labeling.exports.choosing import SPLITS, WHOSE, BadChoice, Choice, parse_shares
from labeling.manifest import manifest_path
from labeling.models import Export

router = Router()

VIEW, ADD = "labeling.view_export", "labeling.add_export"
EXPORT = (
    *(*PROGRESS, "label_task", "format", "which", "choice", "file_name", "byte_size", "sha256"),
    *("n_images", "n_labels", "n_shapes", "notes"),
)
Format, Which = Literal[tuple(FORMATS)], one_of(Export.Which)
Whose, Split = Literal[WHOSE], Literal[("", *SPLITS)]
Some = Annotated[list[Id], Field(max_length=1000)]


class NewExport(Strict):
    """Which labels, and with what; as in the admin."""

    format: Format
    which: Which = "submitted"
    with_images: Flag = False
    without_empty: Flag = False
    shares: Annotated[str, Field(max_length=20, description="As 80/10/10.")] = ""
    split: Split = ""
    whose: Whose = "all"
    labelers: Some = []
    datasets: Some = []
    since: date | None = None
    until: date | None = None


class ExportRow(Progress):
    label_task: int
    format: str
    which: str
    choice: dict[str, Any]
    file_name: str
    byte_size: int | None
    sha256: str
    n_images: int | None
    n_labels: int | None
    n_shapes: int | None
    notes: str


class ExportPage(Page):
    items: list[ExportRow]


@router.post("/tasks/{int:task_id}/exports", response={201: ExportRow})
def start_export(request, task_id: int, body: NewExport):
    """Ask for an export of the labels of a task; a worker makes it."""
    require(request, ADD)
    task = task_of(request, task_id)
    refuse_too_many(Export, request.user)
    choice = _choice(body)
    about = {"format": body.format, "which": choice.status, "choice": choice.to_json()}
    export = enqueue(Export(label_task=task, created_by=request.user, **about))
    return Status(201, _export(export.pk))


@router.get("/exports", response=ExportPage)
def list_exports(
    request,
    task: AnyId | None = None,
    status: State | None = None,
    after: After = 0,
    limit: Limit = 100,
):
    """Exports, those that are being made and those that are done."""
    require(request, VIEW)
    exports = only(Export.objects.values(*EXPORT), label_task=task, status=status)
    page = page_of(exports, after, limit)
    return json_answer(request, page | {"items": [_readable(row) for row in page["items"]]})


@router.get("/exports/{int:export_id}", response=ExportRow)
def get_export(request, export_id: int):
    """How far an export is, and when it is done what is in it."""
    require(request, VIEW)
    return json_answer(request, _export(export_id))


@router.post("/exports/{int:export_id}/cancel", response=ExportRow)
def cancel_export(request, export_id: int):
    """Stop an export that is being made; nothing of it is left behind."""
    require(request, ADD)
    export = get_object_or_404(Export, pk=export_id)
    if not export.is_active:
        raise Refusal(409, "not_possible", "The export has ended.", status=export.status)
    export.cancel()
    return _export(export_id)


@router.delete("/exports/{int:export_id}", response={204: None})
def delete_export(request, export_id: int):
    """Delete an export with its file."""
    require(request, "labeling.delete_export")
    export = get_object_or_404(Export, pk=export_id)
    if not delete_exports(Export.objects.filter(pk=export.pk)):
        raise Refusal(409, "not_possible", "The export is being made; cancel it first.")
    return Status(204, None)


@router.get(
    "/exports/{int:export_id}/file",
    response={200: None},
    openapi_extra=bytes_of(*CONTENT_TYPES.values()),
)
def download_export(request, export_id: int):
    """The file; a download that broke off goes on with a `Range`."""
    require(request, VIEW)
    export = get_object_or_404(Export, pk=export_id)
    return _file(request, export.path, f'"{export.sha256}"')


@router.get("/exports/{int:export_id}/manifest", response={200: dict[str, Any]})
def download_manifest(request, export_id: int):
    """What is in the file: counts, revisions, hashes."""
    require(request, VIEW)
    export = get_object_or_404(Export, pk=export_id)
    return _file(request, export.path and manifest_path(export.path), f'"{export.sha256}-manifest"')


def _choice(body):
    if body.since and body.until and body.since > body.until:
        raise Refusal(422, "invalid", "The last day is before the first one.")
    for model, ids in ((User, body.labelers), (Dataset, body.datasets)):
        if missing := sorted(set(ids) - set(model.objects.in_bulk(ids))):
            name = model._meta.verbose_name
            raise Refusal(422, "invalid", f"There is no {name} {missing[0]}.")
    try:
        shares = parse_shares(body.shares) if body.shares else ()
    except BadChoice as problem:
        raise Refusal(422, "invalid", str(problem)) from problem
    return Choice(
        status=body.which,
        labelers=tuple(body.labelers),
        datasets=tuple(body.datasets),
        since=str(body.since or ""),
        until=str(body.until or ""),
        whose=body.whose,
        empty=not body.without_empty,
        shares=shares,
        split=body.split,
        images="copy" if body.with_images else "none",
    )


def _export(pk):
    return _readable(get_object_or_404(Export.objects.values(*EXPORT), pk=pk))


def _readable(row):
    return row | {"choice": orjson.loads(row["choice"])}


def _file(request, path, etag):
    answer = download_answer(request, path, etag)
    if answer is None:
        raise Refusal(404, "not_found", "This export has no file, or not yet.")
    return answer
