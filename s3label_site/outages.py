"""What the site answers when it cannot: 503 while the database is away, 507 to programs while the
disk is full, else 500; and 404.
"""

import sys

from django.db import InterfaceError, OperationalError
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.defaults import page_not_found

from datasets.space import NO_SPACE, spaces

RETRY_AFTER = 5  # seconds
FULL = "The disk of the server is full; the staff are told. Send the same again in a while."
AWAY = (
    "The database cannot be reached, is too busy, or cannot store anything. "
    "Send the same again in a moment."
)
FAULT = "This is a fault of the server. The reason is in its log."


NOTHING_THERE = {"error": "not_found", "message": "There is no such route of the API."}
SQLITE_FULL, POSTGRESQL_FULL = 13, "53100"
# What SQLite says instead where it only opens the database: it cannot make the files beside it.
SQLITE_IO = 10
LEAST_TO_OPEN = 1_000_000  # bytes


def is_full(problem):
    """Whether the database, or a file, had no room to store something."""
    if isinstance(problem, OSError):
        return problem.errno in NO_SPACE
    cause = problem.__cause__
    if getattr(cause, "sqlstate", None) == POSTGRESQL_FULL:
        return True
    # The lowest byte is the kind of an error; those above say more of it.
    kind = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    no_room = kind == SQLITE_IO and any(space.free < LEAST_TO_OPEN for space in spaces())
    return kind == SQLITE_FULL or no_room


def _body(status):
    if status == 507:
        return {"error": "full", "message": FULL}
    if status == 503:
        return {"error": "unavailable", "message": AWAY}
    return {"error": "fault", "message": FAULT}


def _is_for_api(request):
    return request.path.startswith(reverse("api:api-root"))


def nothing_there(request, exception):
    """The site's handler404: programs get JSON also where no route is."""
    if _is_for_api(request):
        return JsonResponse(NOTHING_THERE, status=404)
    return page_not_found(request, exception)


def server_error(request):
    """The site's handler500; Django calls it while it handles the exception."""
    problem = sys.exc_info()[1]
    is_away = isinstance(problem, OperationalError | InterfaceError)
    status = 503 if is_away else 500
    if _is_for_api(request):
        status = 507 if is_full(problem) else status
        response = JsonResponse(_body(status), status=status)
    else:
        response = render(request, f"{status}.html", status=status)
    if is_away:
        response["Retry-After"] = str(RETRY_AFTER)
    return response
