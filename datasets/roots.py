"""The folders that images may lie below (S3LABEL_IMAGE_ROOTS), and opening files there."""

import contextlib
import errno
import os

from django.conf import settings

from datasets.buckets import bucket_folders, find_bucket_folder, has_objects
from datasets.bulkhead import WEB, StorageBusy
from datasets.objects import is_url, place_of
from datasets.opening import (
    CannotOpen,
    Opener,
    in_words,
    open_folder,
    root_of,
    target_below,
)
from datasets.walking import StorageAway

# More than a picker shows.
MOST_FOLDERS = 1000


class BadFolder(Exception):
    """The folder cannot be imported from; the message says why, and the cure."""


def find_folder(given):
    """The path below a root, without links, that a person means by what they wrote."""
    if not given or "\0" in given or not _is_utf8(given):
        raise BadFolder("Write the path of a folder.")
    if not is_url(given) and not os.path.isabs(given):
        raise BadFolder(f"{given} is not an absolute path; begin with one of {roots_in_words()}.")
    with _place_for(given):
        if is_url(given):
            return _in_bucket(find_bucket_folder, given)
        return _find_folder(given)


def _find_folder(given):
    folder = _below_a_root(given)
    try:
        handle = open_folder(folder, settings.IMAGE_ROOTS)
    except OSError as problem:
        raise BadFolder(_why_not(given, problem)) from problem
    try:
        with os.scandir(handle) as entries:
            next(entries, None)
    except OSError as problem:
        raise BadFolder(_why_not(given, problem)) from problem
    finally:
        os.close(handle)
    return folder


@contextlib.contextmanager
def _place_for(given):
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(WEB.place_in(storage_of(given)))
        except StorageBusy as problem:
            raise BadFolder(f"{given} does not answer; try again later.") from problem
        yield


def _in_bucket(act, url, *args):
    try:
        return act(url, *args)
    except StorageAway as problem:
        raise BadFolder(f"The storage of {url} is away: {problem}.") from problem
    except CannotOpen as problem:
        hint = f"; the roots are {roots_in_words()}" if "root" in str(problem) else ""
        raise BadFolder(f"{url} cannot be imported from: {problem}{hint}.") from problem


def _below_a_root(given):
    try:
        return target_below(given, settings.IMAGE_ROOTS)
    except CannotOpen as problem:
        # Whether something is there is said only of what lies below a root.
        if root_of(os.path.normpath(given), settings.IMAGE_ROOTS):
            if os.path.lexists(given):
                raise BadFolder(f"{given}: {problem}.") from problem
            raise BadFolder(f"There is no folder {given}.") from problem
        raise BadFolder(
            f"{given} is not below an image root ({roots_in_words()}). Add its folder to "
            "S3LABEL_IMAGE_ROOTS, or move the images below a root. A server reads it when it "
            "starts, a command from its own environment."
        ) from problem


def find_below(given):
    """The path below a root, without links, of a file or folder; raises CannotOpen or BadFolder."""
    with _place_for(given):
        return target_below(given, settings.IMAGE_ROOTS)


def _why_not(given, problem):
    if problem.errno == errno.ENOENT:
        return f"There is no folder {given}."
    if problem.errno == errno.ENOTDIR:
        return f"{given} is a file; name the folder it is in."
    return f"{given} cannot be read: {in_words(problem)}."


def _is_utf8(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def roots_in_words():
    return ", ".join(settings.IMAGE_ROOTS)


def own_folders():
    """Where S3Label itself writes to, as far as it lies below a root: no images for labeling."""
    found = set()
    own = (settings.DATA_DIR, settings.CACHE_DIR, settings.EXPORT_DIR, settings.UPLOAD_DIR)
    for folder in own:
        for root in settings.IMAGE_ROOTS:
            with contextlib.suppress(CannotOpen):
                found.add(target_below(folder, [root]))
    return found


def folders_in(folder):
    """The names of the visible folders in a folder below a root, for choosing one."""
    found = find_folder(folder)
    with _place_for(found):
        if is_url(found):
            return _in_bucket(bucket_folders, found, MOST_FOLDERS)
        return _folders_in(found)


def _folders_in(folder):
    handle = open_folder(folder, settings.IMAGE_ROOTS)
    try:
        with os.scandir(handle) as entries:
            return sorted(
                entry.name
                for entry in entries
                if entry.is_dir(follow_symlinks=False)
                and not entry.name.startswith(".")
                and _is_utf8(entry.name)
            )
    finally:
        os.close(handle)


def storage_of(path):
    """What is away together: a root, or all buckets that are reached in the same way."""
    if is_url(path):
        return place_of(path).scheme
    return root_of(os.path.normpath(path), settings.IMAGE_ROOTS)


def open_image(path):
    """An open binary file and its stat; raises CannotOpen in words."""
    opener = Opener(settings.IMAGE_ROOTS)
    try:
        handle, about = opener.open(path)
    except OSError as problem:
        raise CannotOpen(in_words(problem)) from problem
    finally:
        opener.close()
    return os.fdopen(handle, "rb"), about


def is_here(root):
    """Whether there is something below a root; not so when its mount or its storage is away."""
    if is_url(root):
        return has_objects(root)
    try:
        with os.scandir(root) as entries:
            return next(entries, None) is not None
    except OSError:
        return False
