"""A picture as strips from above, each ready to be shown, with little of it in memory (no Django).

libvips reads a file piece by piece, whatever its size. It is an extra; where it is not installed,
or does not know the kind, Pillow decodes the whole picture first.
"""

import contextlib
import importlib
import importlib.util
import io
import os

import numpy as np
from PIL import Image as Picture
from PIL import ImageCms

from datasets.thumbnails import Undecodable, showable, turned

HAS_VIPS = importlib.util.find_spec("pyvips") is not None
LOADERS = {"JPEG": "jpegload", "PNG": "pngload", "TIFF": "tiffload", "WEBP": "webpload"}
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
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


def strips_of(file, format_, orientation, size, height):
    """(mode, iterator of pictures `height` rows high); `size` is that after orientation."""
    try:
        strips = _by_vips(file, format_, orientation, size, height) if HAS_VIPS else None
        if strips is None:
            file.seek(0)
            strips = _by_pillow(file, format_, orientation, size, height)
    except MemoryError as problem:
        raise Undecodable(MORE_MEMORY) from problem
    return strips


def _by_pillow(file, format_, orientation, size, height):
    picture = Picture.open(file, formats=(format_,))
    to_srgb = _to_srgb(picture.info.get("icc_profile"), picture.mode)
    picture = turned(showable(picture), format_, orientation)
    _check_size(picture.size, size)
    parts = (
        picture.crop((0, top, size[0], min(top + height, size[1])))
        for top in range(0, size[1], height)
    )
    return picture.mode, map(to_srgb, parts)


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

    try:
        # What is turned is needed in another order than it comes in: libvips unpacks it to disk.
        picture = opened("sequential" if orientation == 1 else "random")
        if picture.bands not in MODES or picture.interpretation in ("cmyk", "lab"):
            return None
        if _has_another_band(file, format_, picture):
            picture = picture.extract_band(0, n=3)
        profile = None
        if picture.get_typeof("icc-profile-data"):
            profile = picture.get("icc-profile-data")
        stretch = None if picture.format == "uchar" else _stretch(opened("sequential"))
        for name, argument in TURNS.get(orientation, ()):
            picture = getattr(picture, name)(argument)
    except vips.Error as problem:
        raise Undecodable(f"it cannot be decoded: {_first_line(problem)}") from problem
    _check_size((picture.width, picture.height), size)
    mode = MODES[picture.bands]
    to_srgb = _to_srgb(profile, mode)
    return mode, map(to_srgb, _fetched(vips, picture, mode, stretch, height))


def _fetched(vips, picture, mode, stretch, height):
    region = vips.Region.new(picture)
    for top in range(0, picture.height, height):
        rows = min(height, picture.height - top)
        try:
            data = region.fetch(0, top, picture.width, rows)
        except vips.Error as problem:
            raise Undecodable(f"it cannot be decoded: {_first_line(problem)}") from problem
        if stretch:
            values = np.frombuffer(data, NUMPY[picture.format])
            low, scale = stretch
            values = np.nan_to_num(values.astype(np.float32), posinf=low, neginf=low, nan=low)
            data = np.clip(np.rint((values - low) * scale), 0, 255).astype(np.uint8).tobytes()
        yield Picture.frombytes(mode, (picture.width, rows), data)


NUMPY = {
    "char": "i1", "ushort": "u2", "short": "i2", "uint": "u4", "int": "i4",
    "float": "f4", "double": "f8",
}  # fmt: skip


def _has_another_band(file, format_, picture):
    """A TIFF's fourth channel, such as infrared, is no opacity unless the file says so."""
    if format_ != "TIFF" or picture.bands != 4:
        return False
    file.seek(0)
    return Picture.open(file, formats=(format_,)).mode != "RGBA"


def _stretch(picture):
    """More than 8 bits of grey: the darkest value becomes black, the brightest white."""
    if picture.bands > 1 and picture.format == "ushort":
        return 0, 255.0 / 65535
    stats = picture.stats()  # both in one pass: it comes in once
    low, high = stats.getpoint(0, 0)[0], stats.getpoint(1, 0)[0]
    return low, 255.0 / (high - low) if high > low else 0.0


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


def _first_line(problem):
    return (str(problem.detail).strip().splitlines() or ["damaged"])[0]
