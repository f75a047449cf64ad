"""Pictures that no encoder at hand would write, byte by byte."""

import io
import struct
import zlib

import numpy as np
from PIL import Image as Picture

from datasets.tests.pictures import encoded, png_part

WIDTH, HEIGHT = 24, 16


def tiff(data, *, bits=8, channels=1, colors=1, size=(WIDTH, HEIGHT), **more):
    """A TIFF of one strip, or with planar=2 of one for each channel.

    more: planar, compression, sample (1 unsigned, 2 signed, 3 float), extra (of channels).
    """
    strips = channels if more.get("planar") == 2 else 1
    length = len(data) // strips
    tags = {
        256: ("I", [size[0]]), 257: ("I", [size[1]]), 258: ("H", [bits] * channels),
        259: ("H", [more.get("compression", 1)]), 262: ("H", [colors]),
        273: ("I", [8 + number * length for number in range(strips)]),
        277: ("H", [channels]), 278: ("I", [size[1]]), 279: ("I", [length] * strips),
        284: ("H", [more.get("planar", 1)]), 339: ("H", [more.get("sample", 1)] * channels),
    }  # fmt: skip
    if "extra" in more:
        tags[338] = ("H", more["extra"])
    data += b"\0" * (len(data) % 2)
    directory, behind = b"", b""
    start = 8 + len(data)
    end = start + 2 + 12 * len(tags) + 4
    for tag, (kind, values) in sorted(tags.items()):
        raw = struct.pack(f"<{len(values)}{kind}", *values)
        if len(raw) > 4:
            raw, behind = struct.pack("<I", end + len(behind)), behind + raw
        number = {"H": 3, "I": 4}[kind]
        directory += struct.pack("<HHI", tag, number, len(values)) + raw.ljust(4, b"\0")
    head = b"II*\0" + struct.pack("<I", start)
    return head + data + struct.pack("<H", len(tags)) + directory + bytes(4) + behind


def many_pages(count):
    """A TIFF with so many pages, all with the pixels of the first."""
    page = tiff(bytes(WIDTH * HEIGHT))
    (start,) = struct.unpack_from("<I", page, 4)
    (tags,) = struct.unpack_from("<H", page, start)
    directory = page[start : start + 2 + 12 * tags]
    whole, link = page, start + len(directory)
    for _ in range(count - 1):
        whole = whole[:link] + struct.pack("<I", len(whole)) + whole[link + 4 :]
        link = len(whole) + len(directory)
        whole += directory + bytes(4)
    return whole


def with_part(kind, data, png=None):
    """A PNG with one more part behind its header."""
    png = png or encoded("PNG")
    return png[:33] + png_part(kind, data) + png[33:]


def packed_text(kind, unpacked, png=None):
    """A PNG with a text or colour profile that unpacks to so many bytes."""
    before = {b"zTXt": b"a\0\0", b"iCCP": b"a\0\0", b"iTXt": b"a\0\1\0en\0b\0"}[kind]
    return with_part(kind, before + zlib.compress(bytes(unpacked), 9), png)


def ycck(color, size=(WIDTH, HEIGHT)):
    """A CMYK JPEG as Photoshop writes it: as YCCK and inverted. `color` is C, M, Y, K."""
    luma = Picture.new("RGB", (1, 1), color[:3]).convert("YCbCr").getpixel((0, 0))
    buffer = io.BytesIO()
    # Pillow inverts what it is given, and marks it as CMYK.
    stored = tuple(255 - value for value in luma) + (color[3],)
    Picture.new("CMYK", size, stored).save(buffer, "JPEG", quality=100)
    data = bytearray(buffer.getvalue())
    mark = data.index(b"Adobe")
    data[mark + 11] = 2
    return bytes(data)


def gif_that_is_a_script():
    """A whole GIF that a browser would also run, if it were called a script."""
    head = b"GIF89a" + b"/*" + struct.pack("<H", HEIGHT) + b"\0\0\0"
    pixels = Picture.fromarray(np.zeros((HEIGHT, WIDTH), np.uint8))
    buffer = io.BytesIO()
    pixels.save(buffer, "GIF")
    whole = buffer.getvalue()
    flags = whole[10]
    table = whole[13 : 13 + (3 << (flags & 7) + 1)]
    rest = whole[13 + len(table) : -1]
    comment = b"!\xfe" + bytes([18]) + b"*/=1;alert('hi')//" + b"\0"
    return head[:10] + bytes([flags]) + head[11:] + table + rest + comment + b";"


def exif_with_orientation(value, order="<"):
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, value, 0)
    return b"Exif\0\0" + mark + struct.pack(order + "IH", 8, 1) + entry + bytes(4)


def with_exif(*blocks):
    """A JPEG of 30 × 20 with these EXIF blocks, in this order."""
    jpeg = encoded("JPEG", size=(30, 20))
    parts = b"".join(b"\xff\xe1" + struct.pack(">H", len(b) + 2) + b for b in blocks)
    return jpeg[:2] + parts + jpeg[2:]
