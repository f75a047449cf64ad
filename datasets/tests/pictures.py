"""Small files of every kind and every damage, made when a test needs them."""

import io
import struct
import zlib

import numpy as np
from PIL import Image as Picture

ORIENTATION = 0x0112


def picture(size=(24, 16), mode="RGB", seed=1):
    """Noise, so that no two seeds give the same file and nothing compresses away."""
    channels = len(Picture.new(mode, (1, 1)).getbands())
    values = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], channels), np.uint8)
    return Picture.frombytes(mode, size, values.tobytes())


def encoded(format_, *, size=(24, 16), mode="RGB", seed=1, **options):
    buffer = io.BytesIO()
    picture(size, mode, seed).save(buffer, format_, **options)
    return buffer.getvalue()


def with_orientation(format_, orientation, *, size=(24, 16)):
    exif = Picture.Exif()
    exif[ORIENTATION] = orientation
    return encoded(format_, size=size, exif=exif)


def png_part(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width, height, depth=8, color=2):
    part = png_part(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + part


def huge_png(width, height):
    return png_header(width, height) + png_part(b"IDAT", zlib.compress(b"\0")) + png_part(b"IEND")


def animated(format_, frames=3):
    pictures = [picture(seed=seed) for seed in range(frames)]
    buffer = io.BytesIO()
    pictures[0].save(buffer, format_, save_all=True, append_images=pictures[1:], duration=100)
    return buffer.getvalue()
