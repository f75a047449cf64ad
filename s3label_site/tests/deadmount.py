"""A real file system that stops answering, as a network mount whose server is gone.

It is an empty folder of FUSE, served by a thread of the test. Only root can mount it. Nothing but
the processes under test may look into it while it is silent: whoever does hangs as they do.
"""

import contextlib
import ctypes
import os
import select
import struct
import threading

LOOKUP, FORGET, GETATTR, INIT = 1, 2, 3, 26
OPENDIR, READDIR, RELEASEDIR, INTERRUPT = 27, 28, 29, 36
NOT_THERE, NOT_KNOWN = -2, -38
DETACHED = 3  # MNT_FORCE | MNT_DETACH
LONGEST = 1 << 20
HEADER = struct.Struct("<IIQQIIII")
LIBC = ctypes.CDLL(None, use_errno=True)


def _answer(operation):
    """(errno, what follows) for each of the few things one can ask an empty folder."""
    if operation == INIT:
        return 0, struct.pack("<4I2H2I2H8I", 7, 31, 4096, 0, 8, 8, 4096, 1, 1, 0, *[0] * 8)
    if operation == GETATTR:
        # A folder, inode 1, without size and times.
        about = struct.pack("<6Q3I7I", 1, *[0] * 8, 0o40755, 2, 0, 0, 0, 4096, 0)
        return 0, struct.pack("<QII", 0, 0, 0) + about
    if operation == OPENDIR:
        return 0, struct.pack("<QII", 1, 0, 0)
    if operation in (READDIR, RELEASEDIR):
        return 0, b""
    return (NOT_THERE if operation == LOOKUP else NOT_KNOWN), b""


class DeadMount:
    def __init__(self, folder):
        folder.mkdir()
        self.folder = folder
        # Held while a request is answered, and all the time while none is.
        self.answering = threading.Lock()
        self.is_dead = self.is_over = False
        self.device = os.open("/dev/fuse", os.O_RDWR | os.O_NONBLOCK)
        options = f"fd={self.device},rootmode=40000,user_id=0,group_id=0,allow_other"
        if LIBC.mount(b"dead", bytes(folder), b"fuse", 0, options.encode()) != 0:
            os.close(self.device)
            raise OSError(ctypes.get_errno(), "mount")
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        os.listdir(folder)  # so that nothing of the beginning is left to do

    def _serve(self):
        while not self.is_over:
            select.select([self.device], [], [], 0.05)
            # A request that was read and not answered could not be given up by a process that
            # is killed; one that waits to be read can.
            with self.answering, contextlib.suppress(OSError):
                self._answer(os.read(self.device, LONGEST))

    def _answer(self, request):
        _, operation, number, *_ = HEADER.unpack_from(request)
        if operation not in (FORGET, INTERRUPT):
            error, body = _answer(operation)
            os.write(self.device, struct.pack("<IiQ", 16 + len(body), error, number) + body)

    def die(self):
        self.answering.acquire()
        self.is_dead = True

    def revive(self):
        if self.is_dead:
            self.is_dead = False
            self.answering.release()

    def end(self):
        LIBC.umount2(bytes(self.folder), DETACHED)
        self.is_over = True
        self.revive()
        self.thread.join()
        os.close(self.device)
