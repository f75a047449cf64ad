from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F
from django.db.models.functions import Now, Substr
from django.utils import timezone

from datasets.counting import ImageCount as ImageCount
from datasets.found_files import FoundFileQuerySet
from datasets.image_jobs import Decoding as Decoding
from datasets.image_jobs import ImageCheck as ImageCheck
from datasets.image_jobs import Tiling as Tiling
from datasets.jobs import Job
from datasets.pyramids import is_huge
from datasets.querysets import DatasetQuerySet, WatchedFolderQuerySet
from datasets.webhooks import Delivery as Delivery
from datasets.webhooks import Webhook as Webhook


class Dataset(models.Model):
    """Images of one site and sensor."""

    site = models.CharField(max_length=200, help_text="Where the images were taken.")
    sensor = models.CharField(max_length=200, help_text="What took them.")
    description = models.TextField(
        db_column="dataset_description", blank=True, default="", db_default=""
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        db_table = "datasets"

    def __str__(self):
        return f"{self.site} · {self.sensor}"


class DatasetGroup(models.Model):
    """A set of datasets that label tasks are created on."""

    name = models.CharField(max_length=200, unique=True)
    description = models.TextField(blank=True, default="", db_default="")
    datasets = models.ManyToManyField(Dataset, through="GroupedDataset", related_name="groups")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "dataset_groups"

    def __str__(self):
        return self.name


class GroupedDataset(models.Model):
    """This dataset belongs to this group; it may belong to others too."""

    group = models.ForeignKey(
        DatasetGroup, models.CASCADE, db_column="dataset_group_id", related_name="memberships"
    )
    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="memberships")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "dataset_group_lists"
        verbose_name = "dataset in this group"
        verbose_name_plural = "datasets in this group"
        constraints = [
            models.UniqueConstraint(
                fields=["group", "dataset"], name="a_dataset_is_in_a_group_once"
            ),
        ]

    def __str__(self):
        return f"{self.dataset} in {self.group}"


class Image(models.Model):
    """One file: where it lies and what it is. The file itself is never copied or changed."""

    class State(models.TextChoices):
        OK = "ok", "OK"
        MISSING = "missing", "Missing"
        CHANGED = "changed", "Changed"
        BROKEN = "broken", "Broken"

    # Its index would be one of many; the constraint on (dataset, path) has one.
    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="images", db_index=False)
    path = models.TextField(help_text="Absolute file path or storage URL.")
    sha256 = models.CharField("SHA-256", max_length=64)
    byte_size = models.BigIntegerField()
    mtime_ns = models.BigIntegerField(null=True)
    # What a bucket calls this content; a file has none.
    etag = models.TextField(blank=True, default="", db_default="")
    format = models.CharField(max_length=8, help_text="By content, not by name.")
    # Pixels as one sees them, that is after EXIF orientation; labels use the same.
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    orientation = models.PositiveSmallIntegerField(default=1, db_default=1)
    # By the clock of the camera, without a zone. Null and not empty, because SQLite would copy
    # a million rows for a new column with a default.
    captured = models.TextField("taken", null=True, editable=False)  # noqa: DJ001
    # What is not OK is given to nobody; a check or an import that finds the content again
    # brings it back.
    state = models.CharField(max_length=8, choices=State, default=State.OK, db_default=State.OK)
    state_reason = models.TextField("why", blank=True, default="", db_default="")
    state_since = models.DateTimeField("since", null=True)
    moved_to = models.TextField(
        "now at", blank=True, default="", db_default="", help_text="Where its content was seen."
    )
    created_at = models.DateTimeField("imported at", db_default=Now(), editable=False)

    class Meta:
        db_table = "input_data"
        constraints = [
            models.UniqueConstraint(fields=["dataset", "path"], name="a_path_is_in_a_dataset_once"),
            # The content first, so that its index also finds a content in any dataset.
            models.UniqueConstraint(
                fields=["sha256", "dataset"], name="a_content_is_in_a_dataset_once"
            ),
            models.CheckConstraint(
                condition=models.Q(width__gt=0, height__gt=0), name="an_image_has_pixels"
            ),
        ]
        indexes = [
            # The newest image of a dataset, asked at every claim.
            models.Index(fields=["dataset", "id"], name="images_of_a_dataset"),
            models.Index(
                fields=["dataset", "state"],
                name="images_not_in_order",
                condition=~models.Q(state="ok"),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]

    @property
    def is_huge(self):
        """Too large to be shown whole: it is shown in tiles."""
        return is_huge(self.width, self.height, settings.TILES_ABOVE_PIXELS)


class WatchedFolder(models.Model):
    """A folder whose new images come into a dataset by themselves."""

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="watched_folders")
    folder = models.TextField(help_text="Absolute path below one of the image roots.")
    recursive = models.BooleanField("with subfolders", default=True, db_default=True)
    every_minutes = models.PositiveIntegerField(
        "every (minutes)", default=15, db_default=15, validators=[MinValueValidator(1)]
    )
    is_active = models.BooleanField("watch", default=True, db_default=True)
    next_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    looked_at = models.DateTimeField("last look", null=True, editable=False)
    problem = models.TextField(blank=True, default="", db_default="", editable=False)

    objects = WatchedFolderQuerySet.as_manager()

    class Meta:
        db_table = "watched_folders"
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "folder"],
                name="a_folder_is_watched_once_for_a_dataset",
                violation_error_message="This folder is watched already.",
            ),
            models.CheckConstraint(
                condition=models.Q(every_minutes__gte=1), name="at_most_one_look_a_minute"
            ),
        ]

    def __str__(self):
        return self.folder


