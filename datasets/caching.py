"""The cache of derivatives: files named by content; the longest unused ones go (no Django).

When a file was used last is its modification time, because file systems seldom keep any
other. Whoever asks for one that is not here makes it again.
"""

import contextlib
import os
import tempfile
import time
from collections import Counter
from pathlib import Path

# Raised when the rules for derivatives of a kind change, so that old ones are made anew.
RULES = {"tiles": "2"}
FIRST_RULES = "1"
# A use is noted at most this often.
SECONDS_BETWEEN_USES = 3600
# What is left of the limit after a clearing, so that the next one is not due at once.
KEPT = 0.9


def rules_of(kind):
    return RULES.get(kind, FIRST_RULES)


def cache_path(folder, sha256, kind):
    return Path(folder) / kind / sha256[:2] / f"{sha256}-{rules_of(kind)}"


def open_cached(folder, sha256, kind):
    """The open file of a derivative, or None."""
    path = cache_path(folder, sha256, kind)
    try:
        file = open(path, "rb")  # noqa: SIM115  whoever asked closes it
    except FileNotFoundError:
        return None
    if time.time() - os.fstat(file.fileno()).st_mtime > SECONDS_BETWEEN_USES:
        with contextlib.suppress(OSError):  # a cache that may only be read
            os.utime(path)
    return file


def is_cached(folder, sha256, kind):
    return cache_path(folder, sha256, kind).exists()


def store(folder, sha256, kind, data):
    with storing(folder, sha256, kind) as target:
        target.write(data)


@contextlib.contextmanager
def storing(folder, sha256, kind):
    """Write a derivative. Renamed when it is whole: of two that make it at once, both are right."""
    path = cache_path(folder, sha256, kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as target:
            yield target
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def drop_oldest(folder, most_bytes):
    """Delete what was not used for the longest time if there is too much; how many bytes went."""
    # Two passes over the files, so that a million of them need no memory.
    by_hour = Counter()
    for about in _files(folder):
        by_hour[_hour(about[1])] += about[1].st_size
    excess = by_hour.total() - most_bytes
    if excess <= 0:
        return 0
    wanted = by_hour.total() - int(most_bytes * KEPT)
    last, sum_until = None, 0
    for hour in sorted(by_hour):
        last, sum_until = hour, sum_until + by_hour[hour]
        if sum_until >= wanted:
            break
    return _delete(folder, last, by_hour, wanted)


def _delete(folder, last, by_hour, wanted):
    """Delete files used before an hour, and of that hour's as many as it takes."""
    of_last = wanted - sum(size for hour, size in by_hour.items() if hour < last)
    freed = 0
    for path, about in _files(folder):
        hour = _hour(about)
        if hour > last or (hour == last and of_last <= 0):
            continue
        with contextlib.suppress(OSError):  # another worker was faster
            os.unlink(path)
            freed += about.st_size
            of_last -= about.st_size if hour == last else 0
    return freed


def _hour(about):
    return int(about.st_mtime // 3600)


def _files(folder):
    """(path, stat) of every file in the cache."""
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            with contextlib.suppress(OSError):
                yield path, os.stat(path)
