"""What several lists show and allow alike: counts, paths, links to another list."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import Count, F, Field, OuterRef, Subquery, TextField
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime

from datasets.models import Image

IMAGE_TONES = {
    Image.State.OK: "good",
    Image.State.MISSING: "bad",
    Image.State.CHANGED: "warn",
    Image.State.BROKEN: "bad",
}

SMALL_TEXT: Mapping[type[Field], Mapping[str, Any]] = {
    TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}
}


class NeverEdited:
    """Rows that the program writes: to look at, in lists and on pages."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def moment(when):
    return date_format(localtime(when), "DATETIME_FORMAT") if when else "–"


def count_of(queryset, by):
    """How many rows name the outer row in `by`; a subquery, so that counts do not multiply."""
    rows = queryset.order_by().filter(**{by: OuterRef("pk")})
    return Coalesce(
        Subquery(rows.annotate(_by=F(by)).values("_by").annotate(n=Count("pk")).values("n")), 0
    )


def list_url(model, **conditions):
    """The admin's list of a model, filtered."""
    meta = model._meta
    return reverse(
        f"admin:{meta.app_label}_{meta.model_name}_changelist",
        query=conditions,
    )


def count_link(number, url):
    return format_html('<a href="{}" class="count">{}</a>', url, f"{number:,}")


def file_and_folder(path):
    """A path in two lines. Isolated, so that no character in it turns the page around."""
    folder, _, name = path.rpartition("/")
    return format_html(
        '<bdi class="file-name">{}</bdi> <bdi class="folder">{}</bdi>', name, f"{folder}/"
    )


def object_link(thing):
    """The name of a row, linked to its page where the admin has one."""
    meta = type(thing)._meta
    if not admin.site.is_registered(type(thing)):
        return str(thing)
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])
    return format_html('<a href="{}">{}</a>', url, thing)
