"""T-KILL-SAVE: what was acknowledged is there, once, in order, whichever process is killed.

Real servers under load; web workers, their parent, the worker and, on PostgreSQL, processes of
the database are killed with SIGKILL at random moments. The seed is printed with a failure.
"""

import contextlib
import os
import random
import signal
import time

import pytest
from django.db import connection

from s3label_site.tests.load import Load
from s3label_site.tests.running import serving, wait_until

pytestmark = pytest.mark.django_db  # so that it runs on each database

PEOPLE, IMAGES = 4, 2000


def kill(pids):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_a_web_worker(server, chance):
    kill(chance.sample(server.web_workers(), 1))


def kill_all_web_workers(server, chance):
    kill(server.web_workers())


def kill_gunicorn(server, chance):
    kill([server.gunicorn()])


def kill_the_worker(server, chance):
    kill(server.job_workers())


def kill_a_connection(server, chance):
    """PostgreSQL then ends all others too, and recovers."""
    kill(chance.sample(server.database.backends(), 1))


def crash_the_database(server, chance):
    server.database.kill()
    server.database.start()


OF_EACH = {
    "sqlite": {kill_a_web_worker: 6, kill_all_web_workers: 2, kill_gunicorn: 1, kill_the_worker: 1},
    "postgresql": {
        kill_a_web_worker: 3,
        kill_all_web_workers: 1,
        kill_gunicorn: 1,
        kill_the_worker: 1,
        kill_a_connection: 3,
        crash_the_database: 1,
    },
}


def test_acknowledged_saves_outlive_every_kill(tmp_path, is_long):
    seed = random.randrange(10**6)  # noqa: S311
    chance = random.Random(seed)  # noqa: S311
    acts = [act for act, n in OF_EACH[connection.vendor].items() for _ in range(n)]
    acts *= 10 if is_long else 1
    chance.shuffle(acts)
    with serving(tmp_path, connection.vendor) as server:
        load = Load(server, tmp_path / "notes", PEOPLE, IMAGES, seed)
        load.start()
        for act in acts:
            # Everybody works again, so that this kill meets saves under way, too.
            load.wait_for_saves(10, f"before {act.__name__}, seed {seed}")
            time.sleep(chance.random() / 4)
            wait_until(lambda: server.web_workers() and server.job_workers(), f"seed {seed}")
            act(server, chance)
        load.wait_for_saves(10, f"after all kills, seed {seed}")
        load.stop()
        found = load.check()
    assert found["problems"] == [], f"seed {seed}, {found}"
    assert found["outcomes"]["save ok"] > 10 * len(acts)
    assert found["outcomes"]["save conflict"] and found["outcomes"]["submit ok"]
    print(f"\n{connection.vendor}: {len(acts)} kills, {dict(found['outcomes'])}")  # noqa: T201
