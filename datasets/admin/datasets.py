from django.contrib import admin, messages
from django.db.models import OuterRef, Subquery
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html

from datasets.admin import checks, import_pages
from datasets.admin.display import SMALL_TEXT, count_link, count_of, list_url, moment
from datasets.admin.keeping import KeepsWhatIsUsed
from datasets.decoding import decode_again
from datasets.forms import WatchedFolderForm
from datasets.models import (
    Dataset,
    Decoding,
    FolderImport,
    GroupedDataset,
    Image,
    ImageCount,
    WatchedFolder,
)


class WatchedFolderInline(admin.TabularInline):
    """Whoever may change a dataset may have its folders watched."""

    model = WatchedFolder
    form = WatchedFolderForm
    extra = 0
    fields = ("folder", "recursive", "every_minutes", "is_active", "last_look")
    readonly_fields = ("last_look",)
    verbose_name_plural = "Folders whose new images are imported by themselves"

    @admin.display(description="last look")
    def last_look(self, watched):
        if watched.looked_at is None:
            return "–"
        when = moment(watched.looked_at)
        return f"{when}: {watched.problem}" if watched.problem else when

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("datasets.change_dataset")

    def has_add_permission(self, request, obj=None):
        return request.user.has_perm("datasets.change_dataset")

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("datasets.change_dataset")

    def has_delete_permission(self, request, obj=None):
        return request.user.has_perm("datasets.change_dataset")


@admin.register(Dataset)
class DatasetAdmin(KeepsWhatIsUsed, admin.ModelAdmin):
    """Datasets; images come into them by importing a folder."""

    list_display = ("name", "images", "in_groups", "last_import", "import_button")
    actions = ("import_folder", checks.check_images, "decode_again")
    search_fields = ("site", "sensor", "description")
    search_help_text = "Search by site, sensor or description."
    ordering = ("site", "sensor")
    fields = ("site", "sensor", "description", "thumbnails")
    readonly_fields = ("thumbnails",)
    formfield_overrides = SMALL_TEXT
    inlines = (WatchedFolderInline,)

    def get_queryset(self, request):
        done = FolderImport.objects.filter(
            dataset=OuterRef("pk"), stage=FolderImport.Stage.DONE
        ).order_by("-ended_at")
        return (
            super()
            .get_queryset(request)
            .annotate(
                n_images=ImageCount.of(dataset=OuterRef("pk")),
                n_groups=count_of(GroupedDataset.objects.all(), "dataset"),
                imported_at=Subquery(done.values("ended_at")[:1]),
            )
        )

    def get_urls(self):
        pages = {"import": import_pages.choose_folder, "check": checks.start}
        return [
            path(
                f"<int:dataset_id>/{name}/",
                self.admin_site.admin_view(import_pages.for_importers(view)),
                name=f"datasets_dataset_{name}",
            )
            for name, view in pages.items()
        ] + super().get_urls()

    def why_it_stays(self, dataset):
        if not (dataset.images.exists() or dataset.folder_imports.exists()):
            return ""
        return (
            f"{dataset} has images or imports of folders, on which labels rest, so it cannot be "
            "deleted. Take it out of its groups instead: then no task gives out its images."
        )

    def response_add(self, request, obj, post_url_continue=None):
        """To the page where images are imported, which is what comes next."""
        answer = super().response_add(request, obj, post_url_continue)
        if {"_addanother", "_continue", "_popup"} & request.POST.keys():
            return answer
        return redirect("admin:datasets_dataset_change", obj.pk)

    @admin.action(permissions=["change"], description="Import images")
    def import_folder(self, request, queryset):
        """Lead to the page where the folder is chosen; a folder goes into one dataset."""
        chosen = list(queryset[:2])
        if len(chosen) == 1:
            return redirect("admin:datasets_dataset_import", chosen[0].pk)
        text = "Choose one dataset: the images of a folder go into one dataset."
        self.message_user(request, text, messages.WARNING)
        return None

    @admin.action(permissions=["change"], description="Decode images again, broken ones too")
    def decode_again(self, request, queryset):
        for dataset in queryset:
            decode_again(dataset)
        text = "A worker decodes the images again, after all other work."
        self.message_user(request, text, messages.SUCCESS)

    @admin.display(description="decoded")
    def thumbnails(self, dataset):
        """How many images have a thumbnail, and how many cannot be decoded."""
        job = Decoding.objects.filter(dataset=dataset).first()
        if job is None:
            return "–"
        decoded = dataset.images.filter(pk__lte=job.decoded_up_to).count()
        words = f"{decoded:,} of {dataset.images.count():,} images"
        if job.error:
            words += f". {job.error}"
        broken = {"dataset__id__exact": dataset.pk, "state__exact": Image.State.BROKEN}
        if number := dataset.images.filter(state=Image.State.BROKEN).count():
            url = list_url(Image, **broken)
            return format_html('{}, <a href="{}">{} broken</a>', words, url, f"{number:,}")
        return words

    @admin.display(description="")
    def import_button(self, dataset):
        url = reverse("admin:datasets_dataset_import", args=[dataset.pk])
        return format_html('<a class="button small" href="{}">Import images</a>', url)

    @admin.display(description="dataset", ordering="site")
    def name(self, dataset):
        return str(dataset)

    @admin.display(ordering="n_images")
    def images(self, dataset):
        return count_link(dataset.n_images, list_url(Image, dataset__id__exact=dataset.pk))

    @admin.display(description="groups", ordering="n_groups")
    def in_groups(self, dataset):
        return dataset.n_groups

    @admin.display(ordering="imported_at")
    def last_import(self, dataset):
        if dataset.imported_at is None:
            return None
        when = moment(dataset.imported_at)
        return format_html(
            '<a href="{}">{}</a>', list_url(FolderImport, dataset__id__exact=dataset.pk), when
        )
