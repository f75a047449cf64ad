"""The filters above the table of found files, and what each file is called there."""

from dataclasses import dataclass

from django.db.models import Q

from datasets.models import FoundFile

State, Outcome = FoundFile.State, FoundFile.Outcome


@dataclass(frozen=True)
class Filter:
    """One way to look at the files, as a chip above the table."""

    name: str
    text: str
    rows: Q
    tone: str = "calm"

    def covers(self, group):
        """Whether a group of files, alike in state and outcome, belongs to it."""
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
WAITING = Filter("waiting", "Not imported yet", Q(outcome="", selected=True), "warn")
UNSELECTED = Filter(
    "unselected", "Not selected", Q(state__in=FoundFile.SELECTABLE, outcome="", selected=False)
)
WHEN_FOUND = (ALL, NEW, MOVED, *OTHERS)
WHEN_IMPORTED = (
    ALL,
    Filter("imported", "Imported", Q(outcome=Outcome.IMPORTED), "good"),
    Filter("relinked", "Linked to the new path", Q(outcome=Outcome.RELINKED), "good"),
    Filter("overtaken", "Imported by somebody else", Q(outcome=Outcome.OVERTAKEN)),
    WAITING,
    UNSELECTED,
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
