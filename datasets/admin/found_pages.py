"""Pages of found files in any order, each found by the key of its first row.

A page is not "rows 500,000 to 500,100", for which the database would have to count its way
there, but "a hundred rows from this one on". So a page also stays the same while files are
still being found before it.
"""

from django.db.models import BigIntegerField, F, Q
from django.db.models.functions import Cast, Coalesce
from django.utils.functional import cached_property

ROWS_ON_A_PAGE = 100
LAST = "end"

# What to sort by. A file without the value comes first, as if it had less than nothing.
# These are read from the index found_files_by_state, which holds them beside the state: an
# index in the order of each would make every import slower, and reading a million keys of
# this one takes a fraction of a second.
KEYS = {
    "path": None,
    "pixels": Coalesce(
        Cast("width", BigIntegerField()) * F("height"), -1, output_field=BigIntegerField()
    ),
    "size": Coalesce("byte_size", -1),
    "state": F("state"),
}


class Order:
    """An order by one of KEYS, then by id; the name of a descending one begins with "-"."""

    def __init__(self, wanted, path):
        """`path` is the column that has the order of the paths and an index with the filter."""
        self.is_descending = wanted.startswith("-")
        self.by = wanted.removeprefix("-")
        if self.by not in KEYS:
            self.by, self.is_descending = "path", False
        self.key = KEYS[self.by]
        self.columns = (path,) if self.key is None else ("sort_key", "pk")

    def __str__(self):
        return f"-{self.by}" if self.is_descending else self.by

    def sorted(self, files, *, back=False):
        sign = "-" if self.is_descending != back else ""
        files = files if self.key is None else files.annotate(sort_key=self.key)
        return files.order_by(*(sign + column for column in self.columns))

    def place_of(self, files, pk):
        """The key of a file, or None if there is no such file."""
        if not pk:
            return None
        return self.sorted(files.filter(pk=pk)).values_list(*self.columns).first()

    def beyond(self, files, place, *, back=False, here=False):
        """Files after a place, or before it; with `here`, also what is just there."""
        or_here = "e" if here else ""
        way = "lt" if self.is_descending != back else "gt"
        first, *rest = zip(self.columns, place, strict=True)
        column, value = first
        if not rest:
            return self.sorted(files.filter(**{f"{column}__{way}{or_here}": value}), back=back)
        files = self.sorted(files, back=back)
        further = Q(**{f"{column}__{way}": value})
        level = Q(**{column: value, f"pk__{way}{or_here}": rest[0][1]})
        # The last condition says nothing new, but an index can be entered by it.
        return files.filter(further | level, **{f"{column}__{way}e": value})


class Page:
    """The ids of a hundred files: from the file `at` on, or those just before `before`."""

    def __init__(self, files, order, at="", before=""):
        self.files, self.order = files, order
        self.next = None  # the id that the next page begins with
        self.is_before = False
        self.is_last = at == LAST
        self.place = None if self.is_last else order.place_of(files, before or at)
        if self.is_last:
            self.ids = self._last()
        elif self.place and before:
            self.ids = self._before(before)
        else:
            self.ids = self._from_place()

    def _from_place(self):
        """From a place on; without one, the first page."""
        files = self.order.sorted(self.files)
        if self.place:
            files = self.order.beyond(self.files, self.place, here=True)
        ids = _ids(files, ROWS_ON_A_PAGE + 1)
        self.next = ids[ROWS_ON_A_PAGE] if len(ids) > ROWS_ON_A_PAGE else None
        return ids[:ROWS_ON_A_PAGE]

    def _before(self, next_):
        ids = _ids(self.order.beyond(self.files, self.place, back=True), ROWS_ON_A_PAGE)
        if len(ids) < ROWS_ON_A_PAGE:
            self.place = None  # the first page is a full one
            return self._from_place()
        self.next, self.is_before = next_, True
        return ids[::-1]

    def _last(self):
        return _ids(self.order.sorted(self.files, back=True), ROWS_ON_A_PAGE)[::-1]

    @cached_property
    def position(self):
        """How many files come before the page, unless it is the last one."""
        if self.place is None:
            return 0
        before = self.order.beyond(self.files, self.place, back=True).order_by().count()
        # The place is that of the next page if the page was found from there.
        return before - (len(self.ids) if self.is_before else 0)


def _ids(files, most):
    return list(files.values_list("pk", flat=True)[:most])
