"""The shapes of a label as they were at a revision, and what became of them since."""

from operator import itemgetter

from django.db.models import Max

from labeling.saving import state_of

# Every id is a parameter of the statement, of which databases take some ten thousand.
AT_ONCE = 5_000


def states_at(label, rev):
    """All shapes of the label as they were at the revision, the lowest first."""
    shapes = label.shapes.at(rev).order_by("z", "id")
    return [state_of(shape) for shape in shapes.iterator()]


def states_ended_since(label, rev):
    """The shapes of the revision that were changed or deleted since.

    Together with what is there now and has no newer revision they are the whole of it. Each
    says in `latest` what a change of the shape is based on that brings it back.
    """
    shapes = list(label.shapes.filter(rev_removed__gt=rev, rev_added__lte=rev).order_by("z", "id"))
    latest = _latest_revisions(label, [shape.uid for shape in shapes])
    return [state_of(shape) | {"latest": latest[shape.uid]} for shape in shapes]


def states_changed_since(label, rev):
    """The shapes as they are now that were drawn, changed or deleted after the revision."""
    now = label.shapes.current()
    changed = [state_of(shape) for shape in now.filter(rev_added__gt=rev).order_by("z", "id")]
    # The greatest of each shape is taken here: asked to group by shapes, SQLite reads all states.
    ended = label.shapes.filter(rev_removed__gt=rev).values_list("uid", "rev_removed")
    deleted = dict(sorted(ended, key=itemgetter(1)))
    for uid in now.values_list("uid", flat=True) if deleted else ():
        deleted.pop(uid, None)
    return changed + [
        {"id": str(uid), "deleted": True, "rev": removed} for uid, removed in deleted.items()
    ]


def _latest_revisions(label, uids):
    """{uid: revision of its state now, or of its end}"""
    latest = dict(label.shapes.current().values_list("uid", "rev_added"))
    gone = [uid for uid in uids if uid not in latest]
    for start in range(0, len(gone), AT_ONCE):
        states = label.shapes.filter(uid__in=gone[start : start + AT_ONCE])
        latest.update(states.values_list("uid").annotate(Max("rev_removed")))
    return latest
