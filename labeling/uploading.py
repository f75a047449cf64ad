"""Files with labels that staff upload: kept for the import that reads them, and gone with it."""

import re
import shutil

from datasets.jobs import enqueue

LONGEST_NAME = 100


def start_import(job, upload=None):
    """Queue an import of labels from a path below a root, or from a file that was uploaded."""
    if upload is not None:
        _keep(job, upload)
    return enqueue(job)


def _keep(job, upload):
    job.path, job.upload_name = "", re.sub(r"[^\w.-]", "_", upload.name)[-LONGEST_NAME:]
    job.save()
    try:
        job.place.parent.mkdir(parents=True, exist_ok=True)
        with job.place.open("wb") as file:
            shutil.copyfileobj(upload, file)
    except OSError:
        # Without its file it is none.
        shutil.rmtree(job.place.parent, ignore_errors=True)
        job.delete()
        raise


def delete_imports(imports):
    """Delete records of imports with uploaded files; those at work stay. How many went."""
    ended = imports.exclude(status__in=("queued", "running"))
    places = [one.place for one in ended if one.upload_name]
    number, _ = ended.delete()
    for place in places:
        shutil.rmtree(place.parent, ignore_errors=True)
    return number
