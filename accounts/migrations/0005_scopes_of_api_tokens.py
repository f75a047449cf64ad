from django.db import migrations, models


def name_what_writing_was(apps, schema_editor):
    """All that could be written until now was what labelers write."""
    apps.get_model("accounts", "ApiToken").objects.filter(scope="write").update(scope="label")


def name_it_writing_again(apps, schema_editor):
    tokens = apps.get_model("accounts", "ApiToken").objects.exclude(scope="read")
    tokens.update(scope="write")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_api_token_in_words"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="apitoken", name="a_token_reads_or_writes"),
        migrations.AlterField(
            model_name="apitoken",
            name="scope",
            field=models.CharField(
                choices=[
                    ("read", "Read"),
                    ("label", "Read and label"),
                    ("manage", "Read, label and manage"),
                ],
                default="read",
                help_text="Never more than you may do yourself; managing is for staff.",
                max_length=10,
                verbose_name="may",
            ),
        ),
        migrations.RunPython(name_what_writing_was, name_it_writing_again),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("scope__in", ["read", "label", "manage"])),
                name="a_token_has_a_known_scope",
            ),
        ),
    ]
