"""Imports of labels in the admin: asking for one, its progress, and what became of every item."""

import re

import orjson
from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.files import File
from django.forms import model_to_dict
from django.urls import reverse

from accounts.models import User
from datasets.admin.jobs import state_in_words
from labeling.admin.jobs import AskedJobAdmin
from labeling.importing import labels_below_root
from labeling.imports import FORMATS
from labeling.models import LabelImport
from labeling.resolving import Refused
from labeling.uploading import delete_imports, start_import

FIELDS = ("label_task", "format", "path", "upload", "kind", "labeler", "model")
HIDDEN = ("earlier",)
CHOICES = ("classes", "create_classes", "boxes", "submit", "dry_run", "padding", "their_task")
# What another import takes over from one that failed, as it is.
KEPT = (*FIELDS[:3], *FIELDS[4:], *CHOICES[1:])


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

    # Its uploaded file is read again.
    earlier = forms.ModelChoiceField(
        LabelImport.objects.exclude(upload_name=""), required=False, widget=forms.HiddenInput
    )

    class Meta:
        model = LabelImport
        fields = ("label_task", *FIELDS[1:3], *FIELDS[4:], *CHOICES[1:])
        widgets = {"kind": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        earlier = self.get_initial_for_field(self.fields["earlier"], "earlier")
        if earlier:
            words = f"Nothing here and no path: {earlier.upload_name} is read again."
            self.fields["upload"].help_text = words

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

    def clean_earlier(self):
        earlier = self.cleaned_data["earlier"]
        if earlier and not earlier.place.is_file():
            raise forms.ValidationError("The file of that import is gone; upload it again.")
        return earlier

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
        given = [bool(data[name]) for name in ("path", "upload") if name in data]
        is_one = sum(given) == 1 or (not any(given) and data.get("earlier"))
        if len(given) == 2 and not is_one:
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
    chosen_only = ("label_task", "labeler")
    form = LabelImportForm
    fieldsets = (
        (None, {"fields": FIELDS + HIDDEN}),
        ("More choices", {"fields": CHOICES, "classes": ["collapse"]}),
    )
    autocomplete_fields = ("label_task",)
    list_display = ("label_task", "what", "kind", "source_name", "state", "n_added", "created_at")
    list_filter = ("status", "kind")
    list_select_related = ("label_task", "labeler", "created_by")
    search_fields = ("label_task__title",)

    def save_model(self, request, obj, form, change):
        obj.created_by = request.user
        upload, earlier = form.cleaned_data["upload"], form.cleaned_data["earlier"]
        if upload or obj.path or earlier is None:
            start_import(obj, upload)
        else:
            with earlier.place.open("rb") as file:
                start_import(obj, File(file, earlier.upload_name))

    def get_changeform_initial_data(self, request):
        """With ?again=, all that a stopped import was asked for."""
        job = self.earlier(request)
        if job is None:
            return super().get_changeform_initial_data(request)
        lines = (f"{theirs} = {ours}" for theirs, ours in job.proposed_renames().items())
        return model_to_dict(job, KEPT) | {
            "classes": "\n".join(lines),
            "earlier": job if job.upload_name else None,
        }

    def earlier(self, request):
        """The stopped import that is corrected, or None."""
        number = request.GET.get("again", "")
        return self.job_of(request, number) if re.fullmatch("[0-9]{1,18}", number) else None

    def add_view(self, request, form_url="", extra_context=None):
        """Beside what was asked for stands why it was not done."""
        job = self.earlier(request)
        return super().add_view(request, form_url, {"problem": job.error if job else ""})

    def get_fieldsets(self, request, obj=None):
        """Somebody who corrects an import sees all that there is to correct."""
        if "again" in request.GET:
            return [(title, about | {"classes": []}) for title, about in self.fieldsets]
        return super().get_fieldsets(request, obj)

    def delete_queryset(self, request, queryset):
        delete_imports(queryset)

    def in_words(self, job):
        doing = "Looking for the images" if job.total is None else "Storing"
        return state_in_words(job, doing)

    def facts(self, request, job):
        found = {"outcome": job.outcome, "renames": orjson.loads(job.renames)}
        if self.has_add_permission(request):
            add = reverse("admin:labeling_labelimport_add")
            found["change_url"] = f"{add}?again={job.pk}"
        return super().facts(request, job) | found
