"""What each file in a folder is to a dataset: new, known, duplicate, moved or changed.

Works on batches: one query for the paths, one for the contents and one for what the same
import found before, however many files the folder has.
"""

import itertools
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from datasets.inspecting import AWAY_STATE, GOOD, Finding
from datasets.looking import Missing, hash_again, look
from datasets.models import FolderImport, FoundFile, Image
from datasets.storing import select_hashes, select_neighbours
from datasets.walking import Entry, StorageAway

State = FoundFile.State
# A remark on a new file; the pages say the dataset's name instead.
ALSO = "also in dataset "

# Paths asked for in one query, and files (and bytes) that one child reads at a time.
PATHS_AT_ONCE = 1000
FILES_AT_ONCE = 200
BYTES_AT_ONCE = 16 << 20

KNOWN_PATHS = """
SELECT path, id, byte_size, mtime_ns, sha256, state, format, width, height, orientation,
    etag
FROM input_data WHERE dataset_id = %s AND path"""

# Of these nothing but the facts is to be remembered; others carry a remark from the reading.
EARLIER_FACTS = """
SELECT path, byte_size, mtime_ns, sha256, format, width, height, orientation, etag, captured
FROM found_files WHERE folder_import_id = %s
    AND (state = 'new' AND reason = '' OR state IN ('duplicate', 'moved')) AND path"""

SAME_CONTENTS = """
SELECT sha256, dataset_id, id, path, byte_size, mtime_ns, etag FROM input_data WHERE sha256"""

# Condition and expression must be those of the index waiting_files_by_content, to the word.
SAME_IN_RUN = """
SELECT sha256, path FROM found_files WHERE folder_import_id = %s
    AND outcome = '' AND state IN ('new', 'moved') AND {substr}(sha256, 1, 12)"""

UNCHANGED = """
SELECT path, byte_size, mtime_ns, etag
FROM input_data WHERE state IN ('ok', 'broken') AND dataset_id = %s AND path"""

# The file is there and as it was; whether its pixels can be decoded is another matter.
IN_ORDER = (Image.State.OK, Image.State.BROKEN)


class Known(NamedTuple):
    """What the dataset says of a path."""

    path: str
    image: int
    byte_size: int
    mtime_ns: int | None
    sha256: str
    state: str
    format: str
    width: int
    height: int
    orientation: int
    etag: str = ""


class Holder(NamedTuple):
    """The image of this dataset that has a content, and where it was last."""

    image: int
    path: str
    byte_size: int
    mtime_ns: int | None
    etag: str


class Row(NamedTuple):
    """A row of found_files to be; the names are its columns."""

    path: str
    state: str
    reason: str = ""
    same_as_id: int | None = None
    same_as_path: str = ""
    byte_size: int | None = None
    mtime_ns: int | None = None
    sha256: str = ""
    format: str = ""
    width: int | None = None
    height: int | None = None
    orientation: int = 1
    etag: str = ""
    captured: str | None = None
    selected: bool = False
    image_id: int | None = None
    outcome: str = ""


class Batch:
    """Neighbouring entries; of those in to_read nothing is known but that they are there."""

    def __init__(self, passed=0, last=None, verify=False):
        self.verify = verify
        self.passed = passed  # unchanged files that are not listed
        self.last = last
        self.entries = []
        self.facts = {}  # by path: what an earlier import learnt of an unchanged file
        self.known = {}  # by path
        self.to_read = []
        self.byte_size = 0

    @property
    def paths(self):
        return [entry.path for entry in self.to_read]

    @property
    def is_full(self):
        return len(self.to_read) >= FILES_AT_ONCE or self.byte_size >= BYTES_AT_ONCE

    def add(self, entry, known, fact):
        self.entries.append(entry)
        self.last = entry
        if known:
            self.known[entry.path] = known
        if fact:
            self.facts[entry.path] = fact
        elif not entry.state and (self.verify or not is_unchanged(entry, known)):
            self.to_read.append(entry)
            self.byte_size += entry.byte_size


