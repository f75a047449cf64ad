import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("datasets", "0016_keep_numbers_of_images"),
        ("labeling", "0019_keep_numbers_of_labels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PredictionSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "model",
                    models.CharField(help_text="Name and version of the model.", max_length=200),
                ),
                (
                    "is_suggested",
                    models.BooleanField(
                        db_default=True,
                        default=True,
                        help_text="Off: labelers do not see them; what was accepted stays.",
                        verbose_name="suggested",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="imported at",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_column="label_task_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prediction_sets",
                        to="labeling.labeltask",
                    ),
                ),
            ],
            options={
                "verbose_name": "set of predictions",
                "verbose_name_plural": "predictions",
                "db_table": "prediction_sets",
            },
        ),
        migrations.CreateModel(
            name="Prediction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("polygon", "Polygon"),
                            ("rect", "Rectangle"),
                            ("ellipse", "Ellipse"),
                            ("line", "Line"),
                            ("points", "Points"),
                        ],
                        max_length=10,
                    ),
                ),
                ("geometry", models.TextField()),
                ("attributes", models.TextField(db_default="{}", default="{}")),
                (
                    "score",
                    models.FloatField(help_text="How sure the model was, from 0 to 1.", null=True),
                ),
                (
                    "image",
                    models.ForeignKey(
                        db_column="input_data_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="datasets.image",
                    ),
                ),
                (
                    "label_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="labeling.labelclass",
                    ),
                ),
                (
                    "set",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="predictions",
                        to="labeling.predictionset",
                    ),
                ),
            ],
            options={
                "db_table": "predictions",
            },
        ),
        migrations.CreateModel(
            name="Rejection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_column="user_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "label",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rejections",
                        to="labeling.label",
                    ),
                ),
                (
                    "prediction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rejections",
                        to="labeling.prediction",
                    ),
                ),
            ],
            options={
                "db_table": "prediction_rejections",
            },
        ),
        migrations.CreateModel(
            name="LabelImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        db_default="queued",
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("total", models.PositiveBigIntegerField(editable=False, null=True)),
                ("done", models.PositiveBigIntegerField(db_default=0, default=0, editable=False)),
                (
                    "message",
                    models.TextField(blank=True, db_default="", default="", editable=False),
                ),
                ("error", models.TextField(blank=True, db_default="", default="", editable=False)),
                (
                    "cancel_requested",
                    models.BooleanField(db_default=False, default=False, editable=False),
                ),
                ("heartbeat_at", models.DateTimeField(editable=False, null=True)),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
                ),
                (
                    "queue_id",
                    models.CharField(
                        blank=True, db_default="", default="", editable=False, max_length=64
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                ("format", models.CharField(max_length=20)),
                (
                    "path",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Its path below an image root; a zip file will do too.",
                        verbose_name="file or folder",
                    ),
                ),
                (
                    "upload_name",
                    models.CharField(
                        blank=True, db_default="", default="", editable=False, max_length=200
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("labels", "Labels of a person"),
                            ("predictions", "Predictions of a model, as suggestions"),
                        ],
                        db_default="labels",
                        default="labels",
                        max_length=12,
                        verbose_name="as",
                    ),
                ),
                (
                    "model",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Name and version of the model, for predictions.",
                        max_length=200,
                    ),
                ),
                (
                    "renames",
                    models.TextField(
                        blank=True, db_default="{}", default="{}", verbose_name="classes"
                    ),
                ),
                (
                    "create_classes",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        verbose_name="create classes that the task does not have",
                    ),
                ),
                (
                    "boxes",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="take the boxes of all shapes"
                    ),
                ),
                (
                    "submit",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="submit the labels for review"
                    ),
                ),
                (
                    "dry_run",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        verbose_name="only say what would be; store nothing",
                    ),
                ),
                (
                    "n_added",
                    models.PositiveBigIntegerField(editable=False, null=True, verbose_name="added"),
                ),
                (
                    "report_text",
                    models.TextField(blank=True, db_default="", default="", editable=False),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "label_task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="label_imports",
                        to="labeling.labeltask",
                        verbose_name="task",
                    ),
                ),
                (
                    "labeler",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose work it becomes. Empty: of those whom an S3Label JSON file names.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "label_imports",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "labels"), ("model", "")),
                            models.Q(
                                ("kind", "predictions"),
                                ("labeler", None),
                                models.Q(("model", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="predictions_have_a_model_and_labels_none",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="predictionset",
            constraint=models.UniqueConstraint(
                fields=("task", "model"), name="a_model_has_one_set_of_predictions_in_a_task"
            ),
        ),
        migrations.AddConstraint(
            model_name="prediction",
            constraint=models.UniqueConstraint(
                fields=("set", "image", "uid"), name="a_prediction_is_in_a_set_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rejection",
            constraint=models.UniqueConstraint(
                fields=("label", "prediction"), name="a_prediction_is_rejected_once"
            ),
        ),
    ]
