"""Checks of images in the admin: starting one, its progress, and what came of it."""

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html

from datasets.admin import jobs
from datasets.admin.display import IMAGE_TONES, NeverEdited, list_url, moment, object_link
from datasets.checking import not_in_order, start_check
from datasets.models import Dataset, Image, ImageCheck

ROWS_SHOWN = 200


@admin.register(ImageCheck)
class ImageCheckAdmin(NeverEdited, jobs.JobAdmin):
    """Checks, running and ended: to look at, cancel and start again; never to edit."""

    templates = "admin/datasets/check"
    list_display = ("check_link", "state", "what", "started")
    list_display_links = None
    list_filter = ("status", "dataset")
    list_per_page = 25
    list_select_related = ("dataset", "created_by")
    show_full_result_count = False
    sortable_by = ()

    def show(self, request, job):
        """With what is not in order, if anything."""
        images = not_in_order(job.dataset)[:ROWS_SHOWN]
        rows = [(image, object_link(image), IMAGE_TONES[image.state]) for image in images]
        facts = self.facts(request, job) | {"title": "Check images", "rows": rows}
        return _page(request, "page", facts | {"dataset": job.dataset})

    def facts(self, request, job):
        of_dataset = {"dataset__id__exact": job.dataset_id}
        troubles = [
            (state, number, list_url(Image, state__exact=state, **of_dataset))
            for state, number in _troubles(job).items()
            if number
        ]
        return super().facts(request, job) | {"troubles": troubles, "rows_shown": ROWS_SHOWN}

    def in_words(self, job):
        return check_in_words(job)

    @admin.display(description="dataset")
    def check_link(self, job):
        return format_html('<a href="{}">{}</a>', self.url(job), job.dataset)

    @admin.display(description="result")
    def what(self, job):
        return job.error or (", ".join(_in_words(job)) if job.states else job.message) or None

    def started(self, job):
        when = moment(job.created_at)
        return f"{when} by {job.created_by}" if job.created_by else when


@admin.action(permissions=["change"], description="Check images: there, and unchanged?")
def check_images(model_admin, request, queryset):
    """For the list of datasets: check each of the chosen ones."""
    started = [start_check(dataset, by=request.user) for dataset in queryset]
    if len(started) == 1:
        return redirect("admin:datasets_imagecheck_change", started[0].pk)
    messages.success(request, f"{len(started)} datasets are being checked.")
    return redirect("admin:datasets_imagecheck_changelist")


def check_in_words(job):
    """(tone, words) for a check."""
    if job.status != ImageCheck.Status.DONE:
        return jobs.state_in_words(job, doing="Checking")
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
    earlier = [(job, *check_in_words(job)) for job in dataset.checks.order_by("-pk")[:5]]
    context = {"title": "Check images", "dataset": dataset, "earlier": earlier}
    return _page(request, "start", context | {"n_images": dataset.images.count()})


def _page(request, name, context):
    context = admin.site.each_context(request) | {"subtitle": str(context["dataset"])} | context
    return render(request, f"admin/datasets/check/{name}.html", context)
