"""Copying tasks in the admin: from their list, and from the page of one."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from labeling.copying import copy_task
from labeling.models import LabelTask


@admin.action(permissions=["add"], description="Copy tasks, without their people")
def copy_tasks(model_admin, request, queryset):
    copies = [copy_task(task) for task in queryset]
    if len(copies) == 1:
        return _show(request, copies[0])
    messages.success(request, f"{len(copies)} tasks were copied. Now choose their people.")


class CopyPages:
    """Part of the admin of tasks."""

    def get_urls(self):
        copy = self.admin_site.admin_view(self.copy_view)
        return [
            path("<int:task_id>/copy/", copy, name="labeling_labeltask_copy"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def copy_view(self, request, task_id):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return _show(request, copy_task(get_object_or_404(LabelTask, pk=task_id)))


def _show(request, copy):
    words = "This is the copy. Give it a title of its own, and choose its images and its people."
    messages.success(request, words)
    return redirect("admin:labeling_labeltask_change", copy.pk)
