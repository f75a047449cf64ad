"""Objects in a bucket as what a walk finds and a reader inspects (no Django).

A key is a name and nothing else: it is sent to the storage as it is, and never becomes
the path of a file here.
"""

import hashlib
import io
import os
import random
import tempfile
import time
from typing import NamedTuple

from datasets.formats import FORMAT_OF_SUFFIX, OTHER_IMAGES, Source, Unreadable, recognise
from datasets.inspecting import (
    AWAY_STATE,
    GOOD,
    SKIPPED,
    TRIES,
    UNREADABLE,
    ChangedMeanwhile,
    Finding,
    good_finding,
    no_image,
    suffix_of,
)
from datasets.opening import CannotOpen
from datasets.walking import Entry, StorageAway

SCHEMES = ("s3://", "az://")
# Many are read at once, so larger ones wait on disk for being looked at.
IN_MEMORY = 8 << 20
PIECE = 1 << 20
CONNECT_SECONDS, READ_SECONDS = 3, 10
# How often the SDK itself sends a request that is answered by a fault.
SENDS = 4
HEAD = 512

CHANGED = "changed after it was listed; look again when it is at rest"
ARCHIVED = "archived; restore it in the storage first, then look again"


class Gone(CannotOpen):
    """There is no such object."""

    def __init__(self):
        super().__init__("it is not there any more")


class Trouble(Exception):
    """The storage did not answer as it should; another try may go well. Says what, in words."""


def answer_in_words(status):
    """The exception for an answer that is no success and has no code that says more."""
    if status == 404:
        return Gone()
    if status in (401, 403):
        return CannotOpen("no permission to read it (403)")
    if status == 412:
        return ChangedMeanwhile()
    if 300 <= status < 400:
        return StorageAway("it lies elsewhere, at another region or endpoint")
    if status in (429, 503):
        return Trouble(f"the storage is too busy ({status})")
    if status >= 500:
        return Trouble(f"the storage has a fault ({status})")
    return CannotOpen(f"the storage does not give it ({status})")


class Stream:
    """The bytes of one object, from some byte on; each kind of bucket says how they are read."""

    def __init__(self, etag, size, content_range):
        self.etag = (etag or "").strip('"')
        # Of an answer with a part, only this names the size of the whole.
        total = (content_range or "").rpartition("/")[2]
        self.is_part = total.isdecimal()
        self.size = int(total) if self.is_part else size

    def read(self, size=None):
        raise NotImplementedError

    def close(self):
        """Nothing, unless a connection waits."""

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.close()


class Place(NamedTuple):
    """A bucket, or a container, and the beginning of keys in it."""

    scheme: str
    bucket: str
    prefix: str = ""

    @property
    def url(self):
        return f"{self.scheme}://{self.bucket}/"

    @property
    def below(self):
        """What the keys below this folder begin with."""
        return f"{self.prefix}/" if self.prefix else ""


class Stored(NamedTuple):
    """What the listing says of an object."""

    key: str
    byte_size: int
    etag: str
    mtime_ns: int | None


def is_url(path):
    return path.startswith(SCHEMES)


def place_of(url):
    """The Place that a URL names. What follows the bucket is taken as it is, unescaped."""
    scheme, _, rest = url.partition("://")
    bucket, _, key = rest.partition("/")
    return Place(scheme, bucket, key)


def mtime_ns_of(moment):
    return int(moment.timestamp()) * 1_000_000_000 if moment else None


def walk_objects(bucket, place, *, recursive=True, after=""):
    """Entries as of walking.walk, for the objects below a place."""
    after = after.removeprefix(place.url)
    for stored in bucket.list(place.below, after=after, flat=not recursive):
        yield _entry(place, stored)


def _entry(place, stored):
    path = place.url + stored.key
    told = _why_not(stored.key[len(place.below) :])
    if told is None:
        return Entry(path, path, stored.byte_size, stored.mtime_ns, etag=stored.etag)
    return Entry(path.replace("\0", "\\x00"), path, None, None, *told)


