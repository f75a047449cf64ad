"""A storage that speaks S3 and answers by the name that is asked for: mostly badly."""

import contextlib
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SO_LINGER, SOL_SOCKET
from urllib.parse import parse_qs, quote

from datasets.tests.pictures import encoded

DATA = encoded("PNG", seed=1)
ENTRY = (
    "<Contents><Key>{}</Key><Size>{}</Size><ETag>e</ETag>"
    "<LastModified>2026-01-01T00:00:00Z</LastModified></Contents>"
)


class FaultyStorage(ThreadingHTTPServer):
    """What it does, and what it was asked for; see reset."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.stopped = threading.Event()
        self.reset()

    def reset(self):
        self.asked = []
        self.faults_left = 0
        self.fault = (500, "InternalError")
        # The listing: so many pages of so many names, one of which fails as often as is said.
        self.pages, self.names, self.bad_page = 3, 1, 1
        self.byte_size = 9
        self.keys = None  # instead of numbers
        self.answering = threading.Event()  # of what is asked for as hanging

    def pages_asked_for(self):
        return [self.page_of(query) for path, query in self.asked if path == "/images"]

    def page_of(self, query):
        after = query.get("start-after", [""])[0]
        known = query.get("continuation-token", [""])[0]
        return int(known or (int(after[:6]) // self.names + 1 if after else 0))


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):  # noqa: N802
        path, _, query = self.path.partition("?")
        self.server.asked.append((path.rstrip("/"), parse_qs(query)))
        if path.rstrip("/") == "/images":
            self.list(parse_qs(query))
        else:
            getattr(self, path.rpartition("/")[2].partition(".")[0], self.whole)()

    do_HEAD = do_GET  # noqa: N815

    def send(self, status, body=b"", length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def fail(self):
        """The fault that was asked for, if it is still to come."""
        if not self.server.faults_left:
            return False
        self.server.faults_left -= 1
        status, code = self.server.fault
        self.send(status, f"<Error><Code>{code}</Code></Error>".encode())
        return True

    def list(self, query):
        server = self.server
        page = server.page_of(query)
        if page == server.bad_page and self.fail():
            return
        first = page * server.names
        keys = server.keys or [f"{n:06d}.png" for n in range(first, first + server.names)]
        body = "<EncodingType>url</EncodingType>"
        body += "".join(ENTRY.format(quote(key), server.byte_size) for key in keys)
        more = page + 1 < server.pages
        body += f"<NextContinuationToken>{page + 1}</NextContinuationToken>" if more else ""
        body += f"<IsTruncated>{str(more).lower()}</IsTruncated>"
        self.send(200, f"<ListBucketResult>{body}</ListBucketResult>".encode())

    def whole(self):
        self.send(200, DATA, ETag='"e"')

    def forbidden(self):
        self.send(403, b"<Error><Code>AccessDenied</Code><Message>secret</Message></Error>")

    def gone(self):
        self.send(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def archived(self):
        self.send(403, b"<Error><Code>InvalidObjectState</Code></Error>")

    def expired(self):
        self.send(400, b"<Error><Code>ExpiredToken</Code></Error>")

    def busy(self):
        self.send(503, b"<Error><Code>SlowDown</Code></Error>")

    def recovers(self):
        """Throttled as often as was asked for, then whole."""
        if not self.fail():
            self.whole()

    def cut(self):
        self.send(200, DATA[:-30], length=len(DATA), ETag='"e"')
        self.close_connection = True

    def reset(self):
        """The connection is broken off, not closed, in the middle of the body."""
        self.send(200, DATA[:-30], length=len(DATA), ETag='"e"')
        self.wfile.flush()
        self.connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def silent(self):
        """No answer at all, until whoever asked gives up."""
        self.connection.settimeout(60)
        self.rfile.read(1)

    def hanging(self):
        """No answer until the test lets go, and whole then if anybody still waits."""
        self.server.answering.wait(120)
        with contextlib.suppress(OSError):
            self.whole()

    def longer(self):
        self.send(200, DATA + b"more", ETag='"e"')

    def other(self):
        self.send(200, DATA, ETag='"another"')

    def elsewhere(self):
        self.send(307, b"", Location="http://169.254.169.254/latest/meta-data/")

    def once(self):
        if self.server.faults_left:
            self.server.faults_left -= 1
            return self.cut()
        return self.whole()

    def log_message(self, *words):
        pass
