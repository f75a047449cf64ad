"""Portions of work, done in order by this process and by a second one beside it.

Only what is measured and written of each portion alone is shared; the order, the names and the
numbers stay with this process. So the same portions make the same bytes, shared or not, and
when the second process ends before its time, this one does its portions again.
"""

import gc
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
from collections import deque
from contextlib import contextmanager
from itertools import cycle
from multiprocessing.connection import Connection

import django
from django.conf import settings
from django.db import connection

OBJECTS_BETWEEN_COLLECTIONS = 50_000
# So few are all there is, or many follow: the second process is ready after two dozen.
FIRST_ALONE = 3
# With one portion in work, one that waits for it and one on its way, it never idles. Not more:
# together they must fit into the pipe, or both would wait for each other to read.
AHEAD = 3
MOST_WAITING = 12
# Longer than any portion takes. Then it is taken for dead.
SECONDS = 120
# What models need; without the admin and the API it is ready in half the time.
APPS = ("django.contrib.auth", "django.contrib.contenttypes", "accounts", "datasets", "labeling")
# A new interpreter: forked, it would share our connection to the database and the locks of
# other threads; and what runs us, a command or somebody's program, is not to run again.
PROGRAM = "import sys; from labeling.sharing import serve; serve(*sys.argv[1:])"


def in_order(portions, do, *, may_share=True):
    """(portion, do(portion)) of each; do must be a function that can be sent (pickled)."""
    sharer = None
    waiting = deque()
    try:
        for count, portion in enumerate(portions, 1):
            if count == FIRST_ALONE and may_share and _can_share():
                sharer = _Sharer(do)
            if sharer and sharer.has_room():
                waiting.append(_Entry(portion))
                sharer.give(waiting[-1])
            else:
                waiting.append(_Entry(portion, do(portion), is_done=True))
            yield from _ready(waiting, sharer, MOST_WAITING)
        yield from _ready(waiting, sharer, 0)
    finally:
        if sharer:
            sharer.close()


def _can_share():
    """Another process must see what we see, and have a core to itself."""
    is_seen = not connection.in_atomic_block and not _is_in_memory()
    return is_seen and len(os.sched_getaffinity(0)) > 1


def _is_in_memory():
    return connection.vendor == "sqlite" and connection.is_in_memory_db()


class _Entry:
    def __init__(self, portion, result=None, *, is_done=False):
        self.portion, self.result, self.is_done = portion, result, is_done


def _ready(waiting, sharer, most):
    """What is done up to the first that is not; more than so many are waited for."""
    while waiting:
        if not waiting[0].is_done:
            sharer.listen(SECONDS if len(waiting) > most else 0)
        if not waiting[0].is_done:
            return
        entry = waiting.popleft()
        yield entry.portion, entry.result


class _Sharer:
    """The second process. It tells when it is ready, then answers portion by portion."""

    def __init__(self, do):
        self.do = do
        self.given = deque()
        self.is_ready = self.is_lost = False
        # Answers lie in files: in a pipe they would have to wait until we read it.
        self.files = [tempfile.TemporaryFile() for _ in range(AHEAD)]  # noqa: SIM115
        self.next_file = cycle(self.files)
        ours, theirs = socket.socketpair()
        self.pipe = Connection(ours.detach())
        with theirs:
            handles = [theirs.fileno(), *(file.fileno() for file in self.files)]
            command = [sys.executable, "-c", PROGRAM, str(connection.settings_dict["NAME"])]
            self.process = subprocess.Popen(  # noqa: S603
                [*command, *map(str, handles)], pass_fds=handles, cwd=settings.BASE_DIR
            )

    def has_room(self):
        if not self.is_ready and not self.is_lost:
            self.listen(0)
        return self.is_ready and not self.is_lost and len(self.given) < AHEAD

    def give(self, entry):
        self.given.append(entry)
        try:
            self.pipe.send(entry.portion)
        except OSError:
            self._lose()

    def listen(self, seconds):
        """Take in what has come; at least one thing within so many seconds, if asked for."""
        try:
            if not self.pipe.poll(seconds):
                if seconds:
                    self._lose()
                return
            while self.pipe.poll():
                self.pipe.recv()
                if self.is_ready:
                    entry = self.given.popleft()
                    file = next(self.next_file)
                    file.seek(0)
                    entry.result, entry.is_done = pickle.load(file), True  # noqa: S301
                else:
                    self.is_ready = True
                    self.pipe.send(self.do)
        except (EOFError, OSError):
            self._lose()

    def _lose(self):
        """It was killed, or hangs: what it had is done here. A fault of the work shows here too."""
        self.is_lost = True
        self.process.kill()
        while self.given:
            entry = self.given.popleft()
            entry.result, entry.is_done = self.do(entry.portion), True

    def close(self):
        self.pipe.close()
        self.process.kill()
        self.process.wait()
        for file in self.files:
            file.close()


def serve(database, pipe_handle, *file_handles):
    """The life of the second process: until the first is gone, or has enough."""
    pipe = Connection(int(pipe_handle))
    files = [os.fdopen(int(handle), "w+b", buffering=1 << 20) for handle in file_handles]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings.INSTALLED_APPS = [name for name in settings.INSTALLED_APPS if name in APPS]
    django.setup()
    connection.settings_dict["NAME"] = database
    try:
        pipe.send(True)
        do = pipe.recv()
        with few_collections():
            for file in cycle(files):
                answer = do(pipe.recv())
                file.seek(0)
                pickle.dump(answer, file, pickle.HIGHEST_PROTOCOL)
                file.flush()
                pipe.send(True)
    except (EOFError, OSError):
        os._exit(0)


@contextmanager
def few_collections():
    """Millions of short-lived records make Python look for cycles over and over, among all
    that it has loaded. Looking seldom, and not at that, saves a fourth of the time.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
