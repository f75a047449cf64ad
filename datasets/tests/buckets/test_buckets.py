"""What the adapter promises, against each of the servers."""

import urllib.request

import pytest

from datasets.buckets import ObjectFile, bucket_folders, bucket_of, find_bucket_folder
from datasets.inspecting import ChangedMeanwhile
from datasets.objects import Gone, place_of
from datasets.opening import CannotOpen
from datasets.walking import StorageAway

KEYS = ["a-b.png", "a.png", "a/b.png", "a/c/d.png", "a0.png", "x/e e.png", "é.png"]


@pytest.fixture
def bucket(store):
    return bucket_of(place_of(store.root))


def names(bucket, store, below="", after="", flat=False):
    after = after and store.below + after
    listed = bucket.list(store.below + below, after=after, flat=flat)
    return [stored.key.removeprefix(store.below) for stored in listed]


def etag_of(bucket, store):
    return next(iter(bucket.list(store.below))).etag


def test_a_listing_comes_in_the_order_of_the_keys_and_goes_on_after_any(store, bucket):
    for key in reversed(KEYS):
        store.put(key, key.encode())
    assert names(bucket, store) == KEYS
    for number, key in enumerate(KEYS):
        assert names(bucket, store, after=key) == KEYS[number + 1 :]
    assert names(bucket, store, "a/") == ["a/b.png", "a/c/d.png"]
    assert names(bucket, store, flat=True) == [key for key in KEYS if "/" not in key]
    assert names(bucket, store, "a/", flat=True) == ["a/b.png"]
    assert bucket_folders(store.root, 10) == ["a", "x"]


def test_a_listing_says_size_etag_and_time(store, bucket):
    store.put("a.png", b"one")
    first = next(iter(bucket.list(store.below)))
    assert first.byte_size == 3
    assert first.etag and '"' not in first.etag
    assert first.mtime_ns > 1_000_000_000_000_000_000
    store.put("a.png", b"two, which is other")
    assert etag_of(bucket, store) != first.etag


def test_an_object_is_read_whole_or_from_a_byte_on(store, bucket):
    data = bytes(range(256)) * 100
    store.put("a.bin", data)
    with bucket.open(store.below + "a.bin") as stream:
        assert (stream.size, stream.read()) == (len(data), data)
    with bucket.open(store.below + "a.bin", first=1000) as stream:
        assert (stream.size, stream.read()) == (len(data), data[1000:])


def test_another_version_than_was_listed_is_not_read(store, bucket):
    store.put("a.png", b"one")
    etag = etag_of(bucket, store)
    bucket.open(store.below + "a.png", etag).close()
    store.put("a.png", b"two")
    with pytest.raises(ChangedMeanwhile):
        bucket.open(store.below + "a.png", etag)


def test_what_is_not_there_is_said(store, bucket):
    store.put("a.png", b"one")
    about = bucket.about(store.below + "a.png")
    assert (about.byte_size, about.etag) == (3, etag_of(bucket, store))
    with pytest.raises(Gone):
        bucket.about(store.below + "b.png")
    with pytest.raises(Gone):
        bucket.open(store.below + "b.png")
    with pytest.raises(StorageAway, match="no such"):
        list(type(bucket)("no-such-bucket", store.access, 1).list(""))


def test_a_bucket_answers_or_not(store, bucket):
    assert bucket.answers()
    assert not type(bucket)("no-such-bucket", store.access, 1).answers()


def test_an_object_is_a_file_that_reads_seeks_and_keeps_its_beginning(store, bucket, monkeypatch):
    data = bytes(range(256)) * 4000
    store.put("a.bin", data)
    with ObjectFile(f"{store.root}/a.bin", etag_of(bucket, store)) as file:
        assert file.read(1000) == data[:1000]
        file.seek(0)
        monkeypatch.setattr(ObjectFile, "_open", None)  # so far with one request
        assert file.read(500) == data[:500]
        assert file.read(600) == data[500:1000]
        assert file.read(10) == data[1000:1010]
        monkeypatch.undo()
        assert file.seek(0, 2) == len(data)
        assert file.read(10) == b""
        file.seek(900_000)
        assert file.read(10) == data[900_000:900_010]
        file.seek(5)
        assert file.read() == data[5:]


def test_a_signed_url_gives_the_object_with_a_fixed_type_for_a_while(store, bucket):
    store.put("a b.png", b"one")
    url = bucket.signed_url(store.below + "a b.png", "image/png", 60)
    with urllib.request.urlopen(url) as answer:  # noqa: S310
        assert answer.read() == b"one"
        assert answer.headers["Content-Type"] == "image/png"


def test_a_folder_is_found_below_a_root_only(store, settings):
    store.put("in/deep/a.png", b"one")
    store.put("out/a.png", b"one")
    settings.IMAGE_ROOTS = [f"{store.root}/in"]
    assert find_bucket_folder(f"{store.root}/in/deep/") == f"{store.root}/in/deep"
    assert bucket_folders(f"{store.root}/in", 10) == ["deep"]
    for given, words in (
        (f"{store.root}/out", "root"),
        (f"{store.root}/in/../out", "empty, . or .."),
        (f"{store.root}/in//deep", "empty"),
        (f"{store.root}/inside", "root"),
        (f"{store.root}/in/none", "nothing in it"),
    ):
        with pytest.raises(CannotOpen, match=words):
            find_bucket_folder(given)
