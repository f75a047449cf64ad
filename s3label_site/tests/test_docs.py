"""The documentation names everything there is, and its links lead somewhere."""

import ast
import re

import pytest
from django.core.management import get_commands

from labeling.exports import FORMATS
from labeling.imports import FORMATS as READ_FORMATS
from s3label_site.api import api
from s3label_site.tests.architecture import ROOT, files_of_the_project
from s3label_site.tests.test_seed_sql import EARLIER, STATEMENTS, run

PAGES = [path for path in files_of_the_project() if path.endswith(".md")]
DOCS = {path: (ROOT / path).read_text() for path in PAGES if path.startswith("docs/")}
ALL_DOCS = "\n".join(DOCS.values())


def settings_that_are_read():
    """The first argument of every call that reads the environment."""
    found = set()
    for path in ("s3label_site/settings.py", "s3label_site/management/commands/serve.py"):
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, ast.Call) and "environment" in ast.unparse(node.func):
                found |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    buckets = (ROOT / "s3label_site/storage_environment.py").read_text()
    return found | set(re.findall(r'\("(S3LABEL_[A-Z0-9_]+)"', buckets))


def test_every_setting_is_in_the_table_of_settings():
    found = settings_that_are_read()
    assert {"HOST", "PORT", "DATABASE_URL", "S3LABEL_DATA_DIR"} <= found
    documented = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", DOCS["docs/settings.md"], re.MULTILINE))
    assert documented == found | {"GUNICORN_CMD_ARGS"}


def test_every_command_is_documented():
    ours = [
        name
        for name, app in get_commands().items()
        if app in ("accounts", "datasets", "labeling", "s3label_site")
    ]
    assert "serve" in ours
    assert [name for name in ours if not re.search(rf"manage\.py {name}\b", ALL_DOCS)] == []


def test_every_export_format_is_documented():
    page = DOCS["docs/exports.md"]
    assert [name for name in FORMATS if not re.search(rf"[`|= ]{name}\b", page)] == []


def test_every_import_format_is_documented():
    page = DOCS["docs/importing-labels.md"]
    assert [name for name in READ_FORMATS if f"| `{name}` |" not in page] == []


def routes_of_the_api():
    assert api.urls  # routers within routers are joined when the addresses are first asked for
    for prefix, router in api._routers:
        for path, operations in router.path_operations.items():
            plain = re.sub(r"\{\w+:(\w+)\}", r"{\1}", f"/api/v1{prefix}{path}")
            for operation in operations.operations:
                for method in operation.methods:
                    yield f"`{method} {plain}`"


def test_every_route_of_the_api_is_documented():
    found = list(routes_of_the_api())
    assert "`GET /api/v1/labels/{label_id}`" in found
    assert [route for route in found if route not in DOCS["docs/api.md"]] == []


def anchors(text):
    """The anchors of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("document", PAGES)
def test_links_lead_somewhere(document):
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", (ROOT / document).read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        path = (ROOT / document).parent / file if file else ROOT / document
        if not path.exists() or (anchor and anchor not in anchors(path.read_text())):
            broken.append(target)
    assert broken == []


def rows_without_a_table(text):
    """Rows that a page would show as plain text, because nothing above them heads a table."""
    outside_of_code = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    tables = re.findall(r"(?:^\|.*\n?)+", outside_of_code, re.MULTILINE)
    return [table for table in tables if not re.match(r"\|.*\n\|[-:| ]+\|$", table, re.MULTILINE)]


@pytest.mark.parametrize("document", PAGES)
def test_every_row_of_a_table_has_a_head_above_it(document):
    head = "| a | b |\n|---|---|\n| 1 | 2 |\n"
    assert rows_without_a_table(head) == []
    assert rows_without_a_table(f"{head}\n| 3 | 4 |\n") == ["| 3 | 4 |\n"]
    assert rows_without_a_table((ROOT / document).read_text()) == []


def test_every_page_can_be_found_from_the_index():
    linked = set(re.findall(r"\]\(([^)#]+\.md)", DOCS["docs/index.md"]))
    pages = {path.removeprefix("docs/") for path in DOCS} - {"index.md"}
    assert pages <= linked


def statements_of(page):
    """The SQL in a page, statement by statement."""
    blocks = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    return [part.strip() for block in blocks for part in re.split(r";\n", block) if part.strip()]


def test_the_page_on_sql_has_the_seed_statements_as_they_are():
    assert "\n".join(STATEMENTS) in DOCS["docs/sql.md"]


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_all_sql_in_the_docs_runs(django_user_model):
    django_user_model.objects.create_user("sql@example.org")
    run(EARLIER)
    found = statements_of(DOCS["docs/sql.md"])
    assert len(found) > 10
    run(found)
