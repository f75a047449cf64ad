"""Numbers of rows that triggers keep, because counting a million takes a second.

What a page says is right for rows that were written by SQL, too, and a transaction that is
rolled back takes its numbers with it. PostgreSQL only appends differences: changing one number
would make all who count wait for each other. SQLite has one writer at a time and changes it.
"""

# ruff: noqa: S608  the names are those of our own tables and columns

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db import connection, models, transaction
from django.db.migrations.operations.base import Operation
from django.db.models import Exists, Func, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

# Rows of differences that are made one at a time.
MOST_FOLDED = 5_000


class Count(models.Model):
    """So many rows more, or fewer; the sum is how many there are. Triggers write them."""

    n = models.BigIntegerField()

    class Meta:
        abstract = True

    @classmethod
    def of(cls, **rows):
        """For annotate(): the number, by conditions that name the outer row."""
        # Without the group by of Sum(), so that several make one number.
        number = Func("n", function="SUM", output_field=models.BigIntegerField())
        sums = cls.objects.filter(**rows).annotate(sum=number).values("sum")
        return Coalesce(Subquery(sums), Value(0), output_field=models.BigIntegerField())


class ImageCount(Count):
    # No foreign key, which would lock the dataset for each image.
    dataset = models.BigIntegerField(db_column="dataset_id")

    class Meta:
        db_table = "image_counts"
        indexes = [models.Index(fields=["dataset"], name="images_counted")]

    def __str__(self):
        return f"{self.n:+} images of dataset {self.dataset}"


def number_of_images(**of):
    """In all datasets, or in those of a condition."""
    return ImageCount.objects.filter(**of).aggregate(sum=Sum("n"))["sum"] or 0


class KnownLength(Paginator):
    """Pages of a list whose length is a kept number."""

    known = None

    @cached_property
    def count(self):
        return super().count if self.known is None else self.known


@dataclass(frozen=True)
class Counted:
    """Rows of `table`, counted by `columns`, are numbers in `kept`; nobody is 0."""

    table: str
    kept: str
    columns: tuple

    @property
    def keys(self):
        return ", ".join(self.columns)

    def values(self, row=""):
        prefix = f"{row}." if row else ""
        return [f"COALESCE({prefix}{column}, {self.nothing(column)})" for column in self.columns]

    @staticmethod
    def nothing(column):
        return "''" if column == "status" else "0"


class KeepCounts(Operation):
    """Have the database keep the numbers, and count once.

    A migration that makes Django copy the table on SQLite, which forgets triggers, ends with it.
    """

    reduces_to_sql = False

    def __init__(self, table, kept, columns):
        self.counted = Counted(table, kept, tuple(columns))
        self.arguments = {"table": table, "kept": kept, "columns": columns}

    def deconstruct(self):
        return (type(self).__name__, [], self.arguments)

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self.database_backwards(app_label, schema_editor, from_state, to_state)
        # The triggers first: PostgreSQL keeps others from writing until the end of the migration.
        for statement in CREATE[schema_editor.connection.vendor](self.counted):
            schema_editor.execute(statement, params=None)
        for statement in _count(self.counted):
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for statement in DROP[schema_editor.connection.vendor](self.counted):
            schema_editor.execute(statement, params=None)

    def describe(self):
        return f"Keep numbers of rows of {self.counted.table}"


