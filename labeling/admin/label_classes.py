"""The page of one class: what is special about drawing it. Reached from the page of its task."""

from django.contrib import admin
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from labeling.attribute_forms import LabelClassDetailsForm
from labeling.models import LabelClass


@admin.register(LabelClass)
class LabelClassAdmin(admin.ModelAdmin):
    form = LabelClassDetailsForm
    fieldsets = (("How it is drawn", {"fields": ("task_link", "class_name", "tools", "skeleton")}),)
    readonly_fields = ("task_link", "class_name")
    list_display = ("name", "task")
    search_fields = ("name", "task__title")
    list_select_related = ("task",)

    class Media:
        css = {"all": ["labeling/admin/tasks.css"]}

    def has_module_permission(self, request):
        """Classes are made on the page of their task, so the first page does not offer them."""
        return False

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        """Deleting a task asks here for its classes; one in use goes neither way."""
        is_used = obj is not None and obj.shapes.exists()
        return super().has_delete_permission(request, obj) and not is_used

    def response_change(self, request, obj):
        """Back to the page of its task, from where one came."""
        answer = super().response_change(request, obj)
        if "_continue" in request.POST:
            return answer
        return redirect("admin:labeling_labeltask_change", obj.task_id)

    @admin.display(description="Class")
    def class_name(self, label_class):
        return label_class.name

    @admin.display(description="Task")
    def task_link(self, label_class):
        url = reverse("admin:labeling_labeltask_change", args=[label_class.task_id])
        return format_html('<a href="{}">{}</a>', url, label_class.task)
