"""Look whether the files of a dataset's images are there, and still what was imported.

    rows of input_data → what the file system or bucket says → children hash what looks
    different, or everything → the states of the images
    images that are gone → the folders that were imported → same size → same hash → moved

Nothing is linked to another path here: that is what importing the folder again does.
"""

import itertools
import os
from collections import Counter
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from datasets.buckets import ObjectReader, bucket_of
from datasets.inspecting import AWAY_STATE, GOOD
from datasets.jobs import Cancelled, enqueue
from datasets.looking import NO_ROOT, Away, Missing, look
from datasets.models import Image, ImageCheck
from datasets.objects import is_url, place_of, walk_objects
from datasets.opening import root_of
from datasets.reading import FileReader, read_in_order
from datasets.storing import OTHER_CONTENT, mark_images, select_among, touch_images
from datasets.walking import Entry, StorageAway, walk

Status, State = ImageCheck.Status, Image.State

IMAGES_AT_ONCE = 1000
FILES_AT_ONCE = 100
# Files of these are what they are known for.
IN_ORDER_AT = """
SELECT path FROM input_data WHERE state IN ('ok', 'broken') AND dataset_id = %s AND path"""
FACTS = ("pk", "path", "byte_size", "mtime_ns", "etag", "sha256", "state", "state_reason")
GONE = (State.MISSING, State.CHANGED)


class Facts(NamedTuple):
    """What the dataset says of an image."""

    pk: int
    path: str
    byte_size: int
    mtime_ns: int | None
    etag: str
    sha256: str
    state: str
    state_reason: str


class Batch:
    """Neighbouring images, what was seen of each, and the files that have to be read."""

    def __init__(self):
        self.seen = []  # (image, Entry, Missing or Away)
        self.to_read = []
        self.byte_size = 0

    @property
    def paths(self):
        return [entry.path for entry in self.to_read]

    def add(self, image, seen, has_to_be_read):
        self.seen.append((image, seen))
        if has_to_be_read:
            self.to_read.append(seen)
            self.byte_size += seen.byte_size

    @property
    def is_full(self):
        return len(self.to_read) >= FILES_AT_ONCE


def start_check(dataset, verify=False, by=None):
    """Queue a check; one of the same kind that waits or runs is returned instead."""
    same = ImageCheck.objects.filter(
        dataset=dataset, verify=verify, status__in=(Status.QUEUED, Status.RUNNING)
    )
    if running := same.first():
        return running
    return enqueue(ImageCheck(dataset=dataset, verify=verify, created_by=by))


def work_on(job):
    """Check the images of a dataset; called by Job.run."""
    images = job.dataset.images
    job.total, job.done = images.count(), 0
    for place in places():
        here = images.filter(path__startswith=place)
        if place < job.checked_place:  # done before this run was interrupted
            job.done += here.count()
            continue
        after = job.checked_up_to if place == job.checked_place else 0
        job.done += here.filter(pk__lte=after).count() if after else 0
        _check_place(job, place, here.filter(pk__gt=after))
    find_moved(job)
    _finish(job)


def places():
    """What the paths of images begin with, by how they are read: all files, or one bucket."""
    urls = {place_of(root).url for root in settings.IMAGE_ROOTS if is_url(root)}
    return sorted({"/"} | urls)


def _check_place(job, place, images):
    batches = _batches(images, job.verify)
    for batch, findings in _read(job, place, batches):
        verdicts = [*_verdicts(batch, findings)]
        away = Counter(job.away) + Counter(
            verdict.reason for _, verdict in verdicts if isinstance(verdict, Away)
        )
        job.away, job.done = dict(away), job.done + len(verdicts)
        job.restored += sum(
            isinstance(verdict, Entry) and image.state in GONE for image, verdict in verdicts
        )
        with transaction.atomic():
            _store_progress(job, place, batch.seen[-1][0].pk)
            _store(verdicts)
        job.report(message=f"{job.done:,} of {job.total:,} images checked")


def _store_progress(job, place, checked_up_to):
    progress = {name: getattr(job, name) for name in ("done", "away", "restored")}
    if not job.mine().update(checked_place=place, checked_up_to=checked_up_to, **progress):
        raise Cancelled


