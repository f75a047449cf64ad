"""Tiles of huge images: right pixels from every kind of file, made once, in the background."""

import io
import shutil
from datetime import timedelta
from unittest import mock

import numpy as np
import pytest
from django.conf import settings
from django.test import TestCase
from PIL import Image as Picture

from datasets import strips
from datasets.caching import is_cached
from datasets.decoding import look_after_new_images
from datasets.models import Decoding, Image, Tiling
from datasets.pyramids import REDUCED, TILES, levels_of, tile_of
from datasets.serving import reduced_answer, thumbnail_answer
from datasets.tests.pictures import ORIENTATION, encoded, png_header, png_part
from datasets.tests.test_thumbnails import TURNED, assert_close, corners, stored
from datasets.tests.tiles import BY, TilingMixin, difference, level_of, pyramid_of
from datasets.thumbnails import THUMBNAIL, Undecodable
from datasets.tiling import state_of_tiles, want_tiles


def smooth(size, mode="RGB"):
    """A picture that JPEG hardly changes, different everywhere."""
    x, y = np.meshgrid(np.linspace(0, 255, size[0]), np.linspace(0, 255, size[1]))
    bands = [x, y, (x + y) / 2, 255 - x]
    if mode == "L":
        return Picture.fromarray(x.astype(np.uint8))
    chosen = np.stack(bands[: len(mode)], axis=-1).astype(np.uint8)
    return Picture.frombytes(mode, size, chosen.tobytes())


def test_levels_are_numbered_as_in_deep_zoom():
    levels = levels_of(100_000, 80_000)
    assert levels[-1] == (17, 100_000, 80_000)
    assert levels[-2] == (16, 50_000, 40_000)
    assert levels[0] == (9, 391, 313)
    assert [one.number for one in levels_of(512, 512)] == [9]
    assert levels_of(1025, 3)[0] == (9, 257, 1)


@BY
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF"])
def test_tiles_have_the_pixels_of_the_file(monkeypatch, has_vips, format_):
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    picture = smooth((1300, 1100), "L" if format_ == "GIF" else "RGB")
    options = {"quality": 95} if format_ in ("JPEG", "WEBP") else {}
    pyramid = pyramid_of(stored(picture, format_, **options), format_, picture.size)
    wanted = picture.convert("RGB")
    for level in reversed(levels_of(*picture.size)):
        assert difference(level_of(pyramid, level), wanted) < 12
        wanted = wanted.reduce(2)


