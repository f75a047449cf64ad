"""Inspect many files in child processes, in order and with little in memory (no Django).

Processes, because reading headers holds Python's lock, and because a file that makes a
child crash or hang costs that child and is named, while all others are read.
"""

import collections
import multiprocessing
import os
import signal
import sys
import threading
import time
import warnings
from multiprocessing.connection import wait
from typing import NamedTuple

from datasets.inspecting import UNREADABLE, Finding, Limits, inspect
from datasets.opening import Opener

# Batches that wait in a child's pipe, so that it never idles while we write.
AHEAD = 2
# Slower than this is taken for a storage that hangs.
SECONDS = 30
BYTES_PER_SECOND = 1 << 20

CRASHED = "reading it crashed the reader; the file is probably damaged"
HANGS = f"reading it took more than {SECONDS} seconds"


class FileReader(NamedTuple):
    """What a child does with files below the roots; it is sent to the child."""

    roots: tuple[str, ...]
    limits: Limits | None  # None: only hashes are wanted

    def items(self, batch):
        """What the child is given of a batch; for each it answers with a finding."""
        return batch.paths

    def seconds(self, byte_size):
        return SECONDS + byte_size / BYTES_PER_SECOND

    def serve(self, pipe):
        opener = Opener(self.roots)
        while True:
            paths = pipe.recv()
            pipe.send([inspect(path, opener, self.limits) for path in paths])
            opener.close()


def read_in_order(batches, *, reader, workers, tick):
    """(batch, findings) for each batch, in order; findings as many as batch.to_read.

    A batch has to_read, paths, and byte_size, their size together. tick is called at
    least once a second while nothing comes.
    """
    team = _Team(reader, workers, tick)
    waiting = collections.deque()
    try:
        for batch in batches:
            waiting.append((batch, team.send(batch) if batch.to_read else None))
            while waiting and team.is_done(waiting[0][1]):
                batch, number = waiting.popleft()
                yield batch, team.take(number)
        while waiting:
            batch, number = waiting.popleft()
            team.wait_for(number)
            yield batch, team.take(number)
    finally:
        team.close()


def may_fork():
    """A fork is ready at once; beside other threads it would not be safe."""
    return threading.active_count() == 1 and sys.platform == "linux"


class _Piece:
    """A batch, or after an accident one file of it, on its way through a child."""

    def __init__(self, number, start, items, seconds, *, is_suspect=False):
        self.number = number
        self.start = start
        self.items = items
        self.is_suspect = is_suspect
        self.seconds = seconds


class _Child:
    def __init__(self, context, reader):
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, self.pipe, reader), daemon=True)
        self.process.start()
        theirs.close()
        self.pieces = collections.deque()
        self.since = 0.0

    def give(self, piece):
        if not self.pieces:
            self.since = time.monotonic()
        self.pieces.append(piece)
        self.pipe.send(piece.items)

    def got(self):
        self.since = time.monotonic()
        return self.pieces.popleft()

    def hangs(self):
        return bool(self.pieces) and time.monotonic() - self.since > self.pieces[0].seconds

    def close(self):
        self.pipe.close()
        self.process.kill()


class _Team:
    def __init__(self, reader, workers, tick):
        self.context = multiprocessing.get_context("fork" if may_fork() else "spawn")
        self.reader = reader
        self.workers = workers
        self.tick = tick
        self.children = []
        self.queue = collections.deque()
        self.results = {}
        self.missing = {}
        self.number = 0

    def send(self, batch):
        """Take a batch in, after waiting until there is room for it; its number."""
        while len(self.missing) >= self.workers * AHEAD:
            self._listen(1)
        self.number += 1
        self.results[self.number] = [None] * len(batch.paths)
        self.missing[self.number] = len(batch.paths)
        seconds = self.reader.seconds(batch.byte_size)
        self.queue.append(_Piece(self.number, 0, self.reader.items(batch), seconds))
        self._hand_out()
        self._listen(0)
        return self.number

    def is_done(self, number):
        return number is None or number not in self.missing

    def wait_for(self, number):
        while not self.is_done(number):
            self._listen(1)

    def take(self, number):
        return self.results.pop(number) if number else []

    def close(self):
        for child in self.children:
            child.close()
        for child in self.children:
            # One that hangs in a dead file system cannot be killed, and is not waited for.
            child.process.join(timeout=0.5)

    def _hand_out(self):
        while self.queue:
            free = min(self.children, key=lambda child: len(child.pieces), default=None)
            if (free is None or free.pieces) and len(self.children) < self.workers:
                free = _Child(self.context, self.reader)
                self.children.append(free)
            if len(free.pieces) >= AHEAD:
                return
            piece = self.queue.popleft()
            try:
                free.give(piece)
            except (BrokenPipeError, ConnectionResetError):
                self._after_accident(free, CRASHED)  # over what it had before this piece

    def _listen(self, seconds):
        self.tick()
        pipes = {child.pipe: child for child in self.children if child.pieces}
        for pipe in wait(list(pipes), timeout=seconds):
            child = pipes[pipe]
            try:
                self._store(child.pieces[0], pipe.recv())
            except (EOFError, ConnectionResetError):
                self._after_accident(child, CRASHED)
            else:
                child.got()
        for child in list(self.children):
            if child.hangs():
                self._after_accident(child, HANGS)
        self._hand_out()

    def _store(self, piece, findings):
        self.results[piece.number][piece.start : piece.start + len(findings)] = findings
        self.missing[piece.number] -= len(findings)
        if not self.missing[piece.number]:
            del self.missing[piece.number]

    def _after_accident(self, child, words):
        """Read the batch again one file at a time; blame the file that it happens to again."""
        guilty, *others = child.pieces
        self.queue.extendleft(reversed(others))
        if guilty.is_suspect:
            self._store(guilty, [Finding(UNREADABLE, words)])
        else:
            seconds = self.reader.seconds(0)
            single = [
                _Piece(guilty.number, guilty.start + index, [item], seconds, is_suspect=True)
                for index, item in enumerate(guilty.items)
            ]
            self.queue.extendleft(reversed(single))
        child.pieces.clear()
        self._replace(child)

    def _replace(self, child):
        self.children.remove(child)
        child.close()


def _serve(pipe, parents, reader):
    """The life of a child: items come in, findings go out, until the parent is gone."""
    parents.close()  # else we would hold our own pipe open and never see it end
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    warnings.simplefilter("ignore")  # Pillow's, about headers that we call damaged in words
    try:
        reader.serve(pipe)
    except (EOFError, OSError):
        os._exit(0)
