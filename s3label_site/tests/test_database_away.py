"""T-DBDOWN: PostgreSQL freezes, crashes and comes back under load; nobody starts anything again."""

import time

import pytest
from django.db import connection

from s3label_site.tests.load import Load
from s3label_site.tests.running import serving, wait_until

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor == "sqlite", reason="a file is never away"),
]


def test_everything_goes_on_when_the_database_is_back(tmp_path, is_long):
    seconds = 30 if is_long else 0
    with serving(tmp_path, "postgresql") as server:
        load = Load(server, tmp_path / "notes", 2, 500, seed="away")
        load.start()
        load.wait_for_saves(10, "before anything happens")
        pids = sorted(server.web_workers())

        server.database.freeze()
        try:
            wait_until(lambda: load.refusals[503] > 20, "saves are not left waiting")
            assert server.ask("GET", "/readyz") == (503, "unavailable")
            assert server.ask("GET", "/healthz") == (200, "ok")
            time.sleep(seconds)
            status, answer = server.ask("GET", "/api/v1/tasks", token=load.tabs[0].desk.token)
            assert (status, answer["error"]) == (503, "unavailable")
            assert load.refusals[0] == 0
        finally:
            server.database.thaw()
        load.wait_for_saves(10, "after the database was frozen")
        server.wait_until_ready()

        server.database.kill()
        before = load.refusals[503]
        wait_until(lambda: load.refusals[503] > before + 5, "saves find no database")
        assert server.ask("GET", "/readyz")[0] == 503
        assert server.ask("GET", "/healthz") == (200, "ok")
        time.sleep(seconds)
        server.database.start()
        load.wait_for_saves(10, "after the database was away")
        server.wait_until_ready()
        assert sorted(server.web_workers()) == pids
        load.stop()
        found = load.check()
    assert found["problems"] == [], found
    assert found["outcomes"]["save ok"] >= 30
