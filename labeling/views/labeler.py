from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import EditorSettings
from labeling.claiming import claim_next
from labeling.classes import prepare_classes
from labeling.forms import GiveBackForm
from labeling.listing import labels_of
from labeling.models import Label, LabelTask
from labeling.previews import attach_previews
from labeling.progress import overviews_for
from labeling.steps import InvalidStep, report, skip


@login_required
@require_safe
def task_list(request):
    """The tasks that the user is assigned to, and how far they are."""
    overviews = overviews_for(request.user)
    attach_previews([label for one in overviews for label in one.open_labels], request.user)
    return render(request, "labeling/task_list.html", {"overviews": overviews})


@login_required
@require_POST
def next_image(request, task_id):
    """Claim an image for the labeler and open it in the editor."""
    task = get_object_or_404(LabelTask.objects.assigned_to(request.user), pk=task_id)
    prepare_classes(task)
    return _open_next(request, task)


def _open_next(request, task, after=None):
    try:
        label = claim_next(task=task, labeler=request.user, after=after)
    except LabelTask.DoesNotExist as problem:
        raise Http404 from problem
    if label is None:
        messages.info(request, f"There is no image left for you in “{task}” now.")
        return redirect("labeling:task_list")
    return redirect(label)


@login_required
def give_back(request, label_id):
    """Skip an image or report it as bad, with a reason; then go on with the next."""
    own = Label.objects.visible_to(request.user).filter(labeler=request.user).open()
    label = get_object_or_404(own.select_related("task", "image"), pk=label_id)
    form = GiveBackForm(request.POST or None)
    if form.is_valid():
        act = {"skip": skip, "report": report}[form.cleaned_data["what"]]
        try:
            act(label, by=request.user, reason=form.cleaned_data["reason"])
        except InvalidStep as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(
                request, f"You gave {label.image.name} back. Thank you for the reason."
            )
            return _open_next(request, label.task)
    attach_previews([label], request.user)
    return render(request, "labeling/give_back.html", {"label": label, "form": form})


@login_required
@require_safe
def my_labels(request, task_id=None):
    """The user's own labels, of one task or of all."""
    task = None
    if task_id is not None:
        task = get_object_or_404(LabelTask.objects.assigned_to(request.user), pk=task_id)
    status, before = request.GET.get("status", ""), request.GET.get("before")
    try:
        listing = labels_of(request.user, task=task, status=status, before=before)
    except (Label.DoesNotExist, ValueError) as problem:
        raise Http404 from problem
    attach_previews(listing.labels, request.user)
    context = {"task": task, "listing": listing, "is_first_page": before is None}
    return render(request, "labeling/my_labels.html", context)


@login_required
@require_safe
def annotate(request, label_id):
    """The page of the editor, which loads the label by the API."""
    visible = Label.objects.visible_to(request.user).select_related("task", "image")
    label = get_object_or_404(visible.exclude(status=Label.Status.FREE), pk=label_id)
    config = {
        "label": label.pk,
        "task": label.task_id,
        "user": request.user.pk,
        "csrf": get_token(request),
        "api": reverse("api:api-root").rstrip("/"),
        "task_url": reverse("labeling:task_list"),
        "label_url": reverse("labeling:annotate", args=[0]),
        "login_url": reverse("accounts:login"),
        "settings": EditorSettings.of(request.user),
    }
    return render(request, "labeling/annotate.html", {"label": label, "config": config})
