"""The one command, as a process of its own: it serves, says so, and ends cleanly."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from django.conf import settings

READY = 90  # seconds; a busy machine is not a fault


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve(tmp_path):
    """Start `manage.py serve` with an empty data folder of its own."""
    servers = []

    def start(**environment):
        server = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--no-demo"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"S3LABEL_DATA_DIR": str(tmp_path)} | environment,
            stdout=subprocess.PIPE,
            stderr=(tmp_path / "stderr").open("w"),
            text=True,
        )
        server.said = tmp_path / "stderr"
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.terminate()
        server.wait(READY)


def test_it_serves_says_so_and_ends_when_asked(serve, tmp_path):
    port = free_port()
    roots = f"{tmp_path}/images:{tmp_path.parent}/unmounted"
    server = serve(PORT=str(port), S3LABEL_IMAGE_ROOTS=roots)
    said = iter(server.stdout.readline, "")
    ready = next((line for line in said if line.startswith("Ready:")), "")
    assert ready == f"Ready: http://127.0.0.1:{port}\n"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/") as page:  # noqa: S310
        assert page.status == 200
    server.send_signal(signal.SIGTERM)
    assert server.wait(READY) == 0
    assert "createsuperuser" in server.stdout.read()
    assert "Traceback" not in server.said.read_text()
    assert "unmounted of S3LABEL_IMAGE_ROOTS is no folder" in server.said.read_text()
    assert (tmp_path / "images").is_dir()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def refusal(server):
    assert server.wait(READY) != 0
    assert server.stdout.read() == ""
    return server.said.read_text().strip()


def test_a_taken_port_is_refused_before_anything_is_done(serve, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert refusal(serve(PORT=str(port))) == (
            f"CommandError: Port {port} of 127.0.0.1 is taken. "
            "Stop the other program, or choose another PORT."
        )
    assert not (tmp_path / "s3label.sqlite3").exists()


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PORT": "eighty"}, "PORT='eighty' is not a whole number"),
        ({"PORT": "70000"}, "PORT=70000 is too large"),
        ({"HOST": "192.0.2.1", "PORT": "8000"}, "HOST=192.0.2.1 is not an address of this machine"),
        (
            {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
            "The database does not answer; check DATABASE_URL",
        ),
    ],
)
def test_it_says_in_one_line_why_it_cannot_serve(serve, environment, words):
    said = refusal(serve(**({"PORT": str(free_port())} | environment)))
    assert words in said
    assert len(said.splitlines()) == 1
