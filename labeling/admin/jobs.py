"""Jobs that staff ask for by a form of the admin, and delete when they are done with them."""

from django.contrib import admin
from django.shortcuts import redirect

from datasets.admin.jobs import JobAdmin


class AskedJobAdmin(JobAdmin):
    """Its templates extend those in admin/labeling/job."""

    add_form_template = "admin/labeling/job/add_form.html"
    # What the button of the form says.
    verb = ""
    # Fields whose rows are not added or changed from here.
    chosen_only: tuple[str, ...] = ("label_task",)

    class Media:
        css = {"all": ["labeling/admin/exports.css"]}

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        for field in (form.base_fields[n] for n in self.chosen_only if n in form.base_fields):
            for what in ("add", "change", "view"):
                setattr(field.widget, f"can_{what}_related", False)
        return form

    def add_view(self, request, form_url="", extra_context=None):
        words = {"title": f"{self.verb} labels", "verb": self.verb} | (extra_context or {})
        return super().add_view(request, form_url, words)

    def response_add(self, request, obj, post_url_continue=None):
        return redirect(self.url(obj))

    def delete_model(self, request, obj):
        self.delete_queryset(request, self.model.objects.filter(pk=obj.pk))

    @admin.display(description="format", ordering="format")
    def what(self, job):
        return job.format_title
