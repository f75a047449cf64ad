from django.contrib import admin, messages
from django.urls import path, reverse
from django.utils.html import format_html

from datasets.admin import import_pages
from datasets.admin.display import NeverEdited, moment, object_link
from datasets.admin.jobs import JobAdmin
from datasets.jobs import start_again
from datasets.models import FolderImport


@admin.register(FolderImport)
class FolderImportAdmin(NeverEdited, JobAdmin):
    """Imports, running and ended: to look at, cancel and start again; never to edit."""

    list_display = ("folder_link", "dataset_link", "state", "progress", "started")
    list_display_links = None
    list_filter = ("stage", "status", "dataset")
    list_per_page = 25
    list_select_related = ("dataset", "created_by")
    search_fields = ("folder",)
    search_help_text = "Search by a part of the folder's path."
    show_full_result_count = False
    sortable_by = ()
    actions = ("cancel", "again")

    def get_urls(self):
        def page(view):
            return self.admin_site.admin_view(import_pages.for_importers(view))

        name = "datasets_folderimport_{}".format
        return [
            path("<int:pk>/folders/", page(import_pages.folders), name=name("folders")),
            path("<int:pk>/select/", page(import_pages.select), name=name("select")),
            path("<int:pk>/upload/", page(import_pages.upload), name=name("upload")),
            path("<int:pk>/files/<int:file_id>/", page(import_pages.look), name=name("look")),
            path(
                "<int:pk>/files/<int:file_id>/picture",
                page(import_pages.picture),
                name=name("picture"),
            ),
            path(
                "<int:pk>/files/<int:file_id>/thumbnail",
                page(import_pages.thumbnail),
                name=name("thumbnail"),
            ),
            *super().get_urls(),
        ]

    def show(self, request, job):
        return import_pages.import_page(request, job)

    def show_progress(self, request, job):
        return import_pages.progress(request, job)

    def in_words(self, job):
        return import_pages.import_in_words(job)

    @admin.display(description="folder")
    def folder_link(self, job):
        url = reverse("admin:datasets_folderimport_change", args=[job.pk])
        return format_html('<a href="{}"><bdi class="file-name">{}</bdi></a>', url, job.folder)

    @admin.display(description="dataset")
    def dataset_link(self, job):
        return object_link(job.dataset)

    def progress(self, job):
        if not job.is_active or not job.total:
            return job.message or job.error or None
        return format_html(
            '<progress max="{}" value="{}"></progress> {}%', job.total, job.done, job.percent
        )

    def started(self, job):
        when = moment(job.created_at)
        if job.watched_id:
            return f"{when}, a watched folder"
        return f"{when} by {job.created_by}" if job.created_by else when

    @admin.action(permissions=["steer"], description="Cancel selected imports")
    def cancel(self, request, queryset):
        active = [job for job in queryset if job.is_active]
        for job in active:
            job.cancel()
        self.message_user(request, f"Cancelled {len(active)} of {len(queryset)} imports.")

    @admin.action(permissions=["steer"], description="Start selected imports again")
    def again(self, request, queryset):
        started = sum(start_again(job) for job in queryset)
        level = messages.SUCCESS if started else messages.WARNING
        text = f"Started {started} of {len(queryset)} imports; each goes on where it stopped."
        self.message_user(request, text, level)
