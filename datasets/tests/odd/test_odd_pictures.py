"""Pictures of rare kinds are shown as they are meant, or refused in words; bombs stay small.

The numbers of the cases are those of the table in docs/import.md.
"""

import gzip
import io
import json
import os
import resource
import struct
import subprocess
import sys

import numpy as np
import pytest
from django.conf import settings
from PIL import Image as Picture

from datasets.formats import CUT_HEADER, KIND_UNKNOWN
from datasets.inspecting import GOOD, UNREADABLE
from datasets.tests.odd.making import (
    HEIGHT,
    WIDTH,
    exif_with_orientation,
    gif_that_is_a_script,
    many_pages,
    packed_text,
    tiff,
    with_exif,
    with_part,
    ycck,
)
from datasets.tests.pictures import animated, encoded, huge_png, picture
from datasets.thumbnails import DISPLAY, THUMBNAIL, make

RAMP = np.linspace(0, 1, WIDTH * HEIGHT)
BYTES = (RAMP * 255).astype(np.uint8)
RED, GREEN, BLUE = BYTES, BYTES[::-1], np.roll(BYTES, 99)


def shown(finding, data, kind=DISPLAY):
    """The derivative that a browser gets, as an array."""
    size = (finding.width, finding.height)
    made = make(kind, io.BytesIO(data), finding.format, finding.orientation, size)
    return np.asarray(Picture.open(io.BytesIO(made)))


def saved(picture, format_, **options):
    buffer = io.BytesIO()
    picture.save(buffer, format_, **options)
    return buffer.getvalue()


SPACED = np.stack([RED, GREEN, BLUE], axis=1)
TIFFS = {
    "planar": (tiff(np.concatenate([RED, GREEN, BLUE]).tobytes(), channels=3, colors=2, planar=2),
               SPACED),
    "five channels": (tiff(np.stack([RED, GREEN, BLUE, RED, RED], axis=1).tobytes(), channels=5,
                           colors=2, extra=[0, 0]), SPACED),
    "16-bit colour": (tiff((SPACED.astype("<u2") * 257).tobytes(), bits=16, channels=3, colors=2),
                      SPACED),
    "32-bit whole numbers": (tiff((RAMP * 4e6).astype("<u4").tobytes(), bits=32), BYTES),
    "negative numbers": (tiff((RAMP * 4e4 - 3e4).astype("<i2").tobytes(), bits=16, sample=2),
                         BYTES),
    "white is zero": (tiff((255 - BYTES).tobytes(), colors=0), BYTES),
    "BigTIFF": (saved(Picture.fromarray(BYTES.reshape(HEIGHT, WIDTH)), "TIFF", big_tiff=True),
                BYTES),
    "LZW": (saved(Picture.fromarray(BYTES.reshape(HEIGHT, WIDTH)), "TIFF",
                  compression="tiff_lzw"), BYTES),
    "deflate": (saved(Picture.fromarray(BYTES.reshape(HEIGHT, WIDTH)), "TIFF",
                      compression="tiff_deflate"), BYTES),
    "JPEG within": (saved(Picture.fromarray(BYTES.reshape(HEIGHT, WIDTH)), "TIFF",
                          compression="jpeg", quality=100), BYTES),
}  # fmt: skip


@pytest.mark.parametrize("kind", TIFFS)
def test_tiffs_of_rare_kinds_are_shown_as_they_are_meant(found, kind):
    """Cases 41, 44: planes, 5 channels, more bits, other compressions, BigTIFF."""
    data, wanted = TIFFS[kind]
    finding = found("a.tif", data)
    assert (finding.state, finding.reason, finding.width) == (GOOD, "", WIDTH)
    picture = shown(finding, data).reshape(wanted.shape).astype(int)
    assert np.abs(picture - wanted).max() <= 3
    assert shown(finding, data, THUMBNAIL).shape[:2] == (HEIGHT, WIDTH)


