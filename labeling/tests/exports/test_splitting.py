"""Training, validation and test images: stable, and no copy on the other side."""

import hashlib
from collections import Counter

import pytest

from labeling.exports.choosing import BadChoice, Choice, parse_shares
from labeling.exports.splitting import Splitter, name_without_copy_marks, place_by


def image(number, name=None, dataset=1):
    return dataset, name or f"/images/{number}.jpg", hashlib.sha256(b"%d" % number).hexdigest()


def splits_of(images, shares=(80, 10, 10)):
    splitter = Splitter(shares, images)
    return [splitter.split_of(sha256) for *_, sha256 in images]


def test_shares_are_about_what_was_asked_for():
    found = Counter(splits_of([image(number) for number in range(5000)], (70, 20, 10)))
    assert found["train"] == pytest.approx(3500, abs=120)
    assert found["val"] == pytest.approx(1000, abs=100)
    assert found["test"] == pytest.approx(500, abs=80)


def test_new_images_do_not_move_old_ones():
    images = [image(number) for number in range(300)]
    assert splits_of(images)[:100] == splits_of(images[:100])


def test_the_images_that_are_given_out_first_are_of_every_split():
    # The queue is in the order of the hashes.
    images = sorted((image(number) for number in range(1000)), key=lambda one: one[2])
    assert set(splits_of(images)[:100]) == {"train", "val", "test"}


def other_split_than(first):
    """A content that alone would not be in the same split."""
    place = place_by(first[2])
    return next(n for n in range(1000, 2000) if abs(place_by(image(n)[2]) - place) > 50)


@pytest.mark.parametrize(
    "name",
    [
        "/images/0 (1).jpg",
        "/images/0_copy.jpg",
        "/images/0 - Copy (2).jpg",
        "/images/0.png",
        "/images/0~17.JPG",
        "/images/0.rf.0123456789abcdef0123456789abcdef.jpg",
    ],
)
def test_a_copy_by_its_name_follows_the_first(name):
    first = image(0)
    copy = image(other_split_than(first), name)
    shares = (50, 50, 0)
    assert len(set(splits_of([first, copy], shares))) == 1
    # In another dataset the name says nothing.
    assert len(set(splits_of([first, (2, *copy[1:])], shares))) == 2


def test_the_same_content_in_another_dataset_follows_the_first():
    first = image(0)
    other = other_split_than(first)
    # The second copy's name would lead to the other split.
    images = [first, image(other, "/images/x.jpg"), (1, "/images/x (1).jpg", first[2])]
    found = splits_of(images, (50, 50, 0))
    assert found[0] == found[2] != found[1]


def test_neighbours_in_a_series_are_no_copies():
    names = ["/a/img_001.jpg", "/a/img_002.jpg", "/b/img_001.jpg", "/a/(1).jpg", "/a/copy.jpg"]
    assert len({name_without_copy_marks(name) for name in names}) == len(names)


def test_shares_in_words():
    assert parse_shares("80/10/10") == (80, 10, 10)
    assert parse_shares("70 / 30") == (70, 30, 0)
    for bad in ("80/10", "80/10/20", "a/b/c", "", "100/0/0/0", "-10/110", "٨٠/20"):
        with pytest.raises(BadChoice, match="80/10/10"):
            parse_shares(bad)


def test_a_choice_is_kept_as_text_and_read_again():
    assert Choice().to_json() == "{}"
    assert Choice(split="val").shares == (80, 10, 10)
    choice = Choice(labelers=(3, 1), whose="newest", empty=False, split="val", images="copy")
    assert Choice.from_json(choice.to_json()) == choice
    assert Choice.from_json("{}", status="approved") == Choice(status="approved")
