"""What all routes of the API take and answer alike: strict bodies, bounded pages, refusals."""

import functools
import hashlib
import inspect
from typing import Annotated, Any, Literal

import orjson
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints
from pydantic_core import PydanticUndefined

LARGEST_ID = 2**63 - 1
MOST_ON_A_PAGE = 1000

Int = Annotated[int, Field(strict=True, ge=0, lt=2**31)]
Id = Annotated[int, Field(strict=True, ge=1, le=LARGEST_ID)]
# In the address, where everything is text.
AnyId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
# PostgreSQL stores no NUL, and no UTF-8 holds half of a surrogate pair.
Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
# As forms take them: without spaces around them.
Word = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$"),
]
Flag = Annotated[bool, Field(strict=True)]
After = Annotated[int, Field(ge=0, le=LARGEST_ID, description="The `next` of the page before.")]
Limit = Annotated[int, Field(ge=1, le=MOST_ON_A_PAGE, description="Rows on the page.")]


class Strict(Schema):
    """A body in which nothing stands that we do not know."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    id: str | None = None
    message: str


def of_changes(schema):
    """Decorates a schema of changes: any field may be left out, and stays as it is then."""
    for field in schema.model_fields.values():
        # No default is told in the description: there is none, but what is there.
        field.default, field.default_factory = PydanticUndefined, lambda: None
    schema.model_rebuild(force=True)
    return schema


class Error(Schema):
    """What every answer says that is none of 2xx: a word for programs, a sentence for people."""

    model_config = ConfigDict(extra="allow")

    error: str
    message: str
    problems: list[Problem] = []


class Page(Schema):
    """Rows by their ids; `next` is null on the last page, else the `after` of the next."""

    next: int | None
    items: list[Any]


class Refusal(Exception):
    """A request that cannot be done; the site's API turns it into an answer."""

    def __init__(self, status_code, error, message, **details):
        super().__init__(message)
        self.status_code = status_code
        self.body = {"error": error, "message": message} | details


def require(request, *permissions):
    """What is for staff with the permissions that the admin asks for; 403 to all others.

    Asked before any row is looked for, so that the answer says nothing about rows.
    """
    user = request.user
    if not (user.is_staff and user.has_perms(permissions)):
        raise Refusal(403, "not_allowed", "Only staff with the permission for this may do it.")


def json_answer(request, data, status=200):
    """JSON as it is; a reader that has it already gets 304.

    Written without a look at the schema, which costs four times as much for large lists.
    """
    body = orjson.dumps(data)
    response = HttpResponse(body, status=status, content_type="application/json; charset=utf-8")
    if request.method != "GET":
        return response
    etag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag=etag, response=response)


def only(rows, **filters):
    """The rows that fit those filters that were given, which are not None."""
    return rows.filter(**{name: value for name, value in filters.items() if value is not None})


def page_of(rows, after, limit):
    """A page of a .values() query that names `id`, by the order of the ids."""
    found = list(rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
    has_more = len(found) > limit
    return {"items": found[:limit], "next": found[limit - 1]["id"] if has_more else None}


def refuse_form(form):
    """What a form of the pages says against a body, in the way of the API."""
    problems = [
        {"message": f"{name}: {problem}" if name != "__all__" else problem}
        for name, found in form.errors.items()
        for problem in found
    ]
    message = "The request does not have the right form."
    raise Refusal(422, "invalid", message, problems=problems)


def refuse_unknown_parameters(view):
    """A filter that nobody knows is a mistake, and its answer would be taken for a filtered one."""
    known = set(inspect.signature(view).parameters)

    @functools.wraps(view)
    def checked(request, *args, **kwargs):
        unknown = sorted(set(request.GET) - known) if request.method == "GET" else ()
        if unknown:
            message = f"There is no parameter {unknown[0][:100]!r} here."
            raise Refusal(422, "invalid", message)
        return view(request, *args, **kwargs)

    return checked


def one_of(choices):
    """The values of Django's choices, as the schema names them."""
    return Literal[tuple(choices.values)]


def bytes_of(*content_types):
    """What the description says of an answer that is a file: whole, in part, or as before."""
    binary = {"type": "string", "format": "binary"}
    content = {
        # A file of JSON is whatever value is in it.
        content_type: {"schema": {} if content_type == "application/json" else binary}
        for content_type in content_types
    }
    return {
        "responses": {
            200: {"description": "The whole file", "content": content},
            206: {"description": "The part that `Range` asks for", "content": content},
            302: {"description": "It is to be fetched from the bucket, at `Location`"},
            304: {"description": "Not changed since `If-None-Match`"},
            410: {
                "description": "The file is gone or another; the text says why",
                "content": {"text/plain": {"schema": {"type": "string"}}},
            },
            416: {"description": "There is no such part"},
        }
    }
