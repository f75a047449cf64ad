"""The description of the API as a page for people: every route, what it takes and answers."""

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from s3label_site.api import api

DEEPEST = 3


@login_required
@require_safe
def api_page(request):
    """Open to everybody who may use the API."""
    return render(request, "s3label_site/api_page.html", {"sections": sections()})


def sections():
    """The routes, by what they are about."""
    schema = api.get_openapi_schema()
    routes = [
        _route(method.upper(), path, operation, schema["components"]["schemas"])
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return [
        {"title": title, "routes": list(found)}
        for title, found in groupby(routes, key=lambda route: route["section"])
    ]


def _route(method, path, operation, schemas):
    # One type only: JSON, or a form with a file.
    body = next(iter(operation.get("requestBody", {}).get("content", {}).values()), None)
    good = [status for status in operation["responses"] if 200 <= int(status) < 300]
    answer = operation["responses"][good[0]].get("content", {}).get("application/json")
    return {
        "id": operation["operationId"],
        "section": operation["tags"][0],
        "method": method,
        "path": path,
        "words": operation.get("description", ""),
        "parameters": [
            {"name": one["name"], "required": one["required"]}
            | {"type": type_in_words(one["schema"], schemas)}
            for one in operation["parameters"]
        ],
        "body": list(fields(body["schema"], schemas)) if body else [],
        "answer": list(fields(answer["schema"], schemas)) if answer else [],
        "statuses": [
            (status, answer["description"])
            for status, answer in sorted(operation["responses"].items())
        ],
    }


def fields(schema, schemas, prefix="", depth=1):
    """{name, type, required} of each field, those of its parts by names with points."""
    schema = _resolved(schema, schemas)
    for name, part in schema.get("properties", {}).items():
        is_required = name in schema.get("required", ())
        words = type_in_words(part, schemas)
        yield {"name": prefix + name, "type": words, "required": is_required}
        inner = _resolved(part, schemas)
        is_list = inner.get("type") == "array"
        if depth < DEEPEST:
            inside = inner.get("items", {}) if is_list else inner
            deeper = f"{prefix}{name}{'[]' if is_list else ''}."
            yield from fields(inside, schemas, deeper, depth + 1)


def _resolved(schema, schemas):
    """The schema itself, and not a reference to it or a choice between it and nothing."""
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(choices) == 1:
        schema = choices[0]
    if "$ref" in schema:
        return schemas[schema["$ref"].rpartition("/")[2]]
    return schema


def type_in_words(schema, schemas):
    if "anyOf" in schema:
        return " or ".join(type_in_words(one, schemas) for one in schema["anyOf"])
    schema = _resolved(schema, schemas)
    if "enum" in schema:
        return " | ".join(f"“{value}”" for value in schema["enum"])
    if "const" in schema:
        return f"“{schema['const']}”"
    if schema.get("type") == "array":
        return f"list of {type_in_words(schema.get('items', {}), schemas)}"
    words = schema.get("format") or schema.get("type", "anything")
    least, most = schema.get("minimum"), schema.get("maximum", schema.get("exclusiveMaximum"))
    if most is not None and most <= 1_000_000:
        words += f", {least if least is not None else 'up'} to {most}"
    if "maxLength" in schema:
        words += f", at most {schema['maxLength']} characters"
    return words
