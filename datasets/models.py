from django.db import models
from django.db.models.functions import Now


class Dataset(models.Model):
    """Images of one site and sensor."""

    site = models.CharField(max_length=200, help_text="Where the images were taken.")
    sensor = models.CharField(max_length=200, help_text="What took them.")
    description = models.TextField(
        db_column="dataset_description", blank=True, default="", db_default=""
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

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

    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="images")
    path = models.TextField(help_text="Absolute file path or storage URL.")
    sha256 = models.CharField("SHA-256", max_length=64)
    byte_size = models.BigIntegerField()
    mtime_ns = models.BigIntegerField(null=True)
    format = models.CharField(max_length=8, help_text="By content, not by name.")
    # Pixels as one sees them, that is after EXIF orientation; labels use the same.
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    orientation = models.PositiveSmallIntegerField(default=1, db_default=1)
    state = models.CharField(max_length=8, choices=State, default=State.OK, db_default=State.OK)
    created_at = models.DateTimeField("imported at", db_default=Now(), editable=False)

    class Meta:
        db_table = "input_data"
        constraints = [
            models.UniqueConstraint(fields=["dataset", "path"], name="a_path_is_in_a_dataset_once"),
            models.UniqueConstraint(
                fields=["dataset", "sha256"], name="a_content_is_in_a_dataset_once"
            ),
            models.CheckConstraint(
                condition=models.Q(width__gt=0, height__gt=0), name="an_image_has_pixels"
            ),
        ]
        indexes = [
            # The newest image of a dataset, asked at every claim.
            models.Index(fields=["dataset", "id"], name="images_of_a_dataset"),
            models.Index(fields=["sha256"], name="images_by_content"),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]
