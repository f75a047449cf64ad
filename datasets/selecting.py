"""Select and deselect found files, any number at once, by one statement.

New and moved files are selected from the start. What is deselected is kept in the rows of
Deselection until the import begins.
"""

import itertools
from bisect import bisect_left

from django.db import connection, transaction

from datasets.jobs import Cancelled
from datasets.models import Deselection, FolderImport, FoundFile

FILES = Deselection.FILES
BLOCKS_AT_ONCE = 500

# The ORM has neither shifts of bits by a column nor an update from a query.
BITS = f"""
SELECT id / {FILES} AS block,
    CAST(SUM(CAST(1 AS bigint) << CAST(id %% {FILES} AS integer)) AS bigint) AS bits
FROM ({{files}}) AS file WHERE true GROUP BY id / {FILES}
"""  # noqa: S608

DESELECT = f"""
INSERT INTO deselections (folder_import_id, block, bits)
SELECT %s, block, bits FROM ({BITS}) AS chosen WHERE true
ON CONFLICT (folder_import_id, block) DO UPDATE SET bits = deselections.bits | excluded.bits
"""  # noqa: S608

SELECT = f"""
UPDATE deselections SET bits = deselections.bits & ~chosen.bits
FROM ({BITS}) AS chosen
WHERE deselections.folder_import_id = %s AND deselections.block = chosen.block
"""  # noqa: S608

# The plus keeps SQLite from going through all files of the import for each part of them.
APPLY = f"""
UPDATE found_files AS f SET selected = false
FROM deselections AS d
WHERE +f.folder_import_id = %s AND f.id >= %s AND f.id < %s AND f.selected
    AND d.folder_import_id = f.folder_import_id AND d.block = f.id / {FILES}
    AND (d.bits >> CAST(f.id %% {FILES} AS integer)) & 1 = 1
"""  # noqa: S608


def select(folder_import, files, chosen=True):
    """Select or deselect those of the files that can be; False once they are being imported."""
    query = files.selectable().order_by().values("id").query
    wanted, params = query.get_compiler(connection=connection).as_sql()
    with transaction.atomic():
        # One at a time, so that two do not wait for each other's rows for ever.
        job = FolderImport.objects.select_for_update(no_key=True).get(pk=folder_import.pk)
        if job.stage not in (FolderImport.Stage.FINDING, FolderImport.Stage.FOUND):
            return False
        with connection.cursor() as cursor:
            if chosen:
                cursor.execute(SELECT.replace("{files}", wanted), [*params, job.pk])
            else:
                cursor.execute(DESELECT.replace("{files}", wanted), [job.pk, *params])
    return True


def count_deselected(folder_import):
    """How many files were taken out of the selection."""
    bits = folder_import.deselections.values_list("bits", flat=True)
    return sum(number.bit_count() for number in bits)


def count_selected(folder_import):
    """How many files are to be imported, or were."""
    groups = folder_import.count_files()
    selectable = (g["files"] for g in groups if g["state"] in FoundFile.SELECTABLE)
    return sum(selectable) - count_deselected(folder_import)


def deselected_among(folder_import, ids):
    """Those of the ids that were taken out of the selection."""
    blocks = dict(
        folder_import.deselections.filter(block__in={pk // FILES for pk in ids}).values_list(
            "block", "bits"
        )
    )
    return {pk for pk in ids if blocks.get(pk // FILES, 0) >> pk % FILES & 1}


def deselected_between(folder_import, ranges):
    """How many files were taken out of the selection in each range of ids, its ends included."""
    if not ranges:
        return []
    between = (min(ranges)[0] // FILES, max(last for _, last in ranges) // FILES)
    rows = folder_import.deselections.filter(block__range=between).order_by("block")
    rows = list(rows.values_list("block", "bits"))
    return [sum(_bits_between(rows, first, last)) for first, last in ranges]


def _bits_between(rows, first, last):
    start = bisect_left(rows, (first // FILES, -1))
    for block, bits in itertools.islice(rows, start, None):
        if block > last // FILES:
            return
        if block == first // FILES:
            bits = bits >> first % FILES << first % FILES
        if block == last // FILES:
            bits &= (2 << last % FILES) - 1
        yield bits.bit_count()


def apply_selection(job):
    """Tell the files themselves; a part at a time, and any part twice without harm."""
    blocks = list(
        job.deselections.exclude(bits=0).order_by("block").values_list("block", flat=True)
    )
    for start in range(0, len(blocks), BLOCKS_AT_ONCE):
        part = blocks[start : start + BLOCKS_AT_ONCE]
        with transaction.atomic():
            if not job.mine().exists():
                raise Cancelled
            with connection.cursor() as cursor:
                cursor.execute(APPLY, [job.pk, part[0] * FILES, (part[-1] + 1) * FILES])
        job.report()
