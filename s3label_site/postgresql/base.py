"""Django's PostgreSQL, with limits to how long a web request waits for it."""

from functools import partial

import psycopg
from django.db import OperationalError
from django.db.backends.postgresql import base

from s3label_site.postgresql.silence import Limits, Silence

SILENT = "The database is silent."
# The least that libpq allows.
SECONDS_TO_CONNECT = 2

SILENCE = Silence()


class DatabaseWrapper(base.DatabaseWrapper):
    # Set in web processes. Imports and migrations wait as long as it takes, and go on.
    limits: Limits | None = None

    def get_new_connection(self, conn_params):
        if self.limits is None:
            return super().get_new_connection(conn_params)
        if not SILENCE.is_worth_asking():
            raise OperationalError(SILENT)
        options = f"{self.limits.as_options()} {conn_params.get('options', '')}"
        try:
            connection = super().get_new_connection(conn_params | {"options": options})
        except psycopg.errors.ConnectionTimeout:
            SILENCE.notice()
            raise
        SILENCE.end()
        # Django leaves the class of the connection to psycopg.
        connection.wait = partial(self._wait, connection, connection.wait, conn_params)
        return connection

    def _wait(self, connection, wait, conn_params, steps, *args, **kwargs):
        def give_up():
            # What it had asked may still be done, which nobody would be told.
            connection.close()
            raise OperationalError(SILENT)

        is_alive = partial(_takes_connections, conn_params)
        return wait(SILENCE.listen(steps, self.limits.silence, is_alive, give_up), *args, **kwargs)


def _takes_connections(conn_params):
    try:
        psycopg.connect(**conn_params | {"connect_timeout": SECONDS_TO_CONNECT}).close()
    except psycopg.errors.ConnectionTimeout:
        return False
    except psycopg.OperationalError:
        pass  # it says why not, so it is not silent
    return True
