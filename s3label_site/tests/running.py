"""Real servers for tests that kill, freeze or starve them: `manage.py serve`, and PostgreSQL."""

import contextlib
import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from django.conf import settings

SECONDS = 120  # a busy machine is not a fault


def wait_until(holds, what, seconds=SECONDS):
    """The first true answer of a function that is asked again and again."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.05)
    return found


def processes():
    """{process: (its parent, its command line)} of all that run now."""
    found = {}
    for folder in Path("/proc").iterdir():
        # A process may end while one looks at it.
        with contextlib.suppress(OSError, ValueError):
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if fields[0] != "Z":
                found[int(folder.name)] = (int(fields[1]), command)
    return found


def children_of(pid):
    return {child: command for child, (parent, command) in processes().items() if parent == pid}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`manage.py serve` with a data folder and a database of its own."""

    def __init__(self, folder, database_url=None, more=None):
        self.port, self.folder = free_port(), folder
        self.log = folder / "server.log"
        own = {
            "S3LABEL_DATA_DIR": str(folder),
            "S3LABEL_IMAGE_ROOTS": str(folder / "images"),
            "DATABASE_URL": database_url or f"sqlite:///{folder / 's3label.sqlite3'}",
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "s3label_site.settings",
        }
        self.environment = os.environ | own | (more or {})
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--no-demo"],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdout=self.log.open("a"),
            stderr=subprocess.STDOUT,
        )
        self.wait_until_ready()
        wait_until(lambda: "Ready:" in self.log.read_text(), "the server says that it is ready")

    def stop(self):
        if self.process:
            self.process.terminate()
            assert self.process.wait(SECONDS) == 0, self.log.read_text()
            self.process = None

    def wait_until_ready(self):
        wait_until(lambda: self.ask("GET", "/readyz")[0] == 200, f"{self.url} is ready")

    def run(self, code):
        """What a Python program prints, which works in the server's database."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            cwd=settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else None

    def ask(self, method, path, body=None, token=None, seconds=30):
        """(status, answer); (0, why) when none came. Of what is no text, the answer is bytes."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            asked.request(method, path, None if body is None else json.dumps(body), headers)
            answer = asked.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as problem:
            return 0, str(problem)
        finally:
            asked.close()
        kind = answer.headers.get_content_type()
        if kind == "application/json":
            return answer.status, json.loads(text)
        return answer.status, text.decode() if kind.startswith("text/") else text

    # Its processes

    def gunicorn(self):
        """The parent of the web workers."""
        return next(iter(self._children("gunicorn")), None)

    def web_workers(self):
        parent = self.gunicorn()
        return list(children_of(parent)) if parent else []

    def job_workers(self):
        return self._children("manage.py worker")

    def _children(self, words):
        found = children_of(self.process.pid).items()
        return [child for child, command in found if words in command]


def postgresql_bin():
    """The folder of PostgreSQL's programs; None where it is not installed."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    newest = sorted(found, key=lambda path: float(path.parent.name))[-1:]
    by_name = shutil.which("initdb")
    return newest[0] if newest else by_name and Path(by_name).resolve().parent


class PostgreSQL:
    """A PostgreSQL server of a test's own, because the one of all tests must not be killed."""

    def __init__(self):
        self.bin = postgresql_bin()
        if self.bin is None:
            pytest.skip("PostgreSQL is not installed here.")
        # Not below the test's folder, which the system user postgres may not enter.
        self.folder = Path(tempfile.mkdtemp(prefix="s3label-pg.", dir="/tmp"))  # noqa: S108
        self.as_user = {}
        if os.getuid() == 0:
            # PostgreSQL refuses to run as root.
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._do("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.process = None

    @property
    def url(self):
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def _do(self, program, *arguments):
        command = [self.bin / program, "-D", self.folder / "data", *arguments]
        subprocess.run(command, cwd="/tmp", check=True, capture_output=True, **self.as_user)  # noqa: S108

    def start(self):
        # As shipped but for fsync: a process that is killed loses nothing that it gave to the
        # system; only a power failure would.
        options = ["-c", "fsync=off", "-c", "listen_addresses=", "-k", self.folder]

        def is_up():
            if self.process is None or self.process.poll() is not None:
                # Until the last process of a killed server has ended, a new one refuses to start.
                self.process = subprocess.Popen(
                    [self.bin / "postgres", "-D", self.folder / "data", *options],
                    cwd="/tmp",  # noqa: S108
                    stdout=subprocess.DEVNULL,
                    stderr=(self.folder / "log").open("a"),
                    **self.as_user,
                )
            asked = [self.bin / "pg_isready", "-q", "-h", self.folder]
            return subprocess.run(asked).returncode == 0

        wait_until(is_up, "PostgreSQL answers")

    def kill(self):
        """Like a machine that crashes; the data folder is left as it is."""
        self.process.kill()
        self.process.wait()

    def backends(self):
        """The processes that serve connections."""
        found = children_of(self.process.pid).items()
        return [pid for pid, command in found if "postgres postgres" in command]

    def freeze(self):
        self._signal_all(signal.SIGSTOP)

    def thaw(self):
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number):
        for pid in (self.process.pid, *children_of(self.process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def end(self):
        if self.process and self.process.poll() is None:
            self.thaw()
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(SECONDS)
        shutil.rmtree(self.folder)


@contextlib.contextmanager
def serving(folder, vendor, more=None):
    """A started Server on a database of that kind; .database is its PostgreSQL, or None.

    `more` is added to its environment.
    """
    database = PostgreSQL() if vendor == "postgresql" else None
    server = Server(folder, database and database.url, more)
    server.database = database
    try:
        if database:
            database.start()
        server.start()
        yield server
    finally:
        try:
            server.stop()
        finally:
            if database:
                database.end()
