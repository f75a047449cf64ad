"""How many labels of each status a task has, in all and of each labeler, without counting them."""

from collections import Counter, defaultdict

from django.db import models
from django.db.models import Sum

from datasets.counting import Count, Counted, ImageCount, fold
from datasets.models import GroupedDataset

KEPT = (
    Counted("input_data", "image_counts", ("dataset_id",)),
    Counted("labels", "label_counts", ("label_task_id", "user_id", "status")),
)
# Of so many claims one folds the differences that those before it made.
FOLD_EVERY = 64


class LabelCount(Count):
    # No foreign keys, which would lock the task for each label.
    task = models.BigIntegerField(db_column="label_task_id")
    # 0: of nobody, in the queue.
    labeler = models.BigIntegerField(db_column="user_id")
    status = models.CharField(max_length=12)

    class Meta:
        db_table = "label_counts"
        indexes = [models.Index(fields=["task", "labeler", "status"], name="labels_counted")]

    def __str__(self):
        return f"{self.n:+} {self.status} labels of task {self.task}"


def labels_by_task(tasks, **of):
    """{task: {status: how many}} of all labels, or with labeler=user of one person."""
    counts = defaultdict(Counter)
    rows = LabelCount.objects.filter(task__in=[task.pk for task in tasks], **of)
    for task, status, number in rows.values_list("task", "status").annotate(sum=Sum("n")):
        counts[task][status] = number
    return counts


def labels_by_status(**of):
    """{status: how many} of all labels, or of those of a condition."""
    rows = LabelCount.objects.filter(**of).values_list("status").annotate(sum=Sum("n"))
    return Counter(dict(rows))


def number_of_labels(chosen):
    """How many labels of people a list shows, by the parameters of its address; None: unknown."""
    fields = {"task__id__exact": "task", "labeler": "labeler", "status": "status"}
    if not set(chosen) <= set(fields):
        return None
    wanted = {fields[name]: value for name, value in chosen.items()}
    if not all(wanted[name].isdecimal() for name in ("task", "labeler") if name in wanted):
        return None
    wanted |= {name: wanted[name][:18] for name in ("task", "labeler") if name in wanted}
    rows = LabelCount.objects.filter(labeler__gt=0).filter(**wanted)
    return rows.aggregate(sum=Sum("n"))["sum"] or 0


def submitted_labels(task=None, *, besides):
    """How many labels wait for a review, of a task or of all, without those of one person."""
    rows = LabelCount.objects.filter(status="submitted").exclude(labeler=besides.pk)
    rows = rows if task is None else rows.filter(task=task.pk)
    return rows.aggregate(sum=Sum("n"))["sum"] or 0


def images_by_group(groups):
    """{group: how many images its datasets have}."""
    rows = GroupedDataset.objects.filter(group__in=set(groups))
    counts = Counter()
    for group, number in rows.values_list(
        "group", ImageCount.of(dataset=models.OuterRef("dataset"))
    ):
        counts[group] += number
    return counts


def fold_now_and_then(label):
    """Called after each claim; the ids of what is claimed are as good as random."""
    if label.pk % FOLD_EVERY == 0:
        fold(LabelCount.objects.filter(task=label.task_id), "task", "labeler", "status")
        fold(ImageCount.objects.all(), "dataset")
