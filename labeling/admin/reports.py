"""What labelers gave back, for staff: reported images, and reasons for skipping."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html

from labeling.history import STEP_WORDS
from labeling.models import ImageReport, LabelStep


class SeenByStaff(admin.ModelAdmin):
    """A list to read; rows are made by labelers."""

    list_display_links = None
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    ordering = ("-pk",)

    class Media:
        css = {"all": ["labeling/admin/review.css"]}

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def picture_of(image):
    return format_html(
        '<a href="{}"><img class="thumbnail" src="{}" alt="" loading="lazy"><br><bdi>{}</bdi></a>',
        reverse("labeling:image_file", args=[image.pk]),
        reverse("labeling:image_thumbnail", args=[image.pk]),
        image.name,
    )


@admin.register(ImageReport)
class ImageReportAdmin(SeenByStaff):
    list_display = ("picture", "reason", "by", "task", "made_at", "state")
    list_filter = ("state", "label__task")
    list_select_related = ("image", "by", "label__task")
    search_fields = ("reason", "image__path")
    search_help_text = "Search in the reasons and the paths."
    actions = ("give_out_again", "keep_back")

    @admin.display(description="Image")
    def picture(self, report):
        return picture_of(report.image)

    @admin.display(description="Task")
    def task(self, report):
        return report.label.task

    @admin.action(permissions=["change"], description="The image is fine: give it out again")
    def give_out_again(self, request, queryset):
        self._settle(request, queryset, ImageReport.State.FINE, "given out again")

    @admin.action(permissions=["change"], description="The image is bad: do not give it out")
    def keep_back(self, request, queryset):
        self._settle(request, queryset, ImageReport.State.UNUSABLE, "not given out any more")

    def _settle(self, request, queryset, state, what):
        number = queryset.settle(state, by=request.user)
        images = "1 image is" if number == 1 else f"{number} images are"
        self.message_user(request, f"{images} {what}.", messages.SUCCESS)


class StepFilter(admin.SimpleListFilter):
    # A list of its own, because looking which steps there are reads all of them.
    title = "step"
    parameter_name = "step"

    def lookups(self, request, model_admin):
        return list(STEP_WORDS.items())

    def queryset(self, request, queryset):
        return queryset.filter(step=self.value()) if self.value() else queryset


@admin.register(LabelStep)
class LabelStepAdmin(SeenByStaff):
    """Every change of a label's status; filtered by “skipped”, why images were given back."""

    list_display = ("made_at", "label_link", "what", "by", "comment", "rev")
    list_filter = (StepFilter, "label__task")
    list_select_related = ("label__image", "by")
    search_fields = ("comment", "label__image__path")
    search_help_text = "Search in the comments and the paths."

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description="Step", ordering="step")
    def what(self, step):
        return STEP_WORDS.get(step.step, step.step)

    @admin.display(description="Label")
    def label_link(self, step):
        url = reverse("admin:labeling_label_change", args=[step.label_id])
        return format_html('<a href="{}">{}</a>', url, step.label.image.name)
