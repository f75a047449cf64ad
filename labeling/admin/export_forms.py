"""What one is asked before an export, and what was answered, in words."""

from django import forms

from accounts.models import User
from datasets.models import Dataset
from labeling.exports import FORMATS
from labeling.exports.choosing import BadChoice, Choice, parse_shares
from labeling.models import Export

WHOSE = [
    ("all", "All labels"),
    ("approved", "The approved ones, if there are any"),
    ("newest", "Only the newest"),
]
SPLITS = [("", "All three"), ("train", "Training"), ("val", "Validation"), ("test", "Test")]
# What ExportForm asks beyond the fields of an Export.
CHOICES = (
    *("with_images", "without_empty", "shares", "split"),
    *("whose", "labelers", "datasets", "since", "until"),
)


def day_field(label, help_text):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, help_text=help_text)


class ExportForm(forms.ModelForm):
    format = forms.ChoiceField(
        choices=[(name, f"{kind.title}: {kind.hint}") for name, kind in FORMATS.items()],
        initial="coco",
        widget=forms.RadioSelect,
    )
    with_images = forms.BooleanField(
        label="With the images, in one zip file",
        required=False,
        help_text="Otherwise the export names their paths.",
    )
    without_empty = forms.BooleanField(
        label="Without images that have no shapes",
        required=False,
        help_text="Models need some images on which there is nothing.",
    )
    shares = forms.CharField(
        label="Split",
        required=False,
        max_length=20,
        help_text="Per cent for training, validation and test, for example 80/10/10. An image "
        "never changes sides when others are added.",
    )
    split = forms.ChoiceField(label="Of the split", required=False, choices=SPLITS)
    whose = forms.ChoiceField(
        label="Where several people labeled an image", required=False, choices=WHOSE
    )
    labelers = forms.ModelMultipleChoiceField(
        User.objects.filter(assignments__isnull=False).distinct().order_by("email"),
        required=False,
        help_text="None chosen: everybody.",
    )
    datasets = forms.ModelMultipleChoiceField(
        Dataset.objects.order_by("site", "sensor", "pk"),
        required=False,
        help_text="None chosen: all of them.",
    )
    since = day_field("Since", "The day on which a label was submitted or approved.")
    until = day_field("Until", "This day included.")

    class Meta:
        model = Export
        fields = ("format", "which")
        widgets = {"which": forms.RadioSelect}

    def clean_shares(self):
        text = self.cleaned_data["shares"]
        try:
            return parse_shares(text) if text else ()
        except BadChoice as problem:
            raise forms.ValidationError(str(problem)) from None

    def clean(self):
        data = super().clean()
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", "This day is before the first one.")
        return data

    def chosen(self):
        """The Choice of a form that is valid."""
        data = self.cleaned_data
        return Choice(
            status=data["which"],
            labelers=tuple(user.pk for user in data["labelers"]),
            datasets=tuple(dataset.pk for dataset in data["datasets"]),
            since=str(data["since"] or ""),
            until=str(data["until"] or ""),
            whose=data["whose"] or "all",
            empty=not data["without_empty"],
            shares=data["shares"],
            split=data["split"],
            images="copy" if data["with_images"] else "none",
        )

    def save(self, commit=True):
        self.instance.choice = self.chosen().to_json()
        return super().save(commit)


def in_words(choice):
    """What a choice narrows, sentence by sentence; nothing for the usual choice."""
    if choice.labelers:
        yield "By " + _listed(User.objects.filter(pk__in=choice.labelers).order_by("email"))
    if choice.datasets:
        yield "Of " + _listed(Dataset.objects.filter(pk__in=choice.datasets).order_by("pk"))
    if choice.since:
        yield f"Since {choice.since}"
    if choice.until:
        yield f"Until {choice.until}"
    if choice.whose != "all":
        yield f"Where several people labeled an image: {dict(WHOSE)[choice.whose].lower()}"
    if not choice.empty:
        yield "Without images that have no shapes"
    if choice.shares:
        yield "Split " + "/".join(map(str, choice.shares))
    if choice.split:
        yield f"Only {dict(SPLITS)[choice.split].lower()} images"
    if choice.images != "none":
        yield "With the images"


def _listed(rows):
    return ", ".join(map(str, rows)) or "what has been deleted since"
