import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.safestring import mark_safe

from datasets.models import Dataset, DatasetGroup, Image
from labeling.attributes import Attribute as Attribute
from labeling.attributes import ImageValue as ImageValue
from labeling.comments import LabelComment as LabelComment
from labeling.counting import LabelCount as LabelCount
from labeling.examples import TaskExample as TaskExample
from labeling.exports.models import Export as Export
from labeling.imports.models import LabelImport as LabelImport
from labeling.instructions import html_of
from labeling.label_classes import LabelClass as LabelClass
from labeling.predictions import Prediction as Prediction
from labeling.predictions import PredictionSet as PredictionSet
from labeling.predictions import Rejection as Rejection
from labeling.querysets import LabelQuerySet, LabelTaskQuerySet, LatestFirst, ShapeQuerySet
from labeling.reports import ImageReport as ImageReport
from labeling.timing import Sitting as Sitting
from labeling.tools import KIND_CHOICES, TASK_TYPES, chosen_tools, tools_of_type

User = settings.AUTH_USER_MODEL


class LabelTask(models.Model):
    """What to draw on the images of a dataset group."""

    class Type(models.TextChoices):
        INSTANCES = "instance_segmentation", "Instance segmentation"
        SEMANTIC = "semantic_segmentation", "Semantic segmentation"
        BOXES = "bounding_boxes", "Bounding boxes"
        CLASSIFICATION = "classification", "Classification (tags, nothing is drawn)"

    class Order(models.TextChoices):
        SHUFFLED = "shuffled", "Shuffled (always the same way)"
        PATH = "path", "By path"
        CAPTURE = "capture", "By the time when they were taken"

    dataset_group = models.ForeignKey(DatasetGroup, models.PROTECT, related_name="tasks")
    title = models.CharField(max_length=200)
    description = models.TextField(
        "instructions", help_text="What labelers should draw; they see it beside the image."
    )
    type = models.CharField(max_length=30, choices=Type)
    allowed_tools = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Names of tools, separated by commas. Empty: all that fit the type.",
    )
    default_tool = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="Chosen when an image opens. Empty: the first allowed tool.",
    )
    permit_overlap = models.BooleanField(
        default=True,
        db_default=True,
        help_text="Off: a new shape is cut where it would cover another.",
    )
    new_cuts_others = models.BooleanField(
        "new shapes cut others",
        default=False,
        db_default=False,
        help_text="Where overlap is not permitted. On: those that are there are cut instead.",
    )
    labels_per_image = models.PositiveSmallIntegerField(
        default=1,
        db_default=1,
        validators=[MinValueValidator(1)],
        help_text="How many people label each image, without seeing each other's work.",
    )
    order = models.CharField(
        max_length=10, choices=Order, default=Order.SHUFFLED, db_default=Order.SHUFFLED
    )
    lease_minutes = models.PositiveSmallIntegerField(
        default=30,
        db_default=30,
        validators=[MinValueValidator(1)],
        help_text="An untouched image goes back to the queue after so many minutes.",
    )
    is_active = models.BooleanField(
        default=True, db_default=True, help_text="Off: nobody gets new images of this task."
    )
    # The highest export id ever given to a class, so that a deleted class leaves a gap.
    last_export_id = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    members = models.ManyToManyField(User, through="Assignment", related_name="label_tasks")

    objects = LabelTaskQuerySet.as_manager()

    class Meta:
        db_table = "label_tasks"
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=TASK_TYPES), name="a_task_has_a_known_type"
            ),
            models.CheckConstraint(
                condition=Q(labels_per_image__gte=1), name="an_image_is_labeled_at_least_once"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def instructions(self):
        """The description as HTML."""
        return mark_safe(html_of(self.description))  # noqa: S308  it comes out of a sanitiser

    @property
    def tools(self):
        """The allowed tools that this version knows, in the order of the tool bar."""
        return chosen_tools(self.allowed_tools, tools_of_type(self.type))

    @property
    def first_tool(self):
        for tool in (self.default_tool, "polygon"):
            if tool in self.tools:
                return tool
        return next(iter(self.tools), "")

    def images(self):
        """Every image of the group's datasets, those added a moment ago included."""
        return Image.objects.filter(dataset__groups=self.dataset_group_id)


class Assignment(models.Model):
    """This user labels this task."""

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    task = models.ForeignKey(
        LabelTask, models.CASCADE, db_column="label_task_id", related_name="assignments"
    )
    is_active = models.BooleanField(
        default=True, db_default=True, help_text="Off: the task is closed to this person at once."
    )
    receive_new_unlabeled_data = models.BooleanField(
        "receives new images", default=True, db_default=True
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "users_label_tasks"
        constraints = [
            models.UniqueConstraint(fields=["user", "task"], name="a_user_is_in_a_task_once"),
        ]

    def __str__(self):
        return f"{self.user} labels {self.task}"

    def has_labels(self):
        """Whoever has labels in a task stays in its records; one ends their assignment instead."""
        return Label.objects.filter(task=self.task_id, labeler=self.user_id).exists()


class QueueMark(models.Model):
    """How far the images of a dataset have been put into the queue of a task."""

    task = models.ForeignKey(LabelTask, models.CASCADE, related_name="queue_marks")
    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="+")
    through_image_id = models.BigIntegerField(default=0, db_default=0)
    # Of images of this dataset that come into the queue.
    priority = models.IntegerField(default=0, db_default=0, help_text="Higher comes first.")
    # Rows were made for so many labels per image.
    slots = models.PositiveSmallIntegerField(default=1, db_default=1)
    # When images that the mark passed over were looked for.
    looked_back_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "label_queue_marks"
        constraints = [
            models.UniqueConstraint(
                fields=["task", "dataset"], name="one_queue_mark_per_task_and_dataset"
            ),
        ]

    def __str__(self):
        return f"{self.dataset} in the queue of {self.task}"


class Label(models.Model):
    """One person's work on one image in one task; while it is free, a place in the queue."""

    class Status(models.TextChoices):
        FREE = "free", "Free"
        IN_PROGRESS = "in_progress", "In progress"
        SUBMITTED = "submitted", "Submitted"
        SENT_BACK = "sent_back", "Sent back"
        APPROVED = "approved", "Approved"

    EDITABLE = (Status.IN_PROGRESS, Status.SENT_BACK)
    DONE = (Status.SUBMITTED, Status.APPROVED)

    task = models.ForeignKey(
        LabelTask, models.PROTECT, db_column="label_task_id", related_name="labels"
    )
    image = models.ForeignKey(
        Image, models.PROTECT, db_column="input_data_id", related_name="labels"
    )
    # Below labels_per_image: the same image is labeled once in each slot.
    slot = models.PositiveSmallIntegerField(default=0, db_default=0)
    status = models.CharField(
        max_length=12, choices=Status, default=Status.FREE, db_default=Status.FREE
    )
    status_since = models.DateTimeField(db_default=Now())
    labeler = models.ForeignKey(
        User, models.PROTECT, db_column="user_id", null=True, related_name="labels"
    )
    priority = models.IntegerField(default=0, db_default=0, help_text="Higher comes first.")
    # Within a priority, free labels are given out by this key: a content hash or a path.
    order_key = models.TextField(default="", db_default="")
    claimed_at = models.DateTimeField(null=True)
    active_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    # The head when its labeler got it: another may have drawn before, and given it back.
    claimed_rev = models.PositiveIntegerField(default=0, db_default=0)
    rev = models.PositiveIntegerField(
        "revision", default=0, db_default=0, help_text="Head revision; 0 while nothing was drawn."
    )
    n_shapes = models.PositiveIntegerField("shapes", default=0, db_default=0)
    n_vertices = models.PositiveIntegerField(default=0, db_default=0)
    approved_rev = models.PositiveIntegerField(null=True)

    objects = LabelQuerySet.as_manager()

    class Meta:
        db_table = "labels"
        constraints = [
            models.UniqueConstraint(
                fields=["task", "image", "slot"], name="one_label_per_task_image_and_slot"
            ),
            models.UniqueConstraint(
                fields=["task", "image", "labeler"], name="nobody_labels_an_image_of_a_task_twice"
            ),
            models.CheckConstraint(
                condition=Q(status="free", labeler=None) | ~Q(status="free") & ~Q(labeler=None),
                name="a_label_is_free_or_has_a_labeler",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(approved_rev__isnull=False),
                name="an_approval_names_a_revision",
            ),
        ]
        indexes = [
            # Not partial ones: SQLite uses a partial index only when its condition stands in
            # the statement as a literal, and Django binds it as a parameter.
            models.Index(
                F("task"),
                F("status"),
                F("priority").desc(),
                F("order_key"),
                F("slot"),
                name="labels_in_queue_order",
            ),
            models.Index(fields=["task", "status", "lease_until"], name="labels_by_lease"),
            models.Index(fields=["labeler", "task", "claimed_at"], name="labels_of_a_labeler"),
            models.Index(fields=["task", "status", "status_since"], name="labels_by_status"),
            # What was sent back to a person, at every claim, among thousands that were not.
            models.Index(
                fields=["labeler", "task", "status", "status_since"], name="labels_to_go_on_with"
            ),
            # What lists of a hundred thousand labels begin with.
            models.Index(LatestFirst(F("active_at")), F("id").desc(), name="labels_by_activity"),
            models.Index(
                F("task"), LatestFirst(F("active_at")), F("id").desc(), name="labels_of_a_task"
            ),
            models.Index(fields=["labeler", "status_since", "id"], name="labels_of_one_person"),
        ]

    def __str__(self):
        return f"Label {self.pk}"

    def get_absolute_url(self):
        return reverse("labeling:annotate", args=[self.pk])

    def is_editable_by(self, user):
        return self.labeler_id == user.pk and self.status in self.EDITABLE

    def is_reviewable_by(self, user):
        may = user.is_staff and user.has_perm("labeling.change_label")
        return may and self.labeler_id != user.pk and self.status == self.Status.SUBMITTED


class LabelStep(models.Model):
    """One change of a label's status: who, when, from, to, at which revision. Only appended."""

    label = models.ForeignKey(Label, models.PROTECT, related_name="steps")
    step = models.CharField(max_length=20)
    from_status = models.CharField(max_length=12, choices=Label.Status)
    to_status = models.CharField(max_length=12, choices=Label.Status)
    rev = models.PositiveIntegerField("revision")
    by = models.ForeignKey(User, models.PROTECT, db_column="user_id", related_name="+")
    comment = models.TextField(blank=True, default="", db_default="")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "label_steps"
        ordering = ("id",)
        # Steps of one kind, the newest first: why images were skipped.
        indexes = [models.Index(fields=["step", "id"], name="steps_by_kind")]

    def __str__(self):
        return f"{self.step} of label {self.label_id} at revision {self.rev}"


class LabelRevision(models.Model):
    """One saved step of the work on a label; only ever appended.

    A save that lost a conflict is kept here too, with what it wanted in `changes`;
    it made no revision, so its rev is null.
    """

    # Its index is history_in_order.
    label = models.ForeignKey(Label, models.PROTECT, related_name="revisions", db_index=False)
    rev = models.PositiveIntegerField("revision", null=True)
    # Made by the client, so that a repeated save is answered and not applied again.
    op_id = models.UUIDField(unique=True)
    content_sha256 = models.CharField(max_length=64)
    # Its index is saves_of_a_person.
    author = models.ForeignKey(
        User, models.PROTECT, db_column="user_id", related_name="+", db_index=False
    )
    made_at = models.DateTimeField(db_column="timestamp_edit", db_default=Now())
    changes = models.TextField(blank=True, default="", db_default="")
    # {"drawn": 2, "moved": 1} as JSON: counted once, so that the time line costs nothing.
    summary = models.TextField(blank=True, default="{}", db_default="{}")
    answer = models.TextField()

    class Meta:
        db_table = "label_history"
        constraints = [
            models.UniqueConstraint(fields=["label", "rev"], name="a_revision_is_made_once"),
        ]
        indexes = [
            models.Index(fields=["label", "id"], name="history_in_order"),
            models.Index(fields=["author", "made_at"], name="saves_of_a_person"),
        ]

    def __str__(self):
        return f"Revision {self.rev} of label {self.label_id}"


class Shape(models.Model):
    """One state of one drawn object, current from rev_added until rev_removed.

    Geometry is canonical JSON in pixels of the image after EXIF orientation, origin at
    the top-left corner of the top-left pixel, multiples of 0.01 (see labeling/shapes.py).
    """

    label = models.ForeignKey(Label, models.PROTECT, related_name="shapes", db_index=False)
    uid = models.UUIDField(default=uuid.uuid4, help_text="Made by the client that drew it.")
    rev_added = models.PositiveIntegerField()
    rev_removed = models.PositiveIntegerField(null=True)
    label_class = models.ForeignKey(LabelClass, models.PROTECT, related_name="shapes")
    kind = models.CharField(max_length=10, choices=KIND_CHOICES)
    geometry = models.TextField()
    z = models.IntegerField(default=0, db_default=0, help_text="Draw order; higher is in front.")
    attributes = models.TextField(default="{}", db_default="{}")

    objects = ShapeQuerySet.as_manager()

    class Meta:
        db_table = "shapes"
        constraints = [
            models.UniqueConstraint(
                fields=["label", "uid"],
                condition=Q(rev_removed=None),
                name="a_shape_has_one_current_state",
            ),
            models.CheckConstraint(
                condition=Q(rev_removed=None) | Q(rev_removed__gt=F("rev_added")),
                name="a_shape_is_removed_after_it_was_added",
            ),
        ]
        indexes = [
            models.Index(fields=["label", "rev_added"], name="shapes_by_revision"),
            # What ended after a revision and was there at it, without a look at the rows.
            models.Index(fields=["label", "rev_removed", "rev_added"], name="shapes_by_end"),
            models.Index(fields=["label", "uid"], name="states_of_a_shape"),
        ]

    def __str__(self):
        return f"{self.kind} {self.uid}"
