"""What a save did, counted by kind of change, for the time line. No Django."""

from collections import Counter

from labeling.shapes import points_of

# Two coordinates that were moved by the same distance and rounded may differ by so much.
ROUNDING = 0.011


def kinds_of_change(before, after, *, was_there=False):
    """What became of one shape; before and after are (class, kind, geometry, attributes, …).

    before is None for a shape that is not there, was_there tells that it once was.
    """
    if after is None:
        return ["deleted"] if before else []
    if before is None:
        return ["brought back" if was_there else "drawn"]
    kinds = []
    if before[0] != after[0]:
        kinds.append("class changed")
    if before[1:3] != after[1:3]:
        kinds.append("moved" if _is_moved(before, after) else "reshaped")
    if before[3] != after[3]:
        kinds.append("attribute changed")
    return kinds or ["changed"]


def summary_of(changes):
    """{kind: how many shapes} of (before, after, was_there) of every shape of a save."""
    return dict(
        Counter(
            kind
            for before, after, was_there in changes
            for kind in kinds_of_change(before, after, was_there=was_there)
        )
    )


def in_words(summary):
    """ "2 drawn, 1 moved"."""
    return ", ".join(f"{count} {kind}" for kind, count in summary.items())


def _is_moved(before, after):
    """Whether every point went the same way, and nothing else changed."""
    (_, old_kind, old, *_), (_, new_kind, new, *_) = before, after
    if old_kind != new_kind:
        return False
    here, there = points_of(old_kind, old), points_of(new_kind, new)
    if len(here) != len(there):
        return False
    dx, dy = there[0][0] - here[0][0], there[0][1] - here[0][1]
    return all(
        abs(x1 - x0 - dx) < ROUNDING and abs(y1 - y0 - dy) < ROUNDING
        for (x0, y0), (x1, y1) in zip(here, there, strict=True)
    )
