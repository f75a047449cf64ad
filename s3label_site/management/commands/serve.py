import contextlib
import errno
import http.client
import io
import socket
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.urls import reverse

from accounts.managers import complete_managers
from accounts.models import User
from datasets.patience import Silent, ask
from labeling import demonstrating
from s3label_site import environment
from s3label_site.supervising import Stop, Supervisor, signals_raise_stop

SECONDS_TO_ANSWER = 60
HIGHEST_PORT = 65535
# What stands for every address of the machine, and how the machine itself says it.
LOCAL_NAMES = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]"}

SECONDS_OF_SILENCE = 60


def _is_there(root):
    if root.is_relative_to(settings.DATA_DIR):
        with contextlib.suppress(OSError):
            root.mkdir(parents=True, exist_ok=True)
    return root.is_dir()


class Command(BaseCommand):
    help = "Serve S3Label on HOST and PORT, with the worker: what script/server runs."

    def add_arguments(self, parser):
        parser.add_argument(
            "--no-demo", action="store_true", help="Start empty instead of with the demo."
        )

    def handle(self, *, no_demo, **options):
        host, port = environment.env.str("HOST", "127.0.0.1"), _port()
        if not (settings.EDITOR_BUILD / "manifest.json").is_file():
            raise CommandError("The editor is not built. Run script/setup.")
        with signals_raise_stop(), contextlib.suppress(Stop), listen(host, port) as listener:
            self.prepare(demo=not no_demo)
            with Supervisor(self.say) as supervisor:
                server = supervisor.add(
                    "web server",
                    _gunicorn(listener),
                    cwd=settings.BASE_DIR,
                    pass_fds=[listener.fileno()],
                )
                supervisor.add(
                    "worker", [sys.executable, "manage.py", "worker"], cwd=settings.BASE_DIR
                )
                wait_until_it_answers(server, listener)
                self.welcome(host, port)
                supervisor.run()

    def prepare(self, *, demo):
        try:
            connection.ensure_connection()
        except OperationalError as problem:
            reason = str(problem).strip().splitlines()[-1]
            raise CommandError(f"The database does not answer; check DATABASE_URL. {reason}") from (
                problem
            )
        self.say("Preparing the database …")
        call_command("migrate", verbosity=0)
        complete_managers()
        self.look_for_the_roots()
        if demo and not demonstrating.is_in_use():
            self.draw_demo()
        # The children open their own.
        connection.close()

    def look_for_the_roots(self):
        """Make a root in the data folder; of others only say that they are not there."""
        for root in (Path(root) for root in settings.IMAGE_ROOTS if "://" not in root):
            try:
                if not ask(_is_there, root):
                    self.say(f"{root} of S3LABEL_IMAGE_ROOTS is no folder, or is not mounted now.")
            except Silent:
                self.say(f"{root} of S3LABEL_IMAGE_ROOTS does not answer; its images wait for it.")

    def draw_demo(self):
        self.say("Drawing the demo; this happens once and takes half a minute …")
        try:
            call_command("demo", stdout=io.StringIO())
        except CommandError as problem:
            # For example, all image roots are read-only; everything else works without it.
            self.say(f"There is no demo. {problem}")

    def welcome(self, host, port):
        """Say all of it at once: who waits for the first line may end the server right after."""
        local = LOCAL_NAMES.get(host, host)
        said = [f"\nReady: http://{f'[{local}]' if ':' in local else local}:{port}\n"]
        if host in LOCAL_NAMES and set(settings.ALLOWED_HOSTS) <= LOCAL_HOSTS:
            said.append(
                "Others reach it only by a name that S3LABEL_ALLOWED_HOSTS lists "
                "(docs/settings.md).\n"
            )
        accounts = demonstrating.accounts_file()
        if not User.objects.exists():
            said.append(
                "There is no account yet. Make the first one in another terminal:\n"
                "  .venv/bin/python manage.py createsuperuser"
            )
        elif demonstrating.is_there() and accounts.is_file():
            said.append(f"Accounts of the demo; their passwords are in {accounts}:")
            people = demonstrating.PEOPLE.items()
            said += [f"  {email:20} {role}" for email, (_, _, role) in people]
        said.append("\nStop it with Ctrl+C.")
        self.stdout.write("\n".join(said))
        self.stdout.flush()
        connection.close()

    def say(self, text):
        self.stderr.write(text, style_func=str)
        self.stderr.flush()


def _port():
    port = environment.number("PORT", 8000, least=1)
    if port > HIGHEST_PORT:
        raise environment.BadSetting(f"PORT={port} is too large; use {HIGHEST_PORT} or less.")
    return port


@contextlib.contextmanager
def listen(host, port):
    """The socket of the server, taken before anything else is done, so that nobody else has it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Browsers open connections in advance; one that says nothing would hold a thread.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SECONDS_OF_SILENCE)
        listener.bind(address)
    except OSError as problem:
        raise CommandError(_why_not(problem, host, port)) from problem
    with listener:
        listener.listen(1024)
        yield listener


def _why_not(problem, host, port):
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken. Stop the other program, or choose another PORT."
    if problem.errno == errno.EACCES:
        return f"PORT={port} is for the administrator only; choose one above 1023."
    return f"HOST={host} is not an address of this machine ({problem.strerror}); try 127.0.0.1."


def _gunicorn(listener):
    module = "python:s3label_site.gunicorn_settings"
    command = [sys.executable, "-m", "gunicorn", "--config", module]
    return [*command, "--bind", f"fd://{listener.fileno()}"]


def wait_until_it_answers(server, listener):
    """Ask for the login page as a browser would; anything but a fault means that it serves."""
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while server.process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if (status := _status_of_login_page(listener)) < 500:
                return
            raise CommandError(f"The server answers with error {status}; the reason is above.")
        time.sleep(0.1)
    raise CommandError("The web server did not start; the reason is above.")


def _status_of_login_page(listener):
    address, port = listener.getsockname()[:2]
    local = LOCAL_NAMES.get(address, address)
    asked = http.client.HTTPConnection(local, port, timeout=SECONDS_TO_ANSWER)
    with contextlib.closing(asked):
        asked.request("GET", reverse("accounts:login"))
        return asked.getresponse().status
