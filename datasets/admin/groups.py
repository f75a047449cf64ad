from django.contrib import admin
from django.db.models import OuterRef
from django.utils.html import format_html_join

from datasets.admin.display import SMALL_TEXT, count_link, count_of, list_url, object_link
from datasets.models import DatasetGroup, GroupedDataset, Image, ImageCount


class DatasetsInline(admin.TabularInline):
    """The datasets of a group; taking one out of it leaves the dataset and its labels alone."""

    model = GroupedDataset
    extra = 1
    autocomplete_fields = ("dataset",)
    fields = ("dataset", "images")
    readonly_fields = ("images",)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "dataset":
            # Deleting the dataset itself is too near to taking it out of the group.
            field.widget.can_delete_related = field.widget.can_change_related = False
        return field

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("dataset")
            .annotate(n_images=ImageCount.of(dataset=OuterRef("dataset")))
            .order_by("dataset__site", "dataset__sensor", "pk")
        )

    def images(self, membership):
        if membership.pk is None:
            return "–"
        url = list_url(Image, dataset__id__exact=membership.dataset_id)
        return count_link(membership.n_images, url)


@admin.register(DatasetGroup)
class DatasetGroupAdmin(admin.ModelAdmin):
    """Groups of datasets, which label tasks are made on."""

    list_display = ("name", "how_many_datasets", "images", "tasks")
    search_fields = ("name", "description")
    search_help_text = "Search by name or description."
    ordering = ("name",)
    fields = ("name", "description", "tasks")
    readonly_fields = ("tasks",)
    inlines = (DatasetsInline,)
    formfield_overrides = SMALL_TEXT

    def get_queryset(self, request):
        datasets = GroupedDataset.objects.filter(group=OuterRef(OuterRef("pk"))).values("dataset")
        return (
            super()
            .get_queryset(request)
            .annotate(
                n_datasets=count_of(GroupedDataset.objects.all(), "group"),
                n_images=ImageCount.of(dataset__in=datasets),
            )
            .prefetch_related("tasks")
        )

    def get_fields(self, request, obj=None):
        return self.fields if obj else ("name", "description")

    # Called "datasets", the list would show the relation of that name instead.
    @admin.display(description="datasets", ordering="n_datasets")
    def how_many_datasets(self, group):
        return group.n_datasets

    @admin.display(ordering="n_images")
    def images(self, group):
        return count_link(group.n_images, list_url(Image, dataset__groups__id__exact=group.pk))

    @admin.display(description="label tasks")
    def tasks(self, group):
        tasks = group.tasks.all()
        if not tasks:
            return "None yet"
        return format_html_join(", ", "{}", ((object_link(task),) for task in tasks))
