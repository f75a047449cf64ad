"""The table of found files: filter, search and pages, all in the database."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.utils.functional import cached_property

from datasets.models import FoundFile

ROWS_ON_A_PAGE = 100
# The longest text that is worth looking for; a longer one is no part of a path.
LONGEST_SEARCH = 1000

State, Outcome = FoundFile.State, FoundFile.Outcome


@dataclass(frozen=True)
class Filter:
    """One way to look at the files, as a chip above the table."""

    name: str
    text: str
    rows: Q
    tone: str = "calm"

    def covers(self, group):
        """Whether a group of files, alike in state, outcome and selection, belongs to it."""
        return all(group[column] in values for column, values in self.conditions())

    def conditions(self):
        for lookup, value in self.rows.children:
            if lookup.endswith("__in"):
                yield lookup.removesuffix("__in"), value
            else:
                yield lookup, (value,)


def _of(state, tone="calm"):
    return Filter(state.value, state.label, Q(state=state), tone)


ALL = Filter("", "All", Q())
NEW, MOVED = _of(State.NEW, "good"), _of(State.MOVED, "good")
OTHERS = (
    _of(State.KNOWN),
    _of(State.DUPLICATE, "warn"),
    _of(State.CHANGED, "warn"),
    _of(State.UNREADABLE, "bad"),
    _of(State.SKIPPED),
)
WHEN_FOUND = (ALL, NEW, MOVED, *OTHERS)
WHEN_IMPORTED = (
    ALL,
    Filter("imported", "Imported", Q(outcome=Outcome.IMPORTED), "good"),
    Filter("relinked", "Linked to the new path", Q(outcome=Outcome.RELINKED), "good"),
    Filter("overtaken", "Imported by somebody else", Q(outcome=Outcome.OVERTAKEN)),
    Filter("waiting", "Not imported yet", Q(outcome="", selected=True), "warn"),
    Filter(
        "unselected",
        "Not selected",
        Q(state__in=FoundFile.SELECTABLE, outcome="", selected=False),
    ),
    *OTHERS,
)


def in_words(file):
    """(tone, words) for what a file is, or what became of it."""
    tones = {f.name: f.tone for f in WHEN_FOUND}
    if file.outcome:
        good = file.outcome in (Outcome.IMPORTED, Outcome.RELINKED)
        return ("good" if good else "calm"), file.get_outcome_display()
    if file.is_selectable and not file.selected and file.folder_import.stage == "done":
        return "calm", "Not selected"
    return tones[file.state], file.get_state_display()


class CountedPaginator(Paginator):
    """A paginator that is told the count, which the chips know already."""

    def __init__(self, rows, count):
        super().__init__(rows, ROWS_ON_A_PAGE)
        self.count = count


class FoundTable:
    """The files of an import, as the request's `show`, `q` and `page` ask for them."""

    def __init__(self, folder_import, params):
        self.job = folder_import
        self.files = folder_import.found_files.all()
        self.is_over = folder_import.stage in ("importing", "done")
        self.filters = WHEN_IMPORTED if self.is_over else WHEN_FOUND
        shown = params.get("show", "")
        self.shown = next((f for f in self.filters if f.name == shown), ALL)
        self.q = params.get("q", "").replace("\0", "")[:LONGEST_SEARCH]
        self.page_number = params.get("page", "1")

    @cached_property
    def groups(self):
        """How many files there are of each kind that the filters know, from one query.

        Before the import these are the states, which an index counts without a look at the rows.
        """
        if not self.is_over:
            counts = self.files.count_by_state()
            return [{"state": state, "files": files} for state, files in counts.items()]
        rows = self.files.order_by().values("state", "outcome", "selected")
        return list(rows.annotate(files=Count("pk")))

    def count(self, shown):
        return sum(group["files"] for group in self.groups if shown.covers(group))

    @property
    def total(self):
        return self.count(ALL)

    @cached_property
    def selected(self):
        return self.selectable - self.files.selectable().filter(selected=False).count()

    @property
    def selectable(self):
        return sum(g["files"] for g in self.groups if g["state"] in FoundFile.SELECTABLE)

    def chips(self):
        """Filters with how many files they have and where they lead; the page hides empty ones."""
        for shown in self.filters:
            yield {
                "filter": shown,
                "number": self.count(shown),
                "query": self._query(show=shown.name, q=self.q),
                "is_shown": shown is self.shown,
            }

    @property
    def matching(self):
        """The files of the filter and the search, on all pages."""
        files = self.files.filter(self.shown.rows)
        return files.filter(path__icontains=self.q) if self.q else files

    @property
    def may_pick(self):
        """Whether some of the files of the filter can be selected."""
        return self.shown in (ALL, NEW, MOVED) and bool(self.selectable or self.job.is_active)

    @property
    def is_narrowed(self):
        return bool(self.q or self.shown.name)

    @cached_property
    def page(self):
        count = self.matching.count() if self.q else self.count(self.shown)
        # By an index each, which hold the files in the same order.
        order = "pk" if self.shown.name in FoundFile.State.values else "path"
        keys = self.matching.order_by(order).values_list("pk", flat=True)
        return CountedPaginator(keys, count).get_page(self.page_number)

    def rows(self):
        """The files of the page, with what the table says about each."""
        files = self.files.filter(pk__in=list(self.page)).select_related("same_as")
        for file in files.order_by("pk"):
            file.folder_import = self.job  # of all alike, so not asked for again
            tone, text = in_words(file)
            folder = file.path.removeprefix(self.job.folder.rstrip("/") + "/").rpartition("/")[0]
            yield {"file": file, "tone": tone, "text": text, "folder": folder}

    def result(self):
        """What came of the import, in numbers."""
        counts = {shown.name: self.count(shown) for shown in WHEN_IMPORTED}
        counts["known"] += self.job.known_unlisted
        bad = ("changed", "unreadable", "overtaken")
        return counts | {"problems": sum(counts[name] for name in bad)}

    def page_links(self):
        """Page numbers with their query; None where some are left out."""
        for number in self.page.paginator.get_elided_page_range(self.page.number):
            if isinstance(number, int):
                yield number, self.query(page=number)
            else:
                yield None, ""

    def query(self, **changes):
        """The query string of this view of the table, with changes."""
        here = {"show": self.shown.name, "q": self.q, "page": self.page.number}
        return self._query(**here | changes)

    @staticmethod
    def _query(**values):
        return urlencode({k: v for k, v in values.items() if v and (k, v) != ("page", 1)})

    def keep(self, shown, chosen):
        """Select the chosen ones of the rows that were shown, and deselect the others."""
        chosen = set(chosen)
        self.files.filter(pk__in=chosen).select()
        self.files.filter(pk__in=set(shown) - chosen).select(False)
