"""How much memory a process took; for tests that look at it from a process of its own."""

import os
from pathlib import Path


def peak_kilobytes():
    """The most memory that this program has held.

    Not ru_maxrss: on Linux that counts what the process held before it became this program,
    a copy of the test runner.
    """
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def address_space():
    """What this program has now, in bytes, of what RLIMIT_AS limits."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
