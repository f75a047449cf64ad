import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from s3label_site.supervising import Supervisor

# A child that starts a child of its own; both write their ids and would live for an hour.
FAMILY = """
import os, subprocess, sys, time
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
open(sys.argv[1], "a").write(f"{os.getpid()} {grandchild.pid}\\n")
time.sleep(3600)
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + FAMILY
# A supervisor in a process of its own, which can be killed.
PARENT = f"""
import sys
from s3label_site.supervising import Supervisor
with Supervisor(print) as supervisor:
    supervisor.add("child", [sys.executable, "-c", {FAMILY!r}, sys.argv[1]])
    supervisor.run()
"""


def is_alive(pid):
    """Whether the process runs; one that ended but was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(answer, seconds=20):
    deadline = time.monotonic() + seconds
    while not (found := answer()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


@pytest.fixture
def ids(tmp_path):
    """A function that waits for the n-th start and gives the ids of child and grandchild."""
    file = tmp_path / "ids"

    def started(number):
        lines = wait_for(lambda: file.exists() and file.read_text().splitlines()[number - 1 :])
        assert lines, f"the child was not started {number} time(s)"
        return [int(word) for word in lines[0].split()]

    started.file = str(file)
    return started


def test_a_child_that_died_is_started_again(ids):
    said = []
    with Supervisor(said.append) as supervisor:
        child = supervisor.add("worker", [sys.executable, "-c", FAMILY, ids.file])
        first, grandchild = ids(1)
        os.kill(first, signal.SIGKILL)
        child.process.wait()
        child.revive(said.append)
        assert is_alive(ids(2)[0])
        assert wait_for(lambda: not is_alive(grandchild))
    assert said == ["The worker ended unexpectedly (signal 9); starting it again."]


def test_a_child_that_keeps_dying_is_started_less_and_less_often():
    with Supervisor(print) as supervisor:
        child = supervisor.add("worker", [sys.executable, "-c", "raise SystemExit(3)"])
        waits = []
        for _ in range(7):
            child.process.wait()
            child.revive(lambda text: None)
            waits.append(round((child.retry_at or time.monotonic()) - time.monotonic()))
            child.retry_at = time.monotonic() - 1 if child.retry_at else None
            child.revive(lambda text: None)
    assert waits == [0, 2, 6, 14, 30, 30, 30]


def test_nothing_is_left_when_the_supervisor_ends(ids):
    with Supervisor(print) as supervisor:
        supervisor.add("child", [sys.executable, "-c", FAMILY, ids.file])
        family = ids(1)
        assert all(map(is_alive, family))
    assert wait_for(lambda: not any(map(is_alive, family)))


def test_a_child_that_does_not_listen_is_killed(ids, monkeypatch):
    monkeypatch.setattr("s3label_site.supervising.SECONDS_TO_FINISH", 0.2)
    monkeypatch.setattr("s3label_site.supervising.SECONDS_TO_DIE", 0.2)
    with Supervisor(print) as supervisor:
        supervisor.add("child", [sys.executable, "-c", STUBBORN, ids.file])
        family = ids(1)
    assert wait_for(lambda: not any(map(is_alive, family)))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_a_child_ends_even_when_the_supervisor_is_killed(ids):
    parent = subprocess.Popen([sys.executable, "-c", PARENT, ids.file])
    child, grandchild = ids(1)
    parent.kill()
    parent.wait()
    assert wait_for(lambda: not is_alive(child))
    os.kill(grandchild, signal.SIGKILL)
