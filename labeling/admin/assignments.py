"""Who labels what, in the admin: one row for each person and task, and what they hold."""

from django.contrib import admin, messages
from django.db.models import Exists, Max, OuterRef, Subquery
from django.urls import reverse
from django.utils.html import format_html

from datasets.admin.display import moment
from labeling.models import Assignment, Label, LabelCount
from labeling.queueing import change_assignments
from labeling.reviewing import take_with_each
from labeling.steps import release

MOST_RELEASED = 1000


def action(description):
    return admin.action(permissions=["change"], description=description)


@admin.register(Assignment)
class AssignmentAdmin(admin.ModelAdmin):
    """Taking people out of the queue, and back; the people of a task are chosen on its page."""

    list_display = ("user", "task", "active", "gets_images", "holds", "done", "last_activity")
    list_display_links = None
    list_filter = ("is_active", "receive_new_unlabeled_data", "task")
    list_select_related = ("user", "task")
    list_per_page = 50
    search_fields = ("user__email", "user__first_name", "user__last_name", "task__title")
    search_help_text = "Search by person or task."
    ordering = ("-is_active", "user__email", "task__title", "pk")
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    actions = ("stop_new_images", "give_new_images", "release_untouched", "close", "reopen")

    def get_queryset(self, request):
        labels = Label.objects.filter(task=OuterRef("task"), labeler=OuterRef("user"))
        latest = labels.order_by().values("labeler").annotate(last=Max("active_at")).values("last")
        theirs = {"task": OuterRef("task"), "labeler": OuterRef("user")}
        return (
            super()
            .get_queryset(request)
            .annotate(
                n_open=LabelCount.of(**theirs, status__in=Label.EDITABLE),
                n_done=LabelCount.of(**theirs, status__in=Label.DONE),
                active_at=Subquery(latest),
            )
        )

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        """Together with its task; who has labels stays in the records."""
        has_labels = obj is not None and obj.has_labels()
        return super().has_delete_permission(request, obj) and not has_labels

    def get_actions(self, request):
        actions = super().get_actions(request)
        # It would ask nobody whether there are labels.
        actions.pop("delete_selected", None)
        return actions

    @action("Give no new images")
    def stop_new_images(self, request, queryset):
        self._set(request, queryset, "get no new images", receive_new_unlabeled_data=False)

    @action("Give new images again")
    def give_new_images(self, request, queryset):
        self._set(request, queryset, "get new images again", receive_new_unlabeled_data=True)

    @action("Close the task to them")
    def close(self, request, queryset):
        self._set(request, queryset, "not see the task any more", is_active=False)

    @action("Open the task to them again")
    def reopen(self, request, queryset):
        self._set(request, queryset, "see the task again", is_active=True)

    def _set(self, request, queryset, what, **fields):
        changed = change_assignments(queryset, **fields)
        people = "1 person" if changed == 1 else f"{changed} people"
        self.message_user(request, f"{people} will {what}.", messages.SUCCESS)

    @action("Put their untouched images back into the queue")
    def release_untouched(self, request, queryset):
        of_label = queryset.filter(task=OuterRef("task"), user=OuterRef("labeler"))
        theirs = Label.objects.untouched().filter(Exists(of_label))[:MOST_RELEASED]
        outcome = take_with_each(theirs, lambda label: release(label, by=request.user))
        images = "1 image" if outcome.done == 1 else f"{outcome.done} images"
        self.message_user(request, f"{images} put back into the queue.", messages.SUCCESS)

    @admin.display(description="Active", boolean=True, ordering="is_active")
    def active(self, assignment):
        return assignment.is_active

    @admin.display(description="New images", boolean=True, ordering="receive_new_unlabeled_data")
    def gets_images(self, assignment):
        return assignment.receive_new_unlabeled_data

    @admin.display(description="Holds", ordering="n_open")
    def holds(self, assignment):
        query = f"?task__id__exact={assignment.task_id}&labeler={assignment.user_id}&holding=all"
        url = reverse("admin:labeling_label_changelist") + query
        return format_html('<a href="{}">{}</a>', url, assignment.n_open)

    @admin.display(description="Done", ordering="n_done")
    def done(self, assignment):
        return assignment.n_done

    @admin.display(description="Last activity", ordering="active_at")
    def last_activity(self, assignment):
        return moment(assignment.active_at)