def _why_not(name):
    """State and reason of an object that is passed over for its name, else None."""
    if "\0" in name:
        return UNREADABLE, "its name holds a NUL; rename the object"
    if name.endswith("/") or not name:
        return SKIPPED, "a name that ends in a slash, as of a folder"
    hidden = [part for part in name.split("/") if part.startswith(".") and part.strip(".")]
    if hidden:
        return SKIPPED, "a hidden file" if name.endswith(hidden[-1]) else "a hidden folder"
    if name.endswith(".dvc"):
        return SKIPPED, "a DVC pointer file"
    return None


def inspect_object(bucket, entry, limits):
    """The Finding for an object that was listed; never raises for what is wrong with it.

    Without limits only its hash is wanted, whatever it is.
    """
    if limits and (words := too_big(entry, limits)):
        return words
    key = place_of(entry.path).prefix
    for attempt in range(TRIES):
        try:
            with bucket.open(key, entry.etag) as stream:
                return _read(stream, entry, limits)
        except ChangedMeanwhile:
            return Finding(UNREADABLE, _gone_or_changed(bucket, key))
        except (CannotOpen, Unreadable) as problem:
            return Finding(UNREADABLE, str(problem))
        except StorageAway as problem:
            return Finding(AWAY_STATE, str(problem))
        except Trouble as problem:
            words = str(problem)
            wait(attempt)
    # One object that fails is its own fault; with all of them it is the storage's.
    if not bucket.answers():
        return Finding(AWAY_STATE, words)
    return Finding(UNREADABLE, f"{words}; look again later")


def _gone_or_changed(bucket, key):
    """Some storages say of an object that was deleted only that it is not the same any more."""
    try:
        bucket.about(key)
    except Gone as problem:
        return str(problem)
    except (CannotOpen, Trouble, StorageAway):
        pass
    return CHANGED


def wait(attempt):
    """Before another try: longer each time, and not all readers at the same moment."""
    time.sleep(random.uniform(0.5, 1) * 0.2 * 2**attempt)  # noqa: S311


def too_big(entry, limits):
    if entry.byte_size <= limits.bytes:
        return None
    suffix = suffix_of(entry.path)
    if suffix not in FORMAT_OF_SUFFIX and suffix not in OTHER_IMAGES:
        return Finding(SKIPPED, "not an image")
    return Finding(
        UNREADABLE,
        f"too big: {entry.byte_size:,} bytes; at most {limits.bytes:,} are allowed "
        "(S3LABEL_MAX_FILE_MB)",
    )


def _read(stream, entry, limits):
    if stream.size != entry.byte_size:
        raise ChangedMeanwhile
    if limits is None:
        with open(os.devnull, "wb") as nowhere:
            sha256 = spool(stream, nowhere)
        return Finding(GOOD, "", stream.size, entry.mtime_ns, sha256, etag=entry.etag)
    suffix = suffix_of(entry.path)
    head = stream.read(HEAD)
    format_ = recognise(head)
    if format_ is None or OTHER_IMAGES.get(suffix) == "camera raw":
        return no_image(head, suffix)
    about = (entry.mtime_ns, entry.etag)
    if stream.size <= IN_MEMORY:
        data = head + stream.read()
        _check_length(len(data), stream.size)
        source = Source(stream.size, _part_of(data), lambda: io.BytesIO(data))
        sha256 = hashlib.sha256(data).hexdigest()
        return good_finding(source, sha256, format_, suffix, limits, *about)
    with tempfile.TemporaryFile() as file:
        sha256 = spool(stream, file, head)
        handle = file.fileno()
        source = Source(
            stream.size,
            lambda offset, length: os.pread(handle, length, offset),
            lambda: os.fdopen(os.dup(handle), "rb"),
        )
        return good_finding(source, sha256, format_, suffix, limits, *about)


def _part_of(data):
    return lambda offset, length: data[offset : offset + length]


def spool(stream, file, head=b""):
    """Write the whole object to a file; its SHA-256. Raises Trouble when its end is missing."""
    sha256, size, piece = hashlib.sha256(), 0, head or stream.read(PIECE)
    while piece:
        sha256.update(piece)
        file.write(piece)
        size += len(piece)
        piece = stream.read(PIECE)
    file.flush()
    _check_length(size, stream.size)
    return sha256.hexdigest()


def _check_length(got, wanted):
    if got != wanted:
        raise Trouble(f"the storage sent {got:,} of {wanted:,} bytes")
