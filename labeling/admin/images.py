"""Images in the admin, with what can be done to them in tasks."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse

from datasets.admin import ImageAdmin
from datasets.models import Image
from labeling.admin.queue import PriorityField, said
from labeling.models import LabelTask
from labeling.priorities import set_for_images


class ImagePriorityForm(forms.Form):
    task = forms.ModelChoiceField(LabelTask.objects.order_by("-is_active", "title", "pk"))
    priority = PriorityField(help_text="Higher comes first; others have 0.")


@admin.action(permissions=["view"], description="Set the priority in a task…")
def set_priority(model_admin, request, queryset):
    """Ask for the task and the number on a page of its own."""
    if not request.user.has_perm("labeling.change_labeltask"):
        raise PermissionDenied
    form = ImagePriorityForm(request.POST if "priority" in request.POST else None)
    if form.is_valid():
        task, priority = form.cleaned_data["task"], form.cleaned_data["priority"]
        done = said(set_for_images(task, queryset, priority), priority)
        return model_admin.message_user(request, f"{task}: {done}", messages.SUCCESS)
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "media": model_admin.media,
        "title": "Set the priority in a task",
        "form": form,
        "number": queryset.count(),
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/labeling/priority.html", context)


admin.site.unregister(Image)


# Here and not in datasets, because only labeling knows tasks.
@admin.register(Image)
class ImageInTasksAdmin(ImageAdmin):
    actions = (set_priority,)
