"""What the admin does alike with jobs of every kind: the page of one, progress, cancel, again."""

import re

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from datasets.jobs import start_again

TONES = {"done": "good", "failed": "bad", "cancelled": "warn"}


def state_in_words(job, doing="Running"):
    """(tone, words) for a job, `doing` what it does while it runs."""
    if job.cancel_requested and job.is_active:
        return "warn", "Cancelling"
    if job.is_active:
        return "calm", "Waiting for a worker" if job.status == job.Status.QUEUED else doing
    return TONES[job.status], job.get_status_display()


class JobAdmin(admin.ModelAdmin):
    """A job is asked for, stopped and started again, never edited."""

    # The folder of page.html and _progress.html, and what they say of a job at work.
    templates = ""
    doing = "Running"
    ordering = ("-pk",)
    show_facets = admin.ShowFacets.NEVER

    def get_urls(self):
        return [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=self._url_name(name))
            for name, view in self.pages().items()
        ] + super().get_urls()

    def pages(self):
        """{name: view} of what there is beside the page of a job."""
        return {
            "progress": self.progress_view,
            "cancel": self.cancel_view,
            "again": self.again_view,
        }

    def _url_name(self, name):
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

    def url(self, job, name="change"):
        return reverse(f"admin:{self._url_name(name)}", args=[job.pk])

    # Whoever may see a job over the API sees it here, and the same for steering it.

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(self.model.permission())

    def has_steer_permission(self, request):
        return request.user.has_perm(self.model.permission(to_steer=True))

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        is_at_work = obj is not None and obj.is_active
        return super().has_delete_permission(request, obj) and not is_at_work

    def job_of(self, request, pk, *, to_steer=False):
        may = self.has_steer_permission if to_steer else self.has_view_permission
        if not may(request):
            raise PermissionDenied
        # The page speaks of the same rows as the list.
        rows = self.model._default_manager.select_related(*self.list_select_related)
        return get_object_or_404(rows, pk=pk)

    @method_decorator(require_safe)
    def change_view(self, request, object_id, form_url="", extra_context=None):
        # Django's own URL of this page takes any text.
        if not re.fullmatch("[0-9]{1,18}", object_id):
            raise Http404
        return self.show(request, self.job_of(request, object_id))

    @method_decorator(require_safe)
    def progress_view(self, request, pk):
        return self.show_progress(request, self.job_of(request, pk))

    @method_decorator(require_POST)
    def cancel_view(self, request, pk):
        job = self.job_of(request, pk, to_steer=True)
        job.cancel()
        return redirect(self.url(job))

    @method_decorator(require_POST)
    def again_view(self, request, pk):
        job = self.job_of(request, pk, to_steer=True)
        if not start_again(job):
            messages.warning(request, "It is not stopped, so it cannot be started again.")
        return redirect(self.url(job))

    def show(self, request, job):
        context = self.admin_site.each_context(request) | self.facts(request, job)
        return render(request, f"{self.templates}/page.html", context)

    def show_progress(self, request, job):
        """The part of the page that is asked for every second; at the end the page loads anew."""
        answer = render(request, self._progress, self.facts(request, job))
        if not job.is_active:
            answer["HX-Refresh"] = "true"
        return answer

    @property
    def _progress(self):
        return f"{self.templates}/_progress.html"

    def facts(self, request, job):
        """What the templates say of a job."""
        tone, words = self.in_words(job)
        may_steer = self.has_steer_permission(request)
        return {
            "job": job,
            "title": str(job),
            "opts": self.opts,
            "media": self.media,
            "tone": tone,
            "state": words,
            "progress": self._progress,
            "urls": {name: self.url(job, name) for name in (*self.pages(), "delete")},
            "list_url": reverse(f"admin:{self._url_name('changelist')}"),
            "may_cancel": may_steer,
            "may_start_again": may_steer and job.is_stopped,
            "may_delete": self.has_delete_permission(request, job),
        }

    def in_words(self, job):
        return state_in_words(job, self.doing)

    @admin.display(description="state", ordering="status")
    def state(self, job):
        return format_html('<span class="badge {}">{}</span>', *self.in_words(job))