def _read(job, place, batches):
    """(batch, findings) as of read_in_order; the files are only hashed."""
    workers = getattr(job, "workers", None) or len(os.sched_getaffinity(0))
    if is_url(place):
        access = settings.BUCKET_ACCESS[place_of(place).scheme]
        each = max(1, settings.BUCKET_CONNECTIONS // workers)
        reader = ObjectReader(place, access, None, each)
    else:
        reader = FileReader(tuple(settings.IMAGE_ROOTS), None)
    return read_in_order(batches, reader=reader, workers=workers, tick=job.report)


def _batches(images, verify):
    """Look at the files, image by image, and gather those that have to be read."""
    last = 0
    while group := [
        Facts._make(row)
        for row in images.filter(pk__gt=last).order_by("pk").values_list(*FACTS)[:IMAGES_AT_ONCE]
    ]:
        last = group[-1].pk
        batch = Batch()
        for image, seen in zip(group, look([image.path for image in group]), strict=True):
            batch.add(image, seen, isinstance(seen, Entry) and _is_to_read(image, seen, verify))
            if batch.is_full:
                yield batch
                batch = Batch()
        if batch.seen:
            yield batch


def _is_to_read(image, entry, verify):
    """Whether size and time leave it open if this is still the content of the image."""
    if verify:
        return True
    if entry.byte_size != image.byte_size:
        return False
    is_as_before = entry.etag == image.etag if entry.etag else entry.mtime_ns == image.mtime_ns
    # What was missing or changed may have come back with an old time.
    return not is_as_before or image.state in GONE


def _verdicts(batch, findings):
    """For each image an Entry if its content is there, Missing, Away, or the word CHANGED."""
    read = {entry.path: found for entry, found in zip(batch.to_read, findings, strict=True)}
    for image, seen in batch.seen:
        finding = read.get(image.path)
        if finding is None:
            if isinstance(seen, Entry) and seen.byte_size != image.byte_size:
                seen = State.CHANGED
        elif finding.state == AWAY_STATE or (finding.state != GOOD and is_url(image.path)):
            seen = Away(finding.reason)
        elif finding.state != GOOD:
            seen = Missing(finding.reason)
        elif finding.sha256 != image.sha256:
            seen = State.CHANGED
        else:
            # As it was when it was read, which is later than when it was looked at.
            seen = seen._replace(byte_size=finding.byte_size, mtime_ns=finding.mtime_ns)
        yield image, seen


def _store(verdicts):
    """Write the states that changed, and times that would make the next check read again."""
    marked, touched = {State.MISSING: [], State.CHANGED: []}, []
    for image, verdict in verdicts:
        if isinstance(verdict, Entry):
            about = (verdict.mtime_ns, verdict.etag)
            if image.state in GONE or about != (image.mtime_ns, image.etag):
                touched.append((verdict.byte_size, *about, image.pk))
        elif not isinstance(verdict, Away):
            state, reason = (
                (State.MISSING, verdict.reason)
                if isinstance(verdict, Missing)
                else (State.CHANGED, OTHER_CONTENT)
            )
            if (image.state, image.state_reason) != (state, reason):
                marked[state].append((reason, image.pk, image.path))
    for state, images in marked.items():
        mark_images(state, images)
    touch_images(touched)


def _count_without_root(job):
    """Images of buckets that are no root any more: nobody asked for them."""
    others = job.dataset.images.all()
    for place in places():
        others = others.exclude(path__startswith=place)
    if number := others.count():
        job.away = job.away | {NO_ROOT: job.away.get(NO_ROOT, 0) + number}


def find_moved(job):
    """Look in the imported folders for the contents of images that are missing or changed.

    Only files of the same size as one of them are read.
    """
    lost = job.dataset.images.filter(state__in=GONE)
    sizes = set(lost.values_list("byte_size", flat=True))
    found, is_whole = {}, True
    for folder in _imported_folders(job.dataset) if sizes else ():
        try:
            for sha256, path in _contents(job, folder, sizes):
                found.setdefault(sha256, path)
        except StorageAway as problem:
            is_whole = False
            job.away = job.away | {f"{folder}: {problem}": 0}
    with transaction.atomic():
        if not job.mine().select_for_update().exists():
            raise Cancelled
        _store_moved(lost, found, is_whole)


def _imported_folders(dataset):
    """The outermost folders that images were imported from."""
    outermost = []
    for folder in sorted(set(dataset.folder_imports.values_list("folder", flat=True))):
        if root_of(folder, settings.IMAGE_ROOTS) and not root_of(folder, outermost):
            outermost.append(folder)
    return outermost


def _contents(job, folder, sizes):
    """(SHA-256, path) of files that may be one of those looked for."""
    if is_url(folder):
        entries = walk_objects(bucket_of(place_of(folder)), place_of(folder))
    else:
        entries = walk(folder, tuple(settings.IMAGE_ROOTS))
    candidates = (entry for entry in entries if not entry.state and entry.byte_size in sizes)
    for batch, findings in _read(job, folder, _batches_of(job.dataset, candidates)):
        for entry, finding in zip(batch.to_read, findings, strict=True):
            if finding.state == AWAY_STATE:
                raise StorageAway(finding.reason)
            if finding.state == GOOD:
                yield finding.sha256, entry.path


def _batches_of(dataset, entries):
    """Batches of files that are no image in order."""
    while group := list(itertools.islice(entries, FILES_AT_ONCE)):
        paths = [entry.path for entry in group]
        in_order = {path for (path,) in select_among(IN_ORDER_AT, paths, dataset.pk)}
        batch = Batch()
        for entry in group:
            if entry.path not in in_order:
                batch.add(None, entry, True)
        yield batch


def _store_moved(lost, found, is_whole):
    """Say of lost images where they were seen, and of others that it is not known any more."""
    seen = []
    for image in lost.iterator(chunk_size=IMAGES_AT_ONCE):
        now_at = found.get(image.sha256, "" if is_whole else image.moved_to)
        if now_at != image.moved_to:
            image.moved_to = now_at
            seen.append(image)
    Image.objects.bulk_update(seen, ["moved_to"], batch_size=IMAGES_AT_ONCE)


def _finish(job):
    _count_without_root(job)
    images = job.dataset.images
    rows = images.order_by().values_list("state").annotate(images=Count("pk"))
    states = dict.fromkeys(State.values, 0) | dict(rows)
    moved = images.filter(state__in=GONE).exclude(moved_to="").count()
    if not job.mine().update(states=states, moved=moved, away=job.away):
        raise Cancelled
    job.message = f"{job.done:,} images checked"


def summary(job):
    """What came of a check, in numbers, and every image that is not in order."""
    states = job.states or {}
    return {
        "dataset": job.dataset_id,
        "check": job.pk,
        "checked": job.done,
        **states,
        "moved": job.moved,
        "restored": job.restored,
        "away": job.away,
        "problems": [
            {"path": path, "state": state, "reason": reason, "moved_to": moved_to}
            for path, state, reason, moved_to in not_in_order(job.dataset).values_list(
                "path", "state", "state_reason", "moved_to"
            )
        ],
    }


def not_in_order(dataset):
    """Images that are given to nobody, and why."""
    return dataset.images.exclude(state=State.OK).order_by("state", "path")
