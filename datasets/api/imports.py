"""Import a folder: look through it, see and choose what was found, upload what is selected."""

from typing import Annotated, Literal

from django.conf import settings
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from pydantic import Field

from accounts.answers import (
    After,
    Flag,
    Id,
    Limit,
    Page,
    Refusal,
    Strict,
    Text,
    bytes_of,
    json_answer,
    one_of,
    only,
    page_of,
    require,
)
from datasets.api.jobs import PROGRESS, Progress
from datasets.api.jobs import State as JobState
from datasets.forms import LONGEST_PATH
from datasets.found_folders import prefix_of
from datasets.importing import start_finding, start_importing
from datasets.jobs import refuse_too_many
from datasets.models import Dataset, FolderImport, FoundFile
from datasets.roots import BadFolder, folders_in
from datasets.selecting import count_selected, deselected_among, select
from datasets.serving import picture_answer, thumbnail_answer

router = Router()

# Whoever may change datasets may import into them.
IMPORT = "datasets.change_dataset"
MOST_CHOSEN = 10_000
IMPORT_ROW = (*PROGRESS, "dataset", "folder", "recursive", "verify", "stage")
FILE = (
    *("id", "path", "state", "reason", "byte_size", "sha256", "format", "width", "height"),
    *("selected", "outcome", "image", "same_as", "same_as_path"),
)
State, Outcome = one_of(FoundFile.State), one_of(FoundFile.Outcome)
Path = Annotated[Text, Field(max_length=LONGEST_PATH)]
# In the address, of which servers take only so much.
Part = Annotated[Text, Field(max_length=1000)]


class NewImport(Strict):
    folder: Annotated[Path, Field(min_length=1)]
    recursive: Flag = True
    verify: Flag = False


class ImportRow(Progress):
    dataset: int
    folder: str
    recursive: bool
    verify: bool
    stage: str


class FileCount(Schema):
    state: str
    outcome: str
    files: int


class ImportDocument(ImportRow):
    """With how many files were found, of each state and outcome, and how many are selected."""

    files: list[FileCount]
    selected: int


class ImportPage(Page):
    items: list[ImportRow]


class FileRow(Schema):
    id: int
    path: str
    state: str
    reason: str
    byte_size: int | None
    sha256: str
    format: str
    width: int | None
    height: int | None
    selected: bool
    outcome: str
    image: int | None
    same_as: int | None
    same_as_path: str


class FilePage(Page):
    items: list[FileRow]


class Which(Strict):
    """Files by their ids, or those that fit all that is said; `{}` means all of them."""

    ids: Annotated[list[Id], Field(max_length=MOST_CHOSEN)] | None = None
    q: Path = ""
    folder: Path = ""
    state: Literal["new", "moved"] | None = None


class Selection(Strict):
    selected: Flag
    files: Which


class Selected(Schema):
    selected: int


class Folders(Schema):
    folder: str | None
    folders: list[str]


@router.get("/folders", response=Folders)
def list_folders(request, folder: Part = ""):
    """The folders in a folder, or without one the roots below which images may lie."""
    require(request, IMPORT)
    if not folder:
        return json_answer(request, {"folder": None, "folders": settings.IMAGE_ROOTS})
    try:
        return json_answer(request, {"folder": folder, "folders": list(folders_in(folder))})
    except BadFolder as problem:
        raise Refusal(422, "invalid", str(problem)) from problem


@router.post("/datasets/{int:dataset_id}/imports", response={201: ImportDocument})
def start_import(request, dataset_id: int, body: NewImport):
    """Look through a folder for images; a running look through the same folder is answered."""
    require(request, IMPORT)
    dataset = get_object_or_404(Dataset, pk=dataset_id)
    refuse_too_many(FolderImport, request.user)
    try:
        job = start_finding(dataset, **body.model_dump(), by=request.user)
    except BadFolder as problem:
        raise Refusal(422, "invalid", str(problem)) from problem
    return Status(201, _import(job.pk))


