"""What models say is on images: kept apart from what people drew, and suggested to them.

A shape that a labeler accepts has the id of its prediction. So its origin stays known however often
it is changed, and nothing else of a shape has to say so.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from labeling.tools import KIND_CHOICES


class PredictionSet(models.Model):
    """The predictions of one version of one model for a task."""

    task = models.ForeignKey(
        "labeling.LabelTask",
        models.CASCADE,
        db_column="label_task_id",
        related_name="prediction_sets",
    )
    model = models.CharField(max_length=200, help_text="Name and version of the model.")
    is_suggested = models.BooleanField(
        "suggested",
        default=True,
        db_default=True,
        help_text="Off: labelers do not see them; what was accepted stays.",
    )
    created_at = models.DateTimeField("imported at", db_default=Now(), editable=False)

    class Meta:
        db_table = "prediction_sets"
        verbose_name = "set of predictions"
        verbose_name_plural = "predictions"
        constraints = [
            models.UniqueConstraint(
                fields=["task", "model"], name="a_model_has_one_set_of_predictions_in_a_task"
            ),
        ]

    def __str__(self):
        return f"{self.model} for {self.task}"


class Prediction(models.Model):
    """One object that a model found; its geometry is as that of shapes."""

    # Its index is predictions_of_an_image.
    set = models.ForeignKey(
        PredictionSet, models.CASCADE, related_name="predictions", db_index=False
    )
    image = models.ForeignKey(
        "datasets.Image", models.CASCADE, db_column="input_data_id", related_name="+"
    )
    uid = models.UUIDField(default=uuid.uuid4)
    label_class = models.ForeignKey("labeling.LabelClass", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=KIND_CHOICES)
    geometry = models.TextField()
    attributes = models.TextField(default="{}", db_default="{}")
    score = models.FloatField(null=True, help_text="How sure the model was, from 0 to 1.")

    class Meta:
        db_table = "predictions"
        constraints = [
            models.UniqueConstraint(
                fields=["set", "image", "uid"], name="a_prediction_is_in_a_set_once"
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.uid}"


class Rejection(models.Model):
    """A labeler does not want a prediction on their label."""

    # Its index is that of the constraint.
    label = models.ForeignKey(
        "labeling.Label", models.CASCADE, related_name="rejections", db_index=False
    )
    prediction = models.ForeignKey(Prediction, models.CASCADE, related_name="rejections")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_column="user_id", related_name="+"
    )
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "prediction_rejections"
        constraints = [
            models.UniqueConstraint(
                fields=["label", "prediction"], name="a_prediction_is_rejected_once"
            ),
        ]

    def __str__(self):
        return f"{self.prediction} rejected on label {self.label_id}"
