"""Where webhooks may go: hosts that are allowed, by addresses that are, and nowhere else."""

import http.server
import socket
import threading
from unittest import mock

import pytest

from datasets import posting
from datasets.posting import Forbidden, NotDelivered, may_reach, place_of, post, signature_of

PUBLIC, PRIVATE = ["hooks.example.org", "other.example.org:8443"], ["127.0.0.1:9000", "build"]


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://hooks.example.org/x?y=1", ("https", "hooks.example.org", 443, "/x?y=1", False)),
        ("https://HOOKS.example.org", ("https", "hooks.example.org", 443, "/", False)),
        ("https://other.example.org:8443/", ("https", "other.example.org", 8443, "/", False)),
        ("http://127.0.0.1:9000/x", ("http", "127.0.0.1", 9000, "/x", True)),
        ("http://build/", ("http", "build", 80, "/", True)),
    ],
)
def test_what_is_allowed(url, place):
    assert place_of(url, PUBLIC, PRIVATE) == place


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/",  # not encrypted
        "https://hooks.example.org:444/",
        "https://other.example.org/",
        "https://evil.example.org/",
        "https://hooks.example.org.evil.org/",
        "https://evil.org/hooks.example.org",
        "https://hooks.example.org@evil.org/",
        "https://evil.org\\@hooks.example.org/",
        "https://hooks.example.org#@evil.org/",
        "https://user:password@hooks.example.org/",
        "http://127.0.0.1/",
        "http://127.1:9000/",
        "http://2130706433:9000/",
        "file:///etc/passwd",
        "gopher://hooks.example.org/",
        "//hooks.example.org/",
        "hooks.example.org",
        "https://hooks.example.org/ x",
        "https://hooks.example.org/\r\nHost: evil",
        "https://hooks.example.org:port/",
        "https://[::1/",
        "https://hooks.example.org/" + "x" * 600,
        "https://höoks.example.org/",
        "",
    ],
)
def test_what_is_not_allowed(url):
    with pytest.raises(Forbidden):
        place_of(url, PUBLIC, PRIVATE)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_public_addresses_are_reached(address):
    assert may_reach(address, False)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "::1", "fd00::1", "::ffff:10.0.0.1"]
    + ["64:ff9b::a00:1", "2002:0a00:0001::"],
)
def test_private_ones_only_where_the_operator_says_so(address):
    assert not may_reach(address, False)
    assert may_reach(address, True)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fe80::1%eth0"]
    + ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "240.0.0.1"],  # noqa: S104
)
def test_some_addresses_never(address):
    assert not may_reach(address, True)


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers as its server says, and remembers what came."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), body))
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        self.send_response(status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver():
    server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
    server.seen, server.statuses = [], []
    server.url = f"http://127.0.0.1:{server.server_port}/hook?a=1"
    server.name = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def send(receiver, url=None):
    hosts = {"public": [], "private": [receiver.name]}
    return post(url or receiver.url, b"{}", {"X-Test": "1"}, **hosts)


def test_a_message_arrives(receiver):
    assert send(receiver) == 200
    ((path, headers, body),) = receiver.seen
    assert (path, headers["X-Test"], body) == ("/hook?a=1", "1", b"{}")


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 500, 503])
def test_what_is_no_success_is_none(receiver, status):
    receiver.statuses = [status]
    with pytest.raises(NotDelivered) as problem:
        send(receiver)
    assert problem.value.status == status
    assert len(receiver.seen) == 1  # the redirect was not followed
    assert send(receiver) == 200


def test_the_address_is_checked_when_it_is_connected_to(receiver):
    """A name that is allowed and leads into the private network, as an attacker's DNS may say."""
    name = f"hooks.example.org:{receiver.server_port}"
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", receiver.server_port))]
    mixed = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443)), *found]
    for answer in (found, mixed):
        with (
            mock.patch.object(socket, "getaddrinfo", return_value=answer),
            mock.patch.object(socket, "create_connection") as connect,
            pytest.raises(Forbidden),
        ):
            post(f"https://{name}/", b"", {}, public=[name], private=[])
        connect.assert_not_called()
    # The same name and address, where the operator says that it may be private.
    with mock.patch.object(socket, "getaddrinfo", return_value=found):
        assert post(f"http://{name}/", b"", {}, public=[], private=[name]) == 200


def test_one_who_never_ends_to_answer_is_left(monkeypatch):
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        name = f"127.0.0.1:{server.getsockname()[1]}"
        ended = threading.Event()

        def drip():
            connection, _ = server.accept()
            with connection:
                while not ended.wait(0.05):
                    try:
                        connection.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        with pytest.raises(NotDelivered):
            post(f"http://{name}/", b"", {}, public=[], private=[name])
        ended.set()
        thread.join()


def test_the_signature_depends_on_secret_time_and_body():
    one = signature_of("secret", 5, b"{}")
    assert one.startswith("t=5,v1=")
    others = (("other", 5, b"{}"), ("secret", 6, b"{}"), ("secret", 5, b"{ }"))
    assert one not in {signature_of(*other) for other in others}