def test_twelve_bits_are_stretched(found):
    """Case 44: 12 bits packed into bytes."""
    values = (RAMP * 4095).astype(int)
    bits = "".join(f"{value:012b}" for value in values)
    data = tiff(int(bits, 2).to_bytes(len(bits) // 8, "big"), bits=12)
    finding = found("a.tif", data)
    assert np.abs(shown(finding, data).reshape(-1).astype(int) - BYTES).max() <= 1


@pytest.mark.parametrize(
    "options",
    [
        {"bits": 64, "sample": 3},
        {"bits": 16, "sample": 3},
        {"bits": 12, "channels": 3, "colors": 2},
        {"channels": 8, "colors": 2, "extra": [0] * 5},
        {"compression": 34712},  # JPEG 2000
        {"compression": 50001},  # WebP
    ],
    ids=str,
)
def test_tiffs_that_cannot_be_shown_say_so(found, options):
    """Case 44: what we could not show is not imported in the first place."""
    size = WIDTH * HEIGHT * options.get("bits", 8) * options.get("channels", 1) // 8
    assert found("a.tif", tiff(bytes(size), **options))[:2] == (UNREADABLE, KIND_UNKNOWN)


@pytest.mark.parametrize(
    "color", [(0, 0, 0, 0), (255, 0, 0, 0), (0, 0, 255, 0), (200, 100, 30, 40), (0, 0, 0, 255)]
)
def test_ycck_of_photoshop_has_its_colours(found, color):
    """Case 40: inverted, as Adobe writes it."""
    data = ycck(color)
    wanted = Picture.new("CMYK", (1, 1), color).convert("RGB").getpixel((0, 0))
    for kind in (DISPLAY, THUMBNAIL):
        assert np.abs(shown(found("a.jpg", data), data, kind).astype(int) - wanted).max() <= 5


@pytest.mark.parametrize("fill", [np.nan, np.inf, 7.0])
def test_floats_without_a_range_become_black(found, fill):
    """Case 42: all equal, or none finite."""
    data = saved(Picture.fromarray(np.full((HEIGHT, WIDTH), fill, np.float32)), "TIFF")
    assert shown(found("a.tif", data), data).max() == 0


@pytest.mark.parametrize(
    ("blocks", "orientation"),
    [((6, 3), 6), ((0, 6), 1), ((99,), 1), ((8,), 8)],
)
def test_of_two_exif_blocks_the_first_counts(found, blocks, orientation):
    """Case 45: values that do not exist mean upright, here as in browsers."""
    data = with_exif(
        *(exif_with_orientation(value, ">" if value == 8 else "<") for value in blocks)
    )
    finding = found("a.jpg", data)
    assert finding.orientation == orientation
    assert shown(finding, data).shape[:2] == (finding.height, finding.width)


@pytest.mark.parametrize("size", [(1, 65_500), (65_500, 1), (1, 1)])
@pytest.mark.parametrize("format_", ["JPEG", "PNG"])
def test_images_of_one_row_or_column_are_images(found, size, format_):
    """Cases 30, 31: and they have a picture and a thumbnail."""
    data = saved(Picture.new("RGB", size, (200, 10, 10)), format_)
    finding = found("a", data)
    assert (finding.state, finding.width, finding.height) == (GOOD, *size)
    assert shown(finding, data).shape[1::-1] == size
    assert max(shown(finding, data, THUMBNAIL).shape) == min(320, max(3, *size))


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("icon.jpg", b"icns" + bytes(500), "not an image in spite of its name"),
        ("meta.jpg", b"\xd7\xcd\xc6\x9a" + bytes(500), "not an image in spite of its name"),
        ("psd.jpg", b"8BPS\0\1" + bytes(500), "it is a Photoshop file"),
        ("fits.jpg", b"SIMPLE  =                    T" + bytes(500), "it is FITS"),
        ("eps.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n/a{}", "it is PostScript"),
        ("drawing.png", gzip.compress(b"<svg/>", mtime=0), "not an image in spite of its name"),
        ("drawing.svgz", gzip.compress(b"<svg/>", mtime=0), "SVG cannot be shown"),
        ("a.avif", b"\0\0\0\x1cftypavif" + bytes(99), "AVIF cannot be shown; convert it"),
        ("a.jpg", b"\0\0\0\x1cftypavif" + bytes(99), "it is HEIC or AVIF: convert it"),
        ("a.jpg", b"\0\0\0\x18ftypheic" + bytes(99), "it is HEIC or AVIF: convert it"),
        ("twelve.jpg", encoded("JPEG").replace(b"\xff\xc0\0\x11\x08", b"\xff\xc1\0\x11\x0c"),
         "12-bit JPEG"),
    ],
)  # fmt: skip
def test_what_browsers_cannot_show_is_named(found, name, data, words):
    """Cases 36, 37, 44, 47: by content, whatever the name; nothing of it is ever run."""
    finding = found(name, data)
    assert finding.state == UNREADABLE
    assert words in finding.reason


def test_a_script_that_is_a_gif_is_shown_as_another_file(found):
    """Case 34: what a browser gets holds nothing of it (and is never sent as a script)."""
    data = gif_that_is_a_script()
    assert b"alert('hi')" in data and data.startswith(b"GIF89a/*")
    finding = found("a.gif", data)
    assert finding.state == GOOD
    size = (finding.width, finding.height)
    assert b"alert" not in make(DISPLAY, io.BytesIO(data), "GIF", 1, size)


def test_a_broken_or_huge_colour_profile_is_left_out(found):
    """Case 48: the pixels are whole, so the image is one."""
    for profile in (b"rubbish", os.urandom(10 << 20)):
        for format_ in ("JPEG", "PNG", "WEBP", "TIFF"):
            data = saved(picture(), format_, icc_profile=profile)
            finding = found("a", data)
            assert (finding.state, finding.reason) == (GOOD, "")
            assert shown(finding, data).shape == (16, 24, 3)
            assert shown(finding, data, THUMBNAIL).shape == (16, 24, 3)
    data = with_part(b"iCCP", b"a\0\0no deflate")
    assert shown(found("a", data), data).shape == (16, 24, 3)


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_text_that_unpacks_to_hundreds_of_megabytes_is_refused(found, kind):
    """Cases 32, 33: in 200 kB of PNG."""
    words = "damaged: its texts or its colour profile unpack to over 16 MB"
    assert found("a.png", packed_text(kind, 200 << 20))[:2] == (UNREADABLE, words)
    half = packed_text(kind, 9 << 20)
    assert found("half.png", half).state == GOOD
    assert found("both.png", packed_text(kind, 9 << 20, half)).state == UNREADABLE


