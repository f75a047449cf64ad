"""Children read files in order, and neither a crash nor a hang of one stops the others."""

import os
import signal
import time
from types import SimpleNamespace

import pytest

from datasets import reading
from datasets.inspecting import GOOD, Finding, Limits
from datasets.reading import FileReader, read_in_order
from datasets.tests.pictures import encoded

LIMITS = Limits(10_000, 1_000_000)


@pytest.fixture
def files(tmp_path):
    paths = []
    for number in range(40):
        path = tmp_path / f"{number:02d}.png"
        path.write_bytes(encoded("PNG", seed=number, size=(10 + number, 5)))
        paths.append(str(path))
    return paths


def batches(paths, size=4):
    for start in range(0, len(paths), size):
        chosen = paths[start : start + size]
        yield SimpleNamespace(to_read=chosen, paths=chosen, byte_size=0)
        yield SimpleNamespace(to_read=[], paths=[], byte_size=0)


def read(paths, *, workers=2, tick=lambda: None, size=4):
    """{path: finding} of all files, after checking the order."""
    root = os.path.dirname(paths[0])
    found = {}
    read = read_in_order(
        batches(paths, size), reader=FileReader((root,), LIMITS), workers=workers, tick=tick
    )
    for batch, findings in read:
        assert len(findings) == len(batch.paths)
        found |= dict(zip(batch.paths, findings, strict=True))
    assert list(found) == paths
    return found


def inspect_badly(monkeypatch, bad, act):
    """Let the child do something terrible when it comes to a certain file."""
    inspecting = reading.inspect

    def inspect(path, opener, limits):
        if path == bad:
            act()
        return inspecting(path, opener, limits)

    monkeypatch.setattr(reading, "inspect", inspect)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_findings_come_in_order(files, workers):
    found = read(files, workers=workers)
    assert [found[path].width for path in files] == [10 + number for number in range(40)]


def test_a_file_that_crashes_its_reader_is_named_and_all_others_are_read(files, monkeypatch):
    inspect_badly(monkeypatch, files[13], lambda: os.kill(os.getpid(), signal.SIGKILL))
    found = read(files)
    assert found.pop(files[13]) == Finding("unreadable", reading.CRASHED)
    assert {finding.state for finding in found.values()} == {GOOD}


def test_a_reader_that_was_killed_from_outside_blames_no_file(files, monkeypatch, tmp_path):
    mark = tmp_path / "killed once"

    def die_once():
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    inspect_badly(monkeypatch, files[39], die_once)
    for size in (1, 4):
        mark.unlink(missing_ok=True)
        assert {finding.state for finding in read(files, size=size).values()} == {GOOD}


def test_a_file_that_hangs_is_named_and_all_others_are_read(files, monkeypatch):
    """Case 59: its reader is left behind."""
    monkeypatch.setattr(reading, "SECONDS", 1)
    inspect_badly(monkeypatch, files[13], lambda: time.sleep(600))
    found = read(files)
    assert found.pop(files[13]) == Finding("unreadable", reading.HANGS)
    assert {finding.state for finding in found.values()} == {GOOD}


def test_whoever_waits_is_asked_to_give_a_sign_of_life(files, monkeypatch):
    inspect_badly(monkeypatch, files[0], lambda: time.sleep(2.5))
    ticks = []
    read(files[:4], tick=lambda: ticks.append(1))
    assert len(ticks) >= 3


def test_stopping_ends_the_children(files, monkeypatch):
    """Case 72: none goes on reading."""
    inspect_badly(monkeypatch, files[0], lambda: time.sleep(600))

    class Stopped(Exception):
        pass

    def tick():
        if len(reading_now) > 3:
            raise Stopped
        reading_now.append(1)

    reading_now = []
    others = _children()  # such as the storage servers of other tests
    with pytest.raises(Stopped):
        read(files, tick=tick)
    assert _children() <= others


def _children():
    """Living children of this process; a zombie has ended."""
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        pids = file.read().split()
    return {pid for pid in pids if _is_alive(pid)}


def _is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_only_so_much_is_read_ahead(files):
    asked = []

    def counted():
        for batch in batches(files, 1):
            asked.append(batch)
            yield batch

    read = read_in_order(
        counted(),
        reader=FileReader((os.path.dirname(files[0]),), LIMITS),
        workers=1,
        tick=lambda: None,
    )
    next(read)
    assert len(asked) < 20
    read.close()
