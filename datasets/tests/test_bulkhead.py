"""A storage that does not answer holds its places and no others."""

import io
import threading
from contextlib import ExitStack

import pytest

from datasets.bulkhead import Bulkhead, GuardedFile, StorageBusy

SOON = 0.01  # for waits that are to end in vain
LONG = 60  # for those that are not


def fill(stack, bulkhead, storage, times):
    for _ in range(times):
        stack.enter_context(bulkhead.place_in(storage))


@pytest.mark.parametrize(
    ("threads", "places", "places_of_all"), [(1, 1, 1), (2, 1, 1), (4, 1, 3), (8, 3, 7)]
)
def test_one_storage_gets_less_than_half_of_the_threads_and_all_of_them_leave_one(
    threads, places, places_of_all
):
    bulkhead = Bulkhead(threads, SOON)
    with ExitStack() as stack:
        fill(stack, bulkhead, "/dead", places)
        with pytest.raises(StorageBusy), bulkhead.place_in("/dead"):
            pass
    with ExitStack() as stack:
        for number in range(places_of_all):
            fill(stack, bulkhead, f"/dead/{number}", 1)
        with pytest.raises(StorageBusy), bulkhead.place_in("/other"):
            pass


@pytest.mark.parametrize("threads", [4, 8, 16])
def test_beside_two_dead_storages_there_is_a_place_and_a_thread(threads):
    bulkhead = Bulkhead(threads, SOON)
    with ExitStack() as stack:
        for storage in ("/dead", "s3"):
            fill(stack, bulkhead, storage, bulkhead.places)
        with bulkhead.place_in("/other"):
            assert len(bulkhead.inside) < threads


def test_others_go_on_beside_a_dead_storage_and_so_does_it_when_it_is_back():
    bulkhead = Bulkhead(6, SOON)
    with ExitStack() as stack:
        fill(stack, bulkhead, "/dead", 2)
        for _ in range(3):
            with bulkhead.place_in("/other"):
                pass
    with ExitStack() as stack:
        fill(stack, bulkhead, "/dead", 2)
    assert bulkhead.inside == {}


def test_who_comes_while_it_is_busy_waits_until_there_is_a_place():
    bulkhead = Bulkhead(2, LONG)
    came = threading.Event()

    def come():
        with bulkhead.place_in("/busy"):
            came.set()

    with bulkhead.place_in("/busy"):
        waiting = threading.Thread(target=come, daemon=True)
        waiting.start()
        assert not came.wait(0.05)
    assert came.wait(LONG)
    waiting.join(LONG)


def test_nobody_waits_for_what_was_silent_for_long(monkeypatch):
    bulkhead = Bulkhead(2, LONG)
    now = [1000.0]
    monkeypatch.setattr("datasets.bulkhead.time.monotonic", lambda: now[0])
    with bulkhead.place_in("/dead"):
        now[0] += LONG - 10
        assert bulkhead._wait("/dead") == 10
        now[0] += LONG
        assert bulkhead._wait("/dead") == 0


def test_a_place_is_given_back_when_reading_fails():
    bulkhead = Bulkhead(2, SOON)
    for _ in range(3):
        with pytest.raises(OSError, match="stale"), bulkhead.place_in("/flaky"):
            raise OSError("stale")
    assert bulkhead.inside == {}


def test_a_file_takes_a_place_only_while_it_is_read():
    bulkhead = Bulkhead(2, SOON)
    seen = []

    class Source(io.BytesIO):
        def read(self, size=-1):
            seen.append(len(bulkhead.inside))
            return super().read(size)

    with GuardedFile(Source(b"0123456789"), bulkhead, "/slow") as file:
        assert (file.read(4), file.tell(), len(bulkhead.inside)) == (b"0123", 4, 0)
        assert (file.seek(0), file.readall()) == (0, b"0123456789")
        with bulkhead.place_in("/slow"), pytest.raises(StorageBusy):
            file.read(1)
    assert set(seen) == {1}
    assert file.file.closed
