"""Label tasks in the admin: what to draw, with which classes, by whom, and how far it is."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.forms import Script
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from datasets.admin.keeping import KeepsWhatIsUsed
from labeling import queueing
from labeling.admin.attributes import AttributeInline, lacks_tags
from labeling.admin.copies import CopyPages, copy_tasks
from labeling.admin.exports import export_labels
from labeling.admin.queue import QueuePages
from labeling.admin.task_progress import attach_progress, status_links
from labeling.forms import (
    AssignmentForm,
    LabelClassForm,
    LabelClassFormSet,
    LabelTaskForm,
    TaskExampleForm,
)
from labeling.models import Assignment, LabelClass, LabelTask, TaskExample


def without_links(formset, field):
    """The field without the icons that add, change or delete what it points to."""
    widget = formset.form.base_fields[field].widget
    for what in ("add", "change", "delete", "view"):
        setattr(widget, f"can_{what}_related", False)
    return formset


class LabelClassInline(admin.TabularInline):
    model = LabelClass
    form = LabelClassForm
    formset = LabelClassFormSet
    fields = ("name", "color", "position", "is_archived", "details")
    readonly_fields = ("details",)
    verbose_name = "class"
    verbose_name_plural = "Classes: what the shapes are"

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else 3

    @admin.display(description="How it is drawn")
    def details(self, label_class):
        if not label_class.pk:
            return "after saving"
        url = reverse("admin:labeling_labelclass_change", args=[label_class.pk])
        return format_html('<a href="{}">Tools, keypoints…</a>', url)


class AssignmentInline(admin.TabularInline):
    model = Assignment
    form = AssignmentForm
    autocomplete_fields = ("user",)
    extra = 0
    verbose_name = "person"
    verbose_name_plural = "People: only they see the task and its images"

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        return without_links(formset, "user") if "user" in formset.form.base_fields else formset

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user").order_by("user__email")


class TaskExampleInline(admin.TabularInline):
    model = TaskExample
    form = TaskExampleForm
    fields = ("thumbnail", "image", "verdict", "title", "description", "position")
    readonly_fields = ("thumbnail",)
    autocomplete_fields = ("image",)
    extra = 0
    verbose_name = "example"
    verbose_name_plural = "Examples: images that labelers see beside their work"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("image")

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        return without_links(formset, "image") if "image" in formset.form.base_fields else formset

    @admin.display(description="")
    def thumbnail(self, example):
        if not example.image_id:
            return ""
        url = reverse("labeling:image_thumbnail", args=[example.image_id])
        return format_html('<img class="example" src="{}" alt="" loading="lazy">', url)


class ActiveFilter(admin.BooleanFieldListFilter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = "activity"

    def choices(self, changelist):
        words = {"Yes": "Active", "No": "Ended or paused"}
        for choice in super().choices(changelist):
            yield choice | {"display": words.get(choice["display"], choice["display"])}


class TaskChangeList(ChangeList):
    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        attach_progress(self.result_list)


@admin.register(LabelTask)
class LabelTaskAdmin(KeepsWhatIsUsed, QueuePages, CopyPages, admin.ModelAdmin):
    form = LabelTaskForm
    inlines = (LabelClassInline, AttributeInline, AssignmentInline, TaskExampleInline)
    fieldsets = (
        ("What to do", {"fields": ("title", "description", "dataset_group", "type")}),
        ("Drawing", {"fields": ("tools", "default_tool", "permit_overlap", "new_cuts_others")}),
        (
            "Giving out images",
            {"fields": ("is_active", "labels_per_image", "order", "lease_minutes")},
        ),
    )
    list_display = ("title_and_group", "progress", "labels", "people", "active")
    list_filter = (("is_active", ActiveFilter), "type")
    list_select_related = ("dataset_group",)
    list_per_page = 50
    search_fields = ("title", "description", "dataset_group__name")
    ordering = ("-is_active", "title", "pk")
    show_facets = admin.ShowFacets.NEVER
    # Actions with tasks are functions in modules beside this one.
    actions = (export_labels, copy_tasks)

    class Media:
        css = {"all": ["labeling/admin/review.css", "labeling/admin/tasks.css"]}
        js = (Script("labeling/admin/tasks.js", defer=True),)

    def get_changelist(self, request, **kwargs):
        return TaskChangeList

    def why_it_stays(self, task):
        """A mistake made a minute ago may go."""
        if not task.labels.exists():
            return ""
        return (
            f"The task {task} has labels, which would go with it, so it cannot be deleted. To end "
            "it, untick “Is active” and save: nobody gets new images, and the labels stay."
        )

    def save_model(self, request, obj, form, change):
        if change:
            queueing.save_task(obj, form.changed_data)
        else:
            super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if lacks_tags(form.instance):
            words = "There is nothing to do in this task yet: add a tag that is about the image."
            messages.warning(request, words)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if "dataset_group" in form.base_fields:
            form.base_fields["dataset_group"].widget.can_delete_related = False
        return form

    def render_change_form(self, request, context, *args, **kwargs):
        task = context.get("original")
        if task is not None:
            attach_progress([task])
            context["statuses"] = status_links(task)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="Task", ordering="title")
    def title_and_group(self, task):
        cell = '{}<br><span class="quiet">{}, {}</span>'
        return format_html(cell, task.title, task.dataset_group, task.get_type_display().lower())

    @admin.display(description="Active", boolean=True)
    def active(self, task):
        return task.is_active

    @admin.display(description="Progress")
    def progress(self, task):
        return render_to_string("admin/labeling/labeltask/progress.html", {"task": task})

    @admin.display(description="Labels")
    def labels(self, task):
        context = {"statuses": status_links(task)}
        return render_to_string("admin/labeling/labeltask/statuses.html", context)

    @admin.display(description="People")
    def people(self, task):
        return task.progress.members or "nobody yet"
