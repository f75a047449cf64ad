"""Predictions in the admin: which model suggests, and what labelers made of it."""

from django.contrib import admin

from labeling.models import PredictionSet
from labeling.suggestions import outcomes_of


@admin.register(PredictionSet)
class PredictionSetAdmin(admin.ModelAdmin):
    """Sets come from imports; staff say whether they are suggested, and may delete them."""

    list_display = ("model", "task", "is_suggested", "created_at")
    list_select_related = ("task",)
    list_filter = ("is_suggested",)
    search_fields = ("model", "task__title")
    search_help_text = "Search by model or task."
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)
    fields = ("model", "task", "created_at", "what_became_of_them", "is_suggested")
    readonly_fields = ("model", "task", "created_at", "what_became_of_them")

    def has_add_permission(self, request):
        return False

    @admin.display(description="what became of them")
    def what_became_of_them(self, prediction_set):
        found = outcomes_of(prediction_set)
        decided = found["accepted"] + found["corrected"] + found["rejected"]
        counts = ", ".join(f"{number:,} {what}" for what, number in found.items())
        if not decided:
            return counts
        return f"{counts} ({found['accepted'] / decided:.0%} of those decided on were right)"
