"""Decode every image once after it was imported, in the background and after all other work.

Thumbnails and what browsers cannot show themselves are in the cache then, before somebody
waits for them, and an image whose pixels are damaged is found before it is given out.
"""

import os
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from datasets.inspecting import AWAY_STATE, UNREADABLE
from datasets.jobs import Cancelled, JobFailed, Paused, enqueue, others_wait
from datasets.models import Dataset, Decoding, Image
from datasets.preparing import PictureReader, Source
from datasets.reading import CRASHED, HANGS, read_in_order
from datasets.storing import mark_images

Status = Decoding.Status

IMAGES_AT_ONCE = 1000
# What one child gets at a time; after each, imports and exports that wait have their turn.
FILES_AT_ONCE, PIXELS_AT_ONCE = 40, 60_000_000
# After a failure, such as a full disk, it is not tried again at once.
PAUSE = timedelta(minutes=10)
IN_WORDS = {
    CRASHED: "decoding it crashed the decoder; it is probably damaged",
    HANGS: "decoding it took too long",
}


def look_after_new_images():
    """Queue the decoding of datasets with images that were not decoded yet; how many."""
    if not settings.DECODE_AHEAD:
        return 0
    newest = Image.objects.filter(dataset=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    datasets = Dataset.objects.annotate(newest=Subquery(newest)).exclude(newest=None)
    return sum(_start(dataset) for dataset in datasets)


def _start(dataset):
    job, _ = Decoding.objects.get_or_create(dataset=dataset, defaults={"status": Status.DONE})
    if job.decoded_up_to >= dataset.newest or job.is_active:
        return 0
    if job.status == Status.FAILED and job.ended_at > timezone.now() - PAUSE:
        return 0
    with transaction.atomic():
        # Compare and set: of two workers one starts it.
        mine = Decoding.objects.filter(pk=job.pk, status=job.status, started_at=job.started_at)
        if not mine.update(status=Status.QUEUED):
            return 0
        enqueue(job)
    return 1


def decode_again(dataset):
    """Forget which images were decoded, and which could not be: the limits may be others now."""
    with transaction.atomic():
        Decoding.objects.filter(dataset=dataset).update(decoded_up_to=0)
        dataset.images.filter(state=Image.State.BROKEN).update(
            state=Image.State.OK, state_reason="", state_since=None
        )


class Batch:
    """Neighbouring images to decode."""

    def __init__(self):
        self.to_read = []
        self.byte_size = 0  # in pixels, which is what takes time here

    @property
    def paths(self):
        return [source.path for source in self.to_read]

    def add(self, source):
        self.to_read.append(source)
        self.byte_size += source.width * source.height

    @property
    def is_full(self):
        return len(self.to_read) >= FILES_AT_ONCE or self.byte_size >= PIXELS_AT_ONCE


def new_reader(progress=""):
    return PictureReader(
        tuple(settings.IMAGE_ROOTS),
        str(settings.CACHE_DIR),
        settings.BUCKET_ACCESS,
        settings.MAX_PIXELS,
        settings.TILES_ABOVE_PIXELS,
        progress,
    )


def work_on(job):
    """Decode the images of a dataset that came since the last time; called by Job.run."""
    images = job.dataset.images
    job.total, job.done = images.count(), images.filter(pk__lte=job.decoded_up_to).count()
    reader = new_reader()
    workers = getattr(job, "workers", None) or len(os.sched_getaffinity(0))
    for batch, findings in read_in_order(
        _batches(images, job.decoded_up_to), reader=reader, workers=workers, tick=job.report
    ):
        _store(job, batch, findings)
        if job.gives_way and others_wait(job):
            raise Paused
    job.message = f"{job.done:,} images decoded"


def _batches(images, last):
    batch = Batch()
    while rows := list(
        images.filter(pk__gt=last).order_by("pk").values_list(*Source._fields)[:IMAGES_AT_ONCE]
    ):
        last = rows[-1][0]
        for row in rows:
            batch.add(Source(*row))
            if batch.is_full:
                yield batch
                batch = Batch()
    if batch.to_read:
        yield batch


def _store(job, batch, findings):
    """Mark what cannot be decoded, and how far we are, in one transaction."""
    for finding in findings:
        if finding.state == AWAY_STATE:
            raise JobFailed(f"{finding.reason}. It is tried again after some minutes.")
    broken = [
        (IN_WORDS.get(finding.reason, finding.reason), source.pk, source.path)
        for source, finding in zip(batch.to_read, findings, strict=True)
        if finding.state == UNREADABLE
    ]
    job.done += len(batch.to_read)
    job.decoded_up_to = batch.to_read[-1].pk
    with transaction.atomic():
        if not job.mine().update(done=job.done, decoded_up_to=job.decoded_up_to):
            raise Cancelled
        mark_images(Image.State.BROKEN, broken)
    job.report(message=f"{job.done:,} of {job.total:,} images decoded")
