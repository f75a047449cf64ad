"""The table of found files: filter, search, order and pages, all in the database."""

import hashlib
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Count
from django.utils.functional import cached_property

from datasets.admin.found_filters import (
    ALL,
    MOVED,
    NEW,
    UNSELECTED,
    WAITING,
    WHEN_FOUND,
    WHEN_IMPORTED,
)
from datasets.admin.found_pages import KEYS, LAST, Order, Page
from datasets.admin.found_relations import described
from datasets.found_folders import folders_in, ids_below, prefix_of
from datasets.models import FoundFile
from datasets.selecting import count_deselected, deselected_among, deselected_between, select

# The longest text that is worth looking for; a longer one is no part of a path.
LONGEST_SEARCH = 1000
HEADS = {"path": "File", "pixels": "Pixels", "size": "Size", "state": "State"}
# How long numbers that change no more are remembered.
SECONDS_REMEMBERED = 600


class FoundTable:
    """The files of an import, as the request's parameters ask for them."""

    def __init__(self, folder_import, params):
        self.job = folder_import
        self.files = folder_import.found_files.all()
        self.is_over = folder_import.stage in ("importing", "done")
        self.filters = WHEN_IMPORTED if self.is_over else WHEN_FOUND
        shown = params.get("show", "")
        self.shown = next((f for f in self.filters if f.name == shown), ALL)
        self.q = params.get("q", "").replace("\0", "")[:LONGEST_SEARCH]
        self.folder = params.get("folder", "").replace("\0", "").strip("/")
        # By an index each, which hold the files in the same order.
        path = "pk" if self.shown.name in FoundFile.State.values else "path"
        self.order = Order(params.get("sort", ""), path)
        self.is_grid = params.get("view") == "grid"
        self.at, self.before = _place(params, "at"), _place(params, "before")

    @cached_property
    def everything(self):
        """How many files there are of each kind that the filters know.

        Counted from an index, without a look at the rows.
        """
        return self._remembered("all", self.job.count_files)

    @cached_property
    def groups(self):
        """The same for the folder that is shown."""
        if not self.folder:
            return self.everything
        if self.ids is None:
            return []
        # The states let the index be entered seven times instead of read as a whole.
        files = self.files.of_state(*FoundFile.State.values).filter(pk__range=self.ids)
        return self._remembered(("folder", self.folder), lambda: _groups(files))

    @cached_property
    def ids(self):
        """The first and the last id below the folder, or None."""
        return self._remembered(("ids", self.folder), lambda: ids_below(self.job, self.folder))

    def _remembered(self, what, count):
        """A number of the files as they are when nothing works on them any more."""
        if self.job.is_active:
            return count()
        job = self.job
        key = ("found", job.pk, job.created_at, job.stage, job.ended_at, what)
        digest = hashlib.sha256(repr(key).encode()).hexdigest()
        return cache.get_or_set(digest, count, SECONDS_REMEMBERED)

    def count(self, shown):
        if shown in (WAITING, UNSELECTED):
            return self._count_left(shown)
        return sum(group["files"] for group in self.groups if shown.covers(group))

    def _count_left(self, shown):
        """Of the files that could have been imported: those that were not to be, or not yet."""
        left = sum(g["files"] for g in _selectable(self.groups) if not g["outcome"])
        deselected = self.deselected
        if self.folder:
            (deselected,) = deselected_between(self.job, [self.ids]) if self.ids else [0]
        # When all is done, nothing waits; a file may also have been deselected by SQL.
        unselected = left if self.job.stage == "done" else min(left, deselected)
        return unselected if shown is UNSELECTED else left - unselected

    @cached_property
    def deselected(self):
        return count_deselected(self.job)

    @property
    def total(self):
        return sum(group["files"] for group in self.everything)

    @cached_property
    def selected(self):
        return self.selectable - self.deselected

    @property
    def selectable(self):
        return sum(group["files"] for group in _selectable(self.everything))

    def chips(self):
        """Filters with how many files they have and where they lead; the page hides empty ones."""
        for shown in self.filters:
            yield {
                "filter": shown,
                "number": self.count(shown),
                "query": self.query(show=shown.name, at=""),
                "is_shown": shown is self.shown,
            }

    @property
    def matching(self):
        """The files of the filter and the search, on all pages."""
        files = self._below_folder().filter(self.shown.rows)
        return files.matching(self.q, self.job.folder) if self.q else files

    def _below_folder(self):
        """The files of the folder, as the index of the order that is asked for finds them."""
        if not self.folder:
            return self.files
        if self.ids is None:
            return self.files.none()
        if self.order.columns == ("path",):
            return self.files.below(prefix_of(self.job, self.folder))
        return self.files.filter(pk__range=self.ids)

    @cached_property
    def matches(self):
        """How many files that is."""
        if not self.q:
            return self.count(self.shown)
        what = ("matches", self.shown.name, self.q, self.folder)
        return self._remembered(what, self.matching.count)

    @property
    def may_pick(self):
        """Whether some of the files of the filter can be selected."""
        return self.shown in (ALL, NEW, MOVED) and bool(self.selectable or self.job.is_active)

    @property
    def grows(self):
        """Whether what is still being found comes after what is shown."""
        return str(self.order) == "path"

    @property
    def is_narrowed(self):
        return bool(self.q or self.shown.name or self.folder)

    @cached_property
    def page(self):
        return Page(self.matching, self.order, self.at, self.before)

    def rows(self):
        """The files of the page, with what the table says about each."""
        found = self.files.select_related("same_as").in_bulk(self.page.ids)
        deselected = deselected_among(self.job, self.page.ids)
        files = [found[pk] for pk in self.page.ids if pk in found]
        for row in described(self.job, files):
            file = row["file"]
            file.selected = file.selected and file.pk not in deselected
            yield row | {"folder": self._folder_of(file)}

    def _folder_of(self, file):
        """The folder of a file, below that of the import."""
        return file.path.removeprefix(self.job.folder.rstrip("/") + "/").rpartition("/")[0]

    def result(self):
        """What came of the import, in numbers."""
        if self.folder:
            return FoundTable(self.job, {}).result()
        counts = {shown.name: self.count(shown) for shown in WHEN_IMPORTED}
        counts["known"] += self.job.known_unlisted
        bad = ("changed", "unreadable", "overtaken")
        return counts | {"problems": sum(counts[name] for name in bad)}

    @cached_property
    def first_number(self):
        """The number of the first row of the page, counted from 1."""
        if self.page.is_last:
            return self.matches - len(self.page.ids) + 1
        return self.page.position + 1

    @property
    def last_number(self):
        return self.first_number + len(self.page.ids) - 1

    def page_links(self):
        """(words, rel, query) of the pages one can go to; without a query where there is none."""
        has_more, has_less = self.page.next is not None, self.first_number > 1
        if has_more or has_less:
            ids = self.page.ids
            yield "First", "first", self.query(at="") if has_less else ""
            yield "Previous", "prev", self.query(at="", before=ids[0]) if has_less and ids else ""
            yield "Next", "next", self.query(at=self.page.next) if has_more else ""
            yield "Last", "last", self.query(at=LAST) if has_more else ""

    def sort_links(self):
        """Heads of columns: (words, query, how it is sorted by now); the query turns it round."""
        for name in KEYS:
            is_sorted = self.order.by == name
            turned = is_sorted and not self.order.is_descending
            direction = "descending" if self.order.is_descending else "ascending"
            query = self.query(sort=f"-{name}" if turned else name, at="")
            yield HEADS[name], query, direction if is_sorted else ""

    @property
    def other_view(self):
        """The query of the same page with thumbnails, or without."""
        return self.query(view="" if self.is_grid else "grid")

    @cached_property
    def here(self):
        """The id of the first row of the page, unless it is the first page."""
        if self.at != LAST and not self.before:
            return self.at
        return self.page.ids[0] if self.page.ids and self.first_number > 1 else ""

    def query(self, **changes):
        """The query string of this view of the table, with changes."""
        values = {"folder": self.folder, "show": self.shown.name, "q": self.q}
        values |= {"sort": str(self.order), "view": "grid" if self.is_grid else ""} | changes
        if "at" not in values:
            values["at"] = self.here
        return urlencode({k: v for k, v in values.items() if v and (k, v) != ("sort", "path")})

    def folders(self, after=""):
        """The way to the folder that is shown, and the level below it."""
        parts = self.folder.split("/") if self.folder else []
        ways = ["/".join(parts[: n + 1]) for n in range(len(parts))]
        level, is_longer = folders_in(self.job, self.folder, after)
        query = {"show": "", "q": "", "at": ""}
        return {
            "way": [
                (part, self.query(**query | {"folder": way}))
                for part, way in zip(parts, ways, strict=True)
            ],
            "top": self.query(**query | {"folder": ""}),
            "level": [(folder, self.query(**query | {"folder": folder.way})) for folder in level],
            "more": level[-1].name if is_longer else "",
            "is_empty": not (level or self.folder),
        }

    def choose(self, params, shown, chosen):
        """Select and deselect what the buttons and ticks of the page say."""
        act = params.get("do", "")
        for name, wanted in (("take", True), ("leave", False)):
            if folder := params.get(name):
                files = self.files.below(prefix_of(self.job, folder.replace("\0", "")))
                return select(self.job, files, wanted)
        if act in ("all", "none"):
            return select(self.job, self.matching, act == "all")
        if act in ("page", "not_page"):
            return self.keep(shown, shown if act == "page" else ())
        return self.keep(shown, chosen)

    def keep(self, shown, chosen):
        """Select the chosen ones of the rows that were shown, and deselect the others."""
        chosen, shown = set(chosen), set(shown)
        for ids, wanted in ((chosen, True), (shown - chosen, False)):
            if ids:
                select(self.job, self.files.filter(pk__in=ids), wanted)


def _groups(files):
    """Files counted by state and outcome."""
    rows = files.order_by().values("state", "outcome")
    return list(rows.annotate(files=Count("pk")))


def _selectable(groups):
    return [group for group in groups if group["state"] in FoundFile.SELECTABLE]


def _place(params, name):
    """The id of a row, as far as databases have such ids."""
    value = params.get(name, "")
    is_id = value.isascii() and value.isdigit() and len(value) < 19
    return value if is_id or value == LAST and name == "at" else ""
