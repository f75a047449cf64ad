"""What labeler and reviewer say to each other about a place, a shape, or the whole image."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

LONGEST = 4000
# Of one label, answers included: far more than people write, and few enough for one answer.
MOST_OF_A_LABEL = 500


class InvalidComment(Exception):
    """It cannot be written; the message says why, to people."""


class CommentQuerySet(models.QuerySet):
    def threads(self):
        """Those that others may answer, the oldest first, with their answers."""
        answers = LabelComment.objects.select_related("author").order_by("pk")
        first = self.filter(thread=None).select_related("author", "settled_by").order_by("pk")
        return first.prefetch_related(models.Prefetch("answers", answers))

    def open(self):
        return self.filter(thread=None, settled_at=None)


class LabelComment(models.Model):
    """The first comment of a thread, which may have a place, or an answer to it."""

    label = models.ForeignKey("Label", models.PROTECT, related_name="comments", db_index=False)
    thread = models.ForeignKey("self", models.CASCADE, null=True, related_name="answers")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_column="user_id", related_name="+"
    )
    words = models.TextField()
    # In pixels of the image, like shapes; null: about the whole image.
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)
    shape = models.UUIDField("id of the shape", null=True)
    rev = models.PositiveIntegerField("revision that was seen", default=0, db_default=0)
    made_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        db_table = "label_comments"
        constraints = [
            models.CheckConstraint(
                condition=Q(x=None, y=None) | Q(x__isnull=False, y__isnull=False),
                name="a_place_has_two_coordinates",
            ),
            models.CheckConstraint(
                condition=Q(thread=None) | Q(x=None, shape=None, settled_at=None),
                name="an_answer_is_where_its_thread_is",
            ),
        ]
        indexes = [models.Index(fields=["label", "id"], name="comments_of_a_label")]

    def __str__(self):
        return f"{self.author}: {self.words[:60]}"


def write(label, *, by, words, place=None, shape=None, thread=None):
    """Say something about the label; an answer opens its thread again."""
    words = words.strip()
    if not words:
        raise InvalidComment("Write a few words.")
    if place and not (0 <= place[0] <= label.image.width and 0 <= place[1] <= label.image.height):
        raise InvalidComment("That place is outside the image.")
    x, y = [round(value, 2) for value in place] if place else (None, None)
    if thread:
        x = y = shape = None
    with transaction.atomic():
        # Two who write at the limit follow one another.
        type(label).objects.select_for_update().get(pk=label.pk)
        if label.comments.count() >= MOST_OF_A_LABEL:
            raise InvalidComment("This label has too many comments already.")
        if thread:
            label.comments.filter(pk=thread.pk).update(settled_at=None, settled_by=None)
        fields = {"x": x, "y": y, "shape": shape, "thread": thread, "rev": label.rev}
        return LabelComment.objects.create(label=label, author=by, words=words, **fields)


def settle(comment, *, by, is_settled):
    """What a thread was about is done, or is not after all."""
    rows = LabelComment.objects.filter(pk=comment.pk, thread=None)
    if is_settled:
        return rows.filter(settled_at=None).update(settled_at=Now(), settled_by=by)
    return rows.update(settled_at=None, settled_by=None)


def words_of_marks(label):
    """What a label is sent back with when its reviewer has marked places and said no more."""
    marks = label.comments.open().exclude(author=F("label__labeler")).count()
    if not marks:
        return ""
    what = "comment" if marks == 1 else f"{marks} comments"
    return f"Please look at the {what} on the image."


def readable(label, *, viewer):
    """The threads of a label, ready to be written as JSON."""
    return [_thread(comment, viewer) for comment in label.comments.threads()]


def _thread(comment, viewer):
    place = None if comment.x is None else [comment.x, comment.y]
    return _said(comment, viewer) | {
        "place": place,
        "shape": comment.shape,
        "rev": comment.rev,
        "settled": comment.settled_at is not None,
        "settled_by": str(comment.settled_by) if comment.settled_by else "",
        "answers": [_said(answer, viewer) for answer in comment.answers.all()],
    }


def _said(comment, viewer):
    return {
        "id": comment.pk,
        "by": str(comment.author),
        "mine": comment.author_id == viewer.pk,
        "at": comment.made_at,
        "words": comment.words,
    }
