"""Which image of a task a file means: by content, by path or by name, and never by a guess."""

from array import array
from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

import numpy as np

from datasets.models import FoundFile, Image
from labeling.imports.contents import FileImage

# So many rows of images are read at once.
AT_ONCE = 5_000
MOST_NAMED = 5
BY_CONTENT, BY_PATH, BY_NAME, BY_ID, BY_DUPLICATE = range(5)


class Found(NamedTuple):
    """The image of a task that is meant, or why there is none."""

    image: int | None
    by: int | None = None
    reason: str = ""
    is_unknown: bool = False
    same_as: str = ""  # the path of the image, if the file means a duplicate of it


class Row(NamedTuple):
    pk: int
    path: str
    sha256: str
    width: int
    height: int
    dataset: int


def rows_of_images(ids):
    """{id: Row}"""
    return {row.pk: row for row in _rows(Image.objects.filter(pk__in=ids))}


def _rows(images):
    fields = ("pk", "path", "sha256", "width", "height", "dataset_id")
    return [Row(*values) for values in images.values_list(*fields)]


def _rows_of_duplicates(ids):
    """The same of found files, of each path the newest."""
    fields = ("pk", "path", "sha256", "width", "height", "folder_import__dataset_id")
    files = FoundFile.objects.filter(pk__in=ids).order_by("pk").values_list(*fields)
    newest = {row.path: row for row in (Row(*values) for values in files)}
    return {row.pk: row for row in newest.values()}


class Finder:
    """The images of a task, and the files that were not imported because they are one of them."""

    def __init__(self, task):
        self.task = task
        self.images = _Index(task.images(), rows_of_images)

    @cached_property
    def duplicates(self):
        files = FoundFile.objects.of_state(FoundFile.State.DUPLICATE)
        in_task = files.filter(folder_import__dataset__groups=self.task.dataset_group_id)
        return _Index(in_task, _rows_of_duplicates)

    def find(self, images):
        """A Found for each FileImage."""
        found = self.images.find(images)
        unknown = [at for at, answer in enumerate(found) if answer.is_unknown]
        if unknown:
            originals = self._originals([images[at] for at in unknown])
            for at, original in zip(unknown, originals, strict=True):
                found[at] = original or found[at]
        return found

    def _originals(self, images):
        """For each a Found of the one image that has its content, or None."""
        twins = self.duplicates.find([image._replace(sha256="") for image in images])
        files = _rows_of_duplicates({twin.image for twin in twins} - {None})
        asked = {pk: FileImage(row.path, sha256=row.sha256) for pk, row in files.items()}
        answers = dict(zip(asked, self.images.find(list(asked.values())), strict=True))
        rows = rows_of_images({answer.image for answer in answers.values()} - {None})
        for twin in twins:
            answer = answers.get(twin.image)
            row = rows.get(answer.image) if answer else None
            yield Found(row.pk, BY_DUPLICATE, same_as=row.path) if row else None


class _Index:
    """Images or files by hashes of what they may be called, sixteen bytes for each."""

    def __init__(self, queryset, rows_of):
        self.rows_of = rows_of
        ids, keys = array("q"), [array("q") for _ in range(4)]
        images = queryset.order_by("pk").values_list("pk", "sha256", "path")
        last = 0
        while rows := list(images.filter(pk__gt=last)[:AT_ONCE]):
            for pk, sha256, path in rows:
                name = path.rpartition("/")[2]
                ids.append(pk)
                for places, key in zip(keys, (sha256, path, name, stem_of(name)), strict=True):
                    places.append(hash(key))
            last = rows[-1][0]
        self.ids = np.array(ids, dtype=np.int64)
        self.contents, self.paths, self.names, self.stems = map(_Sorted, keys)

    def find(self, images):
        """A Found for each FileImage."""
        candidates = [self._candidates(image) for image in images]
        wanted = {pk for some in candidates for _, ids in some for pk in ids}
        rows = self.rows_of(wanted)
        return [
            _choose(image, [(by, [rows[pk] for pk in ids if pk in rows]) for by, ids in some])
            for image, some in zip(images, candidates, strict=True)
        ]

    def _candidates(self, image):
        """(how, ids of images) from the surest way to the weakest; hashes may deceive."""
        found = []
        if image.sha256:
            found.append((BY_CONTENT, self._of(self.contents, image.sha256.lower())))
        if image.path:
            found.append((BY_PATH, self._of(self.paths, image.path)))
        name = _last(image.name or image.path)
        if name and image.is_stem:
            found.append((BY_NAME, self._of(self.stems, name)))
        elif name:
            found.append((BY_NAME, self._of(self.names, name)))
        return found

    def _of(self, index, key):
        return self.ids[index.places_of(hash(key))].tolist()


