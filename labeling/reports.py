"""Images that labelers report as bad, and what staff decide."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from datasets.models import Image


class ImageReportQuerySet(models.QuerySet):
    def settle(self, state, *, by):
        """Staff decide on these images, whoever reported them; it can be decided anew later.

        The number of images.
        """
        images = set(self.values_list("image", flat=True))
        reports = ImageReport.objects.filter(image__in=images)
        reports.update(state=state, settled_by=by, settled_at=Now())
        return len(images)


class ImageReport(models.Model):
    """A labeler says that nobody can label this image; until staff decide, nobody gets it."""

    class State(models.TextChoices):
        OPEN = "open", "Waits for a decision"
        FINE = "fine", "Given out again"
        UNUSABLE = "unusable", "Not given out any more"

    KEPT_BACK = (State.OPEN, State.UNUSABLE)

    image = models.ForeignKey(Image, models.PROTECT, related_name="reports")
    label = models.ForeignKey("labeling.Label", models.PROTECT, related_name="reports")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_column="user_id", related_name="+"
    )
    reason = models.TextField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN, db_default=State.OPEN)
    made_at = models.DateTimeField("reported at", db_default=Now())
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)

    objects = ImageReportQuerySet.as_manager()

    class Meta:
        db_table = "image_reports"
        verbose_name = "reported image"

    def __str__(self):
        return f"{self.image}: {self.reason[:60]}"
