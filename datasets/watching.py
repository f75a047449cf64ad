"""Look into folders again and again, and import what is new there.

Each look is an ordinary unattended import. One that says nothing new is not kept, so that
the list of imports shows what happened.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from datasets.jobs import enqueue
from datasets.models import FolderImport, FoundFile, WatchedFolder
from datasets.roots import BadFolder, find_folder

Status, Outcome = FolderImport.Status, FoundFile.Outcome

ACTIVE = (Status.QUEUED, Status.RUNNING)
FACTS = ("path", "state", "reason")


def look_after_watched_folders():
    """Queue an import for each watched folder whose time has come; how many."""
    for watched in WatchedFolder.objects.all():
        forget_quiet_imports(watched.imports.all())
    return sum(_start(watched) for watched in WatchedFolder.objects.due())


def _start(watched):
    if is_being_imported(watched.dataset_id, watched.folder):
        return 0  # a slow import is waited for; the next one begins when it has ended
    now = timezone.now()
    changes = {"next_at": now + timedelta(minutes=watched.every_minutes), "looked_at": now}
    try:
        find_folder(watched.folder)
    except BadFolder as problem:
        changes["problem"] = str(problem)
    with transaction.atomic():
        # Compare and set: of two workers one starts it.
        mine = WatchedFolder.objects.due().filter(pk=watched.pk, next_at=watched.next_at)
        if not mine.update(**({"problem": ""} | changes)) or "problem" in changes:
            return 0
        enqueue(look(watched.dataset, watched.folder, watched.recursive, watched=watched))
    return 1


def look(dataset, folder, recursive=True, watched=None):
    """The import that one look is; not stored yet."""
    return FolderImport(
        dataset=dataset, folder=folder, recursive=recursive, unattended=True, watched=watched
    )


def is_being_imported(dataset_id, folder):
    return FolderImport.objects.filter(
        dataset=dataset_id, folder=folder, status__in=ACTIVE
    ).exists()


def forget_quiet_imports(imports):
    """Delete those that have ended and say nothing that the one before did not say."""
    for job in imports.exclude(status__in=ACTIVE).order_by("-pk")[:2]:
        if is_quiet(job):
            job.delete()


def is_quiet(job):
    """Whether an import did nothing, and found nothing wrong but what was found before."""
    before = (
        FolderImport.objects.filter(dataset=job.dataset_id, folder=job.folder, pk__lt=job.pk)
        .exclude(status__in=ACTIVE)
        .order_by("-pk")
        .first()
    )
    if before is None or (job.status, job.error) != (before.status, before.error):
        return False
    if job.found_files.exclude(outcome=Outcome.NOTHING).exists():
        return False
    listed, listed_before = (each.found_files.order_by() for each in (job, before))
    new = listed.values_list(*FACTS).difference(listed_before.values_list(*FACTS))
    return not new.exists()
