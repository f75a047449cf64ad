"""Requests that no library sends, to the server as it runs: two lengths, two hosts, silence."""

import os
import socket
import subprocess
import sys

import pytest
from django.conf import settings

from s3label_site.tests.test_serving import READY, free_port

GOOD = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """A server with one process, so that what holds it up holds up everything."""
    port, folder = free_port(), tmp_path_factory.mktemp("raw")
    environment = {"PORT": str(port), "S3LABEL_DATA_DIR": str(folder)}
    environment["GUNICORN_CMD_ARGS"] = "--workers 1"
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--no-demo"],
        cwd=settings.BASE_DIR,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert any(line.startswith("Ready:") for line in iter(server.stdout.readline, ""))
    yield port
    server.terminate()
    server.communicate(timeout=READY)


def send(port, text):
    """All that the server answers until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=READY) as sock:
        sock.sendall(text.encode("latin-1"))
        sock.shutdown(socket.SHUT_WR)
        parts = []
        while part := sock.recv(65536):
            parts.append(part)
    return b"".join(parts)


def statuses(answer):
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


def test_what_two_servers_would_read_differently_is_refused(port):
    hidden = "GET /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    begin = "POST /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    for odd in (
        f"{begin}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}",
        f"{begin}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}",
        f"{begin}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{hidden}",
        f"{begin}Content-Length: 0\r\nContent-Length: 5\r\n\r\n{hidden}",
        f"{begin}Content-Length: +5\r\n\r\n{hidden}",
        f"{begin}Content-Length: 5\r\n folded\r\n\r\n{hidden}",
        f"{begin}X-Odd: a\r\n folded\r\nContent-Length: 0\r\n\r\n{hidden}",
    ):
        found = statuses(send(port, odd))
        assert found and found[0] >= 400, odd
        assert 200 not in found, odd  # what was hidden in the body is no request of its own
    assert statuses(send(port, GOOD)) == [200]


def test_the_host_is_one_of_ours_however_it_is_said(port):
    for odd in (
        "GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
    ):
        assert statuses(send(port, odd))[0] == 400, odd
    # The part before the path is passed over; the header is what is checked.
    absolute = "GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    answer = send(port, absolute)
    assert b"\r\nLocation: /accounts/login/" in answer or statuses(answer)[0] >= 400
    assert b"evil.example" not in answer.partition(b"\r\n\r\n")[0]


def test_many_connections_that_say_nothing_stop_nobody(port):
    silent = [socket.create_connection(("127.0.0.1", port), timeout=READY) for _ in range(100)]
    try:
        assert statuses(send(port, GOOD)) == [200]
    finally:
        for sock in silent:
            sock.close()
