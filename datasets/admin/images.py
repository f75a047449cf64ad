from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html

from datasets.admin.display import (
    IMAGE_TONES,
    NeverEdited,
    file_and_folder,
    list_url,
    object_link,
)
from datasets.counting import KnownLength, number_of_images
from datasets.models import Image


@admin.register(Image)
class ImageAdmin(NeverEdited, admin.ModelAdmin):
    """Images as they were imported: to look at, not to change."""

    list_display = ("thumbnail", "file", "pixels", "size", "format", "order", "dataset_link")
    list_display_links = ("thumbnail", "file")
    list_filter = ("state", "dataset")
    list_per_page = 50
    list_select_related = ("dataset",)
    search_fields = ("path", "=sha256")
    search_help_text = "Search by a part of the path, or by the whole SHA-256."
    # A second count of all images for "of N total" is what makes long lists slow.
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = KnownLength
    ordering = ("-pk",)
    sortable_by = ("file", "size")
    fields = (
        "picture",
        "path",
        "dataset_link",
        "pixels",
        "size",
        "format",
        "order",
        "state_since",
        "moved_to",
        "sha256",
        "labels",
        "created_at",
    )
    readonly_fields = fields

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("dataset")

    def get_paginator(self, request, *args, **kwargs):
        pages = super().get_paginator(request, *args, **kwargs)
        dataset = request.GET.get("dataset__id__exact", "")
        if set(request.GET) <= {"o", "p"}:
            pages.known = number_of_images()
        elif set(request.GET) <= {"o", "p", "dataset__id__exact"} and dataset.isdecimal():
            pages.known = number_of_images(dataset=dataset[:18])
        return pages

    def lookup_allowed(self, lookup, value, request):
        # Linked to from the list of groups.
        return lookup == "dataset__groups__id__exact" or super().lookup_allowed(
            lookup, value, request
        )

    @admin.display(description="")
    def thumbnail(self, image):
        return format_html(
            '<img class="thumbnail" src="{}" alt="Thumbnail of {}" loading="lazy">',
            reverse("labeling:image_thumbnail", args=[image.pk]),
            image.name,
        )

    @admin.display(description="image")
    def picture(self, image):
        url = reverse("labeling:image_file", args=[image.pk])
        return format_html(
            '<a href="{0}"><img class="picture" src="{0}" alt="{1}"></a>', url, image.name
        )

    @admin.display(ordering="path")
    def file(self, image):
        return file_and_folder(image.path)

    def pixels(self, image):
        return f"{image.width} × {image.height}"

    @admin.display(ordering="byte_size")
    def size(self, image):
        return filesizeformat(image.byte_size)

    @admin.display(description="state")
    def order(self, image):
        badge = format_html(
            '<span class="badge {}">{}</span>', IMAGE_TONES[image.state], image.get_state_display()
        )
        return format_html("{} {}", badge, image.state_reason) if image.state_reason else badge

    @admin.display(description="dataset")
    def dataset_link(self, image):
        return object_link(image.dataset)

    def labels(self, image):
        label = Image._meta.get_field("labels").related_model
        if not admin.site.is_registered(label):
            return None
        url = list_url(label, image__id__exact=image.pk)
        return format_html('<a href="{}">Labels of this image</a>', url)
