"""Forget the lists of files of old imports; what came of them stays, in numbers.

The newest import of each folder keeps its list: the next one reads there which files it
need not read again.
"""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from datasets.models import FolderImport, FoundFile

ROWS_AT_ONCE = 10_000
ENDED = (
    FolderImport.Status.DONE,
    FolderImport.Status.FAILED,
    FolderImport.Status.CANCELLED,
)


def prune_imports(days):
    """Forget the files of imports that ended so many days ago; (imports, files)."""
    imports = files = 0
    for job in _old(timezone.now() - timedelta(days=days)):
        imports, files = imports + 1, files + _forget(job)
    return imports, files


def _old(before):
    newer = FolderImport.objects.filter(
        dataset=OuterRef("dataset"),
        folder=OuterRef("folder"),
        pk__gt=OuterRef("pk"),
        status=FolderImport.Status.DONE,
    )
    with_files = FoundFile.objects.filter(folder_import=OuterRef("pk"))
    return FolderImport.objects.filter(
        Exists(newer), Exists(with_files), status__in=ENDED, ended_at__lt=before
    ).order_by("pk")


def _forget(job):
    """Delete the rows of an import; one that was never finished goes as a whole."""
    if job.stage == FolderImport.Stage.DONE and job.kept_counts is None:
        # First, so that an interruption loses no number.
        FolderImport.objects.filter(pk=job.pk).update(kept_counts=job.count_files())
    job.deselections.all().delete()
    files = 0
    while ids := list(job.found_files.order_by("pk").values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        files += job.found_files.filter(pk__lte=ids[-1]).delete()[0]
    if job.stage != FolderImport.Stage.DONE:
        job.delete()
    return files
