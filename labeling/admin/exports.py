"""Exports in the admin: asking for one, its progress, and the file when it is done."""

import re

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime

from datasets.jobs import enqueue
from labeling.admin.export_forms import CHOICES, ExportForm, in_words
from labeling.downloading import download_answer
from labeling.exporting import delete_exports
from labeling.manifest import manifest_path
from labeling.models import Export

TONES = {"done": "good", "failed": "bad", "cancelled": "warn"}


@admin.action(permissions=["view"], description="Export labels…")
def export_labels(model_admin, request, queryset):
    """For the list of tasks: ask which labels and what format, then make an export of each."""
    if not request.user.has_perm("labeling.add_export"):
        raise PermissionDenied
    form = ExportForm(request.POST if "format" in request.POST else None)
    if not form.is_valid():
        context = model_admin.admin_site.each_context(request) | {
            "opts": Export._meta,
            "title": "Export labels",
            "form": form,
            "main_fields": [form[name] for name in form.Meta.fields],
            "more_fields": [form[name] for name in CHOICES],
            "tasks": queryset,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/labeling/export/choose.html", context)
    choice = form.chosen()
    about = {
        "format": form.cleaned_data["format"],
        "which": choice.status,
        "choice": choice.to_json(),
        "created_by": request.user,
    }
    exports = [enqueue(Export(label_task=task, **about)) for task in queryset]
    if len(exports) == 1:
        return redirect("admin:labeling_export_change", exports[0].pk)
    messages.success(request, f"{len(exports)} exports are being made.")
    return redirect("admin:labeling_export_changelist")


@admin.register(Export)
class ExportAdmin(admin.ModelAdmin):
    """An export is asked for and deleted, never changed."""

    form = ExportForm
    fieldsets = (
        (None, {"fields": ("label_task", "format", "which")}),
        ("More choices", {"fields": CHOICES, "classes": ("collapse",)}),
    )
    autocomplete_fields = ("label_task",)
    list_display = ("label_task", "what", "labels", "state", "contents", "made", "file")
    list_filter = ("status",)
    list_select_related = ("label_task", "created_by")
    list_per_page = 50
    ordering = ("-pk",)
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("label_task__title", "sha256")
    search_help_text = "Search by task, or by the SHA-256 of a file."
    add_form_template = "admin/labeling/export/add_form.html"

    class Media:
        css = {"all": ["labeling/admin/exports.css"]}

    def get_urls(self):
        pages = {
            "progress": self.progress_view,
            "cancel": self.cancel_view,
            "again": self.again_view,
            "download": self.download_view,
            "manifest": self.manifest_view,
        }
        return [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"labeling_export_{name}",
            )
            for name, view in pages.items()
        ] + super().get_urls()

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        is_being_made = obj is not None and obj.is_active
        return super().has_delete_permission(request, obj) and not is_being_made

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if "label_task" in form.base_fields:
            for what in ("add", "change", "view"):
                setattr(form.base_fields["label_task"].widget, f"can_{what}_related", False)
        return form

    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, form_url, {"title": "Export labels"})

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": "Exports"} | (extra_context or {}))

    def save_model(self, request, obj, form, change):
        enqueue(obj, created_by=request.user)

    def response_add(self, request, obj, post_url_continue=None):
        return redirect("admin:labeling_export_change", obj.pk)

    def delete_model(self, request, obj):
        delete_exports(Export.objects.filter(pk=obj.pk))

    def delete_queryset(self, request, queryset):
        delete_exports(queryset)

    # The page of one export

    def change_view(self, request, object_id, form_url="", extra_context=None):
        # Django's own URL of this page takes any text.
        if not re.fullmatch("[0-9]{1,18}", object_id):
            raise Http404
        export = self._export(request, object_id)
        context = self.admin_site.each_context(request) | _facts(request, self, export)
        context["title"] = str(export)
        return TemplateResponse(request, "admin/labeling/export/export_page.html", context)

    def progress_view(self, request, pk):
        """The part of the page that is asked for every second; at the end the page loads anew."""
        export = self._export(request, pk)
        facts = _facts(request, self, export)
        answer = render(request, "admin/labeling/export/_progress.html", facts)
        if not export.is_active:
            answer["HX-Refresh"] = "true"
        return answer

    def cancel_view(self, request, pk):
        export = self._export(request, pk, to_change=True)
        export.cancel()
        return redirect("admin:labeling_export_change", pk)

    def again_view(self, request, pk):
        export = self._export(request, pk, to_change=True)
        if export.may_start_again:
            enqueue(export)
        return redirect("admin:labeling_export_change", pk)

    def download_view(self, request, pk):
        export = self._export(request, pk)
        return self._send(request, export, export.path, f'"{export.sha256}"')

    def manifest_view(self, request, pk):
        export = self._export(request, pk)
        path = export.path and manifest_path(export.path)
        return self._send(request, export, path, f'"{export.sha256}-manifest"')

    def _export(self, request, pk, to_change=False):
        if to_change and (request.method != "POST" or not self.has_add_permission(request)):
            raise PermissionDenied
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(Export.objects.select_related("label_task", "created_by"), pk=pk)

    def _send(self, request, export, file, etag):
        """The file as an attachment; a download that broke off can be gone on with."""
        answer = download_answer(request, file, etag)
        if answer is None:
            messages.error(request, "There is no file of this export. Make a new one.")
            return redirect("admin:labeling_export_change", export.pk)
        return answer

    # The list

    @admin.display(description="format", ordering="format")
    def what(self, export):
        return export.format_title

    @admin.display(description="state", ordering="status")
    def state(self, export):
        tone = TONES.get(export.status, "calm")
        return format_html('<span class="badge {}">{}</span>', tone, export.get_status_display())

    @admin.display(ordering="which")
    def labels(self, export):
        return export.which_in_short

    @admin.display(ordering="n_shapes")
    def contents(self, export):
        if not export.path:
            return None
        size = filesizeformat(export.byte_size)
        return f"{export.n_images:,} images, {export.n_shapes:,} shapes, {size}"

    @admin.display(ordering="created_at")
    def made(self, export):
        return date_format(localtime(export.created_at), "j M Y H:i")

    @admin.display(description="", empty_value="")
    def file(self, export):
        if not export.path:
            return ""
        url = reverse("admin:labeling_export_download", args=[export.pk])
        return format_html('<a href="{}">Download</a>', url)


def _facts(request, model_admin, export):
    """What the templates say about an export."""
    return {
        "export": export,
        "opts": Export._meta,
        "choices": list(in_words(export.chosen)),
        "media": model_admin.media,
        "tone": TONES.get(export.status, "calm"),
        "may_cancel": model_admin.has_add_permission(request),
        "may_start_again": model_admin.has_add_permission(request) and export.may_start_again,
        "may_delete": model_admin.has_delete_permission(request, export),
    }
