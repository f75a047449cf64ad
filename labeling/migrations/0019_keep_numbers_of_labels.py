from django.db import migrations, models

from datasets.counting import KeepCounts


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0018_comment_on_places"),
        ("datasets", "0016_keep_numbers_of_images"),
    ]

    operations = [
        migrations.CreateModel(
            name="LabelCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("task", models.BigIntegerField(db_column="label_task_id")),
                ("labeler", models.BigIntegerField(db_column="user_id")),
                ("status", models.CharField(max_length=12)),
                ("n", models.BigIntegerField()),
            ],
            options={
                "db_table": "label_counts",
                "indexes": [
                    models.Index(fields=["task", "labeler", "status"], name="labels_counted")
                ],
            },
        ),
        KeepCounts(
            table="labels", kept="label_counts", columns=["label_task_id", "user_id", "status"]
        ),
    ]
