from django import forms
from django.utils import timezone

from datasets.models import WatchedFolder
from datasets.roots import BadFolder, find_folder

LONGEST_PATH = 4096


class FolderForm(forms.Form):
    """The folder to import from; only one below an image root is let through."""

    folder = forms.CharField(
        max_length=LONGEST_PATH,
        # A folder's name may end in a space.
        strip=False,
        error_messages={"required": "Choose a folder below, or write its path."},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "class": "folder-field"}
        ),
    )

    verify = forms.BooleanField(
        required=False,
        label="Read files again that look unchanged",
        help_text="Finds damage that kept a file's size and time; takes as long as the first time.",
    )

    def clean_folder(self):
        return given_folder(self.cleaned_data["folder"])


class WatchedFolderForm(forms.ModelForm):
    class Meta:
        model = WatchedFolder
        fields = ("folder", "recursive", "every_minutes", "is_active")
        widgets = {"folder": forms.TextInput(attrs={"spellcheck": "false", "class": "vTextField"})}

    def clean_folder(self):
        given = self.cleaned_data["folder"]
        # One that is away at the moment can still be paused.
        return given if "folder" not in self.changed_data else given_folder(given)

    def save(self, commit=True):
        self.instance.next_at = timezone.now()
        return super().save(commit)


def given_folder(given):
    """The folder below a root that a person means; a pasted path often brings a space along."""
    try:
        return find_folder(given)
    except BadFolder as problem:
        if given != given.strip():
            return given_folder(given.strip())
        raise forms.ValidationError(str(problem)) from problem
