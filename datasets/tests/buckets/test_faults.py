"""A storage that throttles, stalls, lies and redirects: each object gets its own reason.

The numbers of the cases are those of the table in docs/import.md.
"""

import threading
from types import SimpleNamespace

import pytest

from datasets import objects
from datasets.bucket_access import S3Access
from datasets.bucket_s3 import S3Bucket
from datasets.inspecting import AWAY_STATE, GOOD, UNREADABLE, Limits
from datasets.objects import Place, inspect_object, walk_objects
from datasets.tests.buckets.faulty import DATA, FaultyStorage
from datasets.walking import Entry, StorageAway

LIMITS = Limits(1_000_000, 1_000_000)
# How often a request is sent; more than one only where the SDK itself is to try again.
SENDS = 1


def open_bucket(storage, patch, sends=SENDS):
    patch.setattr("datasets.bucket_s3.SENDS", sends)
    patch.setattr("datasets.bucket_s3.READ_SECONDS", 0.5)
    address = f"http://127.0.0.1:{storage.server_port}"
    return S3Bucket("images", S3Access(address, "us-east-1", "key", "secret"), 2)


@pytest.fixture(scope="module")
def server():
    storage = FaultyStorage()
    threading.Thread(target=storage.serve_forever, args=(0.01,), daemon=True).start()
    yield storage
    storage.shutdown()
    storage.server_close()


@pytest.fixture(scope="module")
def one_bucket(server):
    """One for all tests, because making it takes half a second."""
    with pytest.MonkeyPatch.context() as patch:
        bucket = open_bucket(server, patch)
    yield bucket
    bucket.client.close()  # ends the threads that keep its connections


@pytest.fixture
def storage(server):
    server.reset()
    return server


@pytest.fixture
def bucket(one_bucket, storage, monkeypatch):
    for module in ("objects", "bucket_s3"):
        monkeypatch.setattr(f"datasets.{module}.wait", lambda attempt: None)
    return one_bucket


def entry_of(name):
    path = f"s3://images/{name}"
    return Entry(path, path, len(DATA), 1, etag="e")


def inspect(bucket, name):
    return inspect_object(bucket, entry_of(name), LIMITS)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("forbidden.png", "no permission to read it (403)"),
        ("gone.png", "not there any more"),
        ("archived.png", "archived; restore it"),
        ("busy.png", "too busy (503); look again later"),
        ("cut.png", "look again later"),
        ("reset.png", "look again later"),
        ("silent.png", "did not answer in time; look again later"),
        ("longer.png", "changed after it was listed"),
        ("other.png", "changed after it was listed"),
    ],
)
def test_an_object_that_cannot_be_read_is_named_with_the_reason(bucket, name, words):
    """Cases 52, 65, 68: and nothing of what the storage answered is repeated."""
    finding = inspect(bucket, name)
    assert finding.state == UNREADABLE
    assert words in finding.reason
    assert "secret" not in finding.reason


def test_a_body_that_is_cut_once_is_read_again(bucket, storage):
    """Case 65: only whole bodies are hashed."""
    storage.faults_left = 1
    assert inspect(bucket, "once.png").state == GOOD


def test_expired_credentials_are_no_fault_of_the_object(bucket):
    """Case 64: the import stops and goes on when there are new ones."""
    finding = inspect(bucket, "expired.png")
    assert finding.state == AWAY_STATE
    assert "ExpiredToken" in finding.reason


def test_a_redirect_is_not_followed(bucket, storage):
    """Case 67: it might lead to an address that gives credentials away."""
    assert inspect(bucket, "elsewhere.png").state == AWAY_STATE
    assert not [path for path, _ in storage.asked if "meta-data" in path]


def test_terabytes_are_refused_by_the_listing(bucket, storage):
    """Case 70: the object is not asked for."""
    storage.byte_size = 5_497_558_138_880
    entries = list(walk_objects(bucket, Place("s3", "images")))
    words = inspect_object(bucket, entries[0], LIMITS).reason
    assert words.startswith("too big: 5,497,558,138,880 bytes")
    assert {path for path, _ in storage.asked} == {"/images"}


def test_a_newline_in_a_key_is_part_of_the_name(bucket, storage):
    """Case 63: it arrives, and is asked for, as it is."""
    storage.pages, storage.keys, storage.byte_size = 1, ["new\nline.png", "a\r\nb.png"], len(DATA)
    entries = list(walk_objects(bucket, Place("s3", "images")))
    assert [entry.path for entry in entries] == [f"s3://images/{key}" for key in storage.keys]
    for entry in entries:
        assert inspect_object(bucket, entry, LIMITS).state == GOOD
    assert [path for path, _ in storage.asked[1:]] == [
        "/images/new%0Aline.png",
        "/images/a%0D%0Ab.png",
    ]


def keys(bucket, **asked):
    return [stored.key for stored in bucket.list("", **asked)]


def test_a_listing_of_a_hundred_pages_goes_on_at_the_one_that_failed(bucket, storage):
    """Case 64: no other is asked for twice. Pages of 1,000 would only take longer."""
    storage.pages, storage.names = 100, 50
    storage.bad_page, storage.faults_left = 57, 2
    count, last = 0, ""
    for stored in bucket.list(""):
        assert stored.key > last
        count, last = count + 1, stored.key
    assert (count, last) == (5000, "004999.png")
    assert storage.pages_asked_for() == [*range(57), 57, 57, 57, *range(58, 100)]


def test_a_listing_whose_token_expires_stops_and_goes_on_behind_the_last_key(bucket, storage):
    """Case 64: with what the import stored of how far it came."""
    storage.pages, storage.names = 4, 2
    storage.bad_page, storage.faults_left, storage.fault = 2, 1, (400, "ExpiredToken")
    came = []
    with pytest.raises(StorageAway, match="credentials"):
        for stored in bucket.list(""):
            came.append(stored.key)
    assert len(came) == 4
    came += keys(bucket, after=came[-1])
    assert came == [f"{number:06d}.png" for number in range(8)]


def test_a_listing_that_fails_for_good_says_that_the_storage_is_away(bucket, storage):
    """Case 58: a bucket is away as a disk is."""
    storage.faults_left = 99
    with pytest.raises(StorageAway, match="a fault"):
        keys(bucket)


def test_whoever_is_throttled_waits_longer_each_time_and_not_with_the_others(storage, monkeypatch):
    """Case 65: by the SDK, which sends a request up to four times."""
    waits = []
    clock = SimpleNamespace(sleep=waits.append)
    monkeypatch.setattr("botocore.endpoint.time", clock)
    bucket = open_bucket(storage, monkeypatch, sends=objects.SENDS)
    for _ in range(4):
        storage.faults_left, storage.fault = 3, (503, "SlowDown")
        assert inspect(bucket, "recovers.png").state == GOOD
    bucket.client.close()
    assert len(waits) == 12 and len(set(waits)) == 12
    assert all(0 <= seconds <= 2 ** (number % 3) for number, seconds in enumerate(waits))


def test_tries_of_ours_wait_longer_each_time_and_not_all_at_once(monkeypatch):
    """Case 65: on top of what the SDK does, and for what it does not try again."""
    waits = []
    monkeypatch.setattr("datasets.objects.time", SimpleNamespace(sleep=waits.append))
    for _ in range(50):
        for attempt in range(3):
            objects.wait(attempt)
    for attempt in range(3):
        longest = 0.2 * 2**attempt
        mine = waits[attempt::3]
        assert longest / 2 <= min(mine) < max(mine) <= longest
        assert len(set(mine)) == 50
