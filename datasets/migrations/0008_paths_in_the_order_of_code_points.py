from django.db import migrations

# Ranges of paths are asked for as Python and the listing of a folder order them. SQLite does
# so anyway; a database of PostgreSQL has the order of some language.
COLUMNS = (("input_data", "path"), ("found_files", "path"))


def order_by_code_points(apps, schema_editor):
    change_collation(schema_editor, 'COLLATE "C"')


def order_as_the_database(apps, schema_editor):
    change_collation(schema_editor, "")


def change_collation(schema_editor, collation):
    if schema_editor.connection.vendor == "postgresql":
        for table, column in COLUMNS:
            schema_editor.execute(
                f"ALTER TABLE {table} ALTER COLUMN {column} TYPE text {collation}"
            )


class Migration(migrations.Migration):
    dependencies = [("datasets", "0007_image_checks")]

    operations = [migrations.RunPython(order_by_code_points, order_as_the_database)]
