"""Deploy-time values from the environment, each checked where it is read.

A bad value stops the start with the variable's name and the cure, because a
server that starts with half-understood settings loses work later.
"""

import os
import re
import secrets
import zoneinfo
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

from datasets.opening import real_root
from datasets.patience import Silent

env = Env()

SYSTEM_FOLDERS = ("/", "/run")
# These with all that is in them; but /dev/shm is a disk in memory.
SYSTEM_TREES = ("/etc", "/proc", "/sys", "/dev", "/boot")
SHORTEST_KEY = 50
# To PostgreSQL: a host that is gone is noticed after half a minute, also where nothing is sent.
CONNECTION = {
    "connect_timeout": 3,
    "tcp_user_timeout": 30_000,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


class BadSetting(ImproperlyConfigured):
    """A value in the environment that S3Label cannot work with."""


def flag(name, default):
    try:
        return env.bool(name, default)
    except EnvError as problem:
        raise BadSetting(
            f"{name}={os.environ[name]!r} is neither on nor off; use 1 or 0."
        ) from problem


def number(name, default, *, least):
    try:
        value = env.int(name, default)
    except EnvError as problem:
        raise BadSetting(f"{name}={os.environ[name]!r} is not a whole number.") from problem
    if value < least:
        raise BadSetting(f"{name}={value} is too small; use {least} or more.")
    return value


def words(name, default):
    """A comma-separated list, empty items left out."""
    return [word.strip() for word in env.str(name, default).split(",") if word.strip()]


def hosts(name, default):
    """Names under which browsers reach the server."""
    given = words(name, default)
    for host in given:
        if "/" in host or re.search(r"[^\]:]:\d+$", host):
            raise BadSetting(
                f"{name} names {host!r}; write the name only, without http:// or port."
            )
    return given


def hosts_and_ports(name, default):
    """Names of hosts that S3Label itself may call, each with a port unless it is the usual one."""
    given = [word.lower() for word in words(name, default)]
    for host in given:
        if not re.fullmatch(r"(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?", host):
            raise BadSetting(
                f"{name} names {host!r}; write it like hooks.example.org or host:8443."
            )
    return given


def origins(name, default):
    given = words(name, default)
    for origin in given:
        if not re.fullmatch(r"https?://[^/]+", origin):
            raise BadSetting(f"{name} names {origin!r}; write it like https://labels.example.org.")
    return given


def time_zone(name, default):
    zone = env.str(name, default)
    if zone not in zoneinfo.available_timezones():
        raise BadSetting(f"{name}={zone!r} is not a time zone; write it like Europe/Berlin.")
    return zone


def data_dir(name, default):
    """The folder that S3Label itself writes to; made if it is not there."""
    folder = Path(os.path.abspath(env.str(name, str(default))))
    try:
        # The database and the key of a team lie in there.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise BadSetting(
            f"{name}={folder} cannot be made ({problem.strerror}); name a folder S3Label may write."
        ) from problem
    if not os.access(folder, os.W_OK):
        raise BadSetting(f"{name}={folder} is not writable; change its owner or name another.")
    return folder


def image_roots(name, always, bucket_root, own):
    """The folders below which images may be imported: absolute paths, or URLs of buckets.

    None of them may be one of our own: that would offer our derivatives as images. One is always
    a root, or images there would be gone for whoever names another.
    """
    # A colon that belongs to s3:// or az:// does not separate.
    given = [root for root in re.split(r":(?!//)", env.str(name, str(always))) if root]
    if not given:
        raise BadSetting(f"{name} is empty; name at least one folder, separated by ':'.")
    for root in given:
        if "://" in root:
            continue
        if not os.path.isabs(root):
            raise BadSetting(f"{name} names {root!r}; write it as an absolute path.")
        try:
            real = Path(real_root(root))
        except Silent:
            continue  # a dead mount; the others work without it
        if str(real) in SYSTEM_FOLDERS or _is_below(real, SYSTEM_TREES, but="/dev/shm"):  # noqa: S108
            raise BadSetting(f"{name} names {root}; a system folder cannot be an image root.")
        if real in {Path(os.path.realpath(folder)) for folder in own}:
            raise BadSetting(
                f"{name} names {root}, which is S3Label's own folder; name a folder of images."
            )
    roots = [bucket_root(name, root) if "://" in root else os.path.normpath(root) for root in given]
    return list(dict.fromkeys([*roots, str(always)]))


def _is_below(path, folders, but):
    return not path.is_relative_to(but) and any(path.is_relative_to(folder) for folder in folders)


def secret_key(name, key_file: Path):
    """The key from the environment, else from key_file, which is made on the first start."""
    key = env.str(name, "")
    if key:
        if len(key) < SHORTEST_KEY:
            raise BadSetting(
                f"{name} has {len(key)} characters; use {SHORTEST_KEY} or more random ones, "
                "or leave it out and S3Label makes one."
            )
        return key
    try:
        # O_EXCL: of two first starts at once one makes the key and the other reads it.
        handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_key(name, key_file)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(60))
    return _read_key(name, key_file)


def _read_key(name, key_file):
    key = key_file.read_text().strip()
    if len(key) < SHORTEST_KEY:
        raise BadSetting(
            f"the key in {key_file} is damaged; delete the file (everybody logs in again) "
            f"or set {name}."
        )
    return key


def database(name, default_file: Path):
    """Django's database settings from a URL; without one, SQLite in default_file."""
    try:
        found = dj_database_url.parse(env.str(name, "") or f"sqlite:///{default_file}")
    except (ValueError, dj_database_url.ParseError, dj_database_url.UnknownSchemeError) as problem:
        raise BadSetting(
            f"{name} is not a database URL such as postgresql://user:password@host/name."
        ) from problem
    options = found.setdefault("OPTIONS", {})
    if found["ENGINE"].endswith("sqlite3"):
        # IMMEDIATE: with DEFERRED, two writers fail at once instead of waiting for each other.
        options |= {
            # Writers wait without an order among them; on a busy machine one may wait long,
            # and waiting is better than failing.
            "timeout": 60,
            "transaction_mode": "IMMEDIATE",
            # More pages in memory and in the log halve the time of a large import.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
            "PRAGMA cache_size=-20000; PRAGMA wal_autocheckpoint=8000;",
        }
        # A file also in tests, so that server threads and processes see the same rows.
        found["TEST"] = {"NAME": str(default_file.with_name("test.sqlite3"))}
    elif found["ENGINE"].endswith("postgresql"):
        found["ENGINE"] = "s3label_site.postgresql"
        # What the URL says counts more.
        found["OPTIONS"] = CONNECTION | options
        found |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    else:
        raise BadSetting(f"{name} names a database that S3Label does not know; use PostgreSQL.")
    return found