@BY
@pytest.mark.parametrize("format_", ["JPEG", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_tiles_are_upright(monkeypatch, has_vips, format_, orientation):
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    exif = Picture.Exif()
    exif[ORIENTATION] = orientation
    size = (600, 400) if orientation < 5 else (400, 600)
    data = stored(corners((600, 400)), format_, exif=exif)
    pyramid = pyramid_of(data, format_, size, orientation)
    whole = level_of(pyramid, levels_of(*size)[-1])
    at = [(size[0] * x // 4, size[1] * y // 4) for y in (1, 3) for x in (1, 3)]
    assert_close([whole.getpixel(point) for point in at], TURNED[orientation], 40)


@BY
def test_what_lets_light_through_stays_so(monkeypatch, has_vips):
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    picture = smooth((600, 520), "RGBA")
    pyramid = pyramid_of(stored(picture, "PNG"), "PNG", picture.size)
    assert difference(level_of(pyramid, levels_of(600, 520)[-1], "RGBA"), picture) == 0


@BY
def test_damaged_pixels_are_named(monkeypatch, has_vips):
    monkeypatch.setattr(strips, "HAS_VIPS", has_vips)
    data = stored(smooth((1300, 1100)), "JPEG")[:9000]
    with pytest.raises((Undecodable, OSError)):
        pyramid_of(data, "JPEG", (1300, 1100))


def test_a_tile_that_does_not_exist_is_none():
    pyramid = pyramid_of(stored(smooth((600, 520)), "PNG"), "PNG", (600, 520))
    for level, column, row in ((10, 2, 0), (10, 0, 2), (11, 0, 0), (8, 0, 0)):
        pyramid.seek(0)
        assert tile_of(pyramid, level, column, row) is None
    pyramid.seek(0)
    assert tile_of(pyramid, 10, 1, 1) is not None


class TilingTests(TilingMixin, TestCase):
    def import_one(self, data=None, name="big.png"):
        self.put(name, stored(smooth((700, 600)), "PNG") if data is None else data)
        self.run_import()
        return Image.objects.get()

    def kinds(self, image):
        kinds = (TILES, REDUCED, THUMBNAIL)
        return [kind for kind in kinds if is_cached(self.cache, image.sha256, kind)]

    def test_tiles_are_made_ahead_like_thumbnails(self):
        image = self.import_one()
        self.assertEqual(self.kinds(image), [])
        look_after_new_images()
        job = Decoding.objects.get()
        job.workers = 1
        job.run()
        self.assertEqual(self.kinds(image), [TILES, REDUCED, THUMBNAIL])
        self.assertEqual(state_of_tiles(image).state, "ready")
        self.assertEqual(want_tiles(image).state, "ready")
        self.assertFalse(Tiling.objects.exists())

    def test_a_small_image_gets_none(self):
        image = self.import_one(encoded("PNG"))
        look_after_new_images()
        Decoding.objects.get().run()
        self.assertEqual(self.kinds(image), [THUMBNAIL])

    def test_who_opens_it_starts_the_work_once(self):
        image = self.import_one()
        self.assertEqual(want_tiles(image).state, "waiting")
        self.assertEqual(want_tiles(image).state, "waiting")
        job = Tiling.objects.get()
        told = []
        job.listener = lambda: told.append(job.done)
        self.assertTrue(job.run())
        self.assertEqual(self.kinds(image), [TILES, REDUCED, THUMBNAIL])
        self.assertEqual((job.status, job.done, state_of_tiles(image).state),
                         ("done", 1000, "ready"))  # fmt: skip
        self.assertTrue(told)
        # Cleared away, they are made again by the same row.
        shutil.rmtree(self.cache)
        self.assertEqual(want_tiles(image).state, "waiting")
        Tiling.objects.get().run()
        self.assertEqual(state_of_tiles(image).state, "ready")

    def test_progress_is_told_while_it_runs(self):
        image = self.import_one()
        want_tiles(image)
        Tiling.objects.update(status="running", done=420, total=1000)
        self.assertEqual(state_of_tiles(image), ("running", 42, "", None))

    def test_damaged_pixels_mark_the_image_as_broken(self):
        pixels = png_part(b"IDAT", b"no pixels" * 20)
        image = self.import_one(png_header(1300, 1100) + pixels + png_part(b"IEND"))
        want_tiles(image)
        Tiling.objects.get().run()
        image.refresh_from_db()
        self.assertEqual(image.state, "broken")
        with mock.patch("datasets.tiling.PAUSE", timedelta()):
            state = want_tiles(image)
        self.assertEqual(state.state, "failed")
        self.assertIn("cannot be decoded", state.words)
        self.assertEqual(self.kinds(image), [])

    def test_a_full_disk_is_no_fault_of_the_image(self):
        image = self.import_one()
        want_tiles(image)
        with mock.patch("datasets.preparing.storing", side_effect=OSError(28, "No space left")):
            Tiling.objects.get().run()
        image.refresh_from_db()
        self.assertEqual(image.state, "ok")
        self.assertIn("cache cannot be written", want_tiles(image).words)
        # Later, whoever opens it starts the work again.
        with mock.patch("datasets.tiling.PAUSE", timedelta()):
            self.assertEqual(want_tiles(image).state, "waiting")
        Tiling.objects.get().run()
        self.assertEqual(want_tiles(image).state, "ready")

    def test_pages_show_a_reduced_picture(self):
        image = self.import_one(stored(smooth((3000, 2500)), "JPEG"), "wide.jpg")
        request = self.client.get("/").wsgi_request
        self.assertEqual(reduced_answer(request, image).status_code, 410)
        want_tiles(image)
        Tiling.objects.get().run()
        for answer, side in ((reduced_answer, 1500), (thumbnail_answer, 320)):
            response = answer(request, image)
            picture = Picture.open(io.BytesIO(b"".join(response.streaming_content)))
            self.assertEqual(picture.width, side)

    def test_the_limit_of_an_import_lets_them_in(self):
        self.assertGreaterEqual(settings.MAX_PIXELS, 400_000_000)
