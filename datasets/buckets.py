"""The buckets of this deployment: folders in them, their objects as files, and who reads them."""

import functools
import io
import queue
import shutil
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string

from datasets.bucket_access import AZURE, S3, AzureAccess, S3Access
from datasets.inspecting import ChangedMeanwhile, Limits
from datasets.objects import TRIES, Trouble, inspect_object, place_of, spool, wait
from datasets.opening import CannotOpen, root_of
from datasets.space import NO_SPACE
from datasets.walking import StorageAway

# By name, because each SDK takes half a second and 40 MB, which a server without buckets saves.
KINDS = {S3: "datasets.bucket_s3.S3Bucket", AZURE: "datasets.bucket_azure.AzureBucket"}
# Web requests and short questions; an import opens connections of its own.
CONNECTIONS = 10
# A child may be told to slow down, and then waits in good order.
SECONDS = 600
HEAD = 256 * 1024


def make_bucket(place, access, connections):
    return import_string(KINDS[place.scheme])(place.bucket, access, connections)


@functools.lru_cache(maxsize=64)
def _bucket(scheme, name, access):
    return import_string(KINDS[scheme])(name, access, CONNECTIONS)


def bucket_of(place):
    """The bucket of a place, with connections that are kept. Raises StorageAway."""
    return _bucket(place.scheme, place.bucket, settings.BUCKET_ACCESS[place.scheme])


def find_bucket_folder(given):
    """The URL of a folder below a root that a person means; raises CannotOpen, StorageAway."""
    place = place_of(given.rstrip("/"))
    if any(part in ("", ".", "..") for part in place.prefix.split("/")) and place.prefix:
        raise CannotOpen("no part of its path may be empty, . or ..")
    url = f"{place.scheme}://{place.bucket}" + (f"/{place.prefix}" if place.prefix else "")
    if root_of(url, settings.IMAGE_ROOTS) is None:
        raise CannotOpen("it is not below an image root")
    if next(iter(bucket_of(place).list(place.below)), None) is None:
        raise CannotOpen("there is nothing in it")
    return url


def bucket_folders(folder, most):
    """The names of the folders in a folder, as people see it; the first ones only."""
    place = place_of(folder)
    names = []
    for prefix in bucket_of(place).folders(place.below):
        name = prefix[len(place.below) : -1]
        if name and not name.startswith(".") and "\0" not in name:
            names.append(name)
        if len(names) > most:
            break
    return names


def has_objects(folder):
    """Whether a folder is there and holds something; not so when its storage is away."""
    place = place_of(folder)
    try:
        return next(iter(bucket_of(place).list(place.below)), None) is not None
    except StorageAway:
        return False


def objects_about(paths):
    """For each path what the storage says of it (Stored), or what it raised instead."""

    def about(path):
        for attempt in range(TRIES):
            try:
                return bucket_of(place_of(path)).about(place_of(path).prefix)
            except Trouble as problem:
                found = problem
                wait(attempt)
            except (CannotOpen, StorageAway) as problem:
                return problem
        return found

    if not paths:
        return []
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return list(pool.map(about, paths))


class ObjectReader(NamedTuple):
    """What a child does with the objects of a bucket, many at a time; it is sent to the child."""

    url: str
    access: S3Access | AzureAccess
    limits: Limits | None  # None: only hashes are wanted
    connections: int

    def items(self, batch):
        return list(batch.to_read)

    def seconds(self, byte_size):
        return SECONDS + byte_size / (1 << 20)

    def serve(self, pipe):
        bucket = make_bucket(place_of(self.url), self.access, self.connections)
        answers = queue.SimpleQueue()
        threading.Thread(target=_answer, args=(pipe, answers), daemon=True).start()
        pool = ThreadPoolExecutor(self.connections)
        try:
            # The next batch comes in while the last objects of this one are on their way.
            while True:
                entries = pipe.recv()
                answers.put([pool.submit(inspect_object, bucket, e, self.limits) for e in entries])
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _answer(pipe, answers):
    while True:
        pipe.send([asked.result() for asked in answers.get()])


