"""The description of the API can be read by people."""

from django.urls import reverse
from ninja import Schema

from s3label_site.api import api
from s3label_site.testing import S3LabelTestCase

APPS = ("accounts", "datasets", "labeling")


class ApiPageTests(S3LabelTestCase):
    def setUp(self):
        self.client.force_login(self.ann)
        self.page = self.client.get(reverse("api_page"))

    def test_every_route_is_on_it_once(self):
        paths = api.get_openapi_schema()["paths"]
        routes = [f"{m.upper()} {path}" for path, methods in paths.items() for m in methods]
        shown = [
            f"{route['method']} {route['path']}"
            for section in self.page.context["sections"]
            for route in section["routes"]
        ]
        self.assertEqual(sorted(shown), sorted(routes))
        titles = [section["title"] for section in self.page.context["sections"]]
        self.assertEqual(len(titles), len(set(titles)))

    def test_fields_are_told_with_their_types(self):
        self.assertContains(self.page, "<td><code>changes[].shape.kind</code></td>", html=True)
        self.assertContains(self.page, "“shuffled” | “path”")
        self.assertContains(self.page, "1 to 1000")
        # Of a form with a file, too.
        for field in ("file", "wishes.format"):
            self.assertContains(self.page, f"<td><code>{field}</code></td>", html=True)

    def test_it_loads_nothing_from_elsewhere(self):
        self.assertNotContains(self.page, "//")
        self.assertIn("script-src 'self'", self.page["Content-Security-Policy"])


def test_no_two_forms_of_the_description_have_one_name():
    """One would silently take the place of the other."""

    def below(schema):
        for one in schema.__subclasses__():
            yield one
            yield from below(one)

    ours = {one for one in below(Schema) if one.__module__.split(".")[0] in APPS}
    names = [one.__name__ for one in ours]
    assert len(names) > 50
    assert sorted({name for name in names if names.count(name) > 1}) == []
