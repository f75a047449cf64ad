"""Whose attempts to log in are counted together."""


def counted_as(request, credentials=None):
    """The address in one spelling, whichever form it came from: ours or the admin's."""
    given = (credentials or request.POST).get("username") or ""
    return str(given).strip().lower()
