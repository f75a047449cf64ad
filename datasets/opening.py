"""Open files and folders below the image roots, never above or beside them (no Django).

Every folder on the way is opened relative to the one before it and without following
links, so that a folder swapped for a link in the meantime leads nowhere. A file that is
itself a link is opened when it points to a file below one of the roots, as DVC's do.
"""

import errno
import os
import stat
import time

from datasets.patience import Silent, ask

SECONDS_OF_SILENCE = 60

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: a named pipe would otherwise wait for ever for somebody to write to it.
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY

IN_WORDS = {
    errno.ENOENT: "it is not there any more",
    errno.EACCES: "no permission to read it",
    errno.EPERM: "no permission to read it",
    errno.ELOOP: "a link, which is not followed",
    errno.ENOTDIR: "a folder on the way is no folder any more",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EMFILE: "too many files are open on this machine",
    errno.ENXIO: "neither a file nor a folder",
}
# Faults of the storage, not of one file: a mount that is gone, a network that is down.
AWAY = {errno.EIO, errno.ENOTCONN, errno.ESTALE, errno.EHOSTDOWN, errno.ETIMEDOUT, errno.ENODEV}

# Faults of this machine at this moment.
BUSY = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EINTR, errno.EAGAIN}


class CannotOpen(Exception):
    """The message says why, in words."""


class LeadsOut(CannotOpen):
    """A link to something that is there, but below no root."""


def in_words(problem):
    return IN_WORDS.get(problem.errno) or os.strerror(problem.errno)


def root_of(path, roots):
    """The innermost root that the path is written to lie below, or None."""
    inside = [root for root in roots if path == root or path.startswith(root.rstrip("/") + "/")]
    return max(inside, key=len, default=None)


def open_folder(path, roots):
    """A file descriptor of a folder below a root."""
    root = root_of(path, roots)
    if root is None:
        raise CannotOpen("not below one of the image roots")
    parts = [part for part in path[len(root) :].split("/") if part]
    if any(part in (".", "..") for part in parts):
        raise CannotOpen("its path goes up")
    # The root is the operator's word; it may be a link.
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in parts:
        try:
            deeper = os.open(part, FOLDER, dir_fd=folder)
        finally:
            os.close(folder)
        folder = deeper
    return folder


def open_in(folder, name):
    """A file descriptor and the stat of a regular file in an open folder."""
    handle = os.open(name, FILE, dir_fd=folder)
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode):
        os.close(handle)
        raise CannotOpen(kind_in_words(about.st_mode))
    return handle, about


def kind_in_words(mode):
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISLNK, "a link"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
    )
    for is_kind, words in kinds:
        if is_kind(mode):
            return f"{words}, not a file"
    return "a device, not a file"


def real_root(root):
    """Where a root lies; raises Silent when its mount is dead and it was never asked before.

    Asked once, because a mount may die meanwhile; and not soon again after it did not answer.
    """
    if root not in _real_roots:
        if time.monotonic() < _silent_until.get(root, 0):
            raise Silent
        _silent_until[root] = time.monotonic() + SECONDS_OF_SILENCE
        _real_roots[root] = ask(os.path.realpath, root)
    return _real_roots[root]


_real_roots: dict[str, str] = {}
_silent_until: dict[str, float] = {}


def target_below(path, roots):
    """Where a link leads, as a path below a root written without links; else CannotOpen."""
    try:
        target = os.path.realpath(path, strict=True)
    except OSError as problem:
        gone = problem.errno == errno.ENOENT
        words = "its target is not there" if gone else in_words(problem)
        raise CannotOpen(f"a link: {words}") from problem
    # What lies below a root as it is written needs no other root to be asked.
    if root_of(target, roots):
        return target
    for root in sorted(roots, key=lambda root: root not in _real_roots):
        try:
            real = real_root(root)
        except Silent:
            continue
        if target == real or target.startswith(real.rstrip("/") + "/"):
            return root.rstrip("/") + target[len(real.rstrip("/")) :]
    raise LeadsOut("a link that leads out of the image roots")


class Opener:
    """Opens one file after the other; the folder of the last one stays open."""

    def __init__(self, roots):
        self.roots = roots
        self.path = self.folder = None

    def open(self, path):
        """A file descriptor and its stat; raises CannotOpen or OSError."""
        try:
            return self._open(path)
        except OSError as problem:
            if problem.errno != errno.ELOOP:
                raise
        return self._open(target_below(path, self.roots))

    def _open(self, path):
        return open_in(*self._folder_and_name(path))

    def about(self, path):
        """The stat of the file that open() would open; raises CannotOpen or OSError."""
        about = self._about(path)
        if stat.S_ISLNK(about.st_mode):
            about = self._about(target_below(path, self.roots))
        if not stat.S_ISREG(about.st_mode):
            raise CannotOpen(kind_in_words(about.st_mode))
        return about

    def _about(self, path):
        folder, name = self._folder_and_name(path)
        return os.stat(name, dir_fd=folder, follow_symlinks=False)

    def _folder_and_name(self, path):
        parent, _, name = path.rpartition("/")
        if parent != self.path:
            self.close()
            self.folder = open_folder(parent, self.roots)
            self.path = parent
        if name in ("", ".", ".."):
            raise CannotOpen("not a file")
        return self.folder, name

    def close(self):
        if self.folder is not None:
            os.close(self.folder)
        self.path = self.folder = None
