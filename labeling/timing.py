"""How long somebody really worked on a label: time without input is not counted."""

from django.conf import settings
from django.db import models
from django.db.models import Sum
from django.db.models.functions import Greatest, Now

# Nobody sits longer at one image; more is a clock that went wrong.
LONGEST_SITTING = 24 * 3600


class SittingQuerySet(models.QuerySet):
    def seconds(self):
        return self.aggregate(sum=Sum("seconds"))["sum"] or 0

    def by_label(self):
        """{label id: seconds} of everybody who worked on it."""
        return dict(self.order_by().values_list("label").annotate(Sum("seconds")))


def in_words(seconds):
    """As people say it: 45 s, 12 min, 3 h 20 min."""
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


class Sitting(models.Model):
    """One opening of a label in one editor; its seconds only grow."""

    label = models.ForeignKey("labeling.Label", models.CASCADE, related_name="sittings")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_column="user_id", related_name="+"
    )
    # Made by the client, so that a report that is sent again changes nothing.
    uid = models.UUIDField()
    seconds = models.PositiveIntegerField(help_text="In which there was input.")
    # Head revision at the last report.
    rev = models.PositiveIntegerField("revision")
    began_at = models.DateTimeField(db_default=Now())

    objects = SittingQuerySet.as_manager()

    class Meta:
        db_table = "label_sittings"
        constraints = [
            models.UniqueConstraint(fields=["label", "user", "uid"], name="a_sitting_is_one_row"),
        ]

    def __str__(self):
        return f"{self.seconds} s at label {self.label_id}"

    @classmethod
    def report(cls, label, *, user, uid, seconds):
        """Keep the seconds of a sitting so far; reports may come twice, or in another order."""
        seconds = min(seconds, LONGEST_SITTING)
        sitting, is_new = cls.objects.get_or_create(
            label=label, user=user, uid=uid, defaults={"seconds": seconds, "rev": label.rev}
        )
        if not is_new:
            cls.objects.filter(pk=sitting.pk).update(
                seconds=Greatest("seconds", seconds), rev=label.rev
            )
