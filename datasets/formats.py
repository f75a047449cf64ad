"""What a file is by its content: format, pixels, orientation, and whether it is whole (no Django).

Nothing is decoded here. The header is read and the structure followed to the end of the
file, so that a cut or damaged file is named as such when it is found, not when somebody
opens it to label it.
"""

import struct
import zlib
from typing import NamedTuple

from PIL import Image as Picture
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from datasets.exif import Exif, read_exif, read_exif_at

# The only formats that are ever handed to Pillow, each by its name.
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP")
SUFFIXES = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".jif"),
    "PNG": (".png", ".apng"),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
}
FORMAT_OF_SUFFIX = {suffix: name for name, suffixes in SUFFIXES.items() for suffix in suffixes}
# Image formats that browsers or we cannot show; files named so are reported, not passed over.
OTHER_IMAGES = {
    ".heic": "HEIC", ".heif": "HEIF", ".avif": "AVIF", ".svg": "SVG", ".svgz": "SVG",
    ".jp2": "JPEG 2000", ".j2k": "JPEG 2000", ".jxl": "JPEG XL", ".psd": "Photoshop",
    ".eps": "EPS", ".ico": "ICO", ".tga": "TGA", ".ppm": "PPM", ".pgm": "PGM", ".exr": "EXR",
    ".hdr": "HDR", ".dng": "camera raw", ".cr2": "camera raw", ".cr3": "camera raw",
    ".nef": "camera raw", ".arw": "camera raw", ".orf": "camera raw", ".rw2": "camera raw",
}  # fmt: skip

# We refuse by our own limit, from the header; Pillow's would only warn up to twice its own.
Picture.MAX_IMAGE_PIXELS = None

CUT_HEADER = "cut off within its header"
CUT = "cut off: the end of the image is missing"
# What Pillow says of a TIFF whose channels it does not know.
KINDS_UNKNOWN = ("unknown pixel mode", "Invalid value for samples per pixel")
KIND_UNKNOWN = "a kind of TIFF that cannot be shown; convert it to JPEG or PNG"
WEBP_IN_TIFF = 50001  # recognised, but nothing here unpacks it
MOST_BLOCKS = 1_000_000
MOST_JUNK = 1 << 16
# What the texts and the colour profile of a PNG may unpack to; an honest profile of 10 MB exists.
MOST_TEXT = 16 << 20


class Unreadable(Exception):
    """The file is no whole image of an allowed format; the message says why."""


class Facts(NamedTuple):
    format: str
    width: int  # after orientation
    height: int
    orientation: int
    remark: str = ""
    captured: str = ""


class Source:
    """The content of a file, from memory or read piece by piece with pread."""

    def __init__(self, size, at, file):
        self.size = size
        self.at = at  # (offset, length) → bytes, shorter at the end
        self.file = file  # () → binary file object for Pillow

    def need(self, offset, length, reason):
        piece = self.at(offset, length)
        if len(piece) < length:
            raise Unreadable(reason)
        return piece


