import orjson
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from datasets.jobs import Job
from labeling.imports import FORMATS


class LabelImport(Job):
    """Labels, or predictions, of a file that come into a task; and what became of them."""

    class Kind(models.TextChoices):
        LABELS = "labels", "Labels of a person"
        PREDICTIONS = "predictions", "Predictions of a model, as suggestions"

    work = "labeling.importing.work_on"
    event = "label-import.finished"

    label_task = models.ForeignKey(
        "labeling.LabelTask", models.CASCADE, verbose_name="task", related_name="label_imports"
    )
    # No choices here: a new format should not need a migration.
    format = models.CharField(max_length=20)
    path = models.TextField(
        "file or folder",
        blank=True,
        default="",
        db_default="",
        help_text="Its path below an image root; a zip file will do too.",
    )
    # The name of an uploaded file; it lies in UPLOAD_DIR in a folder called like the import's id.
    upload_name = models.CharField(
        max_length=200, blank=True, default="", db_default="", editable=False
    )
    kind = models.CharField(
        "as", max_length=12, choices=Kind, default=Kind.LABELS, db_default=Kind.LABELS
    )
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose work it becomes. Empty: of those whom an S3Label JSON file names.",
    )
    model = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Name and version of the model, for predictions.",
    )
    renames = models.TextField("classes", blank=True, default="{}", db_default="{}")
    # Names in the file for which it failed, as a list in JSON.
    unknown_classes = models.TextField(blank=True, default="[]", db_default="[]", editable=False)
    create_classes = models.BooleanField(
        "create classes that the task does not have", default=False, db_default=False
    )
    boxes = models.BooleanField("take the boxes of all shapes", default=False, db_default=False)
    submit = models.BooleanField("submit the labels for review", default=False, db_default=False)
    dry_run = models.BooleanField(
        "only say what would be; store nothing", default=False, db_default=False
    )
    # What only files of the S3Label of 2019 are asked for.
    padding = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Only for the S3Label of 2019: the pixels around the image in the coordinates of "
        "its older labels; 80 or 160 as a rule, 0 for none.",
    )
    their_task = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Only for the S3Label of 2019: the id of its task, if there are several.",
    )
    n_added = models.PositiveBigIntegerField("added", null=True, editable=False)
    # See Report in labeling/importing.py.
    report_text = models.TextField(blank=True, default="", db_default="", editable=False)

    class Meta:
        db_table = "label_imports"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="labels", model="")
                | models.Q(kind="predictions", labeler=None) & ~models.Q(model=""),
                name="predictions_have_a_model_and_labels_none",
            ),
        ]

    def __str__(self):
        return f"{self.format_title} into {self.label_task}"

    def clean(self):
        is_predicted = self.kind == self.Kind.PREDICTIONS
        if is_predicted and not self.model:
            raise ValidationError({"model": "Say which model, and which version of it."})
        if self.model and not is_predicted:
            raise ValidationError({"model": "Only predictions are of a model."})
        if is_predicted and (self.labeler_id or self.submit):
            raise ValidationError({"kind": "Predictions are of nobody, and are not submitted."})

    def facts(self):
        about = {"task": self.label_task_id, "as": self.kind, "model": self.model}
        return about | {"added": self.n_added, "refused": (self.outcome or {}).get("refused")}

    @property
    def format_title(self):
        known = FORMATS.get(self.format)
        return known.title if known else self.format

    @property
    def source_name(self):
        return self.upload_name or self.path

    def proposed_renames(self):
        """{name in the file: class}: as it was asked, with a proposal for names that nobody knew,
        which is empty where no class is called alike.
        """
        ours = self.label_task.classes.filter(is_archived=False).values_list("name", flat=True)
        alike = {name.casefold(): name for name in ours}
        renames, names = orjson.loads(self.renames), set(ours)
        for theirs in orjson.loads(self.unknown_classes):
            if renames.get(theirs, theirs) not in names:
                renames[theirs] = alike.get(theirs.casefold(), "")
        return renames

    @property
    def place(self):
        """Where the file lies."""
        if self.upload_name:
            return settings.UPLOAD_DIR / str(self.pk) / self.upload_name
        return self.path

    @property
    def outcome(self):
        """What became of the file, or None while nobody knows."""
        return orjson.loads(self.report_text) if self.report_text else None
