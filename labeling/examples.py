"""Pictures beside the canvas, and whether they show good work or bad."""

from django.db import models

from datasets.models import Image


class TaskExample(models.Model):
    """A picture beside the canvas that shows what good (or bad) work looks like."""

    class Verdict(models.TextChoices):
        NEITHER = "", "Neither"
        GOOD = "good", "Good: like this"
        BAD = "bad", "Bad: not like this"

    task = models.ForeignKey(
        "LabelTask", models.CASCADE, db_column="label_task_id", related_name="examples"
    )
    image = models.ForeignKey(
        Image, models.PROTECT, db_column="input_data_id", related_name="example_in"
    )
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="", db_default="")
    verdict = models.CharField(
        max_length=4,
        choices=Verdict,
        blank=True,
        default="",
        db_default="",
        help_text="Marked so beside the canvas.",
    )
    position = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "example_labeling"
        ordering = ("position", "id")

    def __str__(self):
        return self.title
