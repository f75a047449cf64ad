"""List a folder tree in the order of its paths, following no links into folders (no Django)."""

import errno
import functools
import os
import stat
from typing import NamedTuple

from datasets.opening import (
    AWAY,
    FOLDER,
    CannotOpen,
    LeadsOut,
    in_words,
    kind_in_words,
    open_folder,
    target_below,
)

MOST_LEVELS = 64

SKIPPED, UNREADABLE = "skipped", "unreadable"


class StorageAway(Exception):
    """The storage of the images does not answer; nothing can be said about its files."""


class Entry(NamedTuple):
    """A file to look at, or with a state, one that is not looked at and why."""

    path: str
    key: str  # entries come in the order of their keys: the path, with a slash after a folder's
    byte_size: int | None = None
    mtime_ns: int | None = None
    state: str = ""
    reason: str = ""
    etag: str = ""  # of an object in a bucket; a file has none


def walk(folder, roots, *, recursive=True, after="", own=()):
    """The entries of a folder whose keys come after `after`; not those of our own folders.

    Holds one open folder per level, and the names of one folder per level in memory.
    """
    try:
        levels = [_Level(open_folder(folder, roots), folder.rstrip("/") + "/", after)]
    except OSError as problem:
        raise StorageAway(f"{folder}: {in_words(problem)}") from problem
    try:
        while levels:
            level = levels[-1]
            for key, entry in level.rest:
                if key[-1] != "/":
                    yield _file(level, key, entry, roots)
                elif key[:-1] in own:
                    yield _told(key, SKIPPED, "S3Label's own folder")
                elif (told := _not_entered(key, entry, recursive, len(levels))) is not None:
                    yield from told
                else:
                    deeper, not_read = _enter(level, key, entry, after)
                    if deeper:
                        levels.append(deeper)
                        break
                    yield not_read
            else:
                levels.pop().close()
    finally:
        for level in levels:
            level.close()


class _Level:
    """One open folder on the way down, with what is still to be listed of it."""

    def __init__(self, handle, prefix, after):
        self.handle = handle
        with os.scandir(handle) as entries:
            found = {_key(prefix, entry): entry for entry in entries}
        keys = sorted(key for key in found if _is_after(key, after)) if after else sorted(found)
        self.names = found.keys()
        self.rest = iter([(key, found[key]) for key in keys])

    def close(self):
        os.close(self.handle)


def _key(prefix, entry):
    is_folder = entry.is_dir(follow_symlinks=False)
    return f"{prefix}{entry.name}/" if is_folder else prefix + entry.name


def _is_after(key, after):
    return key > after or (key.endswith("/") and after.startswith(key) and after != key)


def _enter(level, key, entry, after):
    """The level of a subfolder, or an entry that says why it cannot be listed."""
    handle = None
    try:
        handle = os.open(entry.name, FOLDER, dir_fd=level.handle)
        return _Level(handle, key, after), None
    except OSError as problem:
        if handle is not None:
            os.close(handle)
        _raise_if_away(problem, key)
        words = (
            "no permission to list this folder"
            if problem.errno == errno.EACCES
            else f"folder: {in_words(problem)}"
        )
        return None, _told(key, UNREADABLE, words)


def _not_entered(key, entry, recursive, depth):
    """What to tell instead of going into a folder; None if it is gone into."""
    if entry.name.startswith("."):
        return [_told(key, SKIPPED, "a hidden folder")]
    if not recursive:
        return []
    if not _is_utf8(entry.name):
        return [_told(key, UNREADABLE, "name is not valid UTF-8; rename the folder")]
    if depth >= MOST_LEVELS:
        return [_told(key, SKIPPED, f"more than {MOST_LEVELS} folders deep")]
    return None


def _file(level, key, entry, roots):
    name = entry.name
    # In one condition, because nearly every one of 100,000 files passes it.
    if name[0] == "." or name[-4:] == ".dvc" or not _is_utf8(name) or entry.is_symlink():
        return _special(level, key, entry, roots)
    return _regular(key, entry, key, entry.stat)


def _special(level, key, entry, roots):
    if entry.name.startswith("."):
        return _told(key, SKIPPED, "a hidden file")
    if not _is_utf8(entry.name):
        return _told(key, UNREADABLE, "name is not valid UTF-8; rename the file")
    if entry.name.endswith(".dvc"):
        data = {key.removesuffix(".dvc"), key.removesuffix(".dvc") + "/"}
        hint = "" if data & level.names else "; its data is not here: run dvc pull"
        return _told(key, SKIPPED, f"a DVC pointer file{hint}")
    try:
        target = target_below(key, roots)
    except LeadsOut as problem:
        hint = "; make the DVC cache an image root" if _leads_to_dvc(level, entry) else ""
        return _told(key, SKIPPED, f"{problem}{hint}")
    except CannotOpen as problem:
        return _told(key, SKIPPED, f"{problem}{_hint(level, entry)}")
    return _regular(key, entry, target, functools.partial(os.stat, target))


def _hint(level, entry):
    """What brings the data of a link that leads nowhere yet."""
    if "/annex/objects/" in _target(level, entry):
        return "; run git annex get"
    return "; run dvc pull" if _leads_to_dvc(level, entry) else ""


def _leads_to_dvc(level, entry):
    target = _target(level, entry)
    return "/.dvc/" in target or "/files/md5/" in target


def _target(level, entry):
    """What a link says, which need not be there."""
    try:
        return "/" + os.readlink(entry.name, dir_fd=level.handle)
    except OSError:
        return ""


def _regular(key, entry, path, stat_of):
    """The entry of a file, after asking what it is."""
    try:
        about = stat_of(follow_symlinks=False)
    except OSError as problem:
        _raise_if_away(problem, key)
        return _told(key, UNREADABLE, in_words(problem))
    if not stat.S_ISREG(about.st_mode):
        link = "" if path == key else "a link to "
        return _told(key, SKIPPED, link + kind_in_words(about.st_mode))
    return Entry(key, key, about.st_size, about.st_mtime_ns)


def _raise_if_away(problem, path):
    if problem.errno in AWAY:
        raise StorageAway(f"{path}: {in_words(problem)}") from problem


def _told(key, state, reason):
    return Entry(shown(key.rstrip("/")), key, None, None, state, reason)


def shown(path):
    """A path that every database can store: bytes that are no UTF-8 are written \\xNN."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _is_utf8(name):
    if name.isascii():
        return True
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
