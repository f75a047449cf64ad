"""How much memory a process took; for tests that look at it from a process of its own."""

from pathlib import Path


def peak_kilobytes():
    """The most memory that this program has held.

    Not ru_maxrss: on Linux that counts what the process held before it became this program,
    a copy of the test runner.
    """
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])
