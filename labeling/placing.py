"""Files and folders that appear under their name when all of them is on the disk, or not at all."""

import hashlib
import io
import os
import secrets
import shutil
from contextlib import contextmanager

BLOCK = 1 << 20


class CannotPlace(Exception):
    """Nothing can be written there; the message says why, to people."""


def check_place(path, replace, *, is_folder=False):
    """Before the work begins: could it be written there?"""
    if not path.parent.is_dir():
        raise CannotPlace(f"There is no folder {path.parent}.")
    if path.exists() and not replace:
        raise CannotPlace(f"{path} exists already; --force replaces it.")
    if path.exists() and path.is_dir() != is_folder:
        what, wanted = ("file", "folder") if is_folder else ("folder", "file")
        raise CannotPlace(f"{path} is a {what}; name the {wanted} to write.")
    if not os.access(path.parent, os.W_OK):
        raise CannotPlace(f"S3Label may not write to {path.parent}.")


@contextmanager
def whole_file(path, replace):
    """A file that gets its name only when all of it is on the disk."""
    part = _part(path)
    try:
        with io.BufferedRandom(_Hashed(part, "x+"), BLOCK) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _check_again(path, replace)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _sync(path.parent)


def sha256_of(file):
    """The hash of a whole_file; read for it only if it was not written from end to end."""
    file.flush()
    if file.raw.is_straight:
        return file.raw.digest.hexdigest()
    with open(file.name, "rb") as again:
        return hashlib.file_digest(again, "sha256").hexdigest()


class _Hashed(io.FileIO):
    """Hashes what is written, for as long as one part follows the other."""

    def __init__(self, path, mode):
        super().__init__(path, mode)
        self.digest, self.is_straight = hashlib.sha256(), True

    def write(self, data):
        size = super().write(data)
        if self.is_straight:
            self.digest.update(memoryview(data)[:size])
        return size

    def seek(self, offset, whence=os.SEEK_SET):
        # Where it is, it is asked with SEEK_CUR.
        self.is_straight = self.is_straight and (offset, whence) == (0, os.SEEK_CUR)
        return super().seek(offset, whence)


@contextmanager
def whole_folder(path, replace):
    """A folder that gets its name only when all that is in it is on the disk."""
    part, old = _part(path), _part(path)
    try:
        part.mkdir()
        yield part
        for folder, _, names in os.walk(part):
            for name in names:
                _sync(os.path.join(folder, name))
            _sync(folder)
        _check_again(path, replace)
        if path.exists():
            path.rename(old)
        part.rename(path)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    _sync(path.parent)


def _part(path):
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")


def _check_again(path, replace):
    if path.exists() and not replace:
        raise CannotPlace(f"{path} exists already.")


def _sync(path):
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
