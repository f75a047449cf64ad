"""The page of a task's queue: which images come first, and which are next."""

import io

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path

from datasets.models import Dataset, ImageCount
from labeling.models import Label, LabelTask, QueueMark
from labeling.priorities import (
    HIGHEST,
    LOWEST,
    BadFile,
    matching,
    set_for_dataset,
    set_for_images,
    set_from_csv,
)

SHOWN = 24
LARGEST_FILE = 20_000_000


class PriorityField(forms.IntegerField):
    def __init__(self, **options):
        super().__init__(min_value=LOWEST, max_value=HIGHEST, **options)


class DatasetsForm(forms.Form):
    """The priority of each dataset of the task's group."""

    def __init__(self, task, data=None):
        super().__init__(data)
        self.task = task
        counted = Dataset.objects.filter(groups=task.dataset_group_id)
        self.datasets = list(
            counted.annotate(n_images=ImageCount.of(dataset=OuterRef("pk"))).order_by(
                "site", "sensor"
            )
        )
        marks = dict(QueueMark.objects.filter(task=task).values_list("dataset", "priority"))
        for dataset in self.datasets:
            field = PriorityField(initial=marks.get(dataset.pk, 0), label=str(dataset))
            self.fields[f"dataset-{dataset.pk}"] = field

    def rows(self):
        for dataset in self.datasets:
            yield dataset, self[f"dataset-{dataset.pk}"]

    def apply(self):
        for dataset in self.datasets:
            name = f"dataset-{dataset.pk}"
            if name in self.changed_data:
                set_for_dataset(self.task, dataset, self.cleaned_data[name])
        return "The priorities of the datasets are stored."


class PatternForm(forms.Form):
    pattern = forms.CharField(
        label="Part of the path",
        max_length=300,
        help_text="* stands for anything, ? for one character: /north/*.jpg",
    )
    priority = PriorityField()

    def __init__(self, task, data=None):
        super().__init__(data)
        self.task = task

    def apply(self):
        images = matching(self.task, self.cleaned_data["pattern"])
        priority = self.cleaned_data["priority"]
        return said(set_for_images(self.task, images, priority), priority)


class FileForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="One image on each line: its whole path, a comma, its priority. "
        "A first line path,priority may stand above.",
    )

    def __init__(self, task, data=None, files=None):
        super().__init__(data, files)
        self.task = task

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError("The file is larger than 20 MB; send it in parts.")
        try:
            self.lines = io.StringIO(file.read().decode("utf-8-sig"), newline="")
        except UnicodeDecodeError as problem:
            raise forms.ValidationError("Save the file as UTF-8.") from problem
        return file

    def apply(self):
        self.outcome = set_from_csv(self.task, self.lines)
        return said(self.outcome.images)


def said(number, priority=None):
    """What was done, in words."""
    images = "1 image has" if number == 1 else f"{number:,} images have"
    if not number:
        return "No image of this task is meant by that; nothing was changed."
    return f"{images} their priority now." if priority is None else f"{images} priority {priority}."


class QueuePages:
    """Part of the admin of tasks."""

    def get_urls(self):
        queue = self.admin_site.admin_view(self.queue_view)
        return [
            path("<int:task_id>/queue/", queue, name="labeling_labeltask_queue"),
            *super().get_urls(),
        ]

    def queue_view(self, request, task_id):
        """Which images come first; each part of the page is a form of its own."""
        task = get_object_or_404(LabelTask, pk=task_id)
        if not self.has_change_permission(request, task):
            raise PermissionDenied
        data, what = request.POST or None, request.POST.get("what")
        bound = {
            "datasets": DatasetsForm(task, data if what == "datasets" else None),
            "pattern": PatternForm(task, data if what == "pattern" else None),
            "file": FileForm(task, *((data, request.FILES) if what == "file" else ())),
        }
        if what in bound and bound[what].is_valid() and _applied(request, bound[what]):
            return redirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": f"Queue: {task}",
            "task": task,
            "forms": bound,
            "next": Label.objects.free_in(task).select_related("image__dataset")[:SHOWN],
        }
        return TemplateResponse(request, "admin/labeling/labeltask/queue.html", context)


def _applied(request, form):
    try:
        done = form.apply()
    except BadFile as problem:
        form.add_error("file", str(problem))
        return False
    messages.success(request, done)
    outcome = getattr(form, "outcome", None)
    for line in outcome.problems if outcome else ():
        messages.warning(request, line)
    if outcome and outcome.more_problems:
        messages.warning(request, f"And {outcome.more_problems:,} lines more.")
    return True