class Lookup:
    """Asks the database for some images of a task, each by its id, its content or its path."""

    def __init__(self, task):
        self.images = task.images()

    def find(self, images):
        """A Found for each FileImage."""
        by_id = self._by("pk", {image.pk for image in images} - {None})
        by_content = self._by("sha256", {image.sha256.lower() for image in images} - {""})
        by_path = self._by("path", {image.path for image in images} - {""})
        found = []
        for image in images:
            if image.pk is not None:
                is_there = image.pk in by_id
                reason = "" if is_there else f"No image of this task has the id {image.pk}."
                found.append(Found(image.pk if is_there else None, BY_ID, reason))
                continue
            content = (BY_CONTENT, by_content[image.sha256.lower()])
            found.append(_choose(image, [content, (BY_PATH, by_path[image.path])]))
        return found

    def _by(self, field, values):
        """{value of the field: the rows that have it}"""
        found = defaultdict(list)
        for row in _rows(self.images.filter(**{f"{field}__in": values})) if values else ():
            found[getattr(row, field)].append(row)
        return found


class _Sorted:
    def __init__(self, keys):
        keys = np.array(keys, dtype=np.int64)
        self.order = np.argsort(keys, kind="stable")
        self.keys = keys[self.order]

    def places_of(self, key):
        first, last = np.searchsorted(self.keys, [key, key + 1 if key < (1 << 63) - 1 else key])
        return self.order[first:last]


def stem_of(name):
    stem = name.rpartition(".")[0]
    return stem or name


def _last(path):
    return path.replace("\\", "/").rpartition("/")[2]


def _choose(image, candidates):
    for by, rows in candidates:
        rows = [row for row in rows if _is_meant(image, row, by)]
        if there := _lying_there(image, rows):
            rows, by = there, min(by, BY_PATH)
        if len(rows) > 1:
            rows = _narrowed(image, rows, by)
        if len(rows) > 1:
            return Found(None, reason=_ambiguous(image, rows, by))
        if rows:
            return _checked(image, rows[0], by)
    called = image.name or image.path or image.sha256
    return Found(None, reason=f"No image of this task is {called}.", is_unknown=True)


def _is_meant(image, row, by):
    if by == BY_CONTENT:
        return row.sha256 == image.sha256.lower()
    if by == BY_PATH:
        return row.path == image.path
    name = _last(row.path)
    return (stem_of(name) if image.is_stem else name) == _last(image.name or image.path)


def _narrowed(image, rows, by):
    """Of several images those that the rest of what is known fits: the path, then the end of it."""
    for end in (image.path, "/" + image.name.replace("\\", "/").lstrip("/")):
        fits = [row for row in rows if end.strip("/") and _ends(image, row, end)]
        if fits:
            rows = fits
        if len(rows) == 1:
            break
    return rows


def _lying_there(image, rows):
    """Of several images those that lie where the format has them."""
    for place in image.places:
        if there := [row for row in rows if _path(image, row) == place]:
            return there
    return []


def _path(image, row):
    if not image.is_stem:
        return row.path
    folder, slash, name = row.path.rpartition("/")
    return folder + slash + stem_of(name)


def _ends(image, row, end):
    path = _path(image, row)
    return path == end or (end.startswith("/") and path.endswith(end))


def _ambiguous(image, rows, by):
    what = {BY_CONTENT: "have this content", BY_PATH: "have this path"}.get(by, "are called so")
    paths = sorted(row.path for row in rows)
    listed = ", ".join(paths[:MOST_NAMED]) + (", …" if len(paths) > MOST_NAMED else "")
    return f"{len(paths)} images of this task {what}: {listed}."


def _checked(image, row, by):
    """A name says little: the size has to be the same too."""
    given = (image.width, image.height)
    if by != BY_CONTENT and None not in given and given != (row.width, row.height):
        return Found(
            None,
            reason=f"{row.path} has {row.width} × {row.height} pixels here, "
            f"{image.width} × {image.height} in the file.",
        )
    return Found(row.pk, by)
