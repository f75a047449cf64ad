"""Forms of the labeling admin."""

import unicodedata

from django import forms
from django.forms.models import BaseInlineFormSet

from accounts.models import User
from labeling.classes import PALETTE, next_color
from labeling.comments import LONGEST as LONGEST_COMMENT
from labeling.models import Assignment, LabelClass, LabelTask, TaskExample
from labeling.tools import TOOLS, title_of, tools_of_type


class SendBackForm(forms.Form):
    """What the labeler should do better; they read it beside the image."""

    comment = forms.CharField(
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        help_text="The labeler sees this beside the image.",
    )


class ReassignForm(forms.Form):
    """Who gets the labels: somebody of their tasks."""

    to = forms.ModelChoiceField(User.objects.none(), label="Person", empty_label="Choose a person")

    def __init__(self, labels, data=None):
        super().__init__(data)
        tasks = labels.order_by().values("task")
        people = User.objects.filter(assignments__task__in=tasks, assignments__is_active=True)
        self.fields["to"].queryset = people.distinct().order_by("email")


class GiveBackForm(forms.Form):
    """A labeler cannot do an image, or thinks that nobody can."""

    what = forms.ChoiceField(
        label="What is the matter?",
        choices=[
            ("skip", "I leave it to somebody else. What is drawn stays for them."),
            ("report", "The image is bad: nobody can label it. Staff look at it first."),
        ],
        initial="skip",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Why?",
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        help_text="A few words; staff read them.",
    )


class ReviewForm(forms.Form):
    """A decision on the revision of a label that the reviewer had before them."""

    rev = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    comment = forms.CharField(
        max_length=LONGEST_COMMENT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "What should be better?"}),
    )


class ToolCheckboxes(forms.CheckboxSelectMultiple):
    """Each box names the types of task that its tool fits, for the script of the page."""

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        fitting = [kind for kind in LabelTask.Type.values if value in tools_of_type(kind)]
        option["attrs"]["data-types"] = " ".join(fitting)
        return option


class LabelTaskForm(forms.ModelForm):
    """A task, with its allowed tools as boxes to tick instead of a list to write."""

    tools = forms.MultipleChoiceField(
        label="Allowed tools",
        choices=[(tool, title_of(tool)) for tool in TOOLS],
        widget=ToolCheckboxes,
        required=False,
        help_text="None ticked: all that fit the type.",
    )
    default_tool = forms.ChoiceField(
        choices=[("", "Polygon, or else the first that is allowed")]
        + [(tool, title_of(tool)) for tool in TOOLS],
        required=False,
        help_text="With which a labeler begins. Later images open with the tool that drew last.",
    )

    class Meta:
        model = LabelTask
        exclude = ("allowed_tools", "members")  # noqa: DJ006  the admin's fieldsets name the fields
        labels = {
            "is_active": "Active",
            "lease_minutes": "Lease in minutes",
            "order": "Order of the images",
            "dataset_group": "Images of",
        }
        help_texts = {
            "description": "What labelers should draw; they see it beside the image. Markdown: "
            "**bold**, lists with - or 1., # headings, [links](https://…), tables.",
            "dataset_group": "Images that come into the datasets of this group later are "
            "given out too.",
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 4, "cols": 80})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tools"].initial = self.instance.tools if self.instance.pk else list(TOOLS)

    def clean(self):
        cleaned = super().clean()
        if "type" not in cleaned:
            return cleaned
        fitting = tools_of_type(cleaned["type"])
        if not fitting:
            # Nothing is drawn; the boxes may have been ticked before the type was chosen.
            return cleaned | {"tools": [], "default_tool": ""}
        tools = cleaned.get("tools") or fitting
        unfit = [title_of(tool) for tool in tools if tool not in fitting]
        if unfit:
            message = f"Untick {', '.join(unfit)}: tasks of this type do not use it."
            self.add_error("tools", message)
        elif (cleaned.get("default_tool") or tools[0]) not in tools:
            self.add_error("default_tool", "Choose one of the allowed tools.")
        return cleaned

    def save(self, commit=True):
        self.instance.allowed_tools = ",".join(self.cleaned_data["tools"])
        return super().save(commit)


class ColorInput(forms.TextInput):
    input_type = "color"


class LabelClassForm(forms.ModelForm):
    class Meta:
        model = LabelClass
        fields = ("name", "color", "position", "is_archived")
        widgets = {"name": forms.TextInput(attrs={"size": 30}), "color": ColorInput}
        labels = {"position": "Order", "color": "Colour"}
        help_texts = {
            "position": "Lower comes first; the first nine are chosen with the keys 1 to 9.",
        }

    def has_changed(self):
        """A new row that got a colour but no name is an empty row."""
        is_empty = not self.instance.pk and not self["name"].value()
        return not is_empty and super().has_changed()

    def clean_name(self):
        return unicodedata.normalize("NFC", self.cleaned_data["name"])

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("DELETE") and self.instance.pk and self.instance.shapes.exists():
            # Taken back, or Django would list every shape that stands against it.
            cleaned["DELETE"] = False
            name = self.instance.name
            self.add_error(None, f"{name} is used by shapes. Tick Archived instead of Delete.")
        return cleaned


class LabelClassFormSet(BaseInlineFormSet):
    """Proposes a free colour and the next place for each new class."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        new = 0 if index is None else max(0, index - self.initial_form_count())
        if not form.initial.get("color"):
            form.initial["color"] = self._free_colors(new + 1)[-1]
        if not form.instance.pk:
            last = max((known.position for known in self.get_queryset()), default=0)
            form.initial["position"] = last + new + 1
        if index is None:
            # The script that adds rows goes on with the colours from here.
            form.fields["color"].widget.attrs["data-palette"] = " ".join(PALETTE)

    def _free_colors(self, count):
        used = [known.color for known in self.get_queryset() if known.color]
        colors = []
        for _ in range(count):
            colors.append(next_color(used + colors))
        return colors

    def clean(self):
        super().clean()
        seen = set()
        for form in self.forms:
            name = form.cleaned_data.get("name") if hasattr(form, "cleaned_data") else None
            if not name or self._should_delete_form(form):
                continue
            key = unicodedata.normalize("NFKC", name).casefold()
            if key in seen:
                form.add_error("name", f"Another class is called {name} already.")
            seen.add(key)


class TaskExampleForm(forms.ModelForm):
    class Meta:
        model = TaskExample
        fields = ("image", "verdict", "title", "description", "position")
        labels = {"position": "Order"}
        widgets = {
            "title": forms.TextInput(attrs={"size": 26}),
            "description": forms.Textarea(attrs={"rows": 2, "cols": 32}),
        }


class AssignmentForm(forms.ModelForm):
    class Meta:
        model = Assignment
        fields = ("user", "is_active", "receive_new_unlabeled_data")
        labels = {"user": "Person", "is_active": "Active"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "user" in self.fields:
            # Another person is another assignment: the labels stay with who made them.
            self.fields["user"].disabled = True

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("DELETE") and self.instance.pk and self.instance.has_labels():
            cleaned["DELETE"] = False
            person = self.instance.user
            self.add_error(None, f"{person} has labels in this task. Untick Active instead.")
        return cleaned
