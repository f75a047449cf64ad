"""Where labels are read from: one file, a folder, or a zip file, which is never unpacked.

Files are named from the top of the folder, with slashes. No Django.
"""

import lzma
import os
import shutil
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path

from labeling.imports.contents import BadFile

# A file for one image is read whole, so it has a limit.
LARGEST_FILE = 128 << 20
BLOCK = 1 << 20
# Text packs to a twentieth, and what is meant to fill a disk to a thousandth of its size.
MOST_PACKED = 100
# Of what is free, for one unpacked file.
MOST_OF_DISK = 0.5
# What a packed file raises that is broken, needs a password or is packed in another way.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError),
    *(NotImplementedError, RuntimeError),
)


def open_source(path):
    """The source of a path that a person gave."""
    path = Path(path)
    if path.is_dir():
        return Folder(path)
    if not path.is_file():
        raise BadFile(f"There is no file or folder {path}.")
    if zipfile.is_zipfile(path):
        return Archive(path)
    return SingleFile(path)


class Source:
    def __init__(self, path):
        self.path = Path(path)
        # What only some formats ask for.
        self.options = {}
        # The folder on this machine whose files they are; a zip file has none.
        self.folder = ""

    def names(self):
        """The names of all files, in order."""
        raise NotImplementedError

    def open(self, name):
        """The file, readable in bytes and from any place."""
        raise NotImplementedError

    def size(self, name):
        raise NotImplementedError

    def with_suffix(self, *suffixes):
        return [name for name in self.names() if name.lower().endswith(suffixes)]

    def places(self, *names):
        """The paths of what lies, or may lie, below or beside the folder."""
        if not self.folder:
            return ()
        return tuple(os.path.normpath(os.path.join(self.folder, name)) for name in names)

    def need(self, *suffixes):
        """The names with one of the suffixes; BadFile when there are none."""
        names = self.with_suffix(*suffixes)
        if not names:
            raise BadFile(f"{self.path} has no {' or '.join(suffixes)} file.")
        return names

    def read(self, name):
        # Tables name files too, and a name may lead anywhere.
        if name not in self.names():
            raise BadFile(f"There is no file {name}.")
        size = self.size(name)
        if size > LARGEST_FILE:
            raise BadFile(f"{name} has {size >> 20} MB, more than {LARGEST_FILE >> 20}.")
        with self.open(name) as file:
            data = file.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise BadFile(f"{name} unpacks to more than {LARGEST_FILE >> 20} MB.")
        return data

    def text(self, name):
        try:
            return self.read(name).decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            raise BadFile(f"{name} is not text in UTF-8.") from problem


class SingleFile(Source):
    """It is what it was said to be, however it is called."""

    def __init__(self, path):
        super().__init__(path)
        self.folder = os.path.realpath(self.path.parent)

    def names(self):
        return [self.path.name]

    def with_suffix(self, *suffixes):
        return self.names()

    def open(self, name):
        return _opened(self.path, name)

    def size(self, name):
        return self.path.stat().st_size


class Folder(Source):
    """What lies in it, links left aside: they may lead anywhere."""

    def __init__(self, path):
        super().__init__(path)
        self.folder = os.path.realpath(path)
        # In order, and quick to ask.
        self.found = dict.fromkeys(sorted(self._walk()))

    def names(self):
        return self.found

    def _walk(self):
        for folder, folders, files in os.walk(self.path):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in files:
                path = Path(folder) / name
                if not name.startswith(".") and not path.is_symlink() and path.is_file():
                    yield path.relative_to(self.path).as_posix()

    def open(self, name):
        return _opened(self.path / name, name)

    def size(self, name):
        return self.path.joinpath(name).stat().st_size


def _opened(path, name):
    try:
        return path.open("rb")
    except OSError as problem:
        raise BadFile(f"{name} cannot be opened: {problem.strerror}.") from problem


class Archive(Source):
    def __init__(self, path):
        super().__init__(path)
        try:
            with zipfile.ZipFile(path) as archive:
                entries = {one.filename: one for one in archive.infolist() if not one.is_dir()}
        except (*BROKEN, ValueError) as problem:
            raise BadFile(f"{self.path.name} is a broken zip file.") from problem
        self.entries = dict(sorted(entries.items()))

    def names(self):
        return self.entries

    @contextmanager
    def open(self, name):
        entry = self.entries[name]
        if entry.file_size > max(LARGEST_FILE, MOST_PACKED * entry.compress_size):
            size = f"{entry.file_size >> 20:,} MB"
            raise BadFile(f"{name} unpacks to {size}; unpack it yourself if that is right.")
        # Readers go back and forth in a file, which a packed one allows only at a price.
        self._refuse_what_has_no_room(name)
        with tempfile.TemporaryFile() as copy:
            try:
                with zipfile.ZipFile(self.path) as archive, archive.open(name) as packed:
                    shutil.copyfileobj(packed, copy, BLOCK)
            except BROKEN as problem:
                raise BadFile(f"{name} cannot be unpacked from {self.path.name}.") from problem
            copy.seek(0)
            yield copy

    def _refuse_what_has_no_room(self, name):
        """Zeros are packed a thousandfold, and the disk is not only ours to fill."""
        size, free = self.size(name), shutil.disk_usage(tempfile.gettempdir()).free
        if size > free * MOST_OF_DISK:
            raise BadFile(f"{name} unpacks to {size >> 20:,} MB, for which there is no room.")

    def size(self, name):
        return self.entries[name].file_size
