"""Which rows: the doors to tasks, labels and images, and what is counted of them."""

from collections import defaultdict
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    OrderBy,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Now
from django.db.models.indexes import IndexExpression

from datasets.models import GroupedDataset, Image


class LatestFirst(OrderBy):
    """A time downwards, what has none at the end: for order_by() and for the index behind it."""

    def __init__(self, expression):
        super().__init__(expression, descending=True, nulls_last=True)

    def as_sqlite(self, compiler, connection):
        # It is the order of SQLite anyway, and an index there may not say so.
        plain = self.copy()
        plain.nulls_last = plain.nulls_first = None
        return plain.as_sql(compiler, connection)


# An index takes only orders that it knows.
IndexExpression.register_wrappers(*IndexExpression.wrapper_classes, LatestFirst)


class LabelTaskQuerySet(models.QuerySet):
    def assigned_to(self, user):
        """The one door to tasks for labelers: those that the user is assigned to now."""
        # No duplicates from the join: a user is in a task once.
        return self.filter(assignments__user=user, assignments__is_active=True)

    def visible_to(self, user):
        """Staff who may look at tasks see all, everybody else those that they label."""
        if user.is_staff and user.has_perm("labeling.view_labeltask"):
            return self
        return self.assigned_to(user)


class OfTaskQuerySet(models.QuerySet):
    """What a task asks for."""

    def visible_to(self, user):
        """Seen by whoever sees the task."""
        tasks = self.model._meta.get_field("task").related_model
        return self.filter(task__in=tasks.objects.visible_to(user))


class LabelQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The one door to labels: staff see all, a labeler their own in tasks still assigned."""
        if user.is_staff:
            return self
        mine = {"task__assignments__user": user, "task__assignments__is_active": True}
        return self.filter(labeler=user, **mine)

    def free_in(self, task, labeler=None):
        """Places in the queue of a task, in the order in which they are given out.

        An image whose dataset left the group, whose file is not in order, or that somebody
        reported is not given out, and none more often than labels_per_image says, also when
        that was lowered meanwhile. With a labeler, without the images that they have already.
        """
        datasets = GroupedDataset.objects.filter(group=task.dataset_group_id)
        # A condition on each row and no join: a join lets the planner begin with the images
        # and sort the whole queue (SQLite did, 270 ms at 200,000 images).
        wanted = Image.objects.filter(
            pk=OuterRef("image"),
            state="ok",
            dataset__in=datasets.values("dataset"),
        )
        reports = self.model.reports.rel.related_model
        kept_back = reports.objects.filter(image=OuterRef("image"), state__in=reports.KEPT_BACK)
        return self.filter(
            Exists(wanted),
            ~Exists(kept_back),
            self._has_room(task, labeler),
            task=task,
            status="free",
        ).order_by(F("priority").desc(), "order_key", "slot")

    def not_skipped_by(self, user):
        """Without images that the user gave back, saying that somebody else should do them."""
        steps = self.model.steps.rel.related_model
        same_image = {"label__task": OuterRef("task"), "label__image": OuterRef("image")}
        return self.filter(~Exists(steps.objects.filter(step="skip", by=user, **same_image)))

    def _has_room(self, task, labeler):
        """Whether a row can be given without making it N + 1, or a second one of a labeler.

        A slot below stands for a label, made or still to come, so only those above are counted.
        Whatever is given at the same moment, the highest of the given rows has counted right.
        One count for both, in each row: asked whether the labeler has none of the image, the
        planner may read all labels they ever made.
        """
        same_image = self.model.objects.filter(task=OuterRef("task"), image=OuterRef("image"))
        takes = [When(~Q(status="free"), slot__gt=OuterRef("slot"), then=1)]
        if labeler is not None:
            takes.insert(0, When(labeler=labeler, then=task.labels_per_image))
        places = Func(Case(*takes, default=0), function="Sum", output_field=models.IntegerField())
        taken = same_image.order_by().annotate(n=places).values("n")
        room = Value(task.labels_per_image) - Coalesce(Subquery(taken), 0)
        return Q(slot__lt=room)

    def open(self):
        """Labels that their labeler can still draw on."""
        return self.filter(status__in=("in_progress", "sent_back"))

    def untouched(self):
        """Given to somebody who has drawn nothing since."""
        return self.filter(status="in_progress", rev=F("claimed_rev"))

    def lapsed(self):
        """Begun by somebody who has not gone on with it for longer than the lease."""
        return self.filter(status="in_progress", lease_until__lt=Now())

    def claimed(self):
        """Labels of somebody; the others are only places in the queue."""
        return self.exclude(status="free")

    def of_task(self, task):
        """Those of one task, or of all when it is None."""
        return self if task is None else self.filter(task=task)

    def awaiting_review(self):
        return self.filter(status="submitted").order_by("status_since", "id")

    def exported(self, status):
        """What an export holds: approved work, submitted work (approved included), or all."""
        statuses = {
            "approved": ("approved",),
            "submitted": ("submitted", "approved"),
            "all": ("in_progress", "sent_back", "submitted", "approved"),
        }
        return self.filter(status__in=statuses[status])

    def later_than(self, label):
        """Whose status changed after that of the label."""
        since = self._moment_of(label)
        return self.filter(Q(status_since__gt=since) | Q(status_since=since, pk__gt=label.pk))

    def earlier_than(self, label):
        since = self._moment_of(label)
        return self.filter(Q(status_since__lt=since) | Q(status_since=since, pk__lt=label.pk))

    def _moment_of(self, label):
        # Not the value that Python has read: SQLite compares texts, and writes its own times with
        # fewer digits than Django does, so that a time would come before itself.
        return Subquery(self.model.objects.filter(pk=label.pk).values("status_since"))

    def reviewable_by(self, user):
        """What this reviewer can decide on, the longest waiting first; never their own work."""
        return self.awaiting_review().exclude(labeler=user)

    def count_by_status(self):
        """{status: how many}, every status present."""
        counts = self.aggregate(
            **{status: Count("pk", filter=Q(status=status)) for status in self.model.Status.values}
        )
        return counts


class ShapeQuerySet(models.QuerySet):
    def current(self):
        return self.filter(rev_removed=None)

    def at(self, rev):
        """The shapes as they were at a revision."""
        return self.filter(self._is_there_at(rev))

    def at_each(self, revisions):
        """The shapes of several labels, {label: revision}, each as it was at its revision."""
        labels_at = defaultdict(list)
        for label, rev in revisions.items():
            labels_at[rev].append(label)
        conditions = (Q(label__in=at) & self._is_there_at(rev) for rev, at in labels_at.items())
        return self.filter(reduce(or_, conditions, Q(pk__in=())))

    @staticmethod
    def _is_there_at(rev):
        still_there = Q(rev_removed=None) | Q(rev_removed__gt=rev)
        return Q(still_there, rev_added__lte=rev)


def images_visible_to(user):
    """The one door to images: staff see all, a labeler those given to them, and examples."""
    if user.is_staff:
        return Image.objects.all()
    given = Q(
        pk__in=user.labels.filter(
            task__assignments__user=user, task__assignments__is_active=True
        ).values("image")
    )
    tasks = user.assignments.filter(is_active=True).values("task")
    return Image.objects.filter(given | Q(example_in__task__in=tasks)).distinct()