def is_unchanged(entry, known):
    """A known file that need not be read; one that was missing or changed is looked at."""
    return (
        known is not None
        and _is_same(entry, known.byte_size, known.mtime_ns, known.etag)
        and known.state in IN_ORDER
    )


def _is_same(entry, byte_size, mtime_ns, etag):
    """Whether the listing speaks of what was read before. An ETag says it better than a time."""
    is_as_before = entry.etag == etag if entry.etag else entry.mtime_ns == mtime_ns
    return is_as_before and entry.byte_size == byte_size


class Comparer:
    """Compares the entries of one folder import with its dataset."""

    def __init__(self, folder_import):
        self.job = folder_import
        # The last import of the folder knows duplicates, and all that was not selected then.
        self.before = (
            None
            if folder_import.verify
            else (
                FolderImport.objects.filter(
                    dataset=folder_import.dataset_id, folder=folder_import.folder
                )
                .exclude(pk=folder_import.pk)
                .order_by("-pk")
                .first()
            )
        )

    def batches(self, entries):
        """Group the entries, so that each group is looked up in the database at once."""
        entries = iter(entries)
        while group := list(itertools.islice(entries, PATHS_AT_ONCE)):
            count, last = len(group), group[-1]
            if self.job.unattended and not self.job.verify:
                group = self._without_unchanged(group)
            batch = Batch(count - len(group), last if not group else None, self.job.verify)
            known = self._known(_paths(group))
            facts = self._facts([entry for entry in group if self._is_unknown(entry, known)])
            for entry in group:
                batch.add(entry, known.get(entry.path), facts.get(entry.path))
                if batch.is_full:
                    yield batch
                    batch = Batch(verify=self.job.verify)
            if batch.last:
                yield batch

    def _without_unchanged(self, group):
        """Unchanged files need no row and no more thought; this alone makes a repeat cheap."""
        unchanged = set(select_neighbours(UNCHANGED, _paths(group), self.job.dataset_id))
        return [
            entry
            for entry in group
            # Objects of a bucket have times of whole seconds only; their ETag tells more.
            if (entry.path, entry.byte_size, entry.mtime_ns, entry.etag) not in unchanged
        ]

    def _known(self, paths):
        rows = select_neighbours(KNOWN_PATHS, paths, self.job.dataset_id)
        return {row[0]: Known._make(row) for row in rows}

    def _is_unknown(self, entry, known):
        return not entry.state and entry.path not in known

    def _facts(self, entries):
        if self.before is None or not entries:
            return {}
        listed = {entry.path: entry for entry in entries}
        rows = select_neighbours(EARLIER_FACTS, list(listed), self.before.pk)
        return {
            path: Finding(GOOD, "", *facts)
            for path, *facts in rows
            if path in listed
            and _is_same(listed[path], *facts[:2], facts[-2])
            and facts[4] * facts[5] <= settings.MAX_PIXELS
        }

    def rows(self, pairs):
        """Rows for batches and their findings, and images of which a new mtime is to be stored.

        Raises StorageAway instead of calling files unreadable when it is the storage's fault.
        """
        read = self._read(pairs)
        of_dataset, elsewhere, of_run = self._same_contents(read)
        left = self._left(of_dataset, read)
        rows, touched = [], []
        for batch, _ in pairs:
            for entry in batch.entries:
                known, finding = batch.known.get(entry.path), read.get(entry.path)
                if entry.state:
                    rows.append(_refused_row(entry, entry))
                elif finding is None:
                    rows.append(_known_row(entry, known))
                elif finding.state != GOOD:
                    rows.append(_refused_row(entry, finding, known))
                elif known and known.sha256 == finding.sha256:
                    about = (finding.byte_size, finding.mtime_ns, finding.etag)
                    if about != known[2:4] + known[-1:] or known.state not in IN_ORDER:
                        touched.append((*about, known.image))
                    rows.append(_known_row(entry, known))
                else:
                    row = _row(entry, known, finding, of_dataset, of_run, left)
                    if row.state == State.NEW and finding.sha256 in elsewhere:
                        row = row._replace(reason=_also(row.reason, elsewhere[finding.sha256]))
                    if row.selected:
                        of_run[finding.sha256] = entry.path
                    rows.append(row)
        return rows, touched

    def _read(self, pairs):
        read = {}
        for batch, findings in pairs:
            read |= batch.facts
            for entry, finding in zip(batch.to_read, findings, strict=True):
                if finding.state == AWAY_STATE:
                    raise StorageAway(f"{entry.path}: {finding.reason}")
                read[entry.path] = finding
        return read

    def _same_contents(self, read):
        """Images of this dataset, of others, and files of this import, by content."""
        hashes = {finding.sha256 for finding in read.values() if finding.state == GOOD}
        of_dataset, elsewhere = {}, {}
        for sha256, dataset, *holder in select_hashes(SAME_CONTENTS, hashes):
            if dataset == self.job.dataset_id:
                of_dataset[sha256] = Holder(*holder)
            else:
                elsewhere[sha256] = dataset
        if self.job.unattended:
            return of_dataset, elsewhere, {}  # whatever this import found is in the dataset now
        substr = "substring" if connection.vendor == "postgresql" else "substr"
        select = SAME_IN_RUN.format(substr=substr)
        of_run = select_hashes(select, {sha256[:12] for sha256 in hashes}, self.job.pk)
        return of_dataset, elsewhere, dict(of_run)

    def _left(self, of_dataset, read):
        """Contents that are not at the paths of their images any more: gone, or replaced."""
        elsewhere = {
            finding.sha256: of_dataset[finding.sha256]
            for path, finding in read.items()
            if finding.sha256 in of_dataset and of_dataset[finding.sha256].path != path
        }
        left, doubtful = set(), {}
        seen = look([holder.path for holder in elsewhere.values()])
        for (sha256, holder), found in zip(elsewhere.items(), seen, strict=True):
            if isinstance(found, Missing):
                left.add(sha256)
            elif isinstance(found, Entry) and holder.path in read:
                if read[holder.path].sha256 != sha256:
                    left.add(sha256)
            elif isinstance(found, Entry) and found.byte_size != holder.byte_size:
                left.add(sha256)
            elif isinstance(found, Entry) and (self.job.verify or not _is_same(found, *holder[2:])):
                doubtful[sha256] = found
        hashes = hash_again(doubtful.values(), self.job.report) if doubtful else {}
        return left | {
            sha256 for sha256, entry in doubtful.items() if hashes.get(entry.path, sha256) != sha256
        }


