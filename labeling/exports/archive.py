"""Zip files that are the same whenever their content is. No Django."""

import io
from typing import Literal
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from labeling.exports.csv import harmless, line_of

# Zip files name a time; always the same one, so that the same labels make the same bytes.
TIME = (1980, 1, 1, 0, 0, 0)
BLOCK = 1 << 20
IMAGE_COLUMNS = ("file", "image_id", "file_name", "path", "sha256", "width", "height", "split")


class Archive:
    """A zip file that is written in one go: small files whole, big ones from another file."""

    def __init__(self, file, mode: Literal["w", "a"] = "w"):
        self._zip = ZipFile(file, mode)

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self._zip.close()

    def add(self, name, data, *, packed=True):
        """packed is off for what is compressed already."""
        self._zip.writestr(ZipInfo(name, TIME), data, ZIP_DEFLATED if packed else ZIP_STORED)

    def add_file(self, name, content, *, packed=True):
        about = ZipInfo(name, TIME)
        about.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
        content.seek(0)
        with self._zip.open(about, "w", force_zip64=True) as target:
            while block := content.read(BLOCK):
                target.write(block)

    def add_table(self, name, rows):
        self.add_file(name, io.BytesIO(b"".join(map(line_of, rows))))


def add_file_per_image(archive, images, scratch, *, place, content):
    """A file for each image, and images.csv that says which image each belongs to.

    place(image) is the name of its file, content(image) what stands in it.
    """
    with scratch() as table:
        table.write(line_of(IMAGE_COLUMNS))
        for image in images:
            name = place(image)
            archive.add(name, content(image))
            about = (image.sha256, image.width, image.height, image.split)
            names = (harmless(name), image.id, harmless(image.name), harmless(image.path))
            table.write(line_of((*names, *about)))
        archive.add_file("images.csv", table)


def without_suffix(name):
    """The name of an image without .jpg and the like."""
    stem, dot, suffix = name.rpartition(".")
    return stem if dot and stem and "/" not in suffix else name
