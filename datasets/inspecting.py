"""Read a file once: its SHA-256, its format and pixels, or why it is no image (no Django)."""

import hashlib
import io
import os
import time
from typing import NamedTuple

from datasets.formats import (
    FORMAT_OF_SUFFIX,
    OTHER_IMAGES,
    Source,
    Unreadable,
    read_facts,
    recognise,
)
from datasets.opening import AWAY, CannotOpen, in_words

# Larger files are not kept in memory as a whole.
IN_MEMORY = 32 << 20
PIECE = 1 << 20
TRIES = 3

GOOD, UNREADABLE, SKIPPED, AWAY_STATE = "good", "unreadable", "skipped", "away"


class Limits(NamedTuple):
    pixels: int
    bytes: int


class Finding(NamedTuple):
    """What was learnt of one file. Without a state of "good", only state and reason count."""

    state: str
    reason: str = ""
    byte_size: int | None = None
    mtime_ns: int | None = None
    sha256: str = ""
    format: str = ""
    width: int | None = None
    height: int | None = None
    orientation: int = 1
    etag: str = ""
    captured: str | None = None


class ChangedMeanwhile(Exception):
    """The file was written to while it was read."""


def suffix_of(path):
    return os.path.splitext(path)[1].lower()


def inspect(path, opener, limits):
    """The Finding for the file at a path; never raises for what is wrong with the file.

    Without limits only its hash is wanted, whatever it is.
    """
    for attempt in range(TRIES):
        try:
            return _inspect_once(path, opener, limits)
        except ChangedMeanwhile:
            time.sleep(0.05 * (attempt + 1))
        except (CannotOpen, Unreadable) as problem:
            return Finding(UNREADABLE, str(problem))
        except OSError as problem:
            opener.close()
            state = AWAY_STATE if problem.errno in AWAY else UNREADABLE
            return Finding(state, in_words(problem))
    return Finding(UNREADABLE, "changed while it was read; look again when it is at rest")


def _inspect_once(path, opener, limits):
    handle, about = opener.open(path)
    try:
        finding = _read(handle, about, suffix_of(path), limits)
        after = os.fstat(handle)
    finally:
        os.close(handle)
    if (after.st_size, after.st_mtime_ns) != (about.st_size, about.st_mtime_ns):
        raise ChangedMeanwhile
    return finding


def _read(handle, about, suffix, limits):
    size = about.st_size
    if limits is None:
        _, sha256 = _content(handle, size)
        return Finding(GOOD, "", size, about.st_mtime_ns, sha256)
    head = os.pread(handle, 512, 0)
    format_ = recognise(head)
    if format_ is None or OTHER_IMAGES.get(suffix) == "camera raw":
        return no_image(head, suffix)
    if size > limits.bytes:
        raise Unreadable(
            f"too big: {size:,} bytes; at most {limits.bytes:,} are allowed (S3LABEL_MAX_FILE_MB)"
        )
    source, sha256 = _content(handle, size)
    return good_finding(source, sha256, format_, suffix, limits, about.st_mtime_ns)


def good_finding(source, sha256, format_, suffix, limits, mtime_ns, etag=""):
    """The Finding of a whole image; raises Unreadable when it is none."""
    facts = read_facts(source, format_, limits.pixels)
    return Finding(
        GOOD,
        _remark(facts, suffix),
        source.size,
        mtime_ns,
        sha256,
        facts.format,
        facts.width,
        facts.height,
        facts.orientation,
        etag,
        facts.captured or None,
    )


def _content(handle, size):
    return _in_memory(handle, size) if size <= IN_MEMORY else _in_pieces(handle, size)


def _in_memory(handle, size):
    data = os.pread(handle, size, 0)
    while len(data) < size:  # a network file system may give less at a time
        piece = os.pread(handle, size - len(data), len(data))
        if not piece:
            raise ChangedMeanwhile
        data += piece

    def at(offset, length):
        return data[offset : offset + length]

    return Source(size, at, lambda: io.BytesIO(data)), hashlib.sha256(data).hexdigest()


def _in_pieces(handle, size):
    sha256, offset = hashlib.sha256(), 0
    while piece := os.pread(handle, PIECE, offset):
        sha256.update(piece)
        offset += len(piece)
    if offset != size:
        raise ChangedMeanwhile

    def at(offset, length):
        return os.pread(handle, length, offset)

    def file():
        return os.fdopen(os.dup(handle), "rb")

    return Source(size, at, file), sha256.hexdigest()


def no_image(head, suffix):
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        return Finding(SKIPPED, "a Git LFS pointer; run git lfs pull")
    if suffix in OTHER_IMAGES:
        return Finding(
            UNREADABLE, f"{OTHER_IMAGES[suffix]} cannot be shown; convert it to JPEG or PNG"
        )
    if suffix not in FORMAT_OF_SUFFIX:
        return Finding(SKIPPED, "not an image")
    if not head:
        return Finding(UNREADABLE, "an empty file")
    return Finding(UNREADABLE, f"not an image in spite of its name{_what_it_is(head)}")


def _what_it_is(head):
    """A word for content that is often found under a wrong name."""
    start = head.lstrip().lower()
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"avif", b"heif"):
        return "; it is HEIC or AVIF: convert it to JPEG or PNG"
    known = (
        (b"%pdf", "PDF"),
        (b"%!ps", "PostScript"),
        (b"<svg", "SVG"),
        (b"<!doctype html", "a web page"),
        (b"<html", "a web page"),
        (b"8bps", "a Photoshop file"),
        (b"simple  =", "FITS"),
    )
    for magic, words in known:
        if start.startswith(magic):
            return f"; it is {words}"
    if start.startswith(b"<?xml") and b"<svg" in start:
        return "; it is SVG"
    return ""


def _remark(facts, suffix):
    remarks = [facts.remark] if facts.remark else []
    if suffix and FORMAT_OF_SUFFIX.get(suffix) != facts.format:
        remarks.append(f"a {facts.format} file named {suffix}")
    return "; ".join(remarks)
