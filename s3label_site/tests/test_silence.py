"""Who waits for PostgreSQL gives up when it says nothing, and not when it only works long."""

from unittest import mock

import psycopg
import pytest
from django.db import OperationalError, connection, connections

from s3label_site.postgresql import base
from s3label_site.postgresql.silence import NOTHING_CAME, TURN, Limits, Silence

CAME = 1
LIMITS = Limits(silence=1, statement=60, lock=1)


class Frozen(Exception):
    pass


class Clock:
    def __init__(self, monkeypatch):
        self.now = 1000.0
        monkeypatch.setattr("s3label_site.postgresql.silence.time.monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def steps_of_a_wait():
    """Like those of psycopg: they go on when something came, and end at the second time."""
    for _ in range(2):
        while (yield "something to read") == NOTHING_CAME:
            pass
    return "the answer"


def listen(silence, is_alive):
    wait = silence.listen(steps_of_a_wait(), 2, is_alive, mock.Mock(side_effect=Frozen))
    next(wait)
    return wait


def end_of(wait, *told):
    with pytest.raises(StopIteration) as end:
        for one in told:
            wait.send(one)
    return end.value.value


def test_who_hears_something_now_and_then_waits_on(clock):
    wait = listen(Silence(), is_alive=lambda: pytest.fail("it was not silent for so long"))
    clock.now += 1.9
    wait.send(NOTHING_CAME)
    wait.send(CAME)
    clock.now += 1.9
    wait.send(NOTHING_CAME)
    assert end_of(wait, CAME) == "the answer"


def test_a_long_statement_of_a_server_that_lives_is_waited_for(clock):
    asked = []
    wait = listen(Silence(), is_alive=lambda: asked.append(clock.now) or True)
    for _ in range(60):
        clock.now += 1
        wait.send(NOTHING_CAME)
    assert len(asked) == 30
    assert end_of(wait, CAME, CAME) == "the answer"


def test_a_silent_server_is_given_up_and_others_do_not_wait_with_it(clock):
    silence = Silence()
    wait = listen(silence, is_alive=lambda: False)
    clock.now += 1
    wait.send(NOTHING_CAME)
    clock.now += 1
    with pytest.raises(Frozen):
        wait.send(NOTHING_CAME)
    assert not silence.is_worth_asking()
    for _ in range(4):
        clock.now += TURN / 4
        with pytest.raises(Frozen):
            listen(silence, is_alive=lambda: True).send(NOTHING_CAME)
    # However many were refused meanwhile, somebody's turn comes.
    clock.now += 0.1
    assert silence.is_worth_asking()


def test_one_at_a_time_finds_out_that_the_silence_is_over(clock):
    silence = Silence()
    silence.notice()
    clock.now += TURN + 0.1
    assert [silence.is_worth_asking() for _ in range(3)] == [True, False, False]
    # An answer to whomever ends it.
    assert end_of(listen(silence, is_alive=lambda: False), CAME, CAME) == "the answer"
    assert [silence.is_worth_asking() for _ in range(3)] == [True] * 3


@pytest.fixture
def web(monkeypatch):
    """A connection as web requests have it."""
    if connection.vendor != "postgresql":
        pytest.skip("a file cannot be silent")
    monkeypatch.setattr(base.DatabaseWrapper, "limits", LIMITS)
    monkeypatch.setattr(base, "SILENCE", Silence())
    own = connections.create_connection("default")
    own.settings_dict = connection.settings_dict
    yield own
    own.close()


def ask(web, sql):
    with web.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_statement_may_be_longer_than_the_silence(web):
    assert ask(web, "SELECT 1 FROM pg_sleep(2.5)") == 1


@pytest.mark.django_db
def test_a_frozen_server_is_given_up_and_the_connection_made_anew(web, monkeypatch):
    process = ask(web, "SELECT pg_backend_pid()")
    # Nobody can freeze the server of all tests; its new connections time out like this.
    with monkeypatch.context() as patched:
        no_answer = mock.Mock(side_effect=psycopg.errors.ConnectionTimeout)
        patched.setattr(base.psycopg, "connect", no_answer)
        with pytest.raises(OperationalError, match="silent"):
            ask(web, "SELECT 1 FROM pg_sleep(60)")
        with pytest.raises(OperationalError):
            ask(web, "SELECT 1")
    # It would sleep on in the test database.
    ask(connection, f"SELECT pg_terminate_backend({process})")
    monkeypatch.setattr(base, "SILENCE", Silence())
    web.close_if_unusable_or_obsolete()
    assert ask(web, "SELECT 1") == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("statement_timeout", "1min"),
        ("lock_timeout", "1s"),
        ("idle_in_transaction_session_timeout", "1min"),
    ],
)
def test_the_server_knows_the_limits_of_web_requests_only(web, name, value):
    assert ask(web, f"SHOW {name}") == value
    assert ask(connection, f"SHOW {name}") == "0"