@router.get("/imports", response=ImportPage)
def list_imports(
    request,
    dataset: After | None = None,
    status: JobState | None = None,
    after: After = 0,
    limit: Limit = 100,
):
    """Imports, running and ended."""
    require(request, IMPORT)
    imports = only(FolderImport.objects.values(*IMPORT_ROW), dataset=dataset, status=status)
    return json_answer(request, page_of(imports, after, limit))


@router.get("/imports/{int:import_id}", response=ImportDocument)
def get_import(request, import_id: int):
    """How far an import is, and what was found."""
    require(request, IMPORT)
    return json_answer(request, _import(import_id))


@router.get("/imports/{int:import_id}/files", response=FilePage)
def list_files(
    request,
    import_id: int,
    q: Part = "",
    folder: Part = "",
    state: State | None = None,
    outcome: Outcome | None = None,
    after: After = 0,
    limit: Limit = 100,
):
    """The files that were found, in the order of their paths."""
    require(request, IMPORT)
    job = get_object_or_404(FolderImport, pk=import_id)
    files = only(_files(job, q=q, folder=folder, state=state), outcome=outcome)
    page = page_of(files.values(*FILE), after, limit)
    deselected = deselected_among(job, [file["id"] for file in page["items"]])
    for file in page["items"]:
        file["selected"] = file["selected"] and file["id"] not in deselected
    return json_answer(request, page)


@router.get(
    "/imports/{int:import_id}/files/{int:file_id}/picture",
    response={200: None},
    openapi_extra=bytes_of("image/*"),
)
def get_found_picture(request, import_id: int, file_id: int):
    """The picture of a found file, before it is imported."""
    require(request, IMPORT)
    return picture_answer(request, _file(import_id, file_id))


@router.get(
    "/imports/{int:import_id}/files/{int:file_id}/thumbnail",
    response={200: None},
    openapi_extra=bytes_of("image/*"),
)
def get_found_thumbnail(request, import_id: int, file_id: int):
    """The same in small."""
    require(request, IMPORT)
    return thumbnail_answer(request, _file(import_id, file_id))


@router.post("/imports/{int:import_id}/select", response=Selected)
def select_files(request, import_id: int, body: Selection):
    """Select or deselect files, any number at once; new and moved ones are from the start."""
    require(request, IMPORT)
    job = get_object_or_404(FolderImport, pk=import_id)
    which = body.files.model_dump()
    if which["ids"] is not None and (which["q"] or which["folder"] or which["state"]):
        raise Refusal(422, "invalid", "Name files by their ids or by what they are, not by both.")
    if not select(job, _files(job, **which), body.selected):
        raise Refusal(409, "not_possible", "The files of this import are chosen already.")
    return {"selected": count_selected(job)}


@router.post("/imports/{int:import_id}/upload", response=ImportDocument)
def upload_selected(request, import_id: int):
    """Import what is selected."""
    require(request, IMPORT)
    job = get_object_or_404(FolderImport, pk=import_id)
    if job.stage == FolderImport.Stage.FOUND and not count_selected(job):
        raise Refusal(409, "not_possible", "No file is selected.")
    if not start_importing(job, by=request.user):
        message = f"This import is not waiting for it: {job.get_stage_display().lower()}."
        raise Refusal(409, "not_possible", message, stage=job.stage, status=job.status)
    return _import(job.pk)


def _import(pk):
    job = get_object_or_404(FolderImport, pk=pk)
    row = {name: getattr(job, name) for name in IMPORT_ROW if name != "dataset"}
    return row | {
        "dataset": job.dataset_id,
        "files": job.count_files(),
        "selected": count_selected(job),
    }


def _files(job, *, ids=None, q="", folder="", state=None):
    files = job.found_files.all()
    if ids is not None:
        return files.filter(pk__in=ids)
    if folder:
        files = files.below(prefix_of(job, folder.strip("/")))
    if state:
        files = files.filter(state=state)
    return files.matching(q, job.folder) if q else files


def _file(import_id, file_id):
    return get_object_or_404(FoundFile, folder_import=import_id, pk=file_id)
