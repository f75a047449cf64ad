"""Checks of images in the admin: starting one, its progress, and what came of it."""

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST, require_safe

from datasets.admin.display import IMAGE_TONES, list_url, object_link
from datasets.admin.import_pages import for_importers
from datasets.checking import not_in_order, start_check
from datasets.jobs import start_again
from datasets.models import Dataset, Image, ImageCheck

Status = ImageCheck.Status
TONES = {Status.FAILED: "bad", Status.CANCELLED: "warn"}
ROWS_SHOWN = 200


@admin.register(ImageCheck)
class ImageCheckAdmin(admin.ModelAdmin):
    """Checks, running and ended: to look at, cancel and start again; never to edit."""

    list_display = ("check_link", "state", "what", "started")
    list_display_links = None
    list_filter = ("status", "dataset")
    list_per_page = 25
    list_select_related = ("dataset", "created_by")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)
    sortable_by = ()

    # Whoever may change datasets may check them, as with imports.

    def has_module_permission(self, request):
        return request.user.has_perm("datasets.change_dataset")

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("datasets.change_dataset")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        pages = {"change": check_page, "progress": progress, "cancel": cancel, "again": again}
        return [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(for_importers(view)),
                name=f"datasets_imagecheck_{name}",
            )
            for name, view in pages.items()
        ] + super().get_urls()

    @admin.display(description="dataset")
    def check_link(self, job):
        url = reverse("admin:datasets_imagecheck_change", args=[job.pk])
        return format_html('<a href="{}">{}</a>', url, job.dataset)

    def state(self, job):
        return format_html('<span class="badge {}">{}</span>', *state_in_words(job))

    @admin.display(description="result")
    def what(self, job):
        return job.error or (", ".join(_in_words(job)) if job.states else job.message) or None

    def started(self, job):
        when = date_format(localtime(job.created_at), "j M Y, H:i")
        return f"{when} by {job.created_by}" if job.created_by else when


@admin.action(permissions=["change"], description="Check images: there, and unchanged?")
def check_images(model_admin, request, queryset):
    """For the list of datasets: check each of the chosen ones."""
    jobs = [start_check(dataset, by=request.user) for dataset in queryset]
    if len(jobs) == 1:
        return redirect("admin:datasets_imagecheck_change", jobs[0].pk)
    messages.success(request, f"{len(jobs)} datasets are being checked.")
    return redirect("admin:datasets_imagecheck_changelist")


def state_in_words(job):
    """(tone, words) for a check."""
    if job.cancel_requested and job.is_active:
        return "warn", "Cancelling"
    if job.is_active:
        words = "Waiting for a worker" if job.status == Status.QUEUED else "Checking"
        return "calm", words
    if job.status != Status.DONE:
        return TONES[job.status], job.get_status_display()
    if any(_troubles(job).values()):
        return "bad", "Not all in order"
    return ("warn", "Not all looked at") if job.away else ("good", "All in order")


def _troubles(job):
    """{state: how many} of the images that were not in order when the check ended."""
    states = job.states or {}
    return {state: states.get(state, 0) for state in Image.State.values if state != Image.State.OK}


def _in_words(job):
    words = [f"{number:,} {state}" for state, number in _troubles(job).items() if number]
    if job.moved:
        words.append(f"{job.moved:,} seen elsewhere")
    if job.restored:
        words.append(f"{job.restored:,} back in order")
    if away := sum(job.away.values()):
        words.append(f"{away:,} not looked at")
    return words or ["all in order"]


def start(request, dataset_id):
    """Choose how thoroughly to look, and start."""
    dataset = get_object_or_404(Dataset, pk=dataset_id)
    if request.method == "POST":
        job = start_check(dataset, verify=request.POST.get("how") == "verify", by=request.user)
        return redirect("admin:datasets_imagecheck_change", job.pk)
    earlier = [(job, *state_in_words(job)) for job in dataset.checks.order_by("-pk")[:5]]
    context = {"title": "Check images", "dataset": dataset, "earlier": earlier}
    return _page(request, "start", context | {"n_images": dataset.images.count()})


@require_safe
def check_page(request, pk):
    """One check: how far it is, and what is not in order."""
    job = get_object_or_404(ImageCheck.objects.select_related("dataset", "created_by"), pk=pk)
    images = not_in_order(job.dataset)[:ROWS_SHOWN]
    rows = [(image, object_link(image), IMAGE_TONES[image.state]) for image in images]
    context = _facts(job) | {"title": "Check images", "dataset": job.dataset, "rows": rows}
    return _page(request, "check_page", context)


def _page(request, name, context):
    context = admin.site.each_context(request) | {"subtitle": str(context["dataset"])} | context
    return render(request, f"admin/datasets/check/{name}.html", context)


def _facts(job):
    tone, words = state_in_words(job)
    of_dataset = {"dataset__id__exact": job.dataset_id}
    troubles = [
        (state, number, list_url(Image, state__exact=state, **of_dataset))
        for state, number in _troubles(job).items()
        if number
    ]
    return {"job": job, "tone": tone, "state": words, "troubles": troubles} | {
        "may_start_again": job.status in (Status.FAILED, Status.CANCELLED),
        "rows_shown": ROWS_SHOWN,
    }


@require_safe
def progress(request, pk):
    """The part of the page that is asked for every second; at the end the page loads anew."""
    job = get_object_or_404(ImageCheck, pk=pk)
    answer = render(request, "admin/datasets/check/_progress.html", _facts(job))
    if not job.is_active:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def cancel(request, pk):
    job = get_object_or_404(ImageCheck, pk=pk)
    job.cancel()
    return redirect("admin:datasets_imagecheck_change", pk)


@require_POST
def again(request, pk):
    if not start_again(get_object_or_404(ImageCheck, pk=pk)):
        messages.warning(request, "This check is not stopped, so it cannot be started again.")
    return redirect("admin:datasets_imagecheck_change", pk)
