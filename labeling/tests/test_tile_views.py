"""Tiles over HTTP: whose, which there are, and what nobody should ask for."""

import io
import tempfile

import numpy as np
from django.conf import settings
from django.test import override_settings
from django.urls import reverse
from PIL import Image as Picture

from datasets.caching import storing
from datasets.depth import Range
from datasets.pyramids import TILES, Builder
from s3label_site.testing import S3LabelTestCase

SIZE = (1100, 700)
# Levels, columns and rows that the pyramid does not have.
WRONG = [
    (11, 3, 0), (11, 0, 2), (12, 0, 0), (8, 0, 0), (10, 2, 0), (10, 0, 1), (0, 0, 0),
    (11, 2**31, 0), (11, 0, 2**63), (2**64, 0, 0), (10**30, 10**30, 10**30),
]  # fmt: skip
NO_NUMBERS = [
    "11/-1_0", "-11/0_0", "11/0_-1", "11/0", "11/0_0_0", "11/0_0/", "11/1.5_0", "11/a_b",
    "11/0x1_0", "11/1e1_0", "11/ 0_0", "../file", "11/..%2f0_0", "11/0_" + "9" * 5000,
]  # fmt: skip


class TileViewTests(S3LabelTestCase):
    def setUp(self):
        self.client.force_login(self.ann)
        folder = tempfile.TemporaryDirectory(prefix="s3label-test-")
        self.addCleanup(folder.cleanup)
        changed = override_settings(TILES_ABOVE_PIXELS=100_000, CACHE_DIR=folder.name)
        changed.enable()
        self.addCleanup(changed.disable)
        self.image.width, self.image.height = SIZE
        self.image.save()

    def put_tiles(self, mode="RGB", range_=None):
        with storing(settings.CACHE_DIR, self.image.sha256, TILES) as target:
            builder = Builder(target, *SIZE, mode, range_)
            for top in range(0, SIZE[1], 512):
                values = np.full((min(512, SIZE[1] - top), SIZE[0]), 30_000, np.int32)
                builder.add(
                    Picture.fromarray(values) if range_ else Picture.new(mode, values.T.shape)
                )
            builder.finish()

    def tile(self, *numbers, **headers):
        url = reverse("labeling:image_tile", args=[self.image.pk, *numbers])
        return self.client.get(url, headers=headers)

    def state(self):
        return self.client.post(reverse("labeling:image_tiles", args=[self.image.pk]))

    def test_each_tile_that_there_is_and_no_other(self):
        self.put_tiles()
        for numbers in ((11, 0, 0), (11, 2, 1), (10, 1, 0)):
            response = self.tile(*numbers)
            self.assertEqual((response.status_code, response["Content-Type"]), (200, "image/jpeg"))
        self.assertEqual(Picture.open(io.BytesIO(response.content)).size, (38, 350))
        for numbers in WRONG:
            self.assertEqual(self.tile(*numbers).status_code, 404, numbers)
        base = reverse("labeling:image_tiles", args=[self.image.pk])
        for odd in NO_NUMBERS:
            self.assertEqual(self.client.get(f"{base}/{odd}").status_code, 404, odd)

    def test_only_who_was_given_the_image_sees_its_tiles(self):
        self.put_tiles()
        for user, status in ((self.ann, 200), (self.rita, 200), (self.ben, 404), (self.cem, 404)):
            self.client.force_login(user)
            self.assertEqual(self.tile(11, 0, 0).status_code, status)
            self.assertEqual(self.state().status_code, status)
        # Neither does what the browser kept show them.
        etag = self.tile_of_ann()["ETag"]
        self.client.force_login(self.ben)
        self.assertEqual(self.tile(11, 0, 0, if_none_match=etag).status_code, 404)

    def tile_of_ann(self):
        self.client.force_login(self.ann)
        return self.tile(11, 0, 0)

    def test_a_browser_keeps_them(self):
        self.put_tiles()
        etag = self.tile(11, 0, 0)["ETag"]
        self.assertEqual(self.tile(11, 0, 0, if_none_match=etag).status_code, 304)
        self.assertEqual(self.tile(11, 1, 0, if_none_match=etag).status_code, 200)

    def test_none_are_there_yet(self):
        self.assertEqual(self.tile(11, 0, 0).status_code, 404)
        self.assertEqual(self.state().json()["state"], "waiting")

    def test_the_state_tells_the_range_of_what_is_deep(self):
        self.put_tiles()
        ready = {"state": "ready", "percent": 100, "words": "", "range": None}
        self.assertEqual(self.state().json(), ready)
        self.put_tiles("I", Range(-5, 65_535))
        self.assertEqual(self.state().json(), ready | {"range": [-5, 65_535]})
        self.assertEqual(self.tile(11, 0, 0)["Content-Type"], "image/png")
