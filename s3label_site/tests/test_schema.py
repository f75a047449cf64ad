"""Requests made up from the description of the API, good ones and bad ones, by everybody.

Whatever is sent: no fault, an answer as described, and nothing without a good token. A longer
form is in CONTRIBUTING.md.
"""

import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.tokens import make_token
from s3label_site.api import api
from s3label_site.tests.access import AccessTestCase

EXAMPLES = 2  # of each route, role and kind
DESCRIBED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# What would otherwise be the names of parameters, in the world of the access table.
NAMES = {
    "label_id": "label",
    "rev": "revision",
    "save": "kept",
    "file_id": "file",
    "job_id": "import",
}
QUIETLY = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class SchemaTests(AccessTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
        cls.operations = [found.ok() for found in cls.schema.get_all_operations()]

    def headers_of(self, role):
        if role == "anonymous":
            return {}
        _, secret = make_token(getattr(self, role), "schema", "manage", 1)
        return {"Authorization": f"Bearer {secret}"}

    def aimed(self, case):
        """Every other number in the address is that of something that is there."""
        for name, value in (case.path_parameters or {}).items():
            known = NAMES.get(name, name.removesuffix("_id"))
            if known in self.world and str(value).isdigit() and int(value) % 2 == 0:
                case.path_parameters[name] = self.world[known]
        return case

    def try_all(self, role, mode, check):
        headers = self.headers_of(role)
        for operation in self.operations:

            @QUIETLY
            @given(case=operation.as_strategy(generation_mode=mode))
            def try_one(case):
                with self.undone():
                    check(self.aimed(case), headers)

            with self.subTest(operation=operation.label, role=role, mode=mode.value):
                try_one()

    def send(self, case, headers):
        """Through Django's own client, which is inside of the transaction of the test."""
        sent = case.as_transport_kwargs(base_url="http://testserver", headers=headers)
        known = ("method", "url", "headers", "params", "data", "json", "files", "cookies")
        request = requests.Request(**{name: sent[name] for name in known if name in sent})
        request = request.prepare()
        content_type = request.headers.get("Content-Type", "")
        given = {name: value for name, value in request.headers.items() if "Content" not in name}
        path, body = request.path_url, request.body or b""
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        answer = client.generic(request.method, path, body, content_type, headers=given)
        headers = {name: [value] for name, value in answer.headers.items()}
        return Response(answer.status_code, headers, answer.getvalue(), request, 0, verify=False)

    def as_described(self, case, headers):
        response = self.send(case, headers)
        case.validate_response(response, checks=DESCRIBED, headers=headers)
        return response

    def refused(self, case, headers):
        response = self.as_described(case, headers)
        self.assertIn(response.status_code, (400, 401, 404), response.content[:200])

    def test_there_is_something_to_try(self):
        self.assertGreater(len(self.operations), 60)

    def test_nobody_in_particular_gets_nothing(self):
        self.try_all("anonymous", GenerationMode.POSITIVE, self.refused)

    def test_a_labeler_gets_what_is_described(self):
        self.try_all("ann", GenerationMode.POSITIVE, self.as_described)

    def test_staff_get_what_is_described(self):
        self.try_all("rita", GenerationMode.POSITIVE, self.as_described)

    def test_what_cannot_be_is_refused_as_described(self):
        self.try_all("rita", GenerationMode.NEGATIVE, self.as_described)

    def test_a_wrong_token_is_never_passed_over(self):
        def wrong(case, headers):
            response = self.send(case, {"Authorization": "Bearer s3l_wrong"})
            self.assertIn(response.status_code, (400, 401, 404))

        self.try_all("ann", GenerationMode.POSITIVE, wrong)
