"""Training, validation and test images, by what is in them. No Django.

An image's split follows from its content, so it never changes when images are added. Images of
the same content, and copies as their names tell, follow the first one that was imported.
"""

import re
from hashlib import blake2b

from labeling.exports.choosing import SPLITS

# What programs append to the name of a copy.
COPY_MARKS = re.compile(
    r"(\.rf\.[0-9a-f]{32}|[ _-]*\(\d+\)|~\d+|[ _-]+(copy|kopie|copie|copia)([ _-]?\d+)?)$"
)


class Splitter:
    """Made from all images as (dataset, path, sha256), in the order of their import."""

    def __init__(self, shares, images):
        self.shares = shares
        self.place_of: dict[bytes, int] = {}  # content or name → per cent
        for dataset, path, sha256 in images:
            content, name = _key(sha256), _key(f"{dataset}/{name_without_copy_marks(path)}")
            place = self.place_of.get(content, self.place_of.get(name, -1))
            if place < 0:
                place = place_by(sha256)
            self.place_of.setdefault(content, place)
            self.place_of.setdefault(name, place)

    def split_of(self, sha256):
        place = self.place_of.get(_key(sha256))
        if place is None:
            place = place_by(sha256)
        for split, share in zip(SPLITS, self.shares, strict=True):
            if place < share:
                return split
            place -= share
        return SPLITS[0]


def place_by(sha256):
    """A number below 100 that looks like chance.

    Not the hash itself: images are given out in its order, so what was labeled first would all
    be training images.
    """
    digest = blake2b(sha256.encode(), digest_size=4, key=b"split").digest()
    return int.from_bytes(digest) * 100 >> 32


def name_without_copy_marks(path):
    """The path without its suffix and without what says that it is a copy."""
    folder, slash, name = path.casefold().rpartition("/")
    stem = name.rpartition(".")[0] or name
    while (shorter := COPY_MARKS.sub("", stem)) not in (stem, ""):
        stem = shorter
    return f"{folder}{slash}{stem}"


def _key(text):
    return blake2b(text.encode(), digest_size=8).digest()
