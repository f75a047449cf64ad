"""Labels and the images they are of, in one zip file or in one folder."""

import hashlib
import os
import shutil
from array import array
from contextlib import suppress
from zipfile import ZipFile

import orjson

from datasets.models import Image
from datasets.objects import is_url
from datasets.opening import CannotOpen
from datasets.serving import Unavailable, open_found_file
from labeling.exports import FORMATS
from labeling.exports.archive import Archive

BLOCK = 1 << 20
IMAGES_AT_ONCE = 500
NOT_THERE = "An image was left out: its file is not there, or not as it was imported."
NOT_LINKED = "An image could not be linked and was copied."


class Places:
    """Which image goes where; a scratch file, because there may be millions."""

    def __init__(self, format, scratch):
        self.place_of, self.file, self.ids = FORMATS[format].image_place, scratch(), array("q")

    def noted(self, images):
        for image in images:
            self.ids.append(image.id)
            self.file.write(orjson.dumps(self.place_of(image)) + b"\n")
            yield image

    def __iter__(self):
        """(place, Image) of all images, in their order."""
        self.file.seek(0)
        for start in range(0, len(self.ids), IMAGES_AT_ONCE):
            ids = self.ids[start : start + IMAGES_AT_ONCE].tolist()
            images = Image.objects.in_bulk(ids)
            for number in ids:
                yield orjson.loads(self.file.readline()), images[number]


def write_zip(file, format, task, images, *, scratch, report=lambda images: None):
    """A zip file with the labels and all images; the notes of the format, with ours."""
    places, kind = Places(format, scratch), FORMATS[format]
    if kind.suffix == ".zip":
        notes = kind.write(file, task, places.noted(images), scratch=scratch)
    else:
        with Archive(file) as archive, scratch() as labels:
            notes = kind.write(labels, task, places.noted(images), scratch=scratch)
            archive.add_file(f"labels{kind.suffix}", labels)
    missing = 0
    with Archive(file, "a") as archive, scratch() as copy:
        for done, (place, image) in enumerate(places, 1):
            if _copied(image, copy):
                archive.add_file(place, copy, packed=False)
            else:
                missing += 1
            report(done)
    return notes | ({NOT_THERE: missing} if missing else {})


def write_folder(folder, format, task, images, *, scratch, report=lambda images: None):
    """A folder with the labels, and with hard links to all images that allow it."""
    places, kind = Places(format, scratch), FORMATS[format]
    with scratch() as labels:
        notes = kind.write(labels, task, places.noted(images), scratch=scratch)
        labels.seek(0)
        if kind.suffix == ".zip":
            ZipFile(labels).extractall(folder)
        else:
            with (folder / f"labels{kind.suffix}").open("xb") as target:
                shutil.copyfileobj(labels, target, BLOCK)
    missing = copied = 0
    for done, (place, image) in enumerate(places, 1):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if not _linked(image, path):
            with path.open("w+b") as target:
                is_there = _copied(image, target)
            copied += is_there
            missing += not is_there
            if not is_there:
                path.unlink()
        report(done)
    notes = notes | ({NOT_LINKED: copied} if copied else {})
    return notes | ({NOT_THERE: missing} if missing else {})


def _copied(image, target):
    """Copy the file of an image, if it still is what was imported."""
    target.seek(0)
    target.truncate()
    digest = hashlib.sha256()
    with suppress(Unavailable, CannotOpen), open_found_file(image) as source:
        while block := _read(source):
            digest.update(block)
            target.write(block)
    return digest.hexdigest() == image.sha256


def _read(source):
    # A fault of the source is one image's; that of the target ends the export.
    try:
        return source.read(BLOCK)
    except OSError as problem:
        raise CannotOpen("reading broke off") from problem


def _linked(image, path):
    """Give a file a second name, if it lies on the same disk and is what was imported."""
    if is_url(image.path):
        return False
    with suppress(Unavailable, CannotOpen, OSError), open_found_file(image) as source:
        # By its handle: what is linked is what was looked at, whatever its path leads to now.
        # Python follows the link in /proc only when it is told a folder, which is not used.
        handle = source.fileno()
        os.link(f"/proc/self/fd/{handle}", path, src_dir_fd=handle, follow_symlinks=True)
        return True
    return False
