"""Import the images of a folder by reference: find, compare, let staff select, write rows.

    walk (listing) → what is known of the paths → children read what is not → what is
    known of the contents → found_files → input_data

Each step takes from the one before as it needs it, so memory does not grow with the
folder. Every batch is stored together with how far the folder is read; whoever takes
the job up again goes on from there.
"""

import os
import time
from collections import Counter

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Min

from datasets.buckets import ObjectReader, bucket_of
from datasets.comparing import Comparer, Row
from datasets.inspecting import Limits
from datasets.jobs import Cancelled, JobFailed, enqueue
from datasets.models import FolderImport, FoundFile
from datasets.objects import is_url, place_of, walk_objects
from datasets.reading import FileReader, read_in_order
from datasets.roots import find_folder, own_folders
from datasets.selecting import apply_selection
from datasets.storing import (
    import_found_files,
    insert,
    insert_images,
    learn_what_tables_hold,
    mark_changed_images,
    touch_images,
)
from datasets.walking import StorageAway, walk

Stage, Status = FolderImport.Stage, FolderImport.Status
State, Outcome = FoundFile.State, FoundFile.Outcome

FOUND_COLUMNS = ("folder_import_id", *Row._fields)
# Rows in one transaction: few at first, because staff watch the table fill; then more,
# because every transaction writes nearly all pages of the index of contents again.
ROWS_AT_FIRST, MOST_ROWS = 1000, 10_000
SECONDS_AT_FIRST, MOST_SECONDS = 0.5, 3
# After so many new rows the database is told to look at its tables again.
MANY_ROWS = 50_000


# Skipped files that nobody needs to hear of one by one.
QUIET = ("not an image", "a hidden file", "a hidden folder", "a DVC pointer file")


def start_finding(dataset, folder, recursive=True, verify=False, by=None):
    """Queue a look through a folder; a running one of the same folder is returned instead.

    Raises BadFolder.
    """
    folder = find_folder(folder)
    wanted = {"dataset": dataset, "folder": folder, "recursive": recursive, "verify": verify}
    same = FolderImport.objects.filter(
        **wanted, stage=Stage.FINDING, unattended=False, status__in=(Status.QUEUED, Status.RUNNING)
    )
    if running := same.first():
        return running
    return enqueue(FolderImport(**wanted, created_by=by))


def start_importing(folder_import, by=None):
    """Queue the import of the selected files; True unless the files are still being found."""
    ready = FolderImport.objects.filter(pk=folder_import.pk, stage=Stage.FOUND).exclude(
        status__in=(Status.QUEUED, Status.RUNNING)
    )
    with transaction.atomic():
        # Compare and set: of two clicks one starts it.
        started = ready.update(stage=Stage.IMPORTING)
        if started:
            folder_import.refresh_from_db()
            enqueue(folder_import, created_by=by or folder_import.created_by)
    return bool(started)


def work_on(job):
    """Do what the stage of a folder import asks for; called by Job.run."""
    began = time.monotonic()
    try:
        if job.stage == Stage.FINDING:
            find(job)
        if job.stage == Stage.IMPORTING:
            import_selected(job)
    except StorageAway as problem:
        raise JobFailed(
            f"The storage is away ({problem}). Nothing was marked as missing. "
            "Start again when it is back: the import goes on where it stopped."
        ) from problem
    finally:
        # Of this run only: a worker that lost the job must not take back what another did.
        FolderImport.objects.filter(pk=job.pk, started_at=job.started_at).update(
            seconds=F("seconds") + time.monotonic() - began, stage=job.stage
        )


def find(job):
    """Fill found_files from the folder; unattended imports make images as they go."""
    comparer = Comparer(job)
    workers = getattr(job, "workers", None) or len(os.sched_getaffinity(0))
    entries, reader = _entries_and_reader(job, workers)
    batches = read_in_order(
        comparer.batches(entries), reader=reader, workers=workers, tick=job.report
    )
    stored = 0
    for pairs in _together(batches):
        rows, touched = comparer.rows(pairs)
        passed = sum(batch.passed for batch, _ in pairs)
        _store(job, pairs[-1][0].last, rows, touched, passed)
        stored += len(rows)
    if stored >= MANY_ROWS:
        learn_what_tables_hold()
    import_where_others_left(job)
    if job.unattended:
        for _ in _import_waiting(job):
            job.report()
        _finish_import(job)
    else:
        job.stage = Stage.FOUND
        job.message = f"{job.done:,} files found"
    job.total = job.done


