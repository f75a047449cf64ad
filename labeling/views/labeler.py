from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from labeling.claiming import claim_next
from labeling.models import Label, LabelTask


@login_required
@require_GET
def task_list(request):
    """The tasks that the user is assigned to."""
    tasks = LabelTask.objects.assigned_to(request.user)
    return render(request, "labeling/task_list.html", {"tasks": tasks})


@login_required
@require_POST
def next_image(request, task_id):
    """Claim an image for the labeler and open it in the editor."""
    task = get_object_or_404(LabelTask.objects.assigned_to(request.user), pk=task_id)
    label = claim_next(task=task, labeler=request.user)
    if label is None:
        messages.info(request, "Every image of this task is taken.")
        return redirect("labeling:task_list")
    return redirect(label)


@login_required
@require_GET
def annotate(request, label_id):
    """The page of the editor, which loads the label by the API."""
    label = get_object_or_404(
        Label.objects.visible_to(request.user).select_related("task"), pk=label_id
    )
    config = {
        "label": label.pk,
        "task": label.task_id,
        "user": request.user.pk,
        "csrf": get_token(request),
        "api": reverse("api:api-root").rstrip("/"),
        "task_url": reverse("labeling:task_list"),
    }
    return render(request, "labeling/annotate.html", {"label": label, "config": config})
