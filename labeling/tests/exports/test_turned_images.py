"""What is drawn on an image that is stored turned, lies in the same place in the export."""

import io

import numpy as np
import pytest
from PIL import Image as Picture

from datasets.inspecting import Limits, inspect
from datasets.opening import Opener
from datasets.tests.test_thumbnails import RED, corners, stored
from datasets.thumbnails import DISPLAY, make
from labeling.tests.exports.samples import image, label, shape
from labeling.tests.exports.test_masks import export, mask


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_mask_covers_what_was_drawn_over(tmp_path, orientation):
    """Case 45: for all orientations, the red quarter is where the person saw it."""
    exif = Picture.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "a.png"
    path.write_bytes(stored(corners(), "PNG", exif=exif))
    found = inspect(str(path), Opener([str(tmp_path)]), Limits(10_000, 100_000))
    size = (found.width, found.height)
    shown = make(DISPLAY, io.BytesIO(path.read_bytes()), "PNG", found.orientation, size)
    red = (np.asarray(Picture.open(io.BytesIO(shown)).convert("RGB")) == RED).all(axis=2)
    rows, columns = np.nonzero(red)
    left, top = int(columns.min()), int(rows.min())
    right, bottom = int(columns.max()) + 1, int(rows.max()) + 1
    ring = [left, top, right, top, right, bottom, left, bottom]
    drawn = label(shape("polygon", {"rings": [ring]}))
    archive, _ = export(image(drawn, size=size))
    np.testing.assert_array_equal(mask(archive, "classes") == 1, red)