def _entries_and_reader(job, workers):
    limits = Limits(settings.MAX_PIXELS, settings.MAX_FILE_BYTES)
    if is_url(job.folder):
        place = place_of(job.folder)
        entries = walk_objects(
            bucket_of(place), place, recursive=job.recursive, after=job.read_up_to
        )
        access = settings.BUCKET_ACCESS[place.scheme]
        each = max(1, settings.BUCKET_CONNECTIONS // workers)
        return entries, ObjectReader(job.folder, access, limits, each)
    roots = tuple(settings.IMAGE_ROOTS)
    entries = walk(
        job.folder, roots, recursive=job.recursive, after=job.read_up_to, own=own_folders()
    )
    return entries, FileReader(roots, limits)


def _together(batches):
    """Lists of (batch, findings) that are worth a transaction, or have waited long enough."""
    most, patience = ROWS_AT_FIRST, SECONDS_AT_FIRST
    pairs, count, since = [], 0, time.monotonic()
    for pair in batches:
        pairs.append(pair)
        count += len(pair[0].entries) or 1
        if count >= most or time.monotonic() - since > patience:
            yield pairs
            most, patience = min(2 * most, MOST_ROWS), min(2 * patience, MOST_SECONDS)
            pairs, count, since = [], 0, time.monotonic()
    if pairs:
        yield pairs


def _store(job, last_entry, rows, touched, passed):
    """One transaction: the rows, their images if unattended, and how far the folder is read."""
    job.done += len(rows) + passed
    job.message = f"{job.done:,} files found"
    listed = [row for row in rows if row.state != State.KNOWN] if job.unattended else rows
    with transaction.atomic():
        unlisted = passed + len(rows) - len(listed)
        stored = {"known_unlisted": F("known_unlisted") + unlisted}
        if _is_utf8(last_entry.key):
            stored["read_up_to"] = last_entry.key
        if not job.mine().update(done=job.done, **stored):
            raise Cancelled
        touch_images(touched)
        if job.unattended:
            listed = _with_images(job, listed)
        insert("found_files", FOUND_COLUMNS, [(job.pk, *row) for row in listed])
        if job.unattended and (moved := [row.path for row in listed if row.state == State.MOVED]):
            _import_moved(job, moved)
    job.report()


def _with_images(job, rows):
    """Make images of the new rows at once; the rows with what came of them."""
    new = [row for row in rows if row.state == State.NEW]
    if not new:
        return rows
    made = insert_images(job.dataset_id, new)
    return [
        row
        if row.state != State.NEW
        else row._replace(image_id=made[row.sha256], outcome=Outcome.IMPORTED)
        if row.sha256 in made
        else row._replace(outcome=Outcome.OVERTAKEN)
        for row in rows
    ]


def _import_moved(job, paths):
    ids = job.found_files.filter(path__in=paths).aggregate(first=Min("pk"), last=Max("pk"))
    import_found_files(job, **ids)


def import_where_others_left(job):
    """Files are new, not changed, where the image of their path was found at another path.

    Only now this is known, because that path may have come later.
    """
    moved = job.found_files.of_state(State.MOVED).values("same_as")
    changed = job.found_files.of_state(State.CHANGED).filter(same_as__in=moved).order_by("pk")
    while files := list(changed[:ROWS_AT_FIRST]):
        hashes = {file.sha256 for file in files}
        known = job.dataset.images.filter(sha256__in=hashes).values_list("sha256", "path")
        found = job.found_files.selectable().filter(sha256__in=hashes)
        paths = dict(found.values_list("sha256", "path")) | dict(known)
        for file in files:
            earlier = paths.setdefault(file.sha256, file.path)
            file.selected = earlier == file.path
            file.state = State.NEW if file.selected else State.DUPLICATE
            file.reason = "" if file.selected else f"same content as {earlier}"
            file.same_as = None
        with transaction.atomic():
            if not job.mine().select_for_update().exists():
                raise Cancelled
            FoundFile.objects.bulk_update(files, ["selected", "state", "reason", "same_as"])


def _is_utf8(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def import_selected(job):
    """Make images of the selected files, from what is in their rows; no file is read."""
    apply_selection(job)
    job.total, job.done = job.found_files.to_import().count(), 0
    for number in _import_waiting(job):
        job.done += number
        job.report(message=f"{job.done:,} of {job.total:,} images imported")
    job.done = job.total
    if job.total >= MANY_ROWS:
        learn_what_tables_hold()
    _finish_import(job)


def _import_waiting(job):
    """Import what is selected and waits, a transaction at a time; yields how many each has."""
    # State by state, each in the order of its index. What moved makes room for what is new.
    for state in (State.MOVED, State.NEW):
        waiting = job.found_files.of_state(state).to_import().order_by("pk")
        last = 0
        while ids := list(waiting.filter(pk__gt=last).values_list("pk", flat=True)[:MOST_ROWS]):
            with transaction.atomic():
                if not job.mine().select_for_update().exists():
                    raise Cancelled
                import_found_files(job, ids[0], ids[-1])
            last = ids[-1]
            yield len(ids)


def _finish_import(job):
    with transaction.atomic():
        if not job.mine().select_for_update().exists():
            raise Cancelled
        mark_changed_images(job)
    job.stage = Stage.DONE
    imported = job.found_files.filter(outcome=Outcome.IMPORTED).count()
    job.message = f"{imported:,} images imported"


def summary(folder_import):
    """What came of an import, in numbers, and every file that staff should know of."""
    counts, outcomes = dict.fromkeys(State.values, 0), Counter()
    for group in folder_import.count_files():
        counts[group["state"]] += group["files"]
        outcomes[group["outcome"]] += group["files"]
    counts[State.KNOWN] += folder_import.known_unlisted
    return {
        "dataset": folder_import.dataset_id,
        "folder_import": folder_import.pk,
        "found": sum(counts.values()) - counts[State.SKIPPED],
        "imported": outcomes[Outcome.IMPORTED],
        "relinked": outcomes[Outcome.RELINKED],
        **{str(state): count for state, count in counts.items()},
        "seconds": round(folder_import.seconds, 2),
        "problems": list(problems(folder_import)),
    }


def problems(folder_import):
    """{path, state, reason} of every file that is neither imported nor quietly passed over."""
    rows = (
        folder_import.found_files.of_state(
            State.DUPLICATE, State.CHANGED, State.UNREADABLE, State.SKIPPED
        )
        .exclude(state=State.SKIPPED, reason__in=QUIET)
        .order_by("pk")
        .values("path", "state", "reason")
    )
    return rows.iterator(chunk_size=2000)