class FolderImport(Job):
    """One look through a folder, and the import of what staff selected there."""

    class Stage(models.TextChoices):
        FINDING = "finding", "Finding images"
        FOUND = "found", "Images found"
        IMPORTING = "importing", "Importing"
        DONE = "done", "Imported"

    work = "datasets.importing.work_on"
    event = "import.finished"
    seen_with = steered_with = "datasets.change_dataset"

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="folder_imports")
    folder = models.TextField(help_text="Absolute path below one of the image roots.")
    recursive = models.BooleanField(default=True, db_default=True)
    # Reads what size and time call unchanged, too.
    verify = models.BooleanField(default=False, db_default=False)
    stage = models.CharField(
        max_length=10, choices=Stage, default=Stage.FINDING, db_default=Stage.FINDING
    )
    # Imports what is new as it finds it, and keeps no rows of what it knows already, so that
    # it can be repeated for ever; otherwise staff select first, from a list of everything.
    unattended = models.BooleanField(default=False, db_default=False, editable=False)
    watched = models.ForeignKey(
        WatchedFolder, models.SET_NULL, null=True, related_name="imports", editable=False
    )
    known_unlisted = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    # How far the folder is read, so that an interrupted import goes on from there.
    read_up_to = models.TextField(blank=True, default="", db_default="", editable=False)
    seconds = models.FloatField(default=0, db_default=0, editable=False)
    # What count_files said, when the files themselves are forgotten; see pruning.py.
    kept_counts = models.JSONField(null=True, editable=False)

    class Meta:
        db_table = "folder_imports"
        indexes = [models.Index(fields=["dataset", "folder"], name="imports_of_a_folder")]

    def __str__(self):
        return f"{self.folder} into {self.dataset}"

    def announce(self):
        # When the files are found, staff choose among them: the import has not ended.
        if self.stage != self.Stage.FOUND or self.status != self.Status.DONE:
            super().announce()

    def facts(self):
        return {"dataset": self.dataset_id, "folder": self.folder, "files": self.count_files()}

    def count_files(self):
        """How many files there are of each state and outcome: [{state, outcome, files}]."""
        if self.kept_counts is not None:
            return self.kept_counts
        rows = self.found_files.order_by().values("state", "outcome")
        return list(rows.annotate(files=models.Count("pk")))


