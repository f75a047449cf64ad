"""Huge pictures of rare kinds are cut into the right pixels, or refused in words."""

import io

import numpy as np
import pytest
from PIL import Image as Picture

from datasets import strips
from datasets.pyramids import LONGEST_SIDE, is_huge, levels_of
from datasets.tests.odd.making import HEIGHT, WIDTH, tiff, ycck
from datasets.tests.odd.test_odd_pictures import RAMP, TIFFS
from datasets.tests.pictures import animated, encoded, png_header, png_part
from datasets.tests.tiles import BY, difference, level_of, pyramid_of, unpacked
from datasets.thumbnails import DISPLAY, Undecodable, make

DEEP = {"32-bit whole numbers": np.uint32, "negative numbers": np.int16}


def top_of(data, format_, size, mode="RGB"):
    return level_of(pyramid_of(data, format_, size), levels_of(*size)[-1], mode)


def shown_whole(data, format_, size):
    """What the editor shows of it where it is not huge."""
    return Picture.open(io.BytesIO(make(DISPLAY, io.BytesIO(data), format_, 1, size)))


@BY
@pytest.mark.parametrize("kind", [kind for kind in TIFFS if kind not in DEEP])
def test_tiffs_of_rare_kinds(monkeypatch, has_vips, kind):
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    data, wanted = TIFFS[kind]
    mode = "L" if wanted.ndim == 1 else "RGB"
    top = np.asarray(top_of(data, "TIFF", (WIDTH, HEIGHT), mode)).reshape(wanted.shape)
    # Neighbours differ a lot, and JPEG keeps no such thing.
    assert np.abs(top.astype(int) - wanted).mean() < 6


@BY
@pytest.mark.parametrize("kind", DEEP)
def test_deep_tiffs_of_rare_kinds(monkeypatch, has_vips, kind):
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    values = unpacked(top_of(TIFFS[kind][0], "TIFF", (WIDTH, HEIGHT))).reshape(-1)
    share = (values - values.min()) / (values.max() - values.min())
    assert np.abs(share - RAMP).max() < 0.001


@BY
def test_twelve_bits_in_a_tiff(monkeypatch, has_vips):
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    values = (RAMP * 4095).astype(int)
    bits = "".join(f"{value:012b}" for value in values)
    data = tiff(int(bits, 2).to_bytes(len(bits) // 8, "big"), bits=12)
    found = unpacked(top_of(data, "TIFF", (WIDTH, HEIGHT))).reshape(-1)
    assert np.abs(found / found.max() - RAMP).max() < 0.001


KINDS = {
    "CMYK": (ycck((200, 100, 30, 40)), "JPEG"),
    "CMYK in a TIFF": (encoded("TIFF", mode="CMYK"), "TIFF"),
    "palette": (encoded("PNG", mode="P"), "PNG"),
    "palette in a TIFF": (encoded("TIFF", mode="P"), "TIFF"),
    "palette in a GIF": (encoded("GIF", mode="P"), "GIF"),
    "one bit": (encoded("PNG", mode="1"), "PNG"),
    "one bit in a TIFF": (encoded("TIFF", mode="1"), "TIFF"),
    "grey with alpha": (encoded("PNG", mode="LA"), "PNG"),
    "alpha": (encoded("PNG", mode="RGBA"), "PNG"),
    "alpha in a TIFF": (encoded("TIFF", mode="RGBA"), "TIFF"),
    "alpha in a WebP": (encoded("WEBP", mode="RGBA", lossless=True), "WEBP"),
    "animated PNG": (animated("PNG"), "PNG"),
    "animated GIF": (animated("GIF"), "GIF"),
    "animated WebP": (animated("WEBP"), "WEBP"),
}


@BY
@pytest.mark.parametrize("kind", KINDS)
def test_tiles_look_like_the_picture_would_as_a_whole(monkeypatch, has_vips, kind):
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    data, format_ = KINDS[kind]
    size = Picture.open(io.BytesIO(data)).size
    whole = shown_whole(data, format_, size).convert("RGBA")
    tiles = top_of(data, format_, size, "RGBA" if "alpha" in kind else "RGB").convert("RGBA")
    assert np.abs(np.asarray(tiles, int) - np.asarray(whole, int)).mean() < 9
    if "alpha" in kind:
        assert difference(tiles, whole) == 0


@BY
@pytest.mark.parametrize("size", [(1, 200_000), (200_000, 1)])
def test_an_image_of_one_column_or_row(monkeypatch, has_vips, size):
    """Browsers cannot hold so long a side, so it is shown in tiles."""
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    assert is_huge(*size, 50_000_000)
    assert not is_huge(1, LONGEST_SIDE, 50_000_000)
    values = np.linspace(0, 255, 200_000).astype(np.uint8).reshape(size[::-1])
    buffer = io.BytesIO()
    Picture.fromarray(values).save(buffer, "PNG")
    pyramid = pyramid_of(buffer.getvalue(), "PNG", size)
    levels = levels_of(*size)
    assert difference(level_of(pyramid, levels[-1], "L"), values) <= 2
    assert max(levels[0][1:]) <= 512
    assert np.ptp(np.asarray(level_of(pyramid, levels[0], "L"))) > 240


@BY
def test_pixels_that_are_missing_are_named(monkeypatch, has_vips):
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    whole = encoded("PNG", size=(600, 600), mode="L")
    deep = png_header(600, 600, depth=16, color=0)
    deep += png_part(b"IDAT", b"no pixels" * 20) + png_part(b"IEND")
    for data, format_ in ((whole[: len(whole) // 2], "PNG"), (deep, "PNG")):
        with pytest.raises((Undecodable, OSError)):
            pyramid_of(data, format_, (600, 600))
