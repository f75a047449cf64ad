"""Look up and write many rows at once: the SQL that the ORM cannot say, for both databases.

Building long IN lists and bulk_create would each cost more than reading the files does.
Whatever writes is called inside a transaction.
"""

import json

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from datasets.models import Dataset, Image

POSTGRES_TYPES = {
    "folder_import_id": "int8", "same_as_id": "int8", "image_id": "int8", "dataset_id": "int8",
    "byte_size": "int8", "mtime_ns": "int8", "width": "int4", "height": "int4",
    "orientation": "int2", "selected": "bool", "label_id": "int8", "label_class_id": "int8",
    "user_id": "int8", "uid": "uuid", "op_id": "uuid", "rev": "int4",
    "rev_added": "int4", "z": "int4", "set_id": "int8", "input_data_id": "int8",
    "score": "float8",
}  # fmt: skip
FEW = 50  # paths are asked for one by one
IMAGE_COLUMNS = (
    "dataset_id", "path", "sha256", "byte_size", "mtime_ns",
    "format", "width", "height", "orientation", "etag", "captured",
)  # fmt: skip


def select_among(select, values, *params):
    """Rows of a query that ends in a column; it is to be one of the values."""
    values = list(values)
    if not values:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(select + " = ANY(%s)", [*params, values])
        else:
            select += " IN (SELECT value FROM json_each(%s))"
            cursor.execute(select, [*params, json.dumps(values)])
        return cursor.fetchall()


def select_neighbours(select, paths, *params):
    """As select_among, for paths that are mostly all there is between the first and the last.

    Asking for this range is ten times cheaper on PostgreSQL than asking for each. May return
    rows of other paths. Columns of paths are ordered by code points, as Python does it.
    """
    if len(paths) < FEW:
        return select_among(select, paths, *params)
    ends, most = (min(paths), max(paths)), 2 * len(paths)
    with connection.cursor() as cursor:
        cursor.execute(f"{select} BETWEEN %s AND %s LIMIT %s", [*params, *ends, most])
        rows = cursor.fetchall()
    # A folder between them that is not listed, with any number of images.
    return rows if len(rows) < most else select_among(select, paths, *params)


def select_hashes(select, hashes, *params):
    """As select_among, for hexadecimal hashes, which need no quoting one by one."""
    if connection.vendor != "postgresql" or not hashes:
        return select_among(select, hashes, *params)
    with connection.cursor() as cursor:
        cursor.execute(f"{select} = ANY(string_to_array(%s, ','))", [*params, ",".join(hashes)])
        return cursor.fetchall()


def insert(table, columns, rows):
    """Insert the rows in their order; what a unique constraint forbids is left out."""
    if not rows:
        return
    if connection.vendor != "postgresql":
        _insert_one_by_one(table, columns, rows)
        return
    try:
        with transaction.atomic():
            _copy(table, columns, rows)
    except IntegrityError:  # rare: somebody else imports the same at this moment
        _insert_one_by_one(table, columns, rows)


def insert_all(table, columns, rows):
    """Insert all of the rows; raises IntegrityError for what a constraint forbids."""
    if not rows:
        return
    if connection.vendor == "postgresql":
        _copy(table, columns, rows)
    else:
        _insert_one_by_one(table, columns, rows, or_else="")


def add_to(table, columns, rows):
    """Add numbers to columns of rows; each is (id, number, …). The ORM would say it by a CASE
    with a branch for every row, which takes longer than all else of an import.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sums = ", ".join(f"{name} = {table}.{name} + more.{name}" for name in columns)
            arrays = ", ".join(["%s::int8[]"] * (len(columns) + 1))
            command = (
                f"UPDATE {table} SET {sums} "  # noqa: S608
                f"FROM unnest({arrays}) AS more (id, {', '.join(columns)}) "
                f"WHERE {table}.id = more.id"
            )
            cursor.execute(command, [list(column) for column in zip(*rows, strict=True)])
        else:
            sums = ", ".join(f"{name} = {name} + %s" for name in columns)
            command = f"UPDATE {table} SET {sums} WHERE id = %s"  # noqa: S608
            cursor.executemany(command, [(*numbers, pk) for pk, *numbers in rows])


def as_stored(uids):
    """UUIDs as the columns of this database hold them."""
    return uids if connection.features.has_native_uuid_field else [uid.hex for uid in uids]


def _insert_one_by_one(table, columns, rows, or_else="ON CONFLICT DO NOTHING"):
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) {or_else}",  # noqa: S608
            rows,
        )


def _copy(table, columns, rows):
    command = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    # Django translates the errors of all methods of a cursor but this one.
    wrap = connection.wrap_database_errors
    with connection.cursor() as cursor, wrap, cursor.copy(command) as copy:
        copy.set_types([POSTGRES_TYPES.get(name, "text") for name in columns])
        for row in rows:
            copy.write_row(row)


def learn_what_tables_hold():
    """After many new rows: PostgreSQL does it by itself, but may plan badly for a minute before."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE input_data, found_files")


def lock_dataset(dataset_id):
    """The id of the newest image, after which only our own can come into this dataset.

    One import at a time writes to a dataset, batch by batch: two at once would wait for
    each other's unique keys and end in a deadlock.
    """
    Dataset.objects.select_for_update(no_key=True).get(pk=dataset_id)
    return Image.objects.aggregate(Max("pk"))["pk__max"] or 0