def open_object(image):
    """The object of an image or found file, if it still has the content that was read."""
    if root_of(image.path, settings.IMAGE_ROOTS) is None:
        raise CannotOpen("its bucket is not one of the image roots any more")
    try:
        file = ObjectFile(image.path, image.etag)
        if file.size != image.byte_size:
            raise ChangedMeanwhile
        if image.etag:
            return file
        return _same_content(file, image)
    except ChangedMeanwhile:
        return _same_content(ObjectFile(image.path, ""), image)


def _same_content(file, image):
    """A copy of the object, if its hash is the same: it may have been stored once more."""
    with file:
        if file.size == image.byte_size:
            copy = tempfile.TemporaryFile()  # noqa: SIM115  whoever asked closes it
            if spool(file, copy) == image.sha256:
                copy.seek(0)
                return copy
            copy.close()
    raise CannotOpen("its file has other content than when it was found")


def local_copy(guarded):
    """A copy that other processes can read, and that takes no place in a storage."""
    guarded.seek(0)
    copy = tempfile.TemporaryFile()  # noqa: SIM115  whoever asked closes it
    try:
        shutil.copyfileobj(guarded, copy, 1 << 20)
        copy.seek(0)
    except BaseException as problem:
        copy.close()
        is_full = isinstance(problem, OSError) and problem.errno in NO_SPACE
        if not is_full or isinstance(guarded.file, ObjectFile):
            raise
        # On a full disk the file itself has to do.
        guarded.seek(0)
        return guarded.file
    return copy


class ObjectFile(io.RawIOBase):
    """An object as a file to read and seek; one version of it, or nothing.

    What was read of its beginning is kept, so that looking at the header and sending the
    whole takes one request.
    """

    def __init__(self, path, etag):
        super().__init__()
        self.place = place_of(path)
        self.position = self.at = 0  # where the reader is, and where the stream is
        self.head = b""
        self.etag = etag
        self.stream = self._retried(lambda: self._open(etag))
        self.size, self.etag = self.stream.size, self.stream.etag

    def _open(self, etag, first=0):
        return bucket_of(self.place).open(self.place.prefix, etag, first)

    def signed_url(self, content_type, seconds):
        return bucket_of(self.place).signed_url(self.place.prefix, content_type, seconds)

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self.position

    def seek(self, offset, whence=io.SEEK_SET):
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        self.position = max(0, start + offset)
        return self.position

    def read(self, size=-1):
        if size is None or size < 0:
            return self.readall()
        size = max(0, min(size, self.size - self.position))
        if self.position < len(self.head):
            piece = self.head[self.position : self.position + size]
        else:
            piece = self._next(size) if size else b""
        self.position += len(piece)
        return piece

    def readinto(self, buffer):
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def _next(self, size):
        try:
            return self._retried(lambda: self._read_on(size))
        except ChangedMeanwhile as problem:
            raise CannotOpen("it changed while it was read") from problem

    def _read_on(self, size):
        if self.at != self.position or self.stream is None:
            self._drop()
            self.stream = self._open(self.etag, self.position)
            self.at = self.position
        try:
            piece = self.stream.read(size)
        except Trouble:
            self._drop()
            raise
        if not piece:
            self._drop()
            raise Trouble("the storage sent less than it promised")
        if self.at == len(self.head) < HEAD:
            self.head += piece[: HEAD - self.at]
        self.at += len(piece)
        return piece

    def _retried(self, act):
        for attempt in range(TRIES):
            try:
                return act()
            except Trouble as problem:
                if attempt == TRIES - 1:
                    raise CannotOpen(str(problem)) from problem
                wait(attempt)
            except StorageAway as problem:
                raise CannotOpen(f"its storage is away: {problem}") from problem
        raise AssertionError("a try ends the loop")

    def _drop(self):
        if self.stream is not None:
            self.stream.close()
        self.stream = None

    def close(self):
        self._drop()
        super().close()
