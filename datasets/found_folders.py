"""The folders of an import, one level at a time, with how much lies below each.

Found files are ordered by path, so all below a folder are one range of paths and one of ids.
"""

import itertools
from typing import NamedTuple

from django.db import connection

from datasets.patterns import like_deeper
from datasets.selecting import deselected_between

MOST_SHOWN = 200

# From the first path with a folder in it to the first behind that folder, and so on: as many
# looks into the index of paths as there are folders, however many files they hold.
NAMES = """
WITH RECURSIVE level(number, path) AS (
    SELECT 0, ({first})
    UNION ALL
    SELECT number + 1, ({next}) FROM level WHERE path IS NOT NULL AND number < %(most)s
)
SELECT path FROM level WHERE path IS NOT NULL
"""
A_PATH = """
SELECT f.path FROM found_files f
WHERE f.folder_import_id = %(job)s AND f.path >= {start} AND f.path < %(end)s
    AND f.path LIKE %(like)s ESCAPE '\\'
ORDER BY f.path LIMIT 1
"""
# Behind all that begins with the name and a slash; "0" is the character after the slash.
BEHIND = """
substr(level.path, 1, %(length)s + {position}(substr(level.path, %(length)s + 1), '/') - 1) || '0'
"""
FILES = """
SELECT folder.number, COUNT(*), MIN(f.id), MAX(f.id)
FROM folder CROSS JOIN found_files f
WHERE f.folder_import_id = %s AND f.path >= folder.first AND f.path < folder.behind
GROUP BY folder.number
"""
SELECTABLE_FILES = """
SELECT folder.number, COUNT(*)
FROM folder CROSS JOIN found_files f
WHERE f.folder_import_id = %s AND f.state IN ('new', 'moved')
    AND f.id BETWEEN folder.first AND folder.behind
GROUP BY folder.number
"""


class Folder(NamedTuple):
    """A folder below that of the import, and what is in it and in its subfolders."""

    way: str  # from the folder of the import to this one
    files: int
    selectable: int
    selected: int

    @property
    def name(self):
        return self.way.rpartition("/")[2]

    @property
    def is_selected(self):
        """As aria-checked says it."""
        if self.selected == 0:
            return "false"
        return "true" if self.selected == self.selectable else "mixed"


def prefix_of(job, way=""):
    """What the paths below a folder begin with."""
    return job.folder.rstrip("/") + "/" + (f"{way}/" if way else "")


def ids_below(job, way):
    """The first and the last id of the files below a folder, or None if there are none."""
    counted = _count_files(job, [prefix_of(job, way)])
    return counted[0][1:] if counted else None


def folders_in(job, way="", after=""):
    """Folders of one level, after the one of that name, and whether there are more than these."""
    prefix = prefix_of(job, way)
    names = [path[len(prefix) :].partition("/")[0] for path in _first_paths(job, prefix, after)]
    shown = names[:MOST_SHOWN]
    counted = _count_files(job, [f"{prefix}{name}/" for name in shown])
    ids = [(first, last) for _, first, last in counted]
    counts = zip(counted, _count_selectable(job, ids), deselected_between(job, ids), strict=True)
    folders = [
        Folder(f"{way}/{name}" if way else name, files, selectable, selectable - deselected)
        for name, ((files, *_), selectable, deselected) in zip(shown, counts, strict=True)
    ]
    return folders, len(names) > MOST_SHOWN


def _first_paths(job, prefix, after):
    """The first path in each folder of a level."""
    position = "strpos" if connection.vendor == "postgresql" else "instr"
    behind = BEHIND.format(position=position)
    query = NAMES.format(first=A_PATH.format(start="%(start)s"), next=A_PATH.format(start=behind))
    values = {
        "job": job.pk,
        "start": f"{prefix}{after}0" if after else prefix,
        "end": prefix[:-1] + "0",
        "like": like_deeper(prefix),
        "length": len(prefix),
        "most": MOST_SHOWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [path for (path,) in cursor.fetchall()]


def _count_files(job, prefixes):
    """(how many files, the first id, the last id) for each folder."""
    rows = [(prefix, prefix[:-1] + "0") for prefix in prefixes]
    return [rest for _, *rest in _of_folders(FILES, rows, job)]


def _count_selectable(job, ids):
    counted = dict(_of_folders(SELECTABLE_FILES, ids, job))
    return [counted.get(number, 0) for number in range(len(ids))]


def _of_folders(select, rows, job):
    """The answers to a query about folders, each of which has a first and a last something."""
    if not rows:
        return []
    values = ", ".join(f"({number}, %s, %s)" for number in range(len(rows)))
    query = f"WITH folder(number, first, behind) AS (VALUES {values}) {select}"
    with connection.cursor() as cursor:
        cursor.execute(query, [*itertools.chain.from_iterable(rows), job.pk])
        return sorted(cursor.fetchall())
