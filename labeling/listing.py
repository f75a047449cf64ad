"""The labels of one labeler, latest first, a page at a time."""

from dataclasses import dataclass

from labeling.counting import labels_by_status
from labeling.models import Label, LabelTask
from labeling.progress import with_review_comment

PAGE = 24
# What one may look at, in the order of the buttons; free labels belong to nobody.
STATUSES = (
    Label.Status.SENT_BACK,
    Label.Status.IN_PROGRESS,
    Label.Status.SUBMITTED,
    Label.Status.APPROVED,
)


@dataclass
class Listing:
    labels: list
    # (status or "", words, how many), "" being all of them.
    filters: list
    status: str
    # The last label of this page, if there are more; asked for as ?before=.
    last: int | None


def labels_of(labeler, *, task=None, status="", before=None):
    """One page; raises Label.DoesNotExist when there is no such status or no label `before`."""
    mine = Label.objects.visible_to(labeler).filter(labeler=labeler)
    if task is not None:
        mine = mine.filter(task=task)
    if status and status not in STATUSES:
        raise Label.DoesNotExist(f"There is no status {status!r}.")
    rows = mine.filter(status=status) if status else mine
    if before is not None:
        # By the last label and not by a page number: labels that come in between move nothing.
        rows = rows.earlier_than(mine.get(pk=before))
    rows = with_review_comment(rows).select_related("image", "task")
    found = list(rows.order_by("-status_since", "-pk")[: PAGE + 1])
    labels = found[:PAGE]
    last_pk = labels[-1].pk if len(found) > PAGE else None
    return Listing(labels, _filters(labeler, task), status, last_pk)


def _filters(labeler, task):
    visible = LabelTask.objects.assigned_to(labeler)
    tasks = [task.pk] if task else visible.values("pk")
    counts = labels_by_status(task__in=tasks, labeler=labeler.pk)
    by_status = [(status, status.label, counts.get(status, 0)) for status in STATUSES]
    return [("", "All", sum(counts.values())), *by_status]
