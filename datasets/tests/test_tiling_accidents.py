"""What happens to the file, the disk or the process while tiles are made: no wrong tiles stay."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from django.conf import settings
from django.test import TestCase
from PIL import Image as Picture

from datasets import preparing
from datasets.caching import drop_oldest, is_cached
from datasets.models import Image, Tiling
from datasets.pyramids import TILES, Builder
from datasets.strips import HAS_VIPS, _fault
from datasets.tests.test_thumbnails import stored
from datasets.tests.tiles import TilingMixin
from datasets.tiling import read_tile, want_tiles

WIDTH, HEIGHT = 700, 1600
# Tiles of a picture that is turned, by a process that may take a little more memory than it has.
TURN = """
import os, sys
from datasets import preparing
from datasets.tests.memory import address_space
path, folder = sys.argv[1:]
about = os.stat(path)
source = preparing.Source(1, path, "a" * 64, about.st_size, None, "", "JPEG", 6, 3000, 16000)
reader = preparing.PictureReader((folder,), folder, {}, 10**9, 1)
import pyvips
preparing.MEMORY = address_space() + 110_000_000
preparing._limit_memory()
with open(path, "rb") as file:
    print(reader._tile(source, file))
"""


class AccidentTests(TilingMixin, TestCase):
    def setUp(self):
        super().setUp()
        values = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH)).astype(np.uint8)
        self.data = stored(Picture.fromarray(values), "TIFF")
        self.path = Path(self.put("big.tif", self.data))
        self.run_import()
        self.image = Image.objects.get()

    def make(self, at_each_strip=None):
        """Let a worker make the tiles; meanwhile something happens, each time a strip is done."""
        add = Builder.add

        def add_and_more(builder, strip):
            add(builder, strip)
            if at_each_strip:
                at_each_strip()

        want_tiles(self.image)
        job = Tiling.objects.get()
        with mock.patch.object(Builder, "add", add_and_more):
            job.run()
        self.image.refresh_from_db()
        return job

    def files(self):
        return [path for path in Path(self.cache).rglob("*") if path.is_file()]

    def there(self):
        return is_cached(self.cache, self.image.sha256, TILES)

    def test_nothing_happens(self):
        self.assertEqual((self.make().status, self.there(), len(self.files())), ("done", True, 3))

    def test_a_file_that_is_written_to_meanwhile_gets_no_tiles(self):
        def write():
            with open(self.path, "r+b") as file:
                file.seek(len(self.data) - 5000)
                file.write(os.urandom(1000))

        job = self.make(write)
        self.assertEqual((job.status, job.error), ("failed", "It changed while it was read."))
        self.assertEqual((self.image.state, self.files()), ("ok", []))

    def test_a_file_that_is_cut_off_meanwhile_is_not_called_broken(self):
        job = self.make(lambda: os.truncate(self.path, 900_000))
        self.assertEqual((job.status, job.error), ("failed", "It changed while it was read."))
        self.assertEqual((self.image.state, self.files()), ("ok", []))

    def test_of_a_file_that_is_replaced_meanwhile_the_old_content_is_cut(self):
        def replace():
            other = self.path.with_suffix(".new")
            other.write_bytes(b"another")
            os.replace(other, self.path)

        self.assertEqual((self.make(replace).status, self.there()), ("done", True))

    def test_tiles_of_what_was_imported_stay_when_the_file_is_replaced(self):
        self.make()
        self.path.write_bytes(b"another")
        self.assertEqual(want_tiles(self.image).state, "ready")
        self.assertIsNotNone(read_tile(self.image, 11, 0, 0))
        # They are not made again of other content.
        drop_oldest(self.cache, 0)
        self.assertEqual(want_tiles(self.image).state, "waiting")
        job = self.make()
        self.assertEqual(job.error, "It changed since it was imported.")
        self.assertFalse(self.there())

    def test_a_decoder_that_is_killed_once_is_replaced(self):
        mark = self.root / "killed"

        def die_once():
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)

        self.assertEqual((self.make(die_once).status, self.there()), ("done", True))
        # What the killed one had written is cleared away like all that nobody uses.
        self.assertEqual(len(self.files()), 4)
        drop_oldest(self.cache, 0)
        self.assertEqual(self.files(), [])

    def test_one_that_dies_each_time_is_named_and_leaves_no_tiles(self):
        job = self.make(lambda: os.kill(os.getpid(), signal.SIGKILL))
        self.assertEqual((job.status, self.image.state, self.there()), ("failed", "broken", False))
        self.assertIn("crashed the decoder", job.error)

    def test_a_disk_that_fills_up_meanwhile_leaves_nothing_behind(self):
        write = Builder._write

        def write_or_fail(builder, tile):
            if len(builder.table) > 3:
                raise OSError(28, "No space left on device")
            return write(builder, tile)

        with mock.patch.object(Builder, "_write", write_or_fail):
            job = self.make()
        self.assertEqual(job.status, "failed")
        self.assertIn("The cache cannot be written", job.error)
        self.assertEqual((self.image.state, self.files()), ("ok", []))

    def test_of_two_that_make_them_at_once_both_are_right(self):
        want_tiles(self.image)
        source = preparing.Source(*(getattr(self.image, name) for name in preparing.Source._fields))
        reader = preparing.PictureReader((str(self.root),), self.cache, {}, 10**9, 100_000)

        def other():
            if not self.there():
                with mock.patch.object(Builder, "add", add), open(self.path, "rb") as file:
                    reader._tile(source, file)

        add = Builder.add
        self.assertEqual((self.make(other).status, len(self.files())), ("done", 3))


@pytest.mark.skipif(not HAS_VIPS, reason="pyvips is an extra")
def test_what_is_unpacked_to_be_turned_may_be_larger_than_the_memory(tmp_path):
    path = tmp_path / "turned.jpg"
    Picture.new("RGB", (16_000, 3_000), (200, 30, 90)).save(path)
    done = subprocess.run(
        [sys.executable, "-c", TURN, str(path), str(tmp_path)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"VIPS_DISC_THRESHOLD": "1m", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == "" and done.stdout.startswith("Finding(state='good'")


def test_a_disk_without_room_to_unpack_is_no_damage():
    found = _fault(
        mock.Mock(detail="wbuffer_write: write failed\nunix error: No space left on device")
    )
    assert (type(found), found.errno) == (OSError, 28)
    assert str(_fault(mock.Mock(detail="  bad marker\nmore"))) == "it cannot be decoded: bad marker"
