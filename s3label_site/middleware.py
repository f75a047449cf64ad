"""What is refused before any view or the session sees it."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import JsonResponse

TOO_LARGE = {"error": "too_large", "message": "The request is larger than anything that is taken."}
# Of a form, around the file in it.
AROUND = 1 << 20


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


def refuse_huge(get_response):
    """A file in a form is written to the disk before anybody asks who sends it."""

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.LARGEST_UPLOAD + AROUND:
            return JsonResponse(TOO_LARGE, status=413)
        return get_response(request)

    return middleware
