"""A picture as strips from above, each ready to be cut into tiles, with little of it in memory
(no Django).

libvips reads a file piece by piece, whatever its size. It is an extra; where it is not installed,
or does not know the kind, Pillow decodes the whole picture first.
"""

import contextlib
import errno
import importlib
import importlib.util
import io
import os
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image as Picture
from PIL import ImageCms

from datasets.depth import Range, grey_of, is_deep, numbers_of, range_of
from datasets.thumbnails import Undecodable, showable, turned

HAS_VIPS = importlib.util.find_spec("pyvips") is not None
LOADERS = {"JPEG": "jpegload", "PNG": "pngload", "TIFF": "tiffload", "WEBP": "webpload"}
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
# Of the bands of libvips.
NUMPY = {
    "uchar": "u1", "char": "i1", "ushort": "u2", "short": "i2", "uint": "u4", "int": "i4",
    "float": "f4", "double": "f8",
}  # fmt: skip
# How each EXIF orientation is undone; libvips turns clockwise.
TURNS = {
    2: (("flip", "horizontal"),),
    3: (("rot", "d180"),),
    4: (("flip", "vertical"),),
    5: (("rot", "d90"), ("flip", "horizontal")),
    6: (("rot", "d90"),),
    7: (("rot", "d270"), ("flip", "horizontal")),
    8: (("rot", "d270"),),
}
MORE_MEMORY = (
    "it takes too much memory to decode without pyvips, which staff can install: see Huge images "
    "in docs/running.md"
)


class Strips(NamedTuple):
    """Pictures of one mode, and if they are deep (mode I), the range of what is in them."""

    mode: str
    pictures: Iterator
    range: Range | None = None


def strips_of(file, format_, orientation, size, height):
    """Strips `height` rows high; `size` is that after orientation."""
    try:
        strips = _by_vips(file, format_, orientation, size, height) if HAS_VIPS else None
        if strips is None:
            file.seek(0)
            strips = _by_pillow(file, format_, orientation, size, height)
    except MemoryError as problem:
        raise Undecodable(MORE_MEMORY) from problem
    return strips


def _deep(parts):
    """Strips of values beyond 8 bits; parts() gives them, twice, from the beginning."""
    found = range_of(parts())
    numbers = (Picture.fromarray(numbers_of(values, found)) for values in parts())
    return Strips("I", numbers, found.of_numbers)


def _by_pillow(file, format_, orientation, size, height):
    picture = Picture.open(file, formats=(format_,))
    to_srgb = _to_srgb(picture.info.get("icc_profile"), picture.mode)
    if is_deep(picture.mode):
        picture.load()
    else:
        picture = showable(picture)
    picture = turned(picture, format_, orientation)
    _check_size(picture.size, size)

    def parts():
        for top in range(0, size[1], height):
            yield picture.crop((0, top, size[0], min(top + height, size[1])))

    if is_deep(picture.mode):
        return _deep(lambda: map(np.asarray, parts()))
    return Strips(picture.mode, map(to_srgb, parts()))


def _by_vips(file, format_, orientation, size, height):
    """None for what is left to Pillow."""
    if format_ not in LOADERS:
        return None
    # One thread for each core would only hold the others up; it must be said before it is loaded.
    os.environ.setdefault("VIPS_CONCURRENCY", "2")
    vips = importlib.import_module("pyvips")

    def opened(access):
        file.seek(0)
        source = vips.Source.new_from_descriptor(file.fileno())
        load = getattr(vips.Image, LOADERS[format_] + "_source")
        return load(source, access=access, fail_on="error")

    def upright():
        # What is turned is needed in another order than it comes in: libvips unpacks it to disk.
        picture = opened("sequential" if orientation == 1 else "random")
        for name, argument in TURNS.get(orientation, ()):
            picture = getattr(picture, name)(argument)
        return picture

    try:
        picture = upright()
    except vips.Error:  # its header, or a kind that libvips does not know
        return None
    mode = _mode_of(picture)
    if mode is None:
        return None
    try:
        _check_size((picture.width, picture.height), size)
        if picture.bands == 1 and picture.format != "uchar":
            return _deep(lambda: _fetched(vips, upright(), height))
        if mode == "RGBA" and _has_another_band(file, format_):
            picture, mode = picture.extract_band(0, n=3), "RGB"
        profile = None
        if picture.get_typeof("icc-profile-data"):
            profile = picture.get("icc-profile-data")
        range_ = _range_of_colors(picture, lambda: _fetched(vips, opened("sequential"), height))
    except vips.Error as problem:
        raise _fault(problem) from problem
    pictures = (
        showable(Picture.frombytes(mode, (values.shape[1], len(values)), _bytes(values, range_)))
        for values in _fetched(vips, picture, height)
    )
    return Strips("RGB" if mode == "CMYK" else mode, map(_to_srgb(profile, mode), pictures))


def _mode_of(picture):
    """Pillow's, of what libvips has opened; None for what only Pillow shows right."""
    if picture.interpretation == "cmyk":
        return "CMYK" if picture.bands == 4 and picture.format == "uchar" else None
    return None if picture.interpretation == "lab" else MODES.get(picture.bands)


def _fetched(vips, picture, height):
    """The values of each strip."""
    region = vips.Region.new(picture)
    bands = () if picture.bands == 1 else (picture.bands,)
    for top in range(0, picture.height, height):
        rows = min(height, picture.height - top)
        try:
            data = region.fetch(0, top, picture.width, rows)
        except vips.Error as problem:
            raise _fault(problem) from problem
        yield np.frombuffer(data, NUMPY[picture.format]).reshape(rows, picture.width, *bands)


def _range_of_colors(picture, parts):
    """What becomes 0 and 255 of colours with more than 8 bits; None of others."""
    if picture.format == "uchar":
        return None
    return Range(0, 65535) if picture.format == "ushort" else range_of(parts())


def _bytes(values, range_):
    return (values if range_ is None else grey_of(values, range_)).tobytes()


def _has_another_band(file, format_):
    """A TIFF's fourth channel, such as infrared, is no opacity unless the file says so."""
    if format_ != "TIFF":
        return False
    file.seek(0)
    return Picture.open(file, formats=(format_,)).mode != "RGBA"


def _to_srgb(profile, mode):
    """What brings colours of a profile to those of the web; tiles carry none."""
    if profile and mode == "RGB":
        with contextlib.suppress(ImageCms.PyCMSError, OSError):  # a profile that is damaged
            theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            ours = ImageCms.createProfile("sRGB")
            transform = ImageCms.buildTransform(theirs, ours, "RGB", "RGB")
            return lambda part: ImageCms.applyTransform(part, transform)
    return lambda part: part


def _check_size(found, wanted):
    if found != tuple(wanted):
        raise Undecodable(f"it decodes to {found} pixels, not to {tuple(wanted)}")


def _fault(problem):
    """What libvips ran into: no room on the disk for what it unpacks there, or damage."""
    words = str(problem.detail).strip()
    if os.strerror(errno.ENOSPC) in words:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return Undecodable(f"it cannot be decoded: {(words.splitlines() or ['damaged'])[0]}")
