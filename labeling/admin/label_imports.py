"""Imports of labels in the admin: asking for one, its progress, and what became of every item."""

import orjson
from django import forms
from django.conf import settings
from django.contrib import admin

from accounts.models import User
from datasets.admin.jobs import state_in_words
from labeling.admin.jobs import AskedJobAdmin
from labeling.importing import labels_below_root
from labeling.imports import FORMATS
from labeling.models import LabelImport
from labeling.resolving import Refused
from labeling.uploading import delete_imports, start_import

FIELDS = ("label_task", "format", "path", "upload", "kind", "labeler", "model")
CHOICES = ("classes", "create_classes", "boxes", "submit", "dry_run", "padding", "their_task")


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
        required=False,
        help_text=f"A file or zip file of at most {settings.LARGEST_UPLOAD >> 20} MB.",
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
        if upload and upload.size > settings.LARGEST_UPLOAD:
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
        else:
            data["model"] = ""
        return data

    def save(self, commit=True):
        self.instance.renames = orjson.dumps(self.cleaned_data["classes"]).decode()
        return super().save(commit)


@admin.register(LabelImport)
class LabelImportAdmin(AskedJobAdmin):
    """An import is asked for, never changed; what it brought in stays when it is deleted."""

    templates = "admin/labeling/labelimport"
    verb = "Import"
    list_title = "Imports of labels"
    chosen_only = ("label_task", "labeler")
    form = LabelImportForm
    fieldsets = (
        (None, {"fields": FIELDS}),
        ("More choices", {"fields": CHOICES, "classes": ["collapse"]}),
    )
    autocomplete_fields = ("label_task",)
    list_display = ("label_task", "what", "kind", "source_name", "state", "n_added", "created_at")
    list_filter = ("status", "kind")
    list_select_related = ("label_task", "labeler", "created_by")
    search_fields = ("label_task__title",)

    def save_model(self, request, obj, form, change):
        obj.created_by = request.user
        start_import(obj, form.cleaned_data["upload"])

    def delete_queryset(self, request, queryset):
        delete_imports(queryset)

    def in_words(self, job):
        doing = "Looking for the images" if job.total is None else "Storing"
        return state_in_words(job, doing)

    def facts(self, request, job):
        found = {"outcome": job.outcome, "renames": orjson.loads(job.renames)}
        return super().facts(request, job) | found
