from django.contrib import admin, messages
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime

from datasets.admin import import_pages
from datasets.admin.display import object_link
from datasets.jobs import start_again
from datasets.models import FolderImport


@admin.register(FolderImport)
class FolderImportAdmin(admin.ModelAdmin):
    """Imports, running and ended: to look at, cancel and start again; never to edit."""

    list_display = ("folder_link", "dataset_link", "state", "progress", "started")
    list_display_links = None
    list_filter = ("stage", "status", "dataset")
    list_per_page = 25
    list_select_related = ("dataset", "created_by")
    search_fields = ("folder",)
    search_help_text = "Search by a part of the folder's path."
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)
    sortable_by = ()
    actions = ("cancel", "again")

    # Whoever may change datasets may import into them, and nobody else sees imports.

    def has_module_permission(self, request):
        return request.user.has_perm("datasets.change_dataset")

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("datasets.change_dataset")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_import_permission(self, request):
        return request.user.has_perm("datasets.change_dataset")

    def get_urls(self):
        def page(view):
            return self.admin_site.admin_view(import_pages.for_importers(view))

        name = "datasets_folderimport_{}".format
        return [
            path("<int:pk>/change/", page(import_pages.import_page), name=name("change")),
            path("<int:pk>/progress/", page(import_pages.progress), name=name("progress")),
            path("<int:pk>/folders/", page(import_pages.folders), name=name("folders")),
            path("<int:pk>/select/", page(import_pages.select), name=name("select")),
            path("<int:pk>/upload/", page(import_pages.upload), name=name("upload")),
            path("<int:pk>/cancel/", page(import_pages.cancel), name=name("cancel")),
            path("<int:pk>/again/", page(import_pages.again), name=name("again")),
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

    @admin.display(description="folder")
    def folder_link(self, job):
        url = reverse("admin:datasets_folderimport_change", args=[job.pk])
        return format_html('<a href="{}"><bdi class="file-name">{}</bdi></a>', url, job.folder)

    @admin.display(description="dataset")
    def dataset_link(self, job):
        return object_link(job.dataset)

    def state(self, job):
        return format_html('<span class="badge {}">{}</span>', *import_pages.state_in_words(job))

    def progress(self, job):
        if not job.is_active or not job.total:
            return job.message or job.error or None
        return format_html(
            '<progress max="{}" value="{}"></progress> {}%', job.total, job.done, job.percent
        )

    def started(self, job):
        when = date_format(localtime(job.created_at), "j M Y, H:i")
        if job.watched_id:
            return f"{when}, a watched folder"
        return f"{when} by {job.created_by}" if job.created_by else when

    @admin.action(permissions=["import"], description="Cancel selected imports")
    def cancel(self, request, queryset):
        active = [job for job in queryset if job.is_active]
        for job in active:
            job.cancel()
        self.message_user(request, f"Cancelled {len(active)} of {len(queryset)} imports.")

    @admin.action(permissions=["import"], description="Start selected imports again")
    def again(self, request, queryset):
        started = sum(start_again(job) for job in queryset)
        level = messages.SUCCESS if started else messages.WARNING
        text = f"Started {started} of {len(queryset)} imports; each goes on where it stopped."
        self.message_user(request, text, level)
