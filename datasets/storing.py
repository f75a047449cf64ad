"""Write found files and images in bulk: the SQL that the ORM cannot say, for both databases.

bulk_create would cost more than reading the files does. Everything here is called inside
a transaction.
"""

from django.db import connection
from django.db.models import Max

from datasets.comparing import Row
from datasets.models import Dataset, Image

COLUMNS = ", ".join(("folder_import_id", *Row._fields))
POSTGRES_TYPES = {
    "same_as_id": "bigint", "byte_size": "bigint", "mtime_ns": "bigint", "width": "integer",
    "height": "integer", "orientation": "smallint", "selected": "boolean",
}  # fmt: skip


def insert_found_files(folder_import, rows):
    """Insert the rows in their order; a path that is there already is left as it is."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{POSTGRES_TYPES.get(name, 'text')}[]" for name in Row._fields)
            cursor.execute(
                f"INSERT INTO found_files ({COLUMNS}) SELECT %s, * FROM unnest({arrays}) "  # noqa: S608
                "ON CONFLICT DO NOTHING",
                [folder_import.pk, *map(list, zip(*rows, strict=True))],
            )
        else:
            places = ", ".join(["%s"] * (1 + len(Row._fields)))
            cursor.executemany(
                f"INSERT INTO found_files ({COLUMNS}) VALUES ({places}) ON CONFLICT DO NOTHING",  # noqa: S608
                [(folder_import.pk, *row) for row in rows],
            )


def touch_images(touched):
    """Store size and time of files that were only copied or touched, so they are not read again."""
    if touched:
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE input_data SET byte_size = %s, mtime_ns = %s, state = 'ok' WHERE id = %s",
                touched,
            )


def import_found_files(folder_import, first, last):
    """Make images of the selected files with ids from first to last; say so in their rows."""
    # One import at a time writes to a dataset, batch by batch: two would wait for each
    # other's unique keys and end in a deadlock.
    Dataset.objects.select_for_update(no_key=True).get(pk=folder_import.dataset_id)
    newest = Image.objects.aggregate(Max("pk"))["pk__max"] or 0
    which = (
        "f.folder_import_id = %(job)s AND f.id BETWEEN %(first)s AND %(last)s "
        "AND f.selected AND f.outcome = ''"
    )
    values = {
        "job": folder_import.pk,
        "dataset": folder_import.dataset_id,
        "first": first,
        "last": last,
        "newest": newest,
    }
    with connection.cursor() as cursor:
        for statement in (INSERT_NEW, MARK_IMPORTED, RELINK_MOVED, MARK_RELINKED, MARK_OVERTAKEN):
            cursor.execute(statement.format(which=which), values)


INSERT_NEW = """
INSERT INTO input_data
    (dataset_id, path, sha256, byte_size, mtime_ns, format, width, height, orientation)
SELECT %(dataset)s, path, sha256, byte_size, mtime_ns, format, width, height, orientation
FROM found_files f WHERE {which} AND f.state = 'new' ORDER BY f.id
ON CONFLICT DO NOTHING
"""

# Images newer than the newest one before are ours: the dataset is locked.
MARK_IMPORTED = """
UPDATE found_files AS f
SET image_id = i.id, outcome = CASE WHEN i.id > %(newest)s THEN 'imported' ELSE 'overtaken' END
FROM input_data i
WHERE {which} AND f.state = 'new' AND i.dataset_id = %(dataset)s AND i.sha256 = f.sha256
"""

RELINK_MOVED = """
UPDATE input_data SET path = f.path, mtime_ns = f.mtime_ns, state = 'ok'
FROM found_files f
WHERE {which} AND f.state = 'moved' AND input_data.id = f.same_as_id
    AND input_data.sha256 = f.sha256
    AND NOT EXISTS (
        SELECT 1 FROM input_data other
        WHERE other.dataset_id = %(dataset)s AND other.path = f.path
    )
"""

MARK_RELINKED = """
UPDATE found_files AS f SET image_id = i.id, outcome = 'relinked'
FROM input_data i
WHERE {which} AND f.state = 'moved' AND i.id = f.same_as_id AND i.path = f.path
"""

MARK_OVERTAKEN = "UPDATE found_files AS f SET outcome = 'overtaken' WHERE {which}"

# The file is not what people label any more; see also labeling.querysets.free.
MARK_CHANGED = """
UPDATE input_data SET state = 'changed' WHERE id IN (
    SELECT same_as_id FROM found_files WHERE folder_import_id = %s AND state = 'changed')
"""


def mark_changed_images(folder_import):
    with connection.cursor() as cursor:
        cursor.execute(MARK_CHANGED, [folder_import.pk])
