"""Every kind of image is recognised by content, every damage is named in words."""

import hashlib
import os

import pytest

from datasets import formats
from datasets.inspecting import GOOD, SKIPPED, UNREADABLE, Limits, inspect
from datasets.opening import Opener
from datasets.tests.pictures import (
    animated,
    encoded,
    huge_png,
    picture,
    png_header,
    png_part,
    with_orientation,
)

LIMITS = Limits(pixels=120_000_000, bytes=2_000_000_000)
JPEG = encoded("JPEG", size=(200, 150), quality=90)
PNG = encoded("PNG", size=(60, 40))
GIF = encoded("GIF", mode="P", size=(60, 40))


@pytest.fixture
def found(tmp_path):
    """Write a file, and what inspecting says of it."""

    def found(name, data, limits=LIMITS):
        path = tmp_path / name
        path.write_bytes(data)
        return inspect(str(path), Opener([str(tmp_path)]), limits)

    return found


@pytest.mark.parametrize("format_", formats.FORMATS)
def test_every_allowed_format_is_known_by_its_content(found, format_):
    finding = found("no suffix", encoded(format_, size=(33, 21)))
    assert (finding.state, finding.format) == (GOOD, format_)
    assert (finding.width, finding.height, finding.orientation) == (33, 21, 1)


@pytest.mark.parametrize(
    ("name", "format_"), [("A.JPG", "JPEG"), ("a.Jpeg", "JPEG"), ("a.JFIF", "JPEG"), ("b", "PNG")]
)
def test_odd_suffixes_do_not_matter(found, name, format_):
    finding = found(name, encoded(format_))
    assert (finding.state, finding.reason) == (GOOD, "")


def test_a_wrong_suffix_is_remarked(found):
    finding = found("a.jpg", PNG)
    assert (finding.state, finding.format) == (GOOD, "PNG")
    assert finding.reason == "a PNG file named .jpg"


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pixels_are_those_after_orientation(found, format_, orientation):
    """Case 45: width and height are what one sees."""
    finding = found("a", with_orientation(format_, orientation, size=(30, 20)))
    assert finding.orientation == orientation
    assert (finding.width, finding.height) == ((30, 20) if orientation < 5 else (20, 30))


