"""The description of the API (OpenAPI 3.1), with the answers that every route may give."""

from ninja import NinjaAPI

from accounts.answers import Error

JSON = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
# What is not understood at all never gets as far as a route.
PAGE = {"text/html": {"schema": {"type": "string"}}}
SAID_BY_ALL = {
    400: "What was sent is not understood",
    401: "There is no session and no valid token",
    403: "No permission for this, the token's scope is too small, or `X-CSRFToken` is missing",
    503: "The database or a storage is away; send the same again after `Retry-After` seconds",
}
SAID_OF_BODIES = {413: "The body is too large", 415: "The body is not declared as JSON"}
ABSENT = {404: "There is no such thing, or it is not yours to see"}
INVALID = {422: "A parameter or the body has not the right form; `problems` says which"}
SAID_OF_CHANGES = {
    409: "It does not fit what is there now",
    429: "Too often; send the same again after `Retry-After` seconds",
}


class DescribedAPI(NinjaAPI):
    """Says of each route, besides what it does, how it refuses."""

    def get_openapi_schema(self, **kwargs):
        schema = super().get_openapi_schema(**kwargs)
        error = Error.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"] |= error.pop("$defs") | {"Error": error}
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                _complete(path, method, operation)
        return schema

    def get_openapi_operation_id(self, operation):
        """The name of the view, which is also that of its URL."""
        return operation.view_func.__name__


def _complete(path, method, operation):
    operation["responses"] = refusals(path, method, operation) | operation["responses"]
    if method == "get":
        operation["responses"] |= {304: {"description": "Not changed since `If-None-Match`"}}


def refusals(path, method, operation):
    """{status: answer} of all that can be said instead of doing it."""
    said = SAID_BY_ALL | INVALID
    if operation.get("parameters"):
        said = said | ABSENT
    if "requestBody" in operation:
        said = said | SAID_OF_BODIES
    if method != "get":
        said = said | SAID_OF_CHANGES
    return {
        status: {"description": words, "content": JSON | (PAGE if status == 400 else {})}
        for status, words in sorted(said.items())
    }
