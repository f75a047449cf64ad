from django.conf import settings
from django.db import models

from datasets.jobs import Job
from labeling.exports import FORMATS
from labeling.exports.choosing import Choice


class Export(Job):
    """A file with the labels of a task as they were when it was made; it never changes."""

    class Which(models.TextChoices):
        SUBMITTED = "submitted", "Submitted labels, approved ones included"
        APPROVED = "approved", "Approved labels only"
        ALL = "all", "All labels, unfinished ones too"

    work = "labeling.exporting.work_on"
    event = "export.finished"

    label_task = models.ForeignKey(
        "labeling.LabelTask", models.CASCADE, verbose_name="task", related_name="exports"
    )
    # No choices here: a new format should not need a migration.
    format = models.CharField(max_length=20)
    which = models.CharField(
        "labels", max_length=10, choices=Which, default=Which.SUBMITTED, db_default=Which.SUBMITTED
    )
    # What else was chosen, see labeling/exports/choosing.py.
    choice = models.TextField(default="{}", db_default="{}", editable=False)
    file_name = models.CharField(
        max_length=200, blank=True, default="", db_default="", editable=False
    )
    byte_size = models.PositiveBigIntegerField(null=True, editable=False)
    sha256 = models.CharField(
        "SHA-256", max_length=64, blank=True, default="", db_default="", editable=False
    )
    n_images = models.PositiveIntegerField("images", null=True, editable=False)
    n_labels = models.PositiveIntegerField("labels", null=True, editable=False)
    n_shapes = models.PositiveIntegerField("shapes", null=True, editable=False)
    notes = models.TextField(
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="What the format could not carry.",
    )

    class Meta:
        db_table = "exports"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(which__in=["submitted", "approved", "all"]),
                name="an_export_knows_which_labels",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="done") | ~models.Q(file_name=""),
                name="a_finished_export_has_a_file",
            ),
        ]

    def __str__(self):
        return f"{self.format_title} of {self.label_task}"

    def facts(self):
        file = {"file": self.file_name, "sha256": self.sha256, "bytes": self.byte_size}
        return {"task": self.label_task_id, "format": self.format} | file

    @property
    def format_title(self):
        known = FORMATS.get(self.format)
        return known.title if known else self.format

    @property
    def which_in_short(self):
        return self.Which(self.which).name.capitalize()

    @property
    def chosen(self):
        return Choice.from_json(self.choice, status=self.which)

    @property
    def path(self):
        """Where the file lies, or None while there is none."""
        return settings.EXPORT_DIR / self.file_name if self.file_name else None
