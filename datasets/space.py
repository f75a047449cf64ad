"""How much room is left where S3Label writes: staff are warned, and jobs stop before saves must."""

import errno
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

# Staff are warned below either.
LOW_BYTES, LOW_SHARE = 2_000_000_000, 0.05
# Jobs leave so much of a small disk; of a large one S3LABEL_KEEP_FREE_MB.
KEPT_SHARE = 0.05
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Space:
    """One file system on which S3Label writes."""

    folder: str
    free: int
    total: int

    @property
    def is_low(self):
        return self.free < max(LOW_BYTES, self.total * LOW_SHARE)

    @property
    def is_short(self):
        return self.free < min(settings.KEEP_FREE_BYTES, self.total * KEPT_SHARE)

    def __str__(self):
        return f"{self.free // 1_000_000:,} MB are free in {self.folder}"


def spaces():
    """Each file system once; one that does not answer is left out."""
    found = {}
    for folder in _folders():
        try:
            device, usage = os.stat(folder).st_dev, shutil.disk_usage(folder)
        except OSError:
            continue
        found.setdefault(device, Space(str(folder), usage.free, usage.total))
    return list(found.values())


def _folders():
    yield from (settings.DATA_DIR, settings.EXPORT_DIR, settings.CACHE_DIR)
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        yield Path(database["NAME"]).parent


def low_spaces():
    return [space for space in spaces() if space.is_low]


def lack_of_space():
    """Why a job has to stop, in words; empty while there is room."""
    for space in spaces():
        if space.is_short:
            return (
                f"The disk is nearly full: {space}, which are kept for what labelers draw. "
                "Free some space, then start it again: it goes on where it stopped."
            )
    return ""