def count_again(counted):
    """After what the triggers did not see, or counted twice."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Who writes waits, so that nothing is counted here and by a trigger, too.
            cursor.execute(f"LOCK {counted.table}, {counted.kept} IN SHARE ROW EXCLUSIVE MODE")
        for statement in _count(counted):
            cursor.execute(statement)


def _count(counted):
    yield f"DELETE FROM {counted.kept}"
    yield _insert(counted, "count(*)", counted.table)


def _insert(counted, number, rows):
    values = ", ".join(counted.values())
    return (
        f"INSERT INTO {counted.kept} ({counted.keys}, n) "
        f"SELECT {values}, {number} FROM {rows} GROUP BY {values}"
    )


def _create_on_postgresql(counted):
    # Triggers, because neither Django nor any other index than a count knows the number.
    kept, table = counted.kept, counted.table
    old, new = (", ".join(counted.values(row)) for row in ("OLD", "NEW"))
    bodies = {
        "added": _insert(counted, "count(*)", "new_rows"),
        "gone": _insert(counted, "-count(*)", "old_rows"),
        "moved": f"INSERT INTO {kept} ({counted.keys}, n) VALUES ({old}, -1), ({new}, 1)",
        "emptied": f"DELETE FROM {kept}",
    }
    events = {
        "added": f"INSERT ON {table} REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT",
        "gone": f"DELETE ON {table} REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT",
        "moved": f"UPDATE ON {table} FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new}))",
        "emptied": f"TRUNCATE ON {table} FOR EACH STATEMENT",
    }
    for what, body in bodies.items():
        yield (
            f"CREATE FUNCTION {kept}_{what}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {body}; RETURN NULL; END $$"
        )
        yield f"CREATE TRIGGER {kept}_{what} AFTER {events[what]} EXECUTE FUNCTION {kept}_{what}()"


def _drop_on_postgresql(counted):
    for what in ("added", "gone", "moved", "emptied"):
        yield f"DROP FUNCTION IF EXISTS {counted.kept}_{what}() CASCADE"


def _create_on_sqlite(counted):
    kept, table = counted.kept, counted.table

    def add(row, number):
        values = counted.values(row)
        same = " AND ".join(
            f"{column} = {value}" for column, value in zip(counted.columns, values, strict=True)
        )
        change = f"UPDATE {kept} SET n = n + {number} WHERE {same};"
        if number < 0:
            # When all tables are emptied, the numbers may go before what they count.
            return change
        begin = (
            f"SELECT {', '.join(values)}, 0 WHERE NOT EXISTS (SELECT 1 FROM {kept} WHERE {same})"
        )
        return f"INSERT INTO {kept} ({counted.keys}, n) {begin}; {change}"

    is_moved = " OR ".join(
        f"{old} <> {new}"
        for old, new in zip(counted.values("OLD"), counted.values("NEW"), strict=True)
    )
    columns = counted.keys
    events = {
        "added": ("INSERT", "", add("NEW", 1)),
        "gone": ("DELETE", "", add("OLD", -1)),
        "moved": (f"UPDATE OF {columns}", f"WHEN {is_moved}", add("OLD", -1) + add("NEW", 1)),
    }
    for what, (event, condition, body) in events.items():
        yield (
            f"CREATE TRIGGER {kept}_{what} AFTER {event} ON {table} "
            f"FOR EACH ROW {condition} BEGIN {body} END"
        )


def _drop_on_sqlite(counted):
    for what in ("added", "gone", "moved"):
        yield f"DROP TRIGGER IF EXISTS {counted.kept}_{what}"


CREATE = {"postgresql": _create_on_postgresql, "sqlite": _create_on_sqlite}
DROP = {"postgresql": _drop_on_postgresql, "sqlite": _drop_on_sqlite}


def fold(rows, *by):
    """Make one number of the differences of the same thing; those that another folds are left."""
    if not connection.features.has_select_for_update:
        return
    model = rows.model
    same = model.objects.filter(**{name: OuterRef(name) for name in by}).exclude(pk=OuterRef("pk"))
    table, keys = model._meta.db_table, ", ".join(model._meta.get_field(name).column for name in by)
    with transaction.atomic(), connection.cursor() as cursor:
        held = rows.filter(Exists(same)).order_by("pk").select_for_update(skip_locked=True)
        chosen, params = held.values("pk")[:MOST_FOLDED].query.sql_with_params()
        # Raw, because the ORM cannot insert what it deletes; reading and writing the rows one
        # statement after the other kept whoever claims waiting for seconds on a busy server.
        # As an array they are chosen once, whatever the planner thinks of.
        cursor.execute(
            f"WITH gone AS (DELETE FROM {table} WHERE id = ANY(ARRAY({chosen})) "
            f"RETURNING {keys}, n) INSERT INTO {table} ({keys}, n) "
            f"SELECT {keys}, sum(n) FROM gone GROUP BY {keys} HAVING sum(n) <> 0",
            params,
        )