def test_a_long_plain_text_is_only_a_text(found):
    """Case 32: and the picture is shown."""
    data = with_part(b"iTXt", b"a\0\0\0en\0b\0" + bytes(9 << 20))
    assert shown(found("a.png", data), data).shape == (16, 24, 3)


def test_of_many_pages_the_first_is_shown(found):
    """Case 39: a TIFF of 500 pages."""
    data = many_pages(500)
    finding = found("a.tif", data)
    assert (finding.state, finding.reason) == (GOOD, "the first of 500 pages")
    assert shown(finding, data).shape == (HEIGHT, WIDTH)


def wide_webp():
    """An animation of small frames on a canvas as large as the format can say."""
    data = animated("WEBP")
    at = data.index(b"VP8X") + 12
    return data[:at] + (16_382).to_bytes(3, "little") * 2 + data[at + 6 :]


def wide_gif():
    """A frame far larger than the screen that the header speaks of."""
    size = struct.pack("<HH", 60_000, 60_000)
    return b"GIF89a" + bytes([1, 0, 1, 0, 0, 0, 0]) + b",\0\0\0\0" + size + b"\0\2\2L\1\0;"


BOMBS = {
    "pixels.png": huge_png(50_000, 50_000),
    "absurd.png": huge_png(2**31 - 1, 2**31 - 1),
    "frame.gif": wide_gif(),
    "canvas.webp": wide_webp(),
    "strip.tif": tiff(bytes(99), size=(65_000, 65_000)),
    "text.png": packed_text(b"zTXt", 200 << 20),
    "profile.png": packed_text(b"iCCP", 200 << 20),
    "frames.gif": encoded("GIF", mode="P")[:-1] + b"!\xf9\4\0\0\0\0\0" * 99_999,
    "exif.jpg": with_exif(b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\1\1\3\0\xff\xff\xff\xff" * 5000),
    "tags.tif": tiff(bytes(WIDTH * HEIGHT))[:-2] + b"\xff\xff",
    "rows.png": huge_png(9_000, 9_000),  # allowed, but its pixels are missing
}
READ_ALL = """
import json, sys
from datasets.inspecting import Limits, inspect
from datasets.opening import Opener
from datasets.tests.memory import peak_kilobytes
root, *names = sys.argv[1:]
limits = Limits(120_000_000, 2_000_000_000)
found = {name: inspect(f"{root}/{name}", Opener([root]), limits)[:2] for name in names}
print(json.dumps([found, peak_kilobytes()]))
"""


def test_bombs_are_found_in_little_memory_and_time(tmp_path):
    """Cases 27, 28, 29, 32, 33: from the header; 20 seconds of the processor are far more than
    all of them take."""
    for name, data in BOMBS.items():
        (tmp_path / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", READ_ALL, tmp_path, *BOMBS],
        cwd=settings.BASE_DIR,
        capture_output=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (20, 20)),
    )
    found, kilobytes = json.loads(done.stdout)
    assert kilobytes < 512_000
    too_many = {name for name, (_, words) in found.items() if words.startswith("too many pixels")}
    assert too_many == {"pixels.png", "absurd.png", "frame.gif", "canvas.webp", "strip.tif"}
    unpacked = {name for name, (_, words) in found.items() if "unpack to over" in words}
    assert unpacked == {"text.png", "profile.png"}


def test_pixels_that_are_missing_cost_a_thumbnail_and_no_more(found):
    """Case 33: a child decodes it, with a limit of memory and time."""
    data = BOMBS["rows.png"]
    finding = found("rows.png", data)
    assert finding.state == GOOD
    command = [sys.executable, "-m", "datasets.thumbnails", THUMBNAIL, "PNG", "1", "9000", "9000"]
    done = subprocess.run(command, input=data, capture_output=True, cwd=settings.BASE_DIR)
    assert done.returncode == 1
    assert b"cannot be decoded" in done.stderr and b"Traceback" not in done.stderr


def test_a_header_that_says_nothing_is_damaged(found):
    """Case 31: 0 × 0 pixels."""
    finding = found("a.gif", b"GIF89a" + bytes(7) + b"," + bytes(9) + b"\2\2L\1\0;")
    assert (finding.state, finding.reason) == (UNREADABLE, "damaged: its header makes no sense")
    assert found("b.png", huge_png(0, 0)).reason == "damaged: an image without pixels"
    assert found("c.jpg", b"\xff\xd8\xff\xe0\0\x10").reason == CUT_HEADER
