"""What a drawn shape is: the classes of a task, and what is special about drawing each."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from labeling.querysets import OfTaskQuerySet
from labeling.skeletons import BadSkeleton, parse_skeleton
from labeling.tools import chosen_tools


class LabelClass(models.Model):
    """A class one may assign in a task. Archived, never deleted: shapes keep it."""

    task = models.ForeignKey(
        "LabelTask", models.CASCADE, db_column="label_task_id", related_name="classes"
    )
    name = models.CharField(max_length=100)
    color = models.CharField(
        max_length=7,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(r"^#[0-9a-f]{6}$", "Write the colour as #rrggbb.")],
    )
    position = models.PositiveIntegerField(default=0, db_default=0)
    # Null only until the class is first used; from then on exports rely on it.
    export_id = models.PositiveIntegerField(null=True, blank=True, editable=False)
    is_archived = models.BooleanField(
        "archived", default=False, db_default=False, help_text="Kept, but no longer offered."
    )

    skeleton = models.TextField(
        "keypoints",
        blank=True,
        default="",
        db_default="",
        help_text="For the keypoint tool. One chain of names in a line, such as "
        "“nose - left eye - left ear”: neighbours are joined.",
    )
    allowed_tools = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Names of tools, separated by commas. Empty: all that the task allows.",
    )

    objects = OfTaskQuerySet.as_manager()

    class Meta:
        db_table = "label_classes"
        ordering = ("position", "id")
        verbose_name_plural = "label classes"
        constraints = [
            models.UniqueConstraint(fields=["task", "name"], name="a_class_name_is_in_a_task_once"),
            models.UniqueConstraint(
                fields=["task", "export_id"], name="an_export_id_is_in_a_task_once"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def tools(self):
        """The tools that draw it, of those that its task allows."""
        return chosen_tools(self.allowed_tools, self.task.tools)

    def clean(self):
        try:
            parse_skeleton(self.skeleton)
        except BadSkeleton as problem:
            raise ValidationError({"skeleton": str(problem)}) from problem