def recognise(head):
    """The allowed format that content beginning with these (≥ 16) bytes has, or None."""
    if head[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    # BM alone begins many a text; a header size that exists must follow.
    if head[:2] == b"BM" and len(head) >= 18 and head[14] in (12, 16, 40, 52, 56, 64, 108, 124):
        return "BMP"
    return None


def read_facts(source, format_, max_pixels):
    """Format, pixels and orientation of a whole image; raises Unreadable otherwise."""
    try:
        width, height, (orientation, captured), remark = READERS[format_](source)
    except Unreadable:
        raise
    except Exception as problem:  # noqa: BLE001  a hostile header makes Pillow raise anything
        raise Unreadable(_words(problem)) from problem
    if width < 1 or height < 1:
        raise Unreadable("damaged: an image without pixels")
    if width * height > max_pixels:
        raise Unreadable(
            f"too many pixels: {width:,} × {height:,}; at most {max_pixels:,} are allowed "
            "(S3LABEL_MAX_PIXELS)"
        )
    # Values that do not exist mean: as it is. Browsers do the same.
    if orientation not in range(1, 9):
        orientation = 1
    if orientation >= 5:
        width, height = height, width
    return Facts(format_, width, height, orientation, remark, captured)


def _words(problem):
    """What Pillow says, as text that every database can store."""
    words = str(problem).encode("utf-8", "backslashreplace").decode().replace("\0", "")
    if words in KINDS_UNKNOWN:
        return KIND_UNKNOWN
    if words == "not identified by this driver":
        words = "its header makes no sense"
    return f"damaged: {words[:200] or type(problem).__name__}"


def _jpeg(source):
    size = exif = None
    offset, junk = 2, 0
    while True:
        marker, length = struct.unpack(">HH", source.need(offset, 4, CUT_HEADER))
        if (marker <= 0xFF00 or marker == 0xFFFF) and junk < MOST_JUNK:
            offset, junk = offset + 1, junk + 1  # fill bytes, which decoders pass over
            continue
        if marker < 0xFFC0 or 0xFFD0 <= marker <= 0xFFD9 or length < 2:
            raise Unreadable("damaged: its JPEG header is broken")
        if marker == 0xFFDA:
            break
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            size = _jpeg_size(marker, source.need(offset + 4, 6, CUT_HEADER))
        elif marker == 0xFFE1 and exif is None:
            segment = source.need(offset + 4, length - 2, CUT_HEADER)
            if segment[:6] == b"Exif\0\0":
                exif = read_exif(segment)
        offset += 2 + length
    if size is None:
        raise Unreadable("damaged: its JPEG header names no size")
    _jpeg_end(source, offset + 2 + length)
    return *size, exif or Exif(), ""


def _jpeg_size(marker, frame):
    depth, height, width, channels = struct.unpack(">BHHB", frame)
    if marker not in (0xFFC0, 0xFFC1, 0xFFC2) or depth != 8:
        raise Unreadable("a lossless, arithmetic or 12-bit JPEG, which browsers cannot show")
    if channels not in (1, 3, 4):
        raise Unreadable(f"a JPEG with {channels} channels")
    return width, height


def _jpeg_end(source, start):
    """Entropy-coded data holds no FF D9, so the last one ends the image.

    It need not end the file: cameras and phones append previews and videos.
    """
    if source.at(source.size - 2, 2) == b"\xff\xd9":
        return
    end, window = source.size, 1 << 20
    while end > start:
        begin = max(start, end - window)
        if b"\xff\xd9" in source.at(begin, end - begin):
            return
        end = begin + 1 if begin > start else start
    raise Unreadable(CUT)


def _png(source):
    offset, size, exif, remark, has_pixels, text = 8, None, Exif(), "", False, 0
    for _ in range(MOST_BLOCKS):
        reason = CUT if has_pixels else CUT_HEADER
        length, kind = struct.unpack(">I4s", source.need(offset, 8, reason))
        if offset + 12 + length > source.size:
            raise Unreadable(CUT if kind == b"IDAT" else reason)
        if not _png_sum_is_right(source, offset + 4, length + 4):
            raise Unreadable(f"damaged: wrong checksum in its PNG part {kind.decode('latin-1')!r}")
        if kind == b"IHDR":
            size = struct.unpack(">II", source.need(offset + 8, 8, CUT_HEADER))
        elif kind == b"eXIf":
            exif = read_exif(source.at(offset + 8, min(length, 1 << 16)))
        elif kind == b"acTL" and length >= 4:
            remark = _frames(struct.unpack(">I", source.at(offset + 8, 4))[0])
        elif kind in (b"tEXt", b"zTXt", b"iTXt", b"iCCP"):
            text += _text_size(source, kind, offset + 8, length)
            if text > MOST_TEXT:
                raise Unreadable("damaged: its texts or its colour profile unpack to over 16 MB")
        has_pixels |= kind == b"IDAT"
        offset += 12 + length
        if kind == b"IEND":
            break
        if size is None:
            break
    if size is None or not has_pixels:
        raise Unreadable("damaged: a PNG without header or pixels")
    return *size, exif, remark


def _png_sum_is_right(source, offset, length):
    value, end = 0, offset + length
    for begin in range(offset, end, 1 << 20):
        value = zlib.crc32(source.at(begin, min(1 << 20, end - begin)), value)
    return source.at(end, 4) == value.to_bytes(4, "big")


def _text_size(source, kind, offset, length):
    """To how many bytes a text or profile unpacks; it is left when that is too many."""
    head = source.at(offset, min(length, 1024))
    start = head.find(b"\0") + 2  # behind the keyword and the method
    if kind == b"iTXt" and head[start - 1 : start] == b"\1":
        start = head.find(b"\0", head.find(b"\0", start + 1) + 1) + 1  # and two more words
    elif kind in (b"tEXt", b"iTXt"):
        return length
    unpacker, size, end = zlib.decompressobj(), 0, offset + length
    try:
        for begin in range(offset + start, end, 1 << 16):
            piece = source.at(begin, min(1 << 16, end - begin))
            while piece and size <= MOST_TEXT:
                size += len(unpacker.decompress(piece, 1 << 20))
                piece = unpacker.unconsumed_tail
    except zlib.error:
        pass  # decoders pass over what does not unpack
    return size


def _frames(count):
    return f"the first of {count:,} frames" if count > 1 else ""


def _gif(source):
    _, _, flags = struct.unpack("<HHB", source.need(6, 5, CUT_HEADER))
    width, height = GifImageFile(source.file()).size
    offset = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    frames = 0
    for _ in range(MOST_BLOCKS):
        block = source.need(offset, 1, CUT)
        if block == b";":
            break
        if block == b"!":
            offset = _gif_data(source, offset + 2)
        elif block == b",":
            frames += 1
            flags = source.need(offset + 9, 1, CUT)[0]
            offset = _gif_data(source, offset + 11 + (3 << (flags & 7) + 1 if flags & 0x80 else 0))
        elif frames:
            break  # rubbish after the last frame, as browsers see it
        else:
            raise Unreadable("damaged: its GIF blocks are broken")
    if not frames:
        raise Unreadable("damaged: a GIF without a frame")
    return width, height, Exif(), _frames(frames)


def _gif_data(source, offset):
    while length := source.need(offset, 1, CUT)[0]:
        offset += 1 + length
    return offset + 1


def _webp(source):
    (length,) = struct.unpack("<I", source.need(4, 4, CUT_HEADER))
    if length + 8 > source.size:
        raise Unreadable(CUT if source.size > 100 else CUT_HEADER)
    picture = WebPImageFile(source.file())
    remark = _frames(getattr(picture, "n_frames", 1))
    return *picture.size, read_exif(picture.info.get("exif", b"")), remark


def _bmp(source):
    start, kind = struct.unpack("<10xII", source.need(0, 18, CUT_HEADER))
    if kind >= 40:
        width, height, _, bits, packing = struct.unpack("<iiHHI", source.need(18, 16, CUT_HEADER))
        if packing in (0, 3, 6) and width > 0:
            needed = start + (width * bits + 31) // 32 * 4 * abs(height)
            if needed > source.size:
                raise Unreadable(CUT if source.size > start else CUT_HEADER)
    return *BmpImageFile(source.file()).size, Exif(), ""


def _tiff(source):
    try:
        picture = TiffImageFile(source.file())
    except SyntaxError as problem:
        if isinstance(problem.__cause__, KeyError):  # of its table of compressions
            raise Unreadable(KIND_UNKNOWN) from problem
        raise
    if picture.tag_v2.get(259) == WEBP_IN_TIFF:
        raise Unreadable(KIND_UNKNOWN)
    tags = picture.tag_v2
    for offsets, lengths in ((273, 279), (324, 325)):
        starts, sizes = tags.get(offsets, ()), tags.get(lengths, ())
        if any(start + size > source.size for start, size in zip(starts, sizes, strict=False)):
            raise Unreadable(CUT)
    orientation = tags.get(0x0112, 1)
    width, height = picture.size
    if orientation in (5, 6, 7, 8):  # Pillow has turned the size already
        width, height = height, width
    return width, height, Exif(orientation, read_exif_at(source.at).captured), _pages(source)


def _pages(source):
    """How many pages a TIFF has, counted by following its directories."""
    order = "<" if source.at(0, 2) == b"II" else ">"
    if source.at(2, 2) in (b"+\0", b"\0+"):
        return ""
    seen, at = set(), 4
    while len(seen) < 10_000:
        piece = source.at(at, 4)
        offset = struct.unpack(order + "I", piece)[0] if len(piece) == 4 else 0
        count = source.at(offset, 2) if offset and offset not in seen else b""
        if len(count) < 2:
            break
        seen.add(offset)
        at = offset + 2 + 12 * struct.unpack(order + "H", count)[0]
    return f"the first of {len(seen):,} pages" if len(seen) > 1 else ""


READERS = {"JPEG": _jpeg, "PNG": _png, "GIF": _gif, "WEBP": _webp, "BMP": _bmp, "TIFF": _tiff}
