"""The REST API under /api/v1/: joins the routes of the apps and words their errors alike."""

import functools
import re

import orjson
from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as InvalidRow
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from accounts.answers import Refusal, refuse_unknown_parameters
from accounts.api import router as accounts_router
from accounts.authentication import api_auth
from datasets.api import router as datasets_router
from datasets.jobs import SECONDS_TO_WAIT, TooManyJobs
from labeling.api import router as labeling_router
from s3label_site.description import DescribedAPI

NOT_JSON = "Send the body as JSON, with Content-Type: application/json."
# More mistakes than these help nobody, and nobody's long names are repeated in full.
MOST_PROBLEMS = 50
LONGEST_PLACE = 100


class OrjsonParser(Parser):
    """Refuses NaN, infinity and lone surrogates, which json.loads lets through."""

    def parse_body(self, request):
        # Of a form with a file, ninja makes each part a request, which says of no type.
        if request.content_type not in ("application/json", None):
            raise HttpError(415, NOT_JSON)
        try:
            data = orjson.loads(request.body)
        except orjson.JSONDecodeError as problem:
            raise HttpError(400, f"The body is not JSON: {problem}") from problem
        try:
            repeats_name = _count_names(request.body) != _count_names(orjson.dumps(data))
        except orjson.JSONEncodeError as problem:
            raise HttpError(400, "The body is nested too deeply.") from problem
        if repeats_name:
            # Parsers disagree which of the two counts, so one of the readers is deceived.
            raise HttpError(400, "An object of the body has two fields of the same name.")
        return data


def _count_names(text):
    """How many fields the objects of a JSON text have: the colons that are not in strings."""
    return re.sub(rb'"(?:[^"\\]|\\.)*"', b"", text).count(b":")


class OrjsonRenderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request, data, *, response_status):
        return orjson.dumps(data)


def for_users_of_the_api(view):
    """The description of the API is for those who may use it, with a session or a token."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        try:
            is_known = any(auth(request) for auth in api_auth)
        except AuthenticationError as problem:
            return not_logged_in(request, problem)
        if not is_known:
            return not_logged_in(request, AuthenticationError())
        return view(request, *args, **kwargs)

    return guarded


api = DescribedAPI(
    title="S3Label",
    version="1",
    urls_namespace="api",
    auth=api_auth,
    parser=OrjsonParser(),
    renderer=OrjsonRenderer(),
    docs_url=None,
    docs_decorator=for_users_of_the_api,
)
api.add_decorator(refuse_unknown_parameters, mode="operation")
api.add_router("", accounts_router)
api.add_router("", datasets_router)
api.add_router("", labeling_router)


# Also what was there at the door and is gone behind it: somebody ended the assignment meanwhile.
@api.exception_handler(ObjectDoesNotExist)
@api.exception_handler(Http404)
def not_found(request, problem):
    return _error(request, 404, "not_found", "There is no such thing, or it is not yours to see.")


@api.exception_handler(AuthenticationError)
def not_logged_in(request, problem):
    said = str(problem)
    words = "Log in first, or send a token." if said == "Unauthorized" else said
    return _error(request, 401, "not_logged_in", words)


@api.exception_handler(Refusal)
def refused(request, problem):
    response = api.create_response(request, problem.body, status=problem.status_code)
    if "retry_after" in problem.body:
        response["Retry-After"] = str(problem.body["retry_after"])
    return response


@api.exception_handler(TooManyJobs)
def too_many_jobs(request, problem):
    retry_after = {"retry_after": SECONDS_TO_WAIT}
    return refused(request, Refusal(429, "too_often", str(problem), **retry_after))


@api.exception_handler(InvalidRow)
def invalid_row(request, problem):
    found = [{"message": f"{name}: {words}"} for name, said in problem for words in said]
    return _error(request, 422, "invalid", "The request does not have the right form.", found)


@api.exception_handler(HttpError)
def not_understood(request, problem):
    # Ninja puts words of its own around those of the parser.
    if isinstance(problem.__cause__, HttpError):
        problem = problem.__cause__
    return _error(request, problem.status_code, "refused", str(problem))


@api.exception_handler(RequestDataTooBig)
def too_large(request, problem):
    return _error(request, 413, "too_large", "The body is too large; send fewer changes at a time.")


@api.exception_handler(MultiPartParserError)
@api.exception_handler(SuspiciousOperation)
def no_form(request, problem):
    return _error(request, 400, "refused", "The body is no readable form, or has too many parts.")


@api.exception_handler(RawPostDataException)
def a_form(request, problem):
    # Looking for the token of a form has used up the body.
    return _error(request, 415, "refused", NOT_JSON)


@api.exception_handler(UnreadablePostError)
def cut_off(request, problem):
    return _error(request, 400, "refused", "The body ended too early.")


@api.exception_handler(ValidationError)
def invalid(request, problem):
    found = [
        {"message": f"{'.'.join(map(str, error['loc'][1:]))[:LONGEST_PLACE]}: {error['msg']}"}
        for error in problem.errors[:MOST_PROBLEMS]
    ]
    return _error(request, 422, "invalid", "The request does not have the right form.", found)


def _error(request, status, error, message, problems=None):
    body = {"error": error, "message": message}
    if problems:
        body["problems"] = problems
    return api.create_response(request, body, status=status)
