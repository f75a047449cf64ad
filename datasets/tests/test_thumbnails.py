"""Derivatives have the right pixels and colours, and nothing of the metadata."""

import io
import subprocess
import sys

import numpy as np
import pytest
from django.conf import settings
from PIL import Image as Picture

from datasets.tests.pictures import ORIENTATION, animated, encoded
from datasets.tests.tiles import unpacked
from datasets.thumbnails import (
    DEEP,
    DISPLAY,
    THUMBNAIL,
    Undecodable,
    browser_shows,
    has_depth,
    make,
)

RED, GREEN, BLUE, WHITE = (220, 20, 30), (20, 200, 40), (30, 40, 210), (250, 250, 250)


def corners(size=(60, 40)):
    """Red, green / blue, white: so one sees which way it was turned."""
    picture = Picture.new("RGB", size)
    half = (size[0] // 2, size[1] // 2)
    for index, color in enumerate((RED, GREEN, BLUE, WHITE)):
        picture.paste(color, (half[0] * (index % 2), half[1] * (index // 2), *size))
        if index == 1:
            picture.paste(RED, (0, half[1], half[0], size[1]))
    return picture


def stored(picture, format_, **options):
    buffer = io.BytesIO()
    picture.save(buffer, format_, **options)
    return buffer.getvalue()


def made(kind, data, format_, orientation=1, size=(60, 40)):
    return Picture.open(io.BytesIO(make(kind, io.BytesIO(data), format_, orientation, size)))


def colors(picture):
    """The colours in the middle of the four quarters."""
    width, height = picture.size
    at = [(width * x // 4, height * y // 4) for y in (1, 3) for x in (1, 3)]
    return [picture.convert("RGB").getpixel(point) for point in at]


def assert_close(found, wanted, most=12):
    assert np.abs(np.asarray(found, int) - np.asarray(wanted, int)).max() <= most, found


# Where the corners go, from the definition of the EXIF orientations.
TURNED = {
    1: (RED, GREEN, BLUE, WHITE), 2: (GREEN, RED, WHITE, BLUE), 3: (WHITE, BLUE, GREEN, RED),
    4: (BLUE, WHITE, RED, GREEN), 5: (RED, BLUE, GREEN, WHITE), 6: (BLUE, RED, WHITE, GREEN),
    7: (WHITE, GREEN, BLUE, RED), 8: (GREEN, WHITE, RED, BLUE),
}  # fmt: skip


@pytest.mark.parametrize("kind", [DISPLAY, THUMBNAIL])
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_all_orientations_come_out_upright(kind, format_, orientation):
    """Case 45: all eight."""
    exif = Picture.Exif()
    exif[ORIENTATION] = orientation
    data = stored(corners(), format_, exif=exif)
    size = (60, 40) if orientation < 5 else (40, 60)
    picture = made(kind, data, format_, orientation, size)
    assert picture.size == size
    assert_close(colors(picture), TURNED[orientation], 40)
    assert not picture.getexif()


def test_a_thumbnail_is_small_webp_without_metadata():
    """Case 46: no place and no camera."""
    exif = Picture.Exif()
    exif[0x8825] = {1: "N", 2: (1.0, 2.0, 3.0)}
    data = stored(corners((1200, 900)), "JPEG", exif=exif, comment=b"my camera", quality=95)
    picture = made(THUMBNAIL, data, "JPEG", size=(1200, 900))
    assert (picture.format, picture.size) == ("WEBP", (320, 240))
    assert not picture.getexif() and "comment" not in picture.info
    assert_close(colors(picture), TURNED[1], 20)


def test_cmyk_is_shown_in_its_colours():
    """Case 40: CMYK; YCCK is among the odd pictures."""
    picture = made(DISPLAY, stored(corners().convert("CMYK"), "JPEG"), "JPEG")
    assert picture.mode == "RGB"
    assert_close(colors(picture), TURNED[1], 30)


def test_sixteen_bits_are_stretched_and_not_cut_off():
    """Case 41: from the darkest to the brightest value."""
    values = np.linspace(1000, 3000, 60 * 40).reshape(40, 60).astype(np.uint16)
    for format_ in ("PNG", "TIFF"):
        shown = np.asarray(made(DISPLAY, stored(Picture.fromarray(values), format_), format_))
        assert (shown.min(), shown.max()) == (0, 255)
        assert abs(shown.mean() - 127.5) < 2


def test_floats_are_stretched_between_what_is_finite():
    """Case 42: what is no number is black."""
    values = np.linspace(0, 1, 60 * 40).reshape(40, 60).astype(np.float32)
    values[0, 0], values[0, 1] = np.nan, np.inf
    shown = np.asarray(made(DISPLAY, stored(Picture.fromarray(values), "TIFF"), "TIFF"))
    assert shown[0, 0] == 0 and shown.max() == 255 and 120 < shown.mean() < 135
    flat = stored(Picture.fromarray(np.full((40, 60), 7, np.float32)), "TIFF")
    assert np.asarray(made(DISPLAY, flat, "TIFF")).max() == 0


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16"])
def test_every_mode_becomes_one_that_browsers_show(mode):
    """Case 43: 1 bit, palette, with and without alpha."""
    data = encoded("PNG", mode=mode, size=(60, 40)) if mode != "I;16" else stored(
        Picture.new("I;16", (60, 40)), "PNG")  # fmt: skip
    for kind in (DISPLAY, THUMBNAIL):
        assert made(kind, data, "PNG").mode in ("L", "LA", "RGB", "RGBA")


def test_transparency_stays_transparent():
    """Case 43: also that of a palette."""
    picture = corners().convert("RGBA")
    picture.putalpha(0)
    for kind in (DISPLAY, THUMBNAIL):
        shown = made(kind, stored(picture, "PNG"), "PNG")
        assert shown.getchannel("A").getextrema()[1] == 0
    palette = corners().quantize(4, dither=Picture.Dither.NONE)
    data = stored(palette, "GIF", transparency=palette.getpixel((0, 0)))
    assert made(DISPLAY, data, "GIF").getpixel((5, 5))[3] == 0


def test_of_an_animation_the_first_frame_is_shown():
    """Case 38: as it is remarked at the import."""
    data = animated("GIF")
    first = Picture.open(io.BytesIO(data)).convert("RGB")
    shown = made(DISPLAY, data, "GIF", size=(24, 16))
    assert np.array_equal(np.asarray(shown.convert("RGB")), np.asarray(first))


def test_what_is_damaged_within_is_said_in_words():
    data = encoded("PNG", size=(60, 40))
    broken = data[:200] + bytes(100) + data[300:]
    with pytest.raises(Undecodable, match="cannot be decoded"):
        make(DISPLAY, io.BytesIO(broken), "PNG", 1, (60, 40))
    with pytest.raises(Undecodable, match="decodes to"):
        make(DISPLAY, io.BytesIO(data), "PNG", 1, (61, 40))


def test_originals_are_shown_only_where_every_browser_shows_them_alike():
    assert browser_shows(encoded("JPEG"), "JPEG", 1)
    assert browser_shows(encoded("JPEG", mode="L"), "JPEG", 1)
    assert browser_shows(encoded("PNG", mode="RGBA"), "PNG", 1)
    assert browser_shows(encoded("WEBP"), "WEBP", 1)
    assert not browser_shows(encoded("JPEG"), "JPEG", 6)
    assert not browser_shows(encoded("JPEG", mode="CMYK"), "JPEG", 1)
    assert not browser_shows(stored(Picture.new("I;16", (9, 9)), "PNG"), "PNG", 1)
    assert not browser_shows(animated("PNG"), "PNG", 1)
    assert not browser_shows(animated("WEBP"), "WEBP", 1)
    for format_ in ("TIFF", "BMP", "GIF"):
        assert not browser_shows(encoded(format_), format_, 1)


def decoded_apart(data, *arguments):
    command = [sys.executable, "-m", "datasets.thumbnails", *arguments]
    return subprocess.run(command, input=data, capture_output=True, cwd=settings.BASE_DIR)


def test_a_process_of_its_own_gives_the_same_or_says_why_not():
    data = encoded("TIFF", size=(60, 40))
    done = decoded_apart(data, DISPLAY, "TIFF", "1", "60", "40")
    assert done.stdout == make(DISPLAY, io.BytesIO(data), "TIFF", 1, (60, 40))
    broken = decoded_apart(data[:300], DISPLAY, "TIFF", "1", "60", "40")
    assert broken.returncode == 1 and b"cannot be decoded" in broken.stderr
    assert b"Traceback" not in broken.stderr


@pytest.mark.parametrize("format_", ["PNG", "TIFF"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_all_16_bits_arrive(format_, orientation):
    values = np.random.default_rng(3).integers(0, 65536, (40, 60)).astype(np.uint16)
    exif = Picture.Exif()
    exif[ORIENTATION] = orientation
    data = stored(Picture.fromarray(values), format_, exif=exif)
    assert has_depth(io.BytesIO(data), format_)
    size = (60, 40) if orientation == 1 else (40, 60)
    found = unpacked(made(DEEP, data, format_, orientation, size))
    assert (found == (values if orientation == 1 else np.rot90(values, -1))).all()


def test_negative_values_and_fractions_are_deep_too():
    values = np.array([[-1024, 0, 3071]], np.int32)
    found = unpacked(made(DEEP, stored(Picture.fromarray(values), "TIFF"), "TIFF", size=(3, 1)))
    assert found.tolist() == [[-1024, 0, 3071]]
    fractions = np.array([[0.5, np.nan, 1.0, 1.5]], np.float32)
    data = stored(Picture.fromarray(fractions), "TIFF")
    assert unpacked(made(DEEP, data, "TIFF", size=(4, 1))).tolist() == [[0, 0, 32767, 65535]]


def test_8_bits_are_not_deep():
    for format_ in ("PNG", "TIFF", "JPEG"):
        assert not has_depth(io.BytesIO(stored(corners(), format_)), format_)
        assert not has_depth(io.BytesIO(stored(corners().convert("L"), format_)), format_)