def insert_images(dataset_id, rows):
    """Images for rows of found files that are new; {sha256: id} of those that were made."""
    newest = lock_dataset(dataset_id)
    names = IMAGE_COLUMNS[1:]
    insert(
        "input_data",
        IMAGE_COLUMNS,
        [(dataset_id, *(getattr(row, name) for name in names)) for row in rows],
    )
    made = Image.objects.filter(dataset=dataset_id, pk__gt=newest).values_list("sha256", "pk")
    return dict(made)


# The file has its content (again). What could not be decoded before cannot be decoded now.
IN_ORDER = """
state = CASE input_data.state WHEN 'broken' THEN 'broken' ELSE 'ok' END,
state_reason = CASE input_data.state WHEN 'broken' THEN state_reason ELSE '' END,
state_since = CASE input_data.state WHEN 'broken' THEN state_since END,
moved_to = ''
"""
TOUCH = (
    f"UPDATE input_data SET byte_size = %s, mtime_ns = %s, etag = %s, {IN_ORDER} "  # noqa: S608
    "WHERE id = %s"
)


def touch_images(touched):
    """Store size, time and ETag of files that have the content of their image, by its id."""
    if touched:
        with connection.cursor() as cursor:
            cursor.executemany(TOUCH, touched)


MARK = """
UPDATE input_data SET
    state_since = CASE WHEN state = %s THEN state_since ELSE %s END,
    state = %s, state_reason = %s
WHERE id = %s AND path = %s
"""


def mark_images(state, marked):
    """Give a state to images, each with a reason; `marked` are (reason, id, path).

    The path, because whoever linked an image to another one meanwhile knows better.
    """
    if marked:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.executemany(MARK, [(state, now, state, *image) for image in marked])


def import_found_files(folder_import, first, last):
    """Make images of the selected files with ids from first to last; say so in their rows."""
    which = (
        "f.folder_import_id = %(job)s AND f.id BETWEEN %(first)s AND %(last)s "
        "AND f.selected AND f.outcome = ''"
    )
    values = {
        "job": folder_import.pk,
        "dataset": folder_import.dataset_id,
        "first": first,
        "last": last,
        "newest": lock_dataset(folder_import.dataset_id),
        "now": connection.ops.adapt_datetimefield_value(timezone.now()),
        "replaced": "another image of this dataset lies at its path now",
    }
    # What moved goes first: a new file may lie where one was.
    relink = (GIVE_WAY, RELINK_MOVED, MARK_RELINKED)
    with connection.cursor() as cursor:
        for statement in (*relink, INSERT_NEW, MARK_IMPORTED, MARK_OVERTAKEN):
            cursor.execute(statement.format(which=which, in_order=IN_ORDER), values)


INSERT_NEW = """
INSERT INTO input_data
    (dataset_id, path, sha256, byte_size, mtime_ns,
     format, width, height, orientation, etag, captured)
SELECT %(dataset)s, path, sha256, byte_size, mtime_ns,
    format, width, height, orientation, etag, captured
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

# Files that changed places: whose path is taken leaves it first. Its own row, or a later
# import, links it to where its content is now; without one it is missing.
GIVE_WAY = """
UPDATE input_data SET
    path = path || '#replaced-' || id,
    state = CASE state WHEN 'broken' THEN 'broken' ELSE 'missing' END,
    state_reason = CASE state WHEN 'broken' THEN state_reason ELSE %(replaced)s END,
    state_since = CASE WHEN state IN ('broken', 'missing') THEN state_since ELSE %(now)s END
WHERE id IN (
    SELECT other.id FROM found_files f
    JOIN input_data other ON other.dataset_id = %(dataset)s AND other.path = f.path
    JOIN input_data mine ON mine.id = f.same_as_id AND mine.sha256 = f.sha256
    WHERE {which} AND f.state = 'moved' AND other.id <> f.same_as_id
        AND other.sha256 <> f.sha256
)
"""

RELINK_MOVED = """
UPDATE input_data SET path = f.path, mtime_ns = f.mtime_ns, etag = f.etag, {in_order}
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

# The file is not what people label any more; see also labeling.querysets.free_in.
MARK_CHANGED = """
UPDATE input_data SET
    state_since = CASE WHEN input_data.state = 'changed' THEN state_since ELSE %s END,
    state = 'changed', state_reason = CASE f.state WHEN 'unreadable' THEN f.reason ELSE %s END
FROM found_files f
WHERE f.folder_import_id = %s AND f.state IN ('changed', 'unreadable')
    AND input_data.id = f.same_as_id AND input_data.path = f.path
"""
# Moved and new files that were not imported, so that the image of their path stays there.
MARK_REPLACED = """
UPDATE input_data SET
    state_since = CASE WHEN input_data.state = 'changed' THEN state_since ELSE %s END,
    state = 'changed', state_reason = %s
FROM found_files f
WHERE f.folder_import_id = %s AND f.state IN ('moved', 'new')
    AND f.outcome NOT IN ('imported', 'relinked')
    AND input_data.dataset_id = %s AND input_data.path = f.path AND input_data.sha256 <> f.sha256
"""
OTHER_CONTENT = "its file has other content than when it was imported"


def mark_changed_images(folder_import):
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(MARK_CHANGED, [now, OTHER_CONTENT, folder_import.pk])
        of_import = [folder_import.pk, folder_import.dataset_id]
        cursor.execute(MARK_REPLACED, [now, OTHER_CONTENT, *of_import])
