"""Files and folders that appear under their name when all of them is on the disk, or not at all."""

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
        with part.open("x+b", buffering=BLOCK) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _check_again(path, replace)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _sync(path.parent)


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
