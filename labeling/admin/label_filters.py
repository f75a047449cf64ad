"""Filters of the list of labels in the admin."""

from django.contrib import admin
from django.db.models import Exists, F, OuterRef

from accounts.models import User
from labeling.models import Assignment, Label


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [choice for choice in Label.Status.choices if choice[0] != Label.Status.FREE]

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() else queryset


class LabelerFilter(admin.SimpleListFilter):
    """The members of tasks, of the chosen one only when the list shows one task."""

    title = "labeler"
    parameter_name = "labeler"

    def lookups(self, request, model_admin):
        people = User.objects.filter(assignments__isnull=False)
        task = request.GET.get("task__id__exact", "")
        if task.isdecimal():
            people = people.filter(assignments__task=task[:18])
        return [(str(person.pk), str(person)) for person in people.distinct().order_by("email")]

    def queryset(self, request, queryset):
        known = dict(self.lookup_choices)
        if self.value() is None:
            return queryset
        return queryset.filter(labeler=self.value()) if self.value() in known else queryset.none()


class HoldingFilter(admin.SimpleListFilter):
    """Work in somebody's hands: who has what since when, and what does not go on."""

    title = "in whose hands"
    parameter_name = "holding"

    def lookups(self, request, model_admin):
        return [
            ("all", "Somebody works on it"),
            ("lapsed", "Lapsed, with something drawn"),
            ("left", "Of people without the task"),
        ]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset.open()
        if self.value() == "lapsed":
            return queryset.lapsed().exclude(rev=F("claimed_rev"))
        if self.value() == "left":
            still_there = Assignment.objects.filter(
                task=OuterRef("task"), user=OuterRef("labeler"), is_active=True
            )
            return queryset.open().filter(~Exists(still_there))
        return queryset