def _row(entry, known, finding, of_dataset, of_run, left):
    """The row of a file whose content is not the one that its path is known for."""
    facts = finding[2:]
    holder, earlier = of_dataset.get(finding.sha256), of_run.get(finding.sha256)
    image, path = holder[:2] if holder else (None, None)
    is_first = not earlier or earlier == path
    if finding.sha256 in left and is_first:
        return Row(entry.path, State.MOVED, f"was {path}", image, "", *facts, True)
    if known:
        words = "other content than when it was imported; labels stay with the old content"
        return Row(entry.path, State.CHANGED, words, known.image, "", *facts)
    if not is_first:
        words = f"same content as {earlier}"
        return Row(entry.path, State.DUPLICATE, words, image, earlier, *facts)
    if image is None:
        return Row(entry.path, State.NEW, finding.reason, None, "", *facts, True)
    return Row(entry.path, State.DUPLICATE, f"same content as {path}", image, "", *facts)


def _paths(entries):
    return [entry.path for entry in entries if not entry.state]


def _refused_row(entry, why, known=None):
    size, mtime, image = entry.byte_size, entry.mtime_ns, known and known.image
    return Row(entry.path, why.state, why.reason, image, byte_size=size, mtime_ns=mtime)


def _known_row(entry, known):
    return Row(
        entry.path, State.KNOWN, "", known.image, "", entry.byte_size, entry.mtime_ns,
        known.sha256, known.format, known.width, known.height, known.orientation,
        entry.etag,
    )  # fmt: skip


def _also(reason, dataset):
    also = f"{ALSO}{dataset}"
    return f"{reason}; {also}" if reason else also
