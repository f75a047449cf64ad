"""The REST API under /api/v1/: joins the routes of the apps and words their errors alike."""

import orjson
from django.http import Http404
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.security import django_auth

from labeling.api import Refusal
from labeling.api import router as labeling_router


class OrjsonParser(Parser):
    """Refuses NaN, infinity and lone surrogates, which json.loads lets through."""

    def parse_body(self, request):
        try:
            return orjson.loads(request.body)
        except orjson.JSONDecodeError as problem:
            raise HttpError(400, f"The body is not JSON: {problem}") from problem


class OrjsonRenderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request, data, *, response_status):
        return orjson.dumps(data)


api = NinjaAPI(
    title="S3Label",
    version="1",
    urls_namespace="api",
    auth=django_auth,
    parser=OrjsonParser(),
    renderer=OrjsonRenderer(),
    docs_url=None,
    openapi_url=None,
)
api.add_router("", labeling_router)


@api.exception_handler(Http404)
def not_found(request, problem):
    return _error(request, 404, "not_found", "There is no such thing, or it is not yours to see.")


@api.exception_handler(AuthenticationError)
def not_logged_in(request, problem):
    return _error(request, 401, "not_logged_in", "Log in first.")


@api.exception_handler(Refusal)
def refused(request, problem):
    return api.create_response(request, problem.body, status=problem.status_code)


@api.exception_handler(HttpError)
def not_understood(request, problem):
    return _error(request, problem.status_code, "refused", str(problem))


@api.exception_handler(ValidationError)
def invalid(request, problem):
    found = [
        {"message": f"{'.'.join(str(part) for part in error['loc'][1:])}: {error['msg']}"}
        for error in problem.errors
    ]
    return _error(request, 422, "invalid", "The request does not have the right form.", found)


def _error(request, status, error, message, problems=None):
    body = {"error": error, "message": message}
    if problems:
        body["problems"] = problems
    return api.create_response(request, body, status=status)
