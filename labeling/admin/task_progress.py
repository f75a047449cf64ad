"""How far tasks are, for staff: counted for a whole list page at once."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F
from django.urls import reverse

from labeling.counting import images_by_group, labels_by_task
from labeling.models import Assignment, ImageReport, Label

Status = Label.Status


@dataclass
class TaskProgress:
    images: int
    labels_per_image: int
    by_status: Counter
    members: int
    # Drawn on by people who have not gone on with it for longer than the lease.
    lapsed: int
    # Images that labelers reported, and nobody has decided on.
    reported: int

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
    """Give each task its progress, in five queries for all of them."""
    images = images_by_group(task.dataset_group_id for task in tasks)
    labels = labels_by_task(tasks, labeler__gt=0)
    active = Assignment.objects.filter(task__in=tasks, is_active=True)
    members = Counter(dict(active.values_list("task").annotate(Count("pk"))))
    stuck = Label.objects.lapsed().exclude(rev=F("claimed_rev")).filter(task__in=tasks)
    lapsed = Counter(dict(stuck.values_list("task").annotate(Count("pk"))))
    reports = ImageReport.objects.filter(state=ImageReport.State.OPEN, label__task__in=tasks)
    reported = Counter(dict(reports.values_list("label__task").annotate(Count("pk"))))
    for task in tasks:
        task.progress = TaskProgress(
            images=images[task.dataset_group_id],
            labels_per_image=task.labels_per_image,
            by_status=labels[task.pk],
            members=members[task.pk],
            lapsed=lapsed[task.pk],
            reported=reported[task.pk],
        )


def status_links(task):
    """[(status, words, number, link), …] of the statuses that the task has, and what is stuck."""
    labels = reverse("admin:labeling_label_changelist") + f"?task__id__exact={task.pk}"
    reports = reverse("admin:labeling_imagereport_changelist")
    reports += f"?label__task__id__exact={task.pk}&state__exact=open"
    progress = task.progress
    found = [
        (status, words, progress.by_status[status], f"{labels}&status={status}")
        for status, words in Status.choices
    ]
    found.append(("lapsed", "lapsed", progress.lapsed, f"{labels}&holding=lapsed"))
    found.append(("reported", "reported", progress.reported, reports))
    return [row for row in found if row[2]]
