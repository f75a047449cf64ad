"""When a picture was taken, from files as cameras write them and as nobody should."""

import io

import pytest
from django.test import TestCase
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture

from datasets.exif import Exif, moment_of, read_exif
from datasets.importing import start_finding, start_importing
from datasets.inspecting import Limits, inspect
from datasets.opening import Opener
from datasets.tests.folders import FolderMixin
from datasets.tests.pictures import encoded


def taken(**texts):
    """An EXIF block with these entries of its second directory."""
    exif = Picture.Exif()
    names = {"taken": 0x9003, "digitized": 0x9004, "fraction": 0x9291}
    exif.get_ifd(0x8769).update({names[name]: text for name, text in texts.items()})
    exif[0x8769] = 0  # where it lies; Pillow knows when it writes
    exif[0x0132] = "2031:01:01 00:00:00"  # when somebody last edited it
    return exif


@pytest.fixture(params=["JPEG", "PNG", "WEBP", "TIFF"])
def captured(request, tmp_path):
    """What importing a file of the format with an EXIF block finds."""

    def find(exif):
        path = tmp_path / f"a.{request.param.lower()}"
        Picture.new("RGB", (8, 6)).save(path, request.param, exif=exif)
        opener = Opener((str(tmp_path),))
        finding = inspect(str(path), opener, Limits(10**6, 10**6))
        assert finding.state == "good", finding
        return finding.captured

    return find


def test_it_is_the_time_of_the_shot_and_not_of_the_last_edit(captured):
    both = {"taken": "2024:05:01 10:11:12", "digitized": "2025:01:01 00:00:00"}
    assert captured(taken(**both)) == "2024-05-01 10:11:12"


def test_pictures_of_one_second_are_told_apart(captured):
    burst = taken(taken="2024:05:01 10:11:12", fraction="042")
    assert captured(burst) == "2024-05-01 10:11:12.042"


def test_a_scan_was_digitized(captured):
    assert captured(taken(digitized="1999:12:31 23:59:59")) == "1999-12-31 23:59:59"


def test_a_clock_that_was_never_set_says_nothing(captured):
    assert captured(taken(taken="0000:00:00 00:00:00")) is None
    assert captured(taken()) is None


@pytest.mark.parametrize(
    "text", ["", "    :  :     :  :  ", "2024:13:01 00:00:00", "2024:05:01", "yesterday", None]
)
def test_no_moment(text):
    assert moment_of(text) == ""


def test_both_byte_orders_are_read():
    buffer = io.BytesIO()
    Picture.new("L", (1, 1)).save(buffer, "TIFF", exif=taken(taken="2024:05:01 10:11:12"))
    little = buffer.getvalue()
    assert little[:2] == b"II"
    assert read_exif(little).captured == "2024-05-01 10:11:12"
    big = b"MM\0*\0\0\0\x08" + b"\0\x01" + b"\x87\x69\0\x04\0\0\0\x01\0\0\0\x1a" + b"\0" * 4
    big += b"\0\x01" + b"\x90\x03\0\x02\0\0\0\x14\0\0\0\x2c" + b"\0" * 4
    assert read_exif(big + b"2024:05:01 10:11:12\0").captured == "2024-05-01 10:11:12"


@given(st.binary(max_size=200), st.integers(0, 120), st.binary(min_size=1, max_size=8))
def test_a_damaged_block_says_nothing_and_breaks_nothing(start, at, damage):
    assert isinstance(read_exif(start), Exif)
    whole = taken(taken="2024:05:01 10:11:12", fraction="5").tobytes()
    assert isinstance(read_exif(whole[:at] + damage + whole[at + len(damage) :]), Exif)


class ImportTests(FolderMixin, TestCase):
    def setUp(self):
        super().setUp()
        self.put("a.jpg", encoded("JPEG", seed=1, exif=taken(taken="2024:05:01 10:11:12")))
        self.put("b.png", seed=2)

    def assert_stored(self):
        stored = self.dataset.images.order_by("path").values_list("captured", flat=True)
        self.assertEqual(list(stored), ["2024-05-01 10:11:12", None])

    def test_an_import_stores_it(self):
        self.run_import()
        self.assert_stored()

    def test_what_staff_found_twice_and_read_once_keeps_it(self):
        start_finding(self.dataset, str(self.root)).run()
        found = start_finding(self.dataset, str(self.root))
        found.run()
        self.assertTrue(start_importing(found))
        found.run()
        self.assert_stored()
