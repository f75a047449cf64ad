from django import forms

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
        given = self.cleaned_data["folder"]
        try:
            return find_folder(given)
        except BadFolder as problem:
            if given != given.strip():
                return self._without_spaces(given.strip())
            raise forms.ValidationError(str(problem)) from problem

    def _without_spaces(self, given):
        """A pasted path often brings a space along."""
        try:
            return find_folder(given)
        except BadFolder as problem:
            raise forms.ValidationError(str(problem)) from problem
