"""How many threads of a process may be inside one storage at a time (no Django).

A call into a dead network mount never comes back, and one to a bucket that is silent takes
minutes. Whoever is inside keeps a place until then; others are refused, and the threads that
are left go on with everything else.
"""

import contextlib
import io
import threading
import time

# So long one waits for a place, and so long a storage may be silent before nobody waits for it.
SECONDS = 1
# As in gunicorn_settings, for servers that do not say how many they have.
USUAL_THREADS = 8


class StorageBusy(Exception):
    """All places of a storage are taken; another try in some seconds may go well."""

    def __init__(self):
        super().__init__("the storage of this image does not answer at the moment")


class Bulkhead:
    def __init__(self, threads=USUAL_THREADS, seconds=SECONDS):
        self.changed = threading.Condition()
        self.inside = {}  # {who is inside: (the storage, since when)}
        self.seconds = seconds
        self.divide(threads)

    def divide(self, threads):
        """Two storages may be dead, and there is a place for another and a thread for the rest."""
        self.places = max(1, (threads - 2) // 2)
        self.places_of_all = max(1, threads - 1)

    @contextlib.contextmanager
    def place_in(self, storage):
        """Be inside a storage; raises StorageBusy when there is no place in it."""
        me = object()
        with self.changed:
            if not self.changed.wait_for(lambda: self._has_place(storage), self._wait(storage)):
                raise StorageBusy
            self.inside[me] = (storage, time.monotonic())
        try:
            yield
        finally:
            with self.changed:
                del self.inside[me]
                self.changed.notify_all()

    def _since(self, storage):
        return [since for where, since in self.inside.values() if where == storage]

    def _has_place(self, storage):
        is_left = len(self.inside) < self.places_of_all
        return is_left and len(self._since(storage)) < self.places

    def _wait(self, storage):
        """Seconds that waiting is worth: none where nobody came in or out for as long."""
        found = self._since(storage)
        # With places left here, it is the others who hold too many.
        if len(found) < self.places:
            found = [since for _, since in self.inside.values()]
        return max(0, max(found, default=0) + self.seconds - time.monotonic())


class GuardedFile(io.RawIOBase):
    """An open file of a storage; each read takes a place, so that a slow browser holds none."""

    def __init__(self, file, bulkhead, storage):
        super().__init__()
        self.file, self.bulkhead, self.storage = file, bulkhead, storage

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self.file.tell()

    def seek(self, offset, whence=io.SEEK_SET):
        with self.bulkhead.place_in(self.storage):
            return self.file.seek(offset, whence)

    def read(self, size=-1):
        with self.bulkhead.place_in(self.storage):
            return self.file.read(size)

    def readinto(self, buffer):
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self):
        self.file.close()
        super().close()


# Of this process.
WEB = Bulkhead()
