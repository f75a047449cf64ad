"""A database that says nothing is given up by those who serve people (no Django).

A frozen server keeps its connections open, so that no time limit of TCP ends waiting for it, and
its own time limits are frozen with it. A statement that works long is silent, too; whoever waits
asks by a new connection which of the two it is.
"""

import threading
import time
from typing import NamedTuple

# What a wait of psycopg is told when nothing came for a moment.
NOTHING_CAME = 0
# One in so many seconds finds out whether the silence is over; the others do not wait with it.
TURN = 3


class Limits(NamedTuple):
    """Seconds that a web request may wait."""

    silence: int
    statement: int
    lock: int

    def as_options(self):
        """For the server, which ends what it knows to take too long."""
        return (
            f"-c statement_timeout={self.statement}s -c lock_timeout={self.lock}s "
            # Longer only a process that is frozen itself, and then others wait for its locks.
            f"-c idle_in_transaction_session_timeout={self.statement}s"
        )


class Silence:
    """What the threads of a process know of it together."""

    def __init__(self):
        self.lock = threading.Lock()
        self.asked = None  # when the silence was noticed, or somebody last went to see

    def is_worth_asking(self):
        """Whether to wait for the database: always, but in a silence only one at a time."""
        with self.lock:
            now = time.monotonic()
            if self.asked is None:
                return True
            is_my_turn = now - self.asked > TURN
            if is_my_turn:
                self.asked = now
            return is_my_turn

    def notice(self):
        with self.lock:
            self.asked = time.monotonic()

    def end(self):
        self.asked = None

    def listen(self, steps, patience, is_alive, give_up):
        """Drive a wait of psycopg; give_up() raises when the silence is one of the whole server."""
        patience = patience if self.is_worth_asking() else 0
        try:
            wanted = next(steps)
            since = time.monotonic()
            while True:
                ready = yield wanted
                if ready != NOTHING_CAME:
                    since = time.monotonic()
                    self.end()
                elif time.monotonic() - since >= patience:
                    if not patience:
                        give_up()
                    elif not is_alive():
                        self.notice()
                        give_up()
                    since = time.monotonic()
                wanted = steps.send(ready)
        except StopIteration as end:
            return end.value
