"""How far tasks are, in all and for one labeler: what the pages of labelers count."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Case, F, OuterRef, Subquery, TextField, Value, When, Window
from django.db.models.functions import RowNumber

from labeling.counting import images_by_group, labels_by_task
from labeling.models import Label, LabelStep, LabelTask
from labeling.querysets import LatestFirst
from labeling.steps import SEND_BACK

Status = Label.Status
# Labels to go on with that are shown for each task; the rest is on the page of my labels.
SHOWN_OPEN_LABELS = 4


@dataclass
class TaskOverview:
    """One task as its labeler sees it; every count is a number of labels."""

    task: LabelTask
    images: int
    all: Counter
    mine: Counter
    open_labels: list = field(default_factory=list)

    @property
    def total(self):
        """An image counts once for everybody who is to label it."""
        return self.images * self.task.labels_per_image

    @property
    def done(self):
        # Never above the total, also when a dataset with labels left the group.
        return min(_done(self.all), self.total)

    @property
    def my_total(self):
        return sum(self.mine.values())

    @property
    def my_done(self):
        return _done(self.mine)

    @property
    def my_approved(self):
        return self.mine[Status.APPROVED]

    @property
    def sent_back(self):
        return self.mine[Status.SENT_BACK]

    @property
    def unfinished(self):
        return self.mine[Status.IN_PROGRESS]

    @property
    def gets_new_images(self):
        return self.task.is_active and self.task.receives_new_images

    @property
    def nothing_left(self):
        """Nothing to go on with and, as far as one can count, no image to be given out."""
        taken = sum(self.all.values()) - self.all[Status.FREE]
        left = min(self.total - taken, self.images - self.my_total)
        return left <= 0 and not self.sent_back and not self.unfinished

    @property
    def may_ask(self):
        """Whether asking for an image can bring one; leases that lapsed are not counted here."""
        return bool(self.sent_back or self.unfinished or self.gets_new_images)


def _done(counts):
    return sum(counts[status] for status in Label.DONE)


def overviews_for(labeler):
    """The labeler's tasks: those with work sent back first, paused ones last, then by title."""
    tasks = list(
        LabelTask.objects.assigned_to(labeler).annotate(
            receives_new_images=F("assignments__receive_new_unlabeled_data")
        )
    )
    images = images_by_group(task.dataset_group_id for task in tasks)
    everybody, mine = labels_by_task(tasks), labels_by_task(tasks, labeler=labeler.pk)
    open_labels = _open_labels_by_task(tasks, labeler)
    overviews = [
        TaskOverview(
            task,
            images[task.dataset_group_id],
            everybody[task.pk],
            mine[task.pk],
            open_labels[task.pk],
        )
        for task in tasks
    ]
    return sorted(
        overviews,
        key=lambda one: (not one.sent_back, not one.gets_new_images, one.task.title.lower()),
    )


def _open_labels_by_task(tasks, labeler):
    """The first few labels to go on with, in the order in which claim_next gives them."""
    is_sent_back = When(status=Status.SENT_BACK, then=Value(0))
    order = (
        Case(is_sent_back, default=Value(1)),
        Case(When(status=Status.SENT_BACK, then=F("status_since"))),
        LatestFirst(F("active_at")),
        "claimed_at",
    )
    place = Window(RowNumber(), partition_by="task", order_by=order)
    labels = Label.objects.filter(task__in=tasks, labeler=labeler).open()
    found = defaultdict(list)
    for label in (
        with_review_comment(labels)
        .annotate(place=place)
        .filter(place__lte=SHOWN_OPEN_LABELS)
        .select_related("image")
        .order_by("place")
    ):
        found[label.task_id].append(label)
    return found


def with_review_comment(labels):
    """Adds what the reviewer said when the label was last sent back."""
    steps = LabelStep.objects.filter(label=OuterRef("pk"), step=SEND_BACK.name)
    comment = Subquery(steps.order_by("-pk").values("comment")[:1])
    return labels.annotate(
        review_comment=Case(
            When(status=Status.SENT_BACK, then=comment), default=Value("", TextField())
        )
    )
