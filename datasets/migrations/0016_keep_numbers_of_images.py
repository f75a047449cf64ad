from django.db import migrations, models

from datasets.counting import KeepCounts


class Migration(migrations.Migration):
    dependencies = [
        ("datasets", "0015_tiles_of_huge_images"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImageCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dataset", models.BigIntegerField(db_column="dataset_id")),
                ("n", models.BigIntegerField()),
            ],
            options={
                "db_table": "image_counts",
                "indexes": [models.Index(fields=["dataset"], name="images_counted")],
            },
        ),
        KeepCounts(table="input_data", kept="image_counts", columns=["dataset_id"]),
    ]
