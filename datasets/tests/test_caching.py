"""Derivatives are kept by content, up to a limit; what is used stays."""

import os
import time

import pytest

from datasets.caching import cache_path, drop_oldest, is_cached, open_cached, store

HOUR = 3600
SIZE = 1000


@pytest.fixture
def cache(tmp_path):
    """Ten derivatives of 1,000 bytes; number n was used n hours ago."""
    for number in range(10):
        put(tmp_path, number, hours=number)
    return tmp_path


def name(number):
    return f"{number:064}"


def put(cache, number, hours):
    store(cache, name(number), "thumbnail", bytes(SIZE))
    then = time.time() - hours * HOUR
    os.utime(cache_path(cache, name(number), "thumbnail"), (then, then))


def kept(cache):
    return [number for number in range(10) if is_cached(cache, name(number), "thumbnail")]


def test_below_the_limit_nothing_goes(cache):
    assert drop_oldest(cache, 10 * SIZE) == 0
    assert len(kept(cache)) == 10


def test_above_it_the_longest_unused_go_and_some_room_is_made(cache):
    assert drop_oldest(cache, 5 * SIZE) == 6 * SIZE
    assert kept(cache) == [0, 1, 2, 3]


def test_of_one_hour_only_so_many_go_as_it_takes(tmp_path):
    for number in range(10):
        put(tmp_path, number, hours=0)
    assert drop_oldest(tmp_path, 5 * SIZE) == 6 * SIZE
    assert len(kept(tmp_path)) == 4


def test_what_is_looked_at_is_young_again(cache):
    with open_cached(cache, name(9), "thumbnail") as file:
        assert file.read() == bytes(SIZE)
    drop_oldest(cache, 5 * SIZE)
    assert kept(cache) == [0, 1, 2, 9]


def test_a_use_is_noted_once_an_hour(cache):
    before = os.stat(cache_path(cache, name(0), "thumbnail")).st_mtime_ns
    open_cached(cache, name(0), "thumbnail").close()
    assert os.stat(cache_path(cache, name(0), "thumbnail")).st_mtime_ns == before


def test_what_an_interrupted_writer_left_goes_too(cache):
    left = cache / "thumbnail" / "00" / "tmpabc"
    left.write_bytes(bytes(9 * SIZE))
    os.utime(left, (1, 1))
    drop_oldest(cache, 15 * SIZE)
    assert not left.exists()
    assert len(kept(cache)) == 10


def test_an_empty_cache_and_none_are_fine(tmp_path):
    assert drop_oldest(tmp_path / "nothing", 1) == 0
    assert open_cached(tmp_path, name(1), "display") is None
