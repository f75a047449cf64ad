"""How far tasks are, for staff: counted for a whole list page at once."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse

from labeling.models import Assignment, Label
from labeling.progress import counts_by_task, images_by_group

Status = Label.Status


@dataclass
class TaskProgress:
    images: int
    labels_per_image: int
    by_status: Counter
    members: int

    @property
    def total(self):
        """An image counts once for everybody who is to label it."""
        return self.images * self.labels_per_image

    @property
    def done(self):
        # Never above the total, also when a dataset with labels left the group.
        return min(sum(self.by_status[status] for status in Label.DONE), self.total)

    @property
    def percent(self):
        return 100 * self.done // self.total if self.total else 0

    @property
    def waiting(self):
        return self.by_status[Status.SUBMITTED]


def attach_progress(tasks):
    """Give each task its progress, in three queries for all of them."""
    images = images_by_group(task.dataset_group_id for task in tasks)
    labels = counts_by_task(Label.objects.claimed().filter(task__in=tasks))
    active = Assignment.objects.filter(task__in=tasks, is_active=True)
    members = Counter(dict(active.values_list("task").annotate(Count("pk"))))
    for task in tasks:
        task.progress = TaskProgress(
            images=images[task.dataset_group_id],
            labels_per_image=task.labels_per_image,
            by_status=labels[task.pk],
            members=members[task.pk],
        )


def status_links(task):
    """[(status, words, number, link to the labels), …] of the statuses that the task has."""
    labels = reverse("admin:labeling_label_changelist")
    return [
        (status, words, number, f"{labels}?task__id__exact={task.pk}&status={status}")
        for status, words in Status.choices
        if (number := task.progress.by_status[status])
    ]
