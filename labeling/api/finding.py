"""The task that a request names, and the right to change one."""

from django.shortcuts import get_object_or_404

from labeling.models import LabelTask

CHANGE_TASK = "labeling.change_labeltask"


def task_of(request, task_id):
    """Answer 404 for a task that is not there or not for who asks: one cannot tell which."""
    return get_object_or_404(LabelTask.objects.visible_to(request.user), pk=task_id)