@pytest.mark.parametrize("orientation", [0, 9, 99])
def test_an_orientation_that_does_not_exist_means_upright(found, orientation):
    finding = found("a.jpg", with_orientation("JPEG", orientation, size=(30, 20)))
    assert (finding.orientation, finding.width) == (1, 30)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.jpg", b"", "an empty file"),
        ("garbage.jpg", b"file 7 " + bytes(range(256)) * 9, "not an image in spite of its name"),
        ("a.jpg", b"<!DOCTYPE html><p>", "not an image in spite of its name; it is a web page"),
        ("drawing.png", b"<svg xmlns='x'/>", "not an image in spite of its name; it is SVG"),
        ("paper.jpg", b"%PDF-1.7 ...", "not an image in spite of its name; it is PDF"),
        ("eps.jpg", b"%!PS-Adobe-3.0 EPSF", "not an image in spite of its name; it is PostScript"),
        ("a.heic", b"\0\0\0\x18ftypheic", "HEIC cannot be shown; convert it to JPEG or PNG"),
        ("a.svg", b"<svg/>", "SVG cannot be shown; convert it to JPEG or PNG"),
        ("raw.dng", encoded("TIFF"), "camera raw cannot be shown; convert it to JPEG or PNG"),
        ("header.jpg", JPEG[:100], formats.CUT_HEADER),
        ("header.png", PNG[:20], formats.CUT_HEADER),
        ("half.jpg", JPEG[: len(JPEG) // 2], formats.CUT),
        ("no end.jpg", JPEG[:-2], formats.CUT),
        ("half.png", PNG[: len(PNG) // 2], formats.CUT),
        ("no end.png", PNG[:-12], formats.CUT),
        ("half.gif", GIF[: len(GIF) // 2], formats.CUT),
        ("no end.gif", GIF[:-1], formats.CUT),
        ("half.webp", encoded("WEBP")[:-9], formats.CUT),
        ("half.bmp", encoded("BMP")[:-9], formats.CUT),
        ("half.tif", encoded("TIFF", size=(90, 90))[:9000], None),
        ("crc.png", PNG.replace(PNG[60:64], b"abcd", 1), "damaged: wrong checksum"),
        ("zero.png", huge_png(0, 5), "damaged: an image without pixels"),
        ("only header.png", png_header(5, 5) + png_part(b"IEND"), "damaged: a PNG without"),
        ("bomb.png", huge_png(50_000, 50_000), "too many pixels: 50,000 × 50,000"),
        ("sly bomb.png", huge_png(13_000, 13_000), "too many pixels: 13,000 × 13,000"),
        ("absurd.png", huge_png(2**31 - 1, 2**31 - 1), "too many pixels"),
        ("junk.jpg", b"\xff\xd8\xff" + b"\0" * 100_000, "damaged"),
        ("junk.tif", b"II*\0" + b"\xff" * 200, "damaged"),
    ],
)  # fmt: skip
def test_damage_is_named_in_words(found, name, data, reason):
    """Cases 24, 25, 26, 27, 28, 29, 31, 34, 36, 37, 47: from the content, not the name."""
    finding = found(name, data)
    assert finding.state == UNREADABLE
    assert finding.reason.startswith(reason or formats.CUT), finding.reason
    assert "Traceback" not in finding.reason and "/" not in finding.reason


@pytest.mark.parametrize("name", ["notes.txt", "boxes.xml", "data", "video.mp4"])
def test_other_files_are_passed_over(found, name):
    finding = found(name, b"<annotation/>")
    assert (finding.state, finding.reason) == (SKIPPED, "not an image")


def test_a_pointer_of_git_lfs_says_what_to_do(found):
    finding = found("a.jpg", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n")
    assert (finding.state, finding.reason) == (SKIPPED, "a Git LFS pointer; run git lfs pull")


def test_what_comes_after_the_end_of_a_jpeg_does_no_harm(found):
    assert found("a.jpg", JPEG + b"<script>alert(1)</script>").state == GOOD
    assert found("b.jpg", JPEG + bytes(3_000_000)).state == GOOD


def test_the_end_of_a_preview_inside_does_not_hide_that_a_jpeg_is_cut(found):
    preview = b"\xff\xe2" + (2 + len(JPEG)).to_bytes(2, "big") + JPEG
    assert found("a.jpg", JPEG[:2] + preview + JPEG[2:]).state == GOOD
    assert found("b.jpg", JPEG[:2] + preview + JPEG[2:-2]).reason == formats.CUT


@pytest.mark.parametrize(
    ("data", "remark"),
    [(animated("GIF"), "frames"), (animated("WEBP"), "frames"), (animated("PNG"), "frames"),
     (animated("TIFF"), "pages")],
)  # fmt: skip
def test_only_the_first_of_several_pictures_counts_and_that_is_said(found, data, remark):
    """Cases 38, 39: animations, and files with several pages."""
    finding = found("a", data)
    assert (finding.state, finding.reason) == (GOOD, f"the first of 3 {remark}")


def test_a_large_file_is_read_in_pieces_with_the_same_result(found, monkeypatch):
    files = {"a.jpg": JPEG, "a.png": PNG, "a.gif": GIF, "a.tif": encoded("TIFF"),
             "a.webp": encoded("WEBP"), "a.bmp": encoded("BMP")}  # fmt: skip
    whole = [found(name, data)[:3] + found(name, data)[4:] for name, data in files.items()]
    monkeypatch.setattr("datasets.inspecting.IN_MEMORY", 0)
    monkeypatch.setattr("datasets.inspecting.PIECE", 100)
    pieces = [found(name, data)[:3] + found(name, data)[4:] for name, data in files.items()]
    assert [finding[0] for finding in whole] == [GOOD] * 6
    assert pieces == whole
    assert found("cut.jpg", JPEG[:-2]).reason == formats.CUT


def test_limits_of_pixels_and_bytes_are_the_operators(found):
    assert found("a.png", PNG, LIMITS._replace(pixels=60 * 40)).state == GOOD
    assert found("a.png", PNG, LIMITS._replace(pixels=60 * 40 - 1)).state == UNREADABLE
    assert "too big" in found("a.png", PNG, LIMITS._replace(bytes=len(PNG) - 1)).reason


def test_a_sparse_file_of_terabytes_is_refused_by_its_size(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(JPEG)
    os.truncate(path, 10 << 40)
    finding = inspect(str(path), Opener([str(tmp_path)]), LIMITS)
    assert finding.reason.startswith("too big: 10,995,116,277,760 bytes")


def test_very_long_and_very_small_images_are_images(found):
    assert found("a.png", encoded("PNG", size=(1, 9000))).height == 9000
    assert found("b.png", encoded("PNG", size=(1, 1))).width == 1


def test_a_file_that_is_written_to_meanwhile_is_not_believed(found, monkeypatch, tmp_path):
    """Case 52: after three tries."""
    reading = formats.read_facts

    def read_slowly(*arguments):
        with open(tmp_path / "a.jpg", "ab") as file:
            file.write(b"more")
        return reading(*arguments)

    monkeypatch.setattr("datasets.inspecting.read_facts", read_slowly)
    assert found("a.jpg", JPEG).reason.startswith("changed while it was read")


def test_the_hash_is_that_of_the_bytes(found):
    assert found("a.jpg", JPEG).sha256 == hashlib.sha256(JPEG).hexdigest()
    assert picture(seed=1).tobytes() != picture(seed=2).tobytes()
