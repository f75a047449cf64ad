"""See what lies at paths now: a file, nothing, or a storage that is away."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from django.conf import settings

from datasets.buckets import bucket_of, objects_about
from datasets.inspecting import GOOD, inspect
from datasets.objects import Gone, Stored, inspect_object, is_url, place_of
from datasets.opening import AWAY, BUSY, CannotOpen, Opener, in_words, root_of
from datasets.roots import is_here
from datasets.walking import Entry

NO_ROOT = "not below an image root any more"


class Missing(NamedTuple):
    """There is no such file, or none that can be read."""

    reason: str


class Away(NamedTuple):
    """Nothing can be said of this file now."""

    reason: str


def look(paths):
    """What there is at each of the paths: an Entry, Missing, or Away.

    An empty or missing root says nothing about its files: its mount is not there.
    """
    roots = {path: root_of(path, settings.IMAGE_ROOTS) for path in paths}
    here = {root for root in set(roots.values()) if root and is_here(root)}
    to_ask = [path for path in paths if roots[path] in here]
    about = _files([path for path in to_ask if not is_url(path)])
    about |= _objects([path for path in to_ask if is_url(path)])
    # A root that went away while we looked takes all of its files with it.
    doubtful = {roots[path] for path, seen in about.items() if isinstance(seen, Missing)}
    here -= {root for root in doubtful if not is_here(root)}
    return [
        about[path]
        if roots[path] in here
        else Away(f"{roots[path]} is empty or away" if roots[path] else NO_ROOT)
        for path in paths
    ]


def _files(paths):
    opener, about = Opener(settings.IMAGE_ROOTS), {}
    for path in paths:
        try:
            found = opener.about(path)
            about[path] = Entry(path, path, found.st_size, found.st_mtime_ns)
        except CannotOpen as problem:
            about[path] = Missing(str(problem))
        except OSError as problem:
            kind = Away if problem.errno in AWAY | BUSY else Missing
            about[path] = kind(in_words(problem))
    opener.close()
    return about


def hash_again(entries, tick):
    """{path: SHA-256}, of those that can be read; tick is called before each."""
    local = [entry for entry in entries if not is_url(entry.path)]
    opener = Opener(settings.IMAGE_ROOTS)
    found = (inspect(entry.path, opener, None) for entry in local)
    stored = [entry for entry in entries if is_url(entry.path)]
    hashes = {}
    with ThreadPoolExecutor(settings.BUCKET_CONNECTIONS) as pool:
        asked = pool.map(_inspect_object, stored)
        for entry, finding in zip(local + stored, itertools.chain(found, asked), strict=True):
            tick()
            if finding.state == GOOD:
                hashes[entry.path] = finding.sha256
    opener.close()
    return hashes


def _inspect_object(entry):
    return inspect_object(bucket_of(place_of(entry.path)), entry, None)


def _objects(paths):
    about = {}
    for path, found in zip(paths, objects_about(paths), strict=True):
        if isinstance(found, Stored):
            about[path] = Entry(path, path, found.byte_size, found.mtime_ns, etag=found.etag)
        else:
            # Who may not ask for an object does not learn whether it is there.
            about[path] = (Missing if isinstance(found, Gone) else Away)(str(found))
    return about
