"""Write an export: the file whole or not at all, and beside it a manifest of what is in it."""

import hashlib
import tempfile
from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils.text import slugify

from datasets.jobs import Cancelled
from labeling.classes import prepare_classes
from labeling.exports import FORMATS
from labeling.exports.choosing import Choice
from labeling.exports.records import count_images, image_records, task_record
from labeling.manifest import Contents, Written, manifest_path, note_in_words, write_manifest
from labeling.models import Export
from labeling.packing import write_folder, write_zip
from labeling.placing import BLOCK, check_place, sha256_of, whole_file, whole_folder
from labeling.sharing import few_collections


def export_labels(task, *, format, path, choice=None, replace=False, report=lambda images: None):
    """Export the labels of a task to a file, and the manifest to one beside it.

    With images that are linked it is a folder. report is called with the number of images after
    each, and goes on counting when their files follow; what it raises stops the export and
    leaves nothing behind.
    """
    choice, path = choice or Choice(), Path(path)
    check_place(path, replace, is_folder=choice.images == "link")
    prepare_classes(task)
    contents = Contents()
    kind = FORMATS[format]
    records = image_records(
        task, choice, unique_stems=kind.has_file_per_image, prepare=kind.prepare
    )
    images = contents.count(records, report)
    given = (format, task_record(task, choice), images)
    options = {"scratch": partial(tempfile.TemporaryFile, buffering=BLOCK, dir=path.parent)}
    if choice.images != "none":
        options["report"] = lambda done: report(contents.images + done)
    save = _save_folder if choice.images == "link" else _save_file
    with few_collections():
        return save(path, replace, given, options, partial(_finish, task, format, choice, contents))


def _save_file(path, replace, given, options, finish):
    format, *labels = given
    with whole_file(path, replace) as file:
        if "report" in options:
            notes = write_zip(file, *given, **options)
        else:
            notes = FORMATS[format].write(file, *labels, **options)
        sha256 = sha256_of(file)
        return finish(path, notes, [], sha256, Path(file.name).stat().st_size)


def _save_folder(path, replace, given, options, finish):
    with whole_folder(path, replace) as folder:
        notes = write_folder(folder, *given, **options)
        # What is linked is an image, whose hash is known.
        files = sorted(
            file for file in folder.rglob("*") if file.is_file() and not _is_linked(file)
        )
        hashes = [(str(file.relative_to(folder)), _hash(file)) for file in files]
        size = sum(file.stat().st_size for file in files)
        return finish(path, notes, hashes, "", size)


def _is_linked(file):
    return file.stat().st_nlink > 1


def _finish(task, format, choice, contents, path, notes, files, sha256, byte_size):
    """Write the manifest before its file gets its name: whoever sees the file finds it."""
    written = Written(path, contents, notes, files, sha256, byte_size)
    with whole_file(manifest_path(path), replace=True) as manifest:
        write_manifest(manifest, task, format, choice, written)
    return written


def work_on(export):
    """The job: write the file of an Export and record what is in it."""
    settings.EXPORT_DIR.mkdir(parents=True, exist_ok=True)
    choice = export.chosen
    rounds = 1 if choice.images == "none" else 2
    export.report(total=rounds * count_images(export.label_task, choice), force=True)
    name = f"{export.pk}-{file_name(export.label_task, export.format, choice)}"
    path = settings.EXPORT_DIR / name
    remove_files(export.pk)
    written = export_labels(
        export.label_task,
        format=export.format,
        choice=choice,
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
        notes="\n".join(note_in_words(*note) for note in written.notes.items()),
    )
    if not recorded:
        # Cancelled at the last moment. Or we were taken for dead: then the files are another's.
        if not Export.objects.filter(pk=export.pk).exclude(started_at=export.started_at).exists():
            remove_files(export.pk)
        raise Cancelled


def delete_exports(exports):
    """Delete exports with their files; those that are being made now stay. How many went."""
    ended = exports.exclude(status__in=(Export.Status.QUEUED, Export.Status.RUNNING))
    numbers = list(ended.values_list("pk", flat=True))
    ended.delete()
    for pk in numbers:
        remove_files(pk)
    return len(numbers)


def remove_files(pk):
    """All files of an export, those too that a killed worker left and nobody knows of."""
    for pattern in (f"{pk}-*", f".{pk}-*.part"):
        for path in settings.EXPORT_DIR.glob(pattern):
            path.unlink(missing_ok=True)


def file_name(task, format, choice):
    """A name that is safe on every file system, for people who did not choose one."""
    title = slugify(task.title)[:60].strip("-") or "labels"
    suffix = {"copy": ".zip", "link": ""}.get(choice.images, FORMATS[format].suffix)
    split = f"-{choice.split}" if choice.split else ""
    return f"{title}-{task.pk}-{choice.status}{split}-{format}{suffix}"


def _hash(path):
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
