"""Jobs with the images of a dataset: look after their files, decode them, cut them into tiles."""

from django.db import models

from datasets.jobs import Job


class ImageCheck(Job):
    """One look at the files of a dataset: are they there, and still what was imported?"""

    work = "datasets.checking.work_on"
    seen_with = steered_with = "datasets.change_dataset"

    dataset = models.ForeignKey("datasets.Dataset", models.CASCADE, related_name="checks")
    verify = models.BooleanField(
        default=False, db_default=False, help_text="Read every file, not only size and time."
    )
    # How far the images are looked at, so that an interrupted check goes on from there.
    checked_place = models.TextField(blank=True, default="", db_default="", editable=False)
    checked_up_to = models.BigIntegerField(default=0, db_default=0, editable=False)
    restored = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    # What could not be asked: {root: how many images}, and in words why.
    away = models.JSONField(default=dict, editable=False)
    # {state: how many images} when it ended, and how many of them were seen elsewhere.
    states = models.JSONField(null=True, editable=False)
    moved = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        db_table = "image_checks"

    def __str__(self):
        return f"Check of {self.dataset}"


class Decoding(Job):
    """How far the images of a dataset are decoded; one row for each, for ever."""

    work = "datasets.decoding.work_on"
    seen_with, steered_with = "datasets.view_dataset", "datasets.change_dataset"
    priority = -50
    # To jobs of a higher priority that wait; not so in a shell, where somebody waits for it.
    gives_way = True

    dataset = models.OneToOneField("datasets.Dataset", models.CASCADE, related_name="decoding")
    decoded_up_to = models.BigIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        db_table = "decodings"

    def __str__(self):
        return f"Decoding of {self.dataset}"


class Tiling(Job):
    """Making the tiles of one huge image, because somebody waits for them."""

    work = "datasets.tiling.work_on"
    seen_with, steered_with = "datasets.view_dataset", "datasets.change_dataset"
    priority = 10

    image = models.OneToOneField("datasets.Image", models.CASCADE, related_name="tiling")

    class Meta:
        db_table = "tilings"

    def __str__(self):
        return f"Tiles of {self.image}"
