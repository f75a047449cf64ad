"""A storage that throttles, stalls, lies and redirects: each object gets its own reason."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from datasets import objects
from datasets.bucket_access import S3Access
from datasets.bucket_s3 import S3Bucket
from datasets.inspecting import AWAY_STATE, GOOD, UNREADABLE, Limits
from datasets.objects import inspect_object
from datasets.tests.pictures import encoded
from datasets.walking import Entry, StorageAway

DATA = encoded("PNG", seed=1)
LIMITS = Limits(1_000_000, 1_000_000)
PAGE = "<Contents><Key>{0}</Key><Size>9</Size><ETag>e</ETag>" + (
    "<LastModified>2026-01-01T00:00:00Z</LastModified></Contents>"
)


class FaultyStorage(BaseHTTPRequestHandler):
    """Answers by the name that is asked for."""

    protocol_version = "HTTP/1.1"
    asked: list[str] = []
    faults_left = 0

    def do_GET(self):  # noqa: N802
        path, _, query = self.path.partition("?")
        self.asked.append(self.path)
        if path.strip("/") == "images":
            self.list(query)
        else:
            getattr(self, path.rpartition("/")[2].partition(".")[0])()

    def send(self, status, body=b"", length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def list(self, query):
        """Three pages; the second fails as often as was asked for."""
        after = query.partition("start-after=")[2].partition("&")[0]
        token = query.partition("continuation-token=")[2].partition("&")[0]
        number = int(token or (after[0] if after else 0))
        if number == 1 and type(self).faults_left:
            type(self).faults_left -= 1
            return self.send(500, b"<Error><Code>InternalError</Code></Error>")
        more = f"<NextContinuationToken>{number + 1}</NextContinuationToken>" if number < 2 else ""
        body = PAGE.format(f"{number + 1}.png") + more
        body += f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>"
        self.send(200, f"<ListBucketResult>{body}</ListBucketResult>".encode())

    def whole(self):
        self.send(200, DATA, ETag='"e"')

    def forbidden(self):
        self.send(403, b"<Error><Code>AccessDenied</Code><Message>secret</Message></Error>")

    def gone(self):
        self.send(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def expired(self):
        self.send(400, b"<Error><Code>ExpiredToken</Code></Error>")

    def busy(self):
        self.send(503, b"<Error><Code>SlowDown</Code></Error>")

    def cut(self):
        self.send(200, DATA[:-30], length=len(DATA), ETag='"e"')
        self.close_connection = True

    def longer(self):
        self.send(200, DATA + b"more", ETag='"e"')

    def other(self):
        self.send(200, DATA, ETag='"another"')

    def elsewhere(self):
        self.send(307, b"", Location="http://169.254.169.254/latest/meta-data/")

    def once(self):
        if type(self).faults_left:
            type(self).faults_left -= 1
            return self.cut()
        return self.whole()

    def log_message(self, *words):
        pass


@pytest.fixture
def bucket(monkeypatch):
    monkeypatch.setattr("datasets.bucket_s3.SENDS", 1)
    monkeypatch.setattr("datasets.bucket_s3.READ_SECONDS", 2)
    monkeypatch.setattr(objects, "wait", lambda attempt: None)
    monkeypatch.setattr("datasets.bucket_s3.wait", lambda attempt: None)
    FaultyStorage.asked.clear()
    FaultyStorage.faults_left = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), FaultyStorage)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    bucket = S3Bucket("images", S3Access(address, "us-east-1", "key", "secret"), 2)
    yield bucket
    bucket.client.close()  # ends the threads that keep its connections
    server.shutdown()
    server.server_close()


def inspect(bucket, name):
    path = f"s3://images/{name}"
    return inspect_object(bucket, Entry(path, path, len(DATA), 1, etag="e"), LIMITS)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("forbidden.png", "no permission to read it (403)"),
        ("gone.png", "not there any more"),
        ("busy.png", "too busy (503); look again later"),
        ("cut.png", "look again later"),
        ("longer.png", "changed after it was listed"),
        ("other.png", "changed after it was listed"),
    ],
)
def test_an_object_that_cannot_be_read_is_named_with_the_reason(bucket, name, words):
    finding = inspect(bucket, name)
    assert finding.state == UNREADABLE
    assert words in finding.reason
    assert "secret" not in finding.reason


def test_a_body_that_is_cut_once_is_read_again(bucket):
    FaultyStorage.faults_left = 1
    assert inspect(bucket, "once.png").state == GOOD


def test_expired_credentials_are_no_fault_of_the_object(bucket):
    finding = inspect(bucket, "expired.png")
    assert finding.state == AWAY_STATE
    assert "ExpiredToken" in finding.reason


def test_a_redirect_is_not_followed(bucket):
    assert inspect(bucket, "elsewhere.png").state == AWAY_STATE
    assert not [path for path in FaultyStorage.asked if "meta-data" in path]


def test_a_listing_goes_on_at_the_page_that_failed(bucket):
    FaultyStorage.faults_left = 2
    assert [stored.key for stored in bucket.list("")] == ["1.png", "2.png", "3.png"]
    firsts = [path for path in FaultyStorage.asked if "token" not in path and "after" not in path]
    assert len(firsts) == 1


def test_a_listing_that_fails_for_good_says_that_the_storage_is_away(bucket):
    FaultyStorage.faults_left = 99
    with pytest.raises(StorageAway, match="a fault"):
        list(bucket.list(""))
