"""The pages that staff import a folder with: choose it, look at what was found, upload.

They need no script. Scripts only save reloads: htmx fetches the same pages and takes
the part it wants from them.
"""

from functools import wraps
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from datasets.admin.folder_picker import FolderPicker
from datasets.admin.found_relations import described
from datasets.admin.found_table import FoundTable
from datasets.admin.jobs import state_in_words
from datasets.forms import FolderForm
from datasets.importing import start_finding, start_importing
from datasets.models import Dataset, FolderImport, FoundFile
from datasets.serving import picture_answer, thumbnail_answer

Stage, Status = FolderImport.Stage, FolderImport.Status

SECONDS_A_WORKER_MAY_TAKE = 15
MANY_FILES = 200_000


def for_importers(view):
    """Whoever may change datasets may import into them."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not request.user.has_perm("datasets.change_dataset"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


def choose_folder(request, dataset_id):
    """Choose the folder, and start to look through it."""
    dataset = get_object_or_404(Dataset, pk=dataset_id)
    picker = FolderPicker(request.GET)
    form = FolderForm(request.POST or None, initial={"folder": picker.folder or ""})
    if request.method == "POST" and form.is_valid():
        job = start_finding(
            dataset,
            form.cleaned_data["folder"],
            recursive=request.POST.get("how") != "flat",
            verify=form.cleaned_data["verify"],
            by=request.user,
        )
        return redirect("admin:datasets_folderimport_change", job.pk)
    context = {
        "title": "Import images",
        "subtitle": str(dataset),
        "dataset": dataset,
        "form": form,
        "picker": picker,
        "earlier": _earlier(dataset),
    }
    return _page(request, "choose_folder", context)


def _earlier(dataset):
    jobs = dataset.folder_imports.order_by("-pk")[:5]
    return [(job, *import_in_words(job)) for job in jobs]


def import_page(request, job):
    """One import, whatever it is doing: progress, the table of files, the result."""
    table = FoundTable(job, request.GET)
    rows = list(table.rows())
    context = _facts(job, table) | {"rows": rows, "poll": _poll(job, table, len(rows))}
    if job.recursive and request.htmx.target != "files":
        context["folders"] = table.folders(request.GET.get("after", ""))
    context |= {"title": "Import images", "subtitle": str(job.dataset), "dataset": job.dataset}
    looked_at = request.GET.get("look", "")
    if _is_id(looked_at) and (file := job.found_files.filter(pk=looked_at).first()):
        context["look"] = _look(job, file)
    return _page(request, "import_page", context)


def _look(job, file):
    """What is shown of one file beside the table."""
    (look,) = described(job, [file])
    url = reverse("admin:datasets_folderimport_picture", args=[file.folder_import_id, file.pk])
    picture = url if file.sha256 else None  # without one, the file could not be read
    return look | {"picture": picture}


def _page(request, name, context):
    context = admin.site.each_context(request) | context
    # The table needs the width.
    context["is_nav_sidebar_enabled"] = False
    return render(request, f"admin/datasets/import/{name}.html", context)


def _facts(job, table):
    """What the templates say about an import, beside its files."""
    tone, words = import_in_words(job)
    waited = (timezone.now() - job.created_at).total_seconds()
    return {
        "job": job,
        "tone": tone,
        "state": words,
        "table": table,
        "result": table.result() if job.stage == Stage.DONE else None,
        "may_select": job.stage in (Stage.FINDING, Stage.FOUND),
        "may_upload": job.stage == Stage.FOUND and not job.is_active,
        "may_start_again": job.is_stopped,
        "nobody_works": job.status == Status.QUEUED and waited > SECONDS_A_WORKER_MAY_TAKE,
    }


def import_in_words(job):
    """(tone, words) for an import."""
    if job.status == Status.DONE and job.stage == Stage.FOUND:
        return "warn", "Ready to upload"
    if job.status == Status.DONE:
        return "good", job.get_stage_display()
    return state_in_words(job, doing=job.get_stage_display())


def progress(request, job):
    """What is new since the page was shown, asked for every second.

    Nothing that is on the page is replaced by it but numbers and words, so that what has the
    focus, is being typed or clicked stays. What changes more than that loads the page anew.
    """
    table = FoundTable(job, request.GET)
    before, shown = request.GET.get("stage"), sum(_numbers(request.GET, "rows"))
    has_found = before == Stage.FINDING and job.stage == Stage.FOUND and table.total
    if not has_found and not (job.is_active and job.stage == before):
        return HttpResponse(headers={"HX-Refresh": "true"})
    rows = list(table.rows())[shown:] if before == Stage.FINDING and table.grows else []
    facts = _facts(job, table) | {"rows": rows, "poll": _poll(job, table, shown + len(rows))}
    facts["more_pages"] = table.page.next and "more" not in request.GET
    answer = render(request, "admin/datasets/import/_news.html", facts)
    if has_found:
        answer["HX-Trigger"] = "chosen"  # for the folders
    return answer


def _poll(job, table, shown):
    """How an active import is asked for news; `shown` rows are on the page."""
    if not job.is_active:
        return None
    url = reverse("admin:datasets_folderimport_progress", args=[job.pk])
    told = {"stage": job.stage, "rows": shown} | ({"more": 1} if table.page.next else {})
    seconds = 1 if table.total < MANY_FILES else 3  # counting them takes its time, too
    if not table.total:
        seconds = 0.4  # the first rows are waited for
    return {"url": f"{url}?{table.query()}&{urlencode(told)}", "rows": shown, "seconds": seconds}


@require_POST
def select(request, pk):
    """Select or deselect: the rows that were ticked, the page, all that match, a folder."""
    job = get_object_or_404(FolderImport, pk=pk, stage__in=(Stage.FINDING, Stage.FOUND))
    table = FoundTable(job, request.POST)
    table.choose(request.POST, _numbers(request.POST, "row"), _numbers(request.POST, "chosen"))
    if request.htmx.target == "selection":
        answer = render(request, "admin/datasets/import/_selection.html", _facts(job, table))
        answer["HX-Trigger"] = "chosen"  # for the folders
        return answer
    return _back(job, table)


@require_safe
def folders(request, pk):
    """The level of folders that the page shows, with the numbers of now."""
    job = get_object_or_404(FolderImport, pk=pk)
    table = FoundTable(job, request.GET)
    context = _facts(job, table) | {"folders": table.folders(request.GET.get("after", ""))}
    return render(request, "admin/datasets/import/_folders.html", context)


def _numbers(params, name):
    return [int(value) for value in params.getlist(name) if _is_id(value)]


def _is_id(value):
    """Whether the database has numbers like this one."""
    return value.isascii() and value.isdigit() and len(value) < 19


def _back(job, table=None):
    url = reverse("admin:datasets_folderimport_change", args=[job.pk])
    return redirect(f"{url}?{table.query()}" if table and table.query() else url)


@require_POST
def upload(request, pk):
    """Import what is selected; the ticks of the page that was shown count too."""
    job = get_object_or_404(FolderImport, pk=pk)
    table = FoundTable(job, request.POST)
    if job.stage == Stage.FOUND:
        table.keep(_numbers(request.POST, "row"), _numbers(request.POST, "chosen"))
    if not table.selected:
        messages.warning(request, "No image is selected. Select at least one, then upload.")
        return _back(job, table)
    if not start_importing(job, by=request.user):
        messages.warning(request, "This import has been started already.")
    return _back(job)


@require_safe
def look(request, pk, file_id):
    """One file, to be shown beside the table."""
    files = FoundFile.objects.select_related("folder_import")
    file = get_object_or_404(files, folder_import=pk, pk=file_id)
    if not request.htmx:
        url = reverse("admin:datasets_folderimport_change", args=[pk])
        return redirect(f"{url}?look={file_id}")
    return render(
        request, "admin/datasets/import/_look.html", {"look": _look(file.folder_import, file)}
    )


@require_safe
def picture(request, pk, file_id):
    """The picture of a found file; its path comes from our row and is opened below a root."""
    file = get_object_or_404(FoundFile, folder_import=pk, pk=file_id)
    return picture_answer(request, file)


@require_safe
def thumbnail(request, pk, file_id):
    """The same in small, made when it is first asked for."""
    file = get_object_or_404(FoundFile, folder_import=pk, pk=file_id)
    return thumbnail_answer(request, file)
