"""Forms with which staff say what may be said of images and shapes, beside the classes."""

import unicodedata

from django import forms
from django.forms.models import BaseInlineFormSet

from labeling.models import Attribute, LabelClass, Shape
from labeling.tools import title_of

CLASS = "class-"


class AttributeForm(forms.ModelForm):
    """One question; "of" is the image, every shape, or the shapes of one class."""

    of = forms.ChoiceField(label="About", help_text="A choice about the image is a tag.")

    class Meta:
        model = Attribute
        fields = (
            *("name", "kind", "options", "default_value"),
            *("is_required", "position", "is_archived"),
        )
        labels = {"position": "Order"}
        widgets = {
            "name": forms.TextInput(attrs={"size": 18}),
            "options": forms.Textarea(attrs={"rows": 3, "cols": 18}),
            "default_value": forms.Textarea(attrs={"rows": 1, "cols": 12}),
        }
        help_texts = {
            "default_value": "What it is until somebody answers. Empty: nothing.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        attribute = self.instance
        if attribute.pk:
            one_class = f"{CLASS}{attribute.label_class_id}"
            self.initial["of"] = one_class if attribute.label_class_id else attribute.applies_to
        self.offer([])

    def offer(self, classes):
        """What it may be about: the classes of the task are known when it was saved once."""
        of_classes = [(f"{CLASS}{one.pk}", f"Shapes: {one.name}") for one in classes]
        self.fields["of"].choices = [("image", "The image"), ("shapes", "Every shape"), *of_classes]

    def has_changed(self):
        """A new row that has no name and no options is an empty row."""
        is_empty = not (self.instance.pk or self["name"].value() or self["options"].value())
        return not is_empty and super().has_changed()

    def clean_name(self):
        return unicodedata.normalize("NFC", self.cleaned_data["name"])

    def clean(self):
        cleaned = super().clean()
        self._check_used(cleaned)
        of = cleaned.get("of", "shapes")
        is_of_class = of.startswith(CLASS)
        self.instance.applies_to = "shapes" if is_of_class else of
        self.instance.label_class_id = int(of.removeprefix(CLASS)) if is_of_class else None
        return cleaned

    def _check_used(self, cleaned):
        """Answers that are there keep their question; only words and choices may change."""
        attribute = self.instance
        is_moved = {"kind", "of"} & set(self.changed_data)
        if not attribute.pk or not (is_moved or cleaned.get("DELETE")) or not is_used(attribute):
            return
        if cleaned.get("DELETE"):
            # Taken back, or Django would list every answer that stands against it.
            cleaned["DELETE"] = False
            words = f"{attribute.name} has answers. Tick Archived instead of Delete."
        else:
            words = f"{attribute.name} has answers. Archive it, and add a new one."
        self.add_error(None, words)


def is_used(attribute):
    """Has anybody answered it? Of shapes, a search for its name that errs on the side of yes."""
    if attribute.applies_to == Attribute.Of.IMAGE:
        return attribute.values.exists()
    shapes = Shape.objects.filter(attributes__contains=f'"{attribute.key}":')
    if attribute.label_class_id:
        return shapes.filter(label_class=attribute.label_class_id).exists()
    return shapes.filter(label_class__task=attribute.task_id).exists()


class AttributeFormSet(BaseInlineFormSet):
    """Knows the classes of the task, and proposes the next place for each new row."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.offer(self._classes())
        if not form.instance.pk:
            new = 0 if index is None else max(0, index - self.initial_form_count())
            last = max((known.position for known in self.get_queryset()), default=0)
            form.initial["position"] = last + new + 1
            form.initial["kind"] = "choice"

    def _classes(self):
        if not hasattr(self, "_known_classes"):
            task = self.instance
            self._known_classes = list(task.classes.all()) if task.pk else []
        return self._known_classes

    def clean(self):
        super().clean()
        seen = set()
        for form in self.forms:
            cleaned = getattr(form, "cleaned_data", {})
            name = cleaned.get("name")
            if not name or self._should_delete_form(form):
                continue
            key = (cleaned.get("of"), unicodedata.normalize("NFKC", name).casefold())
            if key in seen:
                form.add_error("name", f"Another one about the same is called {name} already.")
            seen.add(key)


class LabelClassDetailsForm(forms.ModelForm):
    """What is special about drawing one class."""

    tools = forms.MultipleChoiceField(
        label="Tools",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="None ticked: all that the task allows.",
    )

    class Meta:
        model = LabelClass
        fields = ("skeleton",)
        widgets = {"skeleton": forms.Textarea(attrs={"rows": 6, "cols": 60})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        label_class = self.instance
        offered = label_class.task.tools if label_class.pk else []
        self.fields["tools"].choices = [(tool, title_of(tool)) for tool in offered]
        self.initial["tools"] = label_class.tools if label_class.allowed_tools else []

    def save(self, commit=True):
        self.instance.allowed_tools = ",".join(self.cleaned_data["tools"])
        return super().save(commit)
