"""Decode a picture file and write it small, or as a browser can show it (no Django).

As a program, this module decodes one picture in a process of its own with limited memory
and time:  python -m datasets.thumbnails KIND FORMAT ORIENTATION WIDTH HEIGHT < file > picture
"""

import contextlib
import io
import resource
import struct
import sys

import numpy as np
from PIL import Image as Picture
from PIL import ImageCms, PngImagePlugin

from datasets.depth import grey_of, is_deep, numbers_of, packed, range_of

Picture.MAX_IMAGE_PIXELS = None  # our own limit was checked when the file was found
# Pillow would refuse a picture for a profile of 1 MB; formats.MOST_TEXT was checked as well.
PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = 32 << 20

THUMBNAIL, DISPLAY, DEEP = "thumbnail", "display", "deep"
THUMBNAIL_SIDE = 320
# Up to here a picture without loss stays so; larger ones would take too long to send.
LOSSLESS_PIXELS = 4_000_000
LONGEST_JPEG_SIDE = 65_500

MEMORY = 3 << 30
SECONDS = 60

TURNS = {
    2: Picture.Transpose.FLIP_LEFT_RIGHT,
    3: Picture.Transpose.ROTATE_180,
    4: Picture.Transpose.FLIP_TOP_BOTTOM,
    5: Picture.Transpose.TRANSPOSE,
    6: Picture.Transpose.ROTATE_270,
    7: Picture.Transpose.TRANSVERSE,
    8: Picture.Transpose.ROTATE_90,
}


class Undecodable(Exception):
    """The picture is damaged within, or of a kind that cannot be shown; the message says which."""


def browser_shows(head, format_, orientation):
    """Whether every browser shows the original file as we mean it: upright, one frame, 8 bits.

    `head` is the beginning of the file, long enough to hold its header.
    """
    if orientation != 1:
        return False
    if format_ == "JPEG":
        return _jpeg_channels(head) in (1, 3)
    if format_ == "PNG":
        return head[24:25] != b"\x10" and b"acTL" not in head[: head.find(b"IDAT")]
    if format_ == "WEBP":
        return not (head[12:16] == b"VP8X" and head[20] & 2)
    return False


def _jpeg_channels(head):
    offset = 2
    while offset + 10 <= len(head):
        marker, length = struct.unpack_from(">HH", head, offset)
        if marker <= 0xFF00 or marker == 0xFFFF:
            offset += 1
        elif marker in (0xFFC0, 0xFFC1, 0xFFC2):
            return head[offset + 9]
        else:
            offset += 2 + length
    return None


def make(kind, file, format_, orientation, size):
    """The bytes of a thumbnail or display picture; `size` is that after orientation."""
    try:
        if kind == THUMBNAIL:
            return _thumbnail(file, format_, orientation)
        if kind == DEEP:
            return _deep(file, format_, orientation)
        return _display(file, format_, orientation, size)
    except Undecodable:
        raise
    except MemoryError as problem:
        raise Undecodable("it takes too much memory to decode") from problem
    except Exception as problem:  # noqa: BLE001  damaged pixels make decoders raise anything
        raise Undecodable(f"it cannot be decoded: {problem}") from problem


def _thumbnail(file, format_, orientation):
    picture = Picture.open(file, formats=(format_,))
    picture.draft("RGB", (2 * THUMBNAIL_SIDE, 2 * THUMBNAIL_SIDE))
    profile = _profile(picture)
    picture = showable(picture)
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), reducing_gap=2.0)
    return thumbnail_of(turned(picture, format_, orientation), profile)


def thumbnail_of(picture, profile=None):
    """The bytes of the thumbnail of a picture that is upright."""
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), reducing_gap=2.0)
    return _saved(picture, "WEBP", quality=80, icc_profile=profile)


def reduced(picture):
    """The bytes of a picture of some hundred thousand pixels that stands for a huge one."""
    if "A" in picture.mode:
        return _saved(picture, "PNG", compress_level=3)
    return _saved(picture, "JPEG", quality=90)


def _display(file, format_, orientation, size):
    picture = Picture.open(file, formats=(format_,))
    profile = _profile(picture)
    picture = turned(showable(picture), format_, orientation)
    if picture.size != tuple(size):
        raise Undecodable(f"it decodes to {picture.size} pixels, not to {tuple(size)}")
    is_small = picture.width * picture.height <= LOSSLESS_PIXELS and format_ != "JPEG"
    if is_small or "A" in picture.mode or max(size) > LONGEST_JPEG_SIDE:
        return _saved(picture, "PNG", compress_level=3, icc_profile=profile)
    return _saved(picture, "JPEG", quality=95, subsampling=0, icc_profile=profile)


def has_depth(file, format_):
    """Whether the picture is grey with more than 8 bits, by its header."""
    if format_ not in ("PNG", "TIFF"):
        return False
    file.seek(0)
    return is_deep(Picture.open(file, formats=(format_,)).mode)


def _deep(file, format_, orientation):
    """All values of a grey picture, without loss."""
    picture = Picture.open(file, formats=(format_,))
    picture.load()
    values = np.asarray(picture)
    numbers = packed(numbers_of(values, range_of([values])))
    return _saved(turned(numbers, format_, orientation), "PNG", compress_level=3)


def _profile(picture):
    """The colour profile, which is all that is kept of the metadata."""
    profile = picture.info.get("icc_profile") or b""
    return profile if picture.mode in ("RGB", "RGBA") and len(profile) < 1 << 20 else None


def turned(picture, format_, orientation):
    # Pillow turns a TIFF itself while it loads it.
    if orientation in TURNS and format_ != "TIFF":
        return picture.transpose(TURNS[orientation])
    return picture


def _saved(picture, format_, **options):
    # A picture without info: Pillow would write comments and transparency of the original.
    picture.info = {}
    buffer = io.BytesIO()
    picture.save(buffer, format_, **options)
    return buffer.getvalue()


def showable(picture):
    """The first frame in a mode that every browser shows: L, RGB, LA or RGBA."""
    picture.load()
    mode = picture.mode
    if is_deep(mode):
        values = np.asarray(picture)
        return Picture.fromarray(grey_of(values, range_of([values])))
    if mode in ("L", "RGB", "LA", "RGBA") and "transparency" not in picture.info:
        return picture
    if mode == "1":
        return picture.convert("L")
    if mode in ("PA", "La", "RGBa") or "transparency" in picture.info:
        return picture.convert("RGBA")
    if mode == "LAB":
        return _from_lab(picture)
    return picture.convert("RGB")


def _from_lab(picture):
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB")


def main(kind, format_, orientation, width, height):
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        with contextlib.suppress(ValueError, OSError):  # a lower limit stands already
            resource.setrlimit(what, (most, most))
    try:
        made = make(kind, sys.stdin.buffer, format_, int(orientation), (int(width), int(height)))
    except Undecodable as problem:
        sys.exit(str(problem))
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main(*sys.argv[1:])
