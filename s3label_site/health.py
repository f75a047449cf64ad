"""Is the server alive, and can it work? For monitors and load balancers; says nothing else."""

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SECONDS = 2


@never_cache
@require_safe
def healthz(request):
    """The process answers."""
    return _plain("ok", 200)


@never_cache
@require_safe
def readyz(request):
    """The process answers, and so does its database."""
    return _plain("ok", 200) if database_answers() else _plain("unavailable", 503)


def database_answers():
    """Whether a new connection to the database can read one of our tables.

    A new one, because its making can be given a time limit; a connection that was there
    before would wait for a frozen server without end.
    """
    probe = connection.copy()
    if probe.vendor == "postgresql":
        probe.settings_dict["OPTIONS"]["connect_timeout"] = SECONDS
    try:
        with probe.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            return cursor.fetchone() is not None
    except (DatabaseError, InterfaceError):
        return False
    finally:
        probe.close()


def _plain(words, status):
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
