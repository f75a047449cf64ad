"""Tiles of a huge image, made in the background when somebody opens it and they are not there.

Usually they are: datasets.decoding makes them after the import, in the same way.
"""

import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from datasets.caching import open_cached
from datasets.decoding import IN_WORDS, Batch, new_reader
from datasets.inspecting import GOOD, UNREADABLE
from datasets.jobs import JobFailed, enqueue
from datasets.models import Image, Tiling
from datasets.preparing import Source
from datasets.pyramids import TILE, TILES, levels_of, range_of_tiles, tile_of
from datasets.reading import read_in_order
from datasets.storing import mark_images

PARTS = 1000
# After a failure that is no fault of the image, such as a full disk, it is not tried at once.
PAUSE = timedelta(minutes=10)


class TileState(NamedTuple):
    """How far the tiles of an image are; what the editor is told."""

    state: str  # ready, waiting, running or failed
    percent: int = 0
    words: str = ""
    # Of the values in tiles of more than 8 bits.
    range: tuple[int, int] | None = None


def state_of_tiles(image):
    if file := open_cached(settings.CACHE_DIR, image.sha256, TILES):
        with file:
            return TileState("ready", 100, range=range_of_tiles(file))
    job = Tiling.objects.filter(image=image).first()
    if job is None or job.status == Tiling.Status.DONE:
        return TileState("waiting")
    if job.status == Tiling.Status.RUNNING:
        return TileState("running", job.percent or 0)
    if job.status == Tiling.Status.QUEUED:
        return TileState("waiting")
    return TileState("failed", 0, job.error or "The work on it was cancelled.")


def want_tiles(image):
    """See to it that the tiles are made, if they are not there; the state they are in."""
    state = state_of_tiles(image)
    if state.state == "ready":
        return state
    job, _ = Tiling.objects.get_or_create(image=image, defaults={"status": Tiling.Status.DONE})
    if not job.is_active and not _waits(job, image):
        with transaction.atomic():
            # Compare and set: of two who open the image, one starts it.
            mine = Tiling.objects.filter(pk=job.pk, status=job.status, started_at=job.started_at)
            if mine.update(status=Tiling.Status.QUEUED):
                enqueue(job)
    return state_of_tiles(image)


def _waits(job, image):
    """Whether it failed, and is not tried again now."""
    is_broken = image.state == Image.State.BROKEN
    return job.is_stopped and (is_broken or job.ended_at > timezone.now() - PAUSE)


def work_on(job):
    """Make the tiles of an image; called by Job.run."""
    image = job.image
    source = Source(*(getattr(image, name) for name in Source._fields))
    batch = Batch()
    batch.add(source)
    job.total = PARTS
    handle, progress = tempfile.mkstemp(prefix="s3label-tiles-")
    os.close(handle)

    def tick():
        words = Path(progress).read_text()
        job.report(done=int(words) if words.isdigit() else 0)

    try:
        # The same reader that decodes ahead, alone with this image.
        [(_, [finding])] = read_in_order([batch], reader=new_reader(progress), workers=1, tick=tick)
    finally:
        os.unlink(progress)
    if finding.state == UNREADABLE:
        reason = IN_WORDS.get(finding.reason, finding.reason)
        mark_images(Image.State.BROKEN, [(reason, image.pk, image.path)])
        raise JobFailed(f"{reason[0].upper()}{reason[1:]}.")
    if finding.state != GOOD:
        raise JobFailed(f"{finding.reason[0].upper()}{finding.reason[1:]}.")
    job.done = PARTS


def description_of_tiles(image):
    """What the editor has to know to ask for them: the side of a tile, and the lowest level."""
    levels = levels_of(image.width, image.height)
    return {"size": TILE, "lowest": levels[0].number, "highest": levels[-1].number}


def read_tile(image, level, column, row):
    """The bytes of a tile and its format, or None."""
    file = open_cached(settings.CACHE_DIR, image.sha256, TILES)
    if file is None:
        return None
    with file:
        return tile_of(file, level, column, row)
