"""Labels in the admin: a list with drawn previews, filters and bulk steps."""

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.timezone import now

from datasets.admin.display import moment
from datasets.counting import KnownLength
from labeling.admin.comments import CommentPages
from labeling.admin.drawings import attach_tags
from labeling.admin.label_actions import (
    approve_selected,
    reassign_selected,
    release_selected,
    send_back_selected,
)
from labeling.admin.label_filters import HoldingFilter, LabelerFilter, StatusFilter
from labeling.admin.review import ReviewPages
from labeling.counting import number_of_labels, submitted_labels
from labeling.models import Label, LabelComment
from labeling.previews import attach_previews
from labeling.querysets import LatestFirst
from labeling.timing import Sitting, in_words

LONGEST_SEARCH = 300


class LabelChangeList(ChangeList):
    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        attach_previews(self.result_list, request.user)
        attach_tags(self.result_list)
        seconds = Sitting.objects.filter(label__in=self.result_list).by_label()
        for label in self.result_list:
            label.seconds = seconds.get(label.pk)
        comments = LabelComment.objects.open().filter(label__in=self.result_list)
        open_comments = dict(comments.order_by().values_list("label").annotate(Count("pk")))
        for label in self.result_list:
            label.open_comments = open_comments.get(label.pk, 0)


@admin.register(Label)
class LabelAdmin(CommentPages, ReviewPages, admin.ModelAdmin):
    """Nothing of a label is edited here: its labeler draws, its steps change its status."""

    list_display = (
        "preview",
        "image_and_task",
        "labeler",
        "state",
        "shapes",
        "time",
        "last_activity",
    )
    list_display_links = ("preview",)
    list_filter = (StatusFilter, HoldingFilter, "task", LabelerFilter)
    list_per_page = 50
    actions = (approve_selected, send_back_selected, release_selected, reassign_selected)
    paginator = KnownLength
    list_max_show_all = 200
    search_fields = ("image__path",)
    search_help_text = "Part of the path of an image."
    ordering = (LatestFirst(F("active_at")), "-pk")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    class Media:
        css = {"all": ["labeling/admin/review.css"]}

    def get_queryset(self, request):
        return super().get_queryset(request).claimed().select_related("task", "image", "labeler")

    def get_changelist(self, request, **kwargs):
        return LabelChangeList

    def get_paginator(self, request, *args, **kwargs):
        pages = super().get_paginator(request, *args, **kwargs)
        chosen = {name: value for name, value in request.GET.items() if name not in ("o", "p")}
        pages.known = number_of_labels(chosen)
        return pages

    def get_search_results(self, request, queryset, search_term):
        """One phrase: paths have spaces, and a thousand words would be a thousand conditions."""
        if search_term:
            queryset = queryset.filter(image__path__icontains=search_term[:LONGEST_SEARCH])
        return queryset, False

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="Preview")
    def preview(self, label):
        return render_to_string("labeling/_preview.html", {"label": label, "alt": label.image.name})

    @admin.display(description="Image", ordering="image__path")
    def image_and_task(self, label):
        url = reverse("admin:labeling_label_change", args=[label.pk])
        cell = '<a href="{}">{}</a><br><span class="quiet">{}</span>'
        return format_html(cell, url, label.image.name, label.task)

    @admin.display(description="Status", ordering="status")
    def state(self, label):
        badge = format_html(
            '<span class="status status-{}">{}</span>', label.status, label.get_status_display()
        )
        if not label.open_comments:
            return badge
        words = (
            "1 open comment" if label.open_comments == 1 else f"{label.open_comments} open comments"
        )
        return format_html('{}<br><span class="quiet">{}</span>', badge, words)

    @admin.display(description="Shapes", ordering="n_shapes")
    def shapes(self, label):
        """With the revision that this list shows, so that an action approves no other."""
        cell = (
            '{}<br><span class="quiet">{}revision {}</span>'
            '<input type="hidden" name="seen-{}" value="{}">'
        )
        tags = f"{label.tags}; " if label.tags else ""
        return format_html(cell, label.n_shapes, tags, label.rev, label.pk, label.rev)

    @admin.display(description="Time")
    def time(self, label):
        """In which the labeler really worked on it."""
        return "–" if label.seconds is None else in_words(label.seconds)

    @admin.display(description="Last activity", ordering="active_at")
    def last_activity(self, label):
        """With since when an open label is in somebody's hands."""
        cell = '{}<br><span class="quiet">held since {}</span>{}'
        if label.status not in Label.EDITABLE or not label.claimed_at:
            return moment(label.active_at)
        lapsed = label.status == "in_progress" and label.lease_until and label.lease_until < now()
        mark = mark_safe('<br><span class="status lapsed">Lapsed</span>') if lapsed else ""
        return format_html(cell, moment(label.active_at), moment(label.claimed_at), mark)

    def changelist_view(self, request, extra_context=None):
        task = self.queue_task(request, "task__id__exact")
        waiting = submitted_labels(task, besides=request.user)
        context = {"n_waiting": waiting, "queue_task": task}
        return super().changelist_view(request, context | (extra_context or {}))
