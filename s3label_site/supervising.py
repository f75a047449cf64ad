"""Keep child processes running, and end them all when this process ends (no Django)."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
LONGEST_WAIT = 30
# A child that lived so long gets its next restart at once again.
HEALTHY_AFTER = 60
# What a child may take to finish its work, and what it may then take to die.
SECONDS_TO_FINISH = 20
SECONDS_TO_DIE = 5


class Stop(SystemExit):
    """A signal asked this process to end."""


def _die_with_the_parent():
    """In the child: SIGTERM comes even when the parent was killed and could not send it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """One command that has to be running, in a process group of its own.

    Of its own, so that Ctrl+C reaches only the supervisor, which then asks each child once.
    """

    def __init__(self, name, command, **options):
        self.name = name
        self.command = command
        self.options = options
        self.process: subprocess.Popen
        self.failures = 0
        self.start()

    def start(self):
        self.started = time.monotonic()
        self.retry_at = None
        # preexec_fn is safe here: no other thread runs yet or holds a lock that it needs.
        self.process = subprocess.Popen(  # noqa: S603  our own command, no shell
            self.command,
            start_new_session=True,
            preexec_fn=_die_with_the_parent,  # noqa: PLW1509
            **self.options,
        )

    def revive(self, say):
        """Start the child again if it died; each time in a row it waits longer before that."""
        code = self.process.poll()
        if code is None:
            return
        now = time.monotonic()
        if self.retry_at is None:
            self.kill()  # what the dead child had started would work on unseen
            self.failures = 1 if now - self.started > HEALTHY_AFTER else self.failures + 1
            wait = min(2**self.failures - 2, LONGEST_WAIT)  # 0, 2, 6, 14, 30 seconds
            self.retry_at = now + wait
            say(f"The {self.name} ended unexpectedly ({_how(code)}); starting it again.")
        if now >= self.retry_at:
            self.start()

    def ask_to_end(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()

    def ended_within(self, seconds):
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self):
        """Kill whatever is left of the child and of the processes it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _how(code):
    return f"signal {-code}" if code < 0 else f"exit code {code}"


class Supervisor:
    """Starts children, revives them while it runs, and leaves none behind."""

    def __init__(self, say):
        self.say = say
        self.children = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def add(self, *args, **options):
        child = Child(*args, **options)
        self.children.append(child)
        return child

    def run(self):
        """Revive children until a signal raises Stop."""
        pause = threading.Event()
        while True:
            for child in self.children:
                child.revive(self.say)
            pause.wait(0.5)

    def end(self):
        """Ask every child to finish, insist, and kill what is left."""
        for seconds in (SECONDS_TO_FINISH, SECONDS_TO_DIE):
            deadline = time.monotonic() + seconds
            for child in self.children:
                child.ask_to_end()
            if all(
                [child.ended_within(max(0, deadline - time.monotonic())) for child in self.children]
            ):
                break
        for child in self.children:
            child.kill()


@contextlib.contextmanager
def signals_raise_stop():
    """SIGTERM and Ctrl+C raise Stop in the main thread; a second one while it ends does nothing."""
    stopping = False

    def stop(number, frame):
        nonlocal stopping
        if not stopping:
            stopping = True
            raise Stop(0)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
