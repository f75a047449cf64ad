"""Write an export: the file whole or not at all, and beside it a manifest of what is in it."""

import gc
import glob
import hashlib
import os
import secrets
import tempfile
from array import array
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import orjson
from django.conf import settings
from django.utils.text import slugify

from datasets.jobs import Cancelled
from labeling.classes import prepare_classes
from labeling.exports import FORMATS
from labeling.exports.records import count_images, image_records, task_record
from labeling.models import Export

BLOCK = 1 << 20
MANIFEST_SUFFIX = ".manifest.json"
MOST_NAMED = 1_000


class CannotExport(Exception):
    """The file cannot be written; the message says why, to people."""


@dataclass
class Contents:
    """What went into an export, counted while it is written."""

    images: int = 0
    labels: int = 0
    shapes: int = 0
    images_without_shapes: int = 0
    # Images whose file is not what was imported any more: the first are named, all counted.
    images_not_ok: int = 0
    named_not_ok: list = field(default_factory=list)
    revisions: array = field(default_factory=lambda: array("q"))  # label, revision, label, …

    def count(self, images, report):
        for image in images:
            self._add(image)
            yield image
            report(self.images)

    def _add(self, image):
        n_shapes = sum(len(label.shapes) for label in image.labels)
        self.images += 1
        self.labels += len(image.labels)
        self.shapes += n_shapes
        self.images_without_shapes += not n_shapes
        if image.state != "ok":
            self.images_not_ok += 1
            if self.images_not_ok <= MOST_NAMED:
                self.named_not_ok.append({"id": image.id, "path": image.path, "state": image.state})
        for label in image.labels:
            self.revisions.extend((label.id, label.rev))


@dataclass(frozen=True)
class Written:
    path: Path
    contents: Contents
    notes: dict
    sha256: str
    byte_size: int


def export_labels(task, *, format, status, path, replace=False, report=lambda images: None):
    """Export the labels of a task to a file, and the manifest to one beside it.

    report is called with the number of images after each; what it raises stops the export
    and leaves nothing behind.
    """
    path = Path(path)
    _check_place(path, replace)
    prepare_classes(task)
    contents = Contents()
    with _few_collections(), _whole_file(path, replace) as file:
        images = contents.count(image_records(task, status), report)
        scratch = partial(tempfile.TemporaryFile, dir=path.parent)
        notes = FORMATS[format].write(file, task_record(task, status), images, scratch=scratch)
        file.flush()
        sha256, byte_size = _hash(file.name), file.tell()
        written = Written(path, contents, notes, sha256, byte_size)
        # First the manifest: whoever sees the file finds it.
        with _whole_file(manifest_path(path), replace=True) as manifest:
            _write_manifest(manifest, task, format, status, written)
    return written


def work_on(export):
    """The job: write the file of an Export and record what is in it."""
    settings.EXPORT_DIR.mkdir(parents=True, exist_ok=True)
    export.report(total=count_images(export.label_task, export.which), force=True)
    name = f"{export.pk}-{file_name(export.label_task, export.format, export.which)}"
    path = settings.EXPORT_DIR / name
    _remove_parts(path)
    written = export_labels(
        export.label_task,
        format=export.format,
        status=export.which,
        path=path,
        replace=True,
        report=lambda images: export.report(done=images),
    )
    contents = written.contents
    recorded = export.mine().update(
        file_name=name,
        byte_size=written.byte_size,
        sha256=written.sha256,
        n_images=contents.images,
        n_labels=contents.labels,
        n_shapes=contents.shapes,
        notes="\n".join(f"{note} ({times} times)" for note, times in written.notes.items()),
    )
    if not recorded:
        _remove(path)
        raise Cancelled


def delete_exports(exports):
    """Delete exports with their files; those that are being made now stay. How many went."""
    ended = exports.exclude(status__in=(Export.Status.QUEUED, Export.Status.RUNNING))
    paths = [export.path for export in ended if export.path]
    count, _ = ended.delete()
    for path in paths:
        _remove(path)
    return count


def _remove(path):
    path.unlink(missing_ok=True)
    manifest_path(path).unlink(missing_ok=True)


def _remove_parts(path):
    """What a killed worker left of the same file."""
    for part in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        part.unlink(missing_ok=True)


def file_name(task, format, status):
    """A name that is safe on every file system, for people who did not choose one."""
    title = slugify(task.title)[:60].strip("-") or "labels"
    return f"{title}-{task.pk}-{status}-{format}{FORMATS[format].suffix}"


def manifest_path(path):
    return path.with_name(path.name + MANIFEST_SUFFIX)


@contextmanager
def _few_collections():
    """Millions of short-lived records make Python look for cycles over and over, among all
    that it has loaded. Setting that aside meanwhile saves a sixth of the time.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _check_place(path, replace):
    if not path.parent.is_dir():
        raise CannotExport(f"There is no folder {path.parent}.")
    if path.is_dir():
        raise CannotExport(f"{path} is a folder; name the file to write.")
    if path.exists() and not replace:
        raise CannotExport(f"{path} exists already; --force replaces it.")
    if not os.access(path.parent, os.W_OK):
        raise CannotExport(f"S3Label may not write to {path.parent}.")


@contextmanager
def _whole_file(path, replace):
    """A file that gets its name only when all of it is on the disk."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb", buffering=BLOCK) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists() and not replace:
            raise CannotExport(f"{path} exists already.")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder):
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hash(path):
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_manifest(file, task, format, status, written):
    contents = written.contents
    head = {
        "file": written.path.name,
        "sha256": written.sha256,
        "byte_size": written.byte_size,
        "format": format,
        "status": status,
        "made_by": f"S3Label {settings.VERSION}",
        "task": {"id": task.pk, "title": task.title},
        "images": contents.images,
        "labels": contents.labels,
        "shapes": contents.shapes,
        "images_without_shapes": contents.images_without_shapes,
        "images_not_ok": contents.images_not_ok,
        "first_images_not_ok": contents.named_not_ok,
        "notes": [{"note": note, "times": times} for note, times in sorted(written.notes.items())],
    }
    file.write(orjson.dumps(head, option=orjson.OPT_INDENT_2)[:-2])
    file.write(b',\n  "revisions": [')
    separator = b"\n"
    for at in range(0, len(contents.revisions), 2):
        label, rev = contents.revisions[at : at + 2]
        file.write(b'%b    {"label": %d, "rev": %d}' % (separator, label, rev))
        separator = b",\n"
    file.write(b"\n  ]\n}\n")
