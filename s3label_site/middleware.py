"""What is refused before any view or the session sees it."""

from django.core.exceptions import BadRequest


def refuse_nul(get_response):
    """No text of ours holds a NUL character, and PostgreSQL answers one with an error.

    Forms and the API refuse it in bodies; this is for what is looked up without a form:
    the filters of lists in the admin, and the key of a session.
    """

    def middleware(request):
        parts = (
            request.path_info,
            request.META.get("QUERY_STRING", "").replace("%00", "\0"),
            # A cookie may be written in quotes, with octal numbers for characters.
            request.META.get("HTTP_COOKIE", "").replace("\\000", "\0"),
        )
        if any("\0" in part for part in parts):
            raise BadRequest("The address or a cookie holds a NUL character.")
        return get_response(request)

    return middleware
