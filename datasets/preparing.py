"""Decode pictures in child processes: the derivatives go to the cache, what fails is told.

Here is what a child does; datasets.decoding says with which images.
"""

import contextlib
import hashlib
import os
import resource
import tempfile
from pathlib import Path
from typing import NamedTuple

from datasets.bucket_access import AzureAccess, S3Access
from datasets.buckets import make_bucket
from datasets.caching import is_cached, store, storing
from datasets.inspecting import AWAY_STATE, GOOD, SKIPPED, UNREADABLE, ChangedMeanwhile, Finding
from datasets.objects import Trouble, is_url, place_of, spool
from datasets.opening import AWAY, CannotOpen, Opener, in_words
from datasets.pyramids import REDUCED, TILE, TILES, Builder, is_huge
from datasets.strips import HAS_VIPS, MORE_MEMORY, strips_of
from datasets.thumbnails import (
    DISPLAY,
    MEMORY,
    THUMBNAIL,
    Undecodable,
    browser_shows,
    make,
    reduced,
    thumbnail_of,
)
from datasets.walking import StorageAway

HEAD = 256 * 1024
# What a picture may take, and what is added for its pixels.
SECONDS, PIXELS_PER_SECOND = 60, 1_000_000
# At most, of what libvips unpacks.
BYTES_A_PIXEL = 16
# Below everybody who waits for an answer.
NICENESS = 10


class Source(NamedTuple):
    """An image to decode; the names are columns of Image."""

    pk: int
    path: str
    sha256: str
    byte_size: int
    mtime_ns: int | None
    etag: str
    format: str
    orientation: int
    width: int
    height: int


class PictureReader(NamedTuple):
    """What a child does with images; it is sent to the child."""

    roots: tuple[str, ...]
    cache: str
    accesses: dict[str, S3Access | AzureAccess]
    most_pixels: int
    # Images of more pixels are shown in tiles.
    tiles_above: int
    # The path of a file in which is written how much of a pyramid is done, of 1000; or nothing.
    progress: str = ""

    def items(self, batch):
        return batch.to_read

    def seconds(self, pixels):
        return SECONDS + pixels / PIXELS_PER_SECOND

    def serve(self, pipe):
        os.nice(NICENESS)
        _limit_memory()
        # What libvips unpacks to disk lies where room is watched, and a leftover is cleared away.
        os.environ["TMPDIR"] = self.cache
        opener, buckets = Opener(self.roots), {}
        while True:
            sources = pipe.recv()
            pipe.send([self.prepare(source, opener, buckets) for source in sources])
            opener.close()

    def prepare(self, source, opener, buckets):
        """The Finding: GOOD, UNREADABLE if it cannot be decoded, SKIPPED if it is not there."""
        if source.width * source.height > self.most_pixels:
            return Finding(SKIPPED, "too many pixels")
        try:
            with self._open(source, opener, buckets) as file:
                return self._derive(source, file)
        except Undecodable as problem:
            return Finding(UNREADABLE, str(problem))
        except (CannotOpen, ChangedMeanwhile, Trouble) as problem:
            return Finding(SKIPPED, str(problem))
        except StorageAway as problem:
            return Finding(AWAY_STATE, str(problem))
        except OSError as problem:
            return Finding(AWAY_STATE if problem.errno in AWAY else SKIPPED, in_words(problem))

    def _derive(self, source, file):
        size = (source.width, source.height)
        if is_huge(*size, self.tiles_above):
            return self._tile(source, file)
        kinds = [THUMBNAIL]
        if not browser_shows(file.read(HEAD), source.format, source.orientation):
            kinds.append(DISPLAY)
        for kind in kinds:
            if not is_cached(self.cache, source.sha256, kind):
                file.seek(0)
                with _unchanged(file):
                    made = make(kind, file, source.format, source.orientation, size)
                try:
                    store(self.cache, source.sha256, kind, made)
                except OSError as problem:
                    return Finding(AWAY_STATE, f"the cache cannot be written: {in_words(problem)}")
        return Finding(GOOD)

    def _tile(self, source, file):
        """The pyramid, and from it the small pictures: a huge file is decoded once."""
        if is_cached(self.cache, source.sha256, TILES):
            return Finding(GOOD)
        size = (source.width, source.height)
        try:
            with (
                storing(self.cache, source.sha256, TILES) as target,
                _unchanged(file),
                _unpacked_to_disk(source),
            ):
                strips = strips_of(file, source.format, source.orientation, size, TILE)
                builder = Builder(target, *size, strips.mode, strips.range)
                for number, strip in enumerate(strips.pictures, 1):
                    builder.add(strip)
                    self._tell(1000 * number * TILE // source.height)
                builder.finish()
            store(self.cache, source.sha256, REDUCED, reduced(builder.reduced))
            store(self.cache, source.sha256, THUMBNAIL, thumbnail_of(builder.reduced))
        except (Undecodable, ChangedMeanwhile):
            raise
        except MemoryError as problem:
            raise Undecodable(MORE_MEMORY) from problem
        except OSError as problem:
            if problem.errno is None:  # Pillow's, about damaged pixels
                raise Undecodable(f"it cannot be decoded: {problem}") from problem
            return Finding(AWAY_STATE, f"the cache cannot be written: {in_words(problem)}")
        except Exception as problem:  # noqa: BLE001  damaged pixels make decoders raise anything
            raise Undecodable(f"it cannot be decoded: {problem}") from problem
        return Finding(GOOD)

    def _tell(self, permille):
        if self.progress:
            Path(self.progress).write_text(str(min(1000, permille)))

    def _open(self, source, opener, buckets):
        """The file, as long as it is what was imported."""
        if is_url(source.path):
            return self._copy(source, buckets)
        handle, about = opener.open(source.path)
        file = os.fdopen(handle, "rb")
        is_same = about.st_size == source.byte_size and (
            source.mtime_ns in (None, about.st_mtime_ns)
            or hashlib.file_digest(file, "sha256").hexdigest() == source.sha256
        )
        if not is_same:
            file.close()
            raise ChangedMeanwhile("it changed since it was imported")
        file.seek(0)
        return file

    def _copy(self, source, buckets):
        place = place_of(source.path)
        which = (place.scheme, place.bucket)
        if which not in buckets:
            buckets[which] = make_bucket(place, self.accesses[place.scheme], 1)
        file = tempfile.TemporaryFile()  # noqa: SIM115  whoever asked closes it
        with buckets[which].open(place.prefix, source.etag) as stream:
            if spool(stream, file) != source.sha256:
                file.close()
                raise ChangedMeanwhile("it changed since it was imported")
        file.seek(0)
        return file


def _limit_memory(more=0):
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    with contextlib.suppress(ValueError, OSError):  # a lower limit stands already
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY + more, hard))


@contextlib.contextmanager
def _unpacked_to_disk(source):
    """Pixels on the disk count as memory, too: a picture that has to be turned may have more."""
    if HAS_VIPS and source.orientation != 1:
        _limit_memory(source.width * source.height * BYTES_A_PIXEL)
    try:
        yield
    finally:
        _limit_memory()


@contextlib.contextmanager
def _unchanged(file):
    """What is read of a file while somebody writes to it is no picture, and proves no damage."""
    before = _stamp(file)
    try:
        yield
    finally:
        if _stamp(file) != before:
            raise ChangedMeanwhile("it changed while it was read")


def _stamp(file):
    about = os.fstat(file.fileno())
    return about.st_size, about.st_mtime_ns