class FoundFile(models.Model):
    """A file that was found in a folder, and what is to become of it.

    Ordered by id they are ordered by path: a folder is read in that order.
    """

    class State(models.TextChoices):
        NEW = "new", "New"
        KNOWN = "known", "Already imported"
        DUPLICATE = "duplicate", "Duplicate"
        MOVED = "moved", "Moved"
        CHANGED = "changed", "Changed"
        UNREADABLE = "unreadable", "Unreadable"
        SKIPPED = "skipped", "Skipped"

    class Outcome(models.TextChoices):
        NOTHING = "", "–"
        IMPORTED = "imported", "Imported"
        RELINKED = "relinked", "Linked to its new path"
        OVERTAKEN = "overtaken", "Imported by somebody else meanwhile"

    SELECTABLE = (State.NEW, State.MOVED)

    # Neither of the foreign keys has an index of its own: the constraint below has one for
    # the first, and nobody asks which file an image came from.
    folder_import = models.ForeignKey(
        FolderImport, models.CASCADE, related_name="found_files", db_index=False
    )
    path = models.TextField()
    state = models.CharField(max_length=10, choices=State)
    reason = models.TextField(
        blank=True, default="", db_default="", help_text="Why, or what else is to be known."
    )
    same_as = models.ForeignKey(Image, models.SET_NULL, null=True, db_index=False, related_name="+")
    same_as_path = models.TextField(
        blank=True, default="", db_default="", help_text="An earlier file of this folder."
    )
    byte_size = models.BigIntegerField(null=True)
    mtime_ns = models.BigIntegerField(null=True)
    etag = models.TextField(blank=True, default="", db_default="")
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, default="", db_default="")
    format = models.CharField(max_length=8, blank=True, default="", db_default="")
    # After EXIF orientation, as in Image.
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    orientation = models.PositiveSmallIntegerField(default=1, db_default=1)
    captured = models.TextField(null=True, editable=False)  # noqa: DJ001  as in Image
    selected = models.BooleanField(default=False, db_default=False)
    outcome = models.CharField(
        max_length=10, choices=Outcome, blank=True, default="", db_default=""
    )
    image = models.ForeignKey(Image, models.SET_NULL, null=True, db_index=False, related_name="+")

    objects = FoundFileQuerySet.as_manager()

    class Meta:
        db_table = "found_files"
        constraints = [
            models.UniqueConstraint(
                fields=["folder_import", "path"], name="a_path_is_found_once_in_an_import"
            ),
            models.CheckConstraint(
                condition=models.Q(selected=False) | models.Q(state__in=["new", "moved"]),
                name="only_new_and_moved_files_are_selected",
            ),
        ]
        indexes = [
            # With all that the table of files is sorted and counted by, so that it reads this
            # alone. It costs an import next to nothing, because new keys come at its end.
            models.Index(
                fields=["folder_import", "state", "id", "outcome", "byte_size", "width", "height"],
                name="found_files_by_state",
            ),
            # To find equal files among those still to be imported. Twelve of the hash's digits
            # find them as well as all and make the import a third faster.
            models.Index(
                F("folder_import"),
                Substr("sha256", 1, 12),
                name="waiting_files_by_content",
                condition=models.Q(outcome="", state__in=["new", "moved"]),
            ),
        ]

    def __str__(self):
        return self.path

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]

    @property
    def is_selectable(self):
        return self.state in self.SELECTABLE


class Deselection(models.Model):
    """Which of sixty files with neighbouring ids staff do not want, as the bits of a number.

    To deselect a million files is to write 17,000 of these rows, which takes half a second.
    Written to the files themselves it would take PostgreSQL half a minute, so that is done
    by the worker, when the import begins. See selecting.py.
    """

    FILES = 60

    folder_import = models.ForeignKey(
        FolderImport, models.CASCADE, related_name="deselections", db_index=False
    )
    block = models.BigIntegerField(help_text="The ids divided by sixty.")
    bits = models.BigIntegerField()

    class Meta:
        db_table = "deselections"
        constraints = [
            models.UniqueConstraint(
                fields=["folder_import", "block"], name="a_block_is_deselected_in_one_row"
            ),
        ]

    def __str__(self):
        return f"{self.bits.bit_count()} of {self.folder_import}"
