"""Exports in the admin: asking for one, its progress, and the file when it is done."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from datasets.admin.display import moment
from datasets.jobs import enqueue
from labeling.admin.export_forms import CHOICES, ExportForm, in_words
from labeling.admin.jobs import AskedJobAdmin
from labeling.downloading import download_answer
from labeling.exporting import delete_exports
from labeling.manifest import manifest_path
from labeling.models import Export


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
            "list_url": reverse("admin:labeling_export_changelist"),
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
class ExportAdmin(AskedJobAdmin):
    """An export is asked for and deleted, never changed."""

    templates = "admin/labeling/export"
    doing = "Writing"
    verb = "Export"
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
    search_fields = ("label_task__title", "sha256")
    search_help_text = "Search by task, or by the SHA-256 of a file."

    def pages(self):
        files = {"download": self.download_view, "manifest": self.manifest_view}
        return super().pages() | files

    def save_model(self, request, obj, form, change):
        enqueue(obj, created_by=request.user)

    def delete_queryset(self, request, queryset):
        delete_exports(queryset)

    def facts(self, request, job):
        return super().facts(request, job) | {"choices": list(in_words(job.chosen))}

    def download_view(self, request, pk):
        export = self.job_of(request, pk)
        return self._send(request, export, export.path, f'"{export.sha256}"')

    def manifest_view(self, request, pk):
        export = self.job_of(request, pk)
        path = export.path and manifest_path(export.path)
        return self._send(request, export, path, f'"{export.sha256}-manifest"')

    def _send(self, request, export, file, etag):
        """The file as an attachment; a download that broke off can be gone on with."""
        answer = download_answer(request, file, etag)
        if answer is None:
            messages.error(request, "There is no file of this export. Make a new one.")
            return redirect(self.url(export))
        return answer

    # The list

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
        return moment(export.created_at)

    @admin.display(description="", empty_value="")
    def file(self, export):
        if not export.path:
            return ""
        return format_html('<a href="{}">Download</a>', self.url(export, "download"))
