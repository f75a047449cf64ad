"""Imports of labels in the admin: asking for one, its progress, and what became of every item."""

import re
import shutil

import orjson
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from accounts.models import User
from datasets.jobs import enqueue
from labeling.importing import labels_below_root
from labeling.imports import FORMATS
from labeling.models import LabelImport
from labeling.resolving import Refused

LARGEST_UPLOAD = 200 << 20
TONES = {"done": "good", "failed": "bad", "cancelled": "warn"}
FIELDS = ("label_task", "format", "path", "upload", "kind", "labeler", "model")
CHOICES = ("classes", "create_classes", "boxes", "submit", "dry_run")


class LabelImportForm(forms.ModelForm):
    format = forms.ChoiceField(
        choices=[(name, f"{kind.title}: {kind.hint}") for name, kind in FORMATS.items()],
        initial="coco",
        widget=forms.RadioSelect,
    )
    path = forms.CharField(
        label="File or folder",
        required=False,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        help_text="Its path below an image root; a zip file will do too. Or upload it:",
    )
    upload = forms.FileField(
        required=False, help_text=f"A file or zip file of at most {LARGEST_UPLOAD >> 20} MB."
    )
    labeler = forms.ModelChoiceField(
        User.objects.filter(assignments__isnull=False).distinct().order_by("email"),
        required=False,
        empty_label="(those whom an S3Label JSON file names)",
        help_text="Whose work it becomes.",
    )
    classes = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One in each line: name in the file = class of the task. Nothing behind the "
        "sign leaves the class out.",
    )

    class Meta:
        model = LabelImport
        fields = ("label_task", *FIELDS[1:3], *FIELDS[4:], *CHOICES[1:])
        widgets = {"kind": forms.RadioSelect}

    def clean_path(self):
        path = self.cleaned_data["path"].strip()
        try:
            return labels_below_root(path) if path else ""
        except Refused as problem:
            raise forms.ValidationError(str(problem)) from None

    def clean_upload(self):
        upload = self.cleaned_data["upload"]
        if upload and upload.size > LARGEST_UPLOAD:
            raise forms.ValidationError("That is too large. Put it below an image root instead.")
        return upload

    def clean_classes(self):
        renames = {}
        for line in self.cleaned_data["classes"].splitlines():
            theirs, equals, ours = (part.strip() for part in line.rpartition("="))
            if line.strip() and not (theirs and equals):
                raise forms.ValidationError(f"Write “{line.strip()[:100]}” as name = class.")
            if line.strip():
                renames[theirs] = ours
        return renames

    def clean(self):
        data = super().clean()
        if "path" in data and "upload" in data and bool(data["path"]) == bool(data["upload"]):
            self.add_error("path", "Write a path, or upload a file.")
        if data.get("kind") == "predictions":
            data["labeler"], data["submit"] = None, False
            if not data.get("model"):
                self.add_error("model", "Say which model, and which version of it.")
        else:
            data["model"] = ""
        return data

    def save(self, commit=True):
        self.instance.renames = orjson.dumps(self.cleaned_data["classes"]).decode()
        return super().save(commit)


@admin.register(LabelImport)
class LabelImportAdmin(admin.ModelAdmin):
    """An import is asked for, never changed; what it brought in stays when it is deleted."""

    form = LabelImportForm
    fieldsets = (
        (None, {"fields": FIELDS}),
        ("More choices", {"fields": CHOICES, "classes": ["collapse"]}),
    )
    autocomplete_fields = ("label_task",)
    add_form_template = "admin/labeling/labelimport/add_form.html"
    list_display = ("label_task", "what", "kind", "source_name", "state", "n_added", "created_at")
    list_filter = ("status", "kind")
    list_select_related = ("label_task",)
    ordering = ("-pk",)
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("label_task__title",)

    class Media:
        css = {"all": ["labeling/admin/exports.css"]}

    def get_urls(self):
        pages = {
            "progress": self.progress_view,
            "cancel": self.cancel_view,
            "again": self.again_view,
        }
        return [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"labeling_labelimport_{name}",
            )
            for name, view in pages.items()
        ] + super().get_urls()

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        is_running = obj is not None and obj.is_active
        return super().has_delete_permission(request, obj) and not is_running

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        for name in ("label_task", "labeler"):
            for what in ("add", "change", "view"):
                if name in form.base_fields:
                    setattr(form.base_fields[name].widget, f"can_{what}_related", False)
        return form

    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, form_url, {"title": "Import labels"})

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": "Imports of labels"})

    def save_model(self, request, obj, form, change):
        upload = form.cleaned_data["upload"]
        obj.created_by = request.user
        if upload:
            obj.path, obj.upload_name = "", re.sub(r"[^\w.-]", "_", upload.name)[-100:]
            obj.save()
            obj.place.parent.mkdir(parents=True, exist_ok=True)
            with obj.place.open("wb") as file:
                shutil.copyfileobj(upload, file)
        enqueue(obj)

    def response_add(self, request, obj, post_url_continue=None):
        return redirect("admin:labeling_labelimport_change", obj.pk)

    def delete_model(self, request, obj):
        self.delete_queryset(request, LabelImport.objects.filter(pk=obj.pk))

    def delete_queryset(self, request, queryset):
        ended = queryset.exclude(status__in=("queued", "running"))
        places = [one.place for one in ended if one.upload_name]
        ended.delete()
        for place in places:
            shutil.rmtree(place.parent, ignore_errors=True)

    # The page of one import

    def change_view(self, request, object_id, form_url="", extra_context=None):
        # Django's own URL of this page takes any text.
        if not re.fullmatch("[0-9]{1,18}", object_id):
            raise Http404
        found = self._import(request, object_id)
        context = self.admin_site.each_context(request) | self._facts(request, found)
        context["title"] = str(found)
        return TemplateResponse(request, "admin/labeling/labelimport/import_page.html", context)

    def progress_view(self, request, pk):
        """The part of the page that is asked for every second; at the end the page loads anew."""
        found = self._import(request, pk)
        facts = self._facts(request, found)
        answer = render(request, "admin/labeling/labelimport/_progress.html", facts)
        if not found.is_active:
            answer["HX-Refresh"] = "true"
        return answer

    def cancel_view(self, request, pk):
        self._import(request, pk, to_change=True).cancel()
        return redirect("admin:labeling_labelimport_change", pk)

    def again_view(self, request, pk):
        found = self._import(request, pk, to_change=True)
        if found.may_start_again:
            enqueue(found)
        return redirect("admin:labeling_labelimport_change", pk)

    def _import(self, request, pk, to_change=False):
        if to_change and (request.method != "POST" or not self.has_add_permission(request)):
            raise PermissionDenied
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = LabelImport.objects.select_related("label_task", "labeler", "created_by")
        return get_object_or_404(rows, pk=pk)

    def _facts(self, request, found):
        may_add = self.has_add_permission(request)
        return {
            "found": found,
            "opts": LabelImport._meta,
            "media": self.media,
            "outcome": found.outcome,
            "renames": orjson.loads(found.renames),
            "tone": TONES.get(found.status, "calm"),
            "may_cancel": may_add,
            "may_start_again": may_add and found.may_start_again,
            "may_delete": self.has_delete_permission(request, found),
            "list_url": reverse("admin:labeling_labelimport_changelist"),
        }

    # The list

    @admin.display(description="format", ordering="format")
    def what(self, found):
        return found.format_title

    @admin.display(description="state", ordering="status")
    def state(self, found):
        tone = TONES.get(found.status, "calm")
        return format_html('<span class="badge {}">{}</span>', tone, found.get_status_display())
