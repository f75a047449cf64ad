"""Every line of the table "What happens to odd files" has a test that names its number."""

import ast
import re
from pathlib import Path

from django.conf import settings

ALL = set(range(1, 73))
NUMBERS = re.compile(r"Cases? (\d+(?:, \d+)*):")


def cases_of(docstring):
    """Numbers written as "Case 7:" or "Cases 7, 8:" at the beginning."""
    found = NUMBERS.match(docstring or "")
    return {int(number) for number in found[1].split(", ")} if found else set()


def cases_with_tests():
    """{number: names of its tests}."""
    found = {}
    for path in sorted(Path(settings.BASE_DIR).glob("*/tests/**/test_*.py")):
        if any(part in ("node_modules", ".venv") for part in path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for number in cases_of(ast.get_docstring(node)):
                    found.setdefault(number, []).append(f"{path.name}: {node.name}")
    return found


def test_every_case_has_a_test_and_every_number_is_one():
    assert set(cases_with_tests()) == ALL


def test_every_case_stands_in_the_table_once_and_in_order():
    page = (Path(settings.BASE_DIR) / "docs/import.md").read_text()
    assert [int(n) for n in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)] == sorted(ALL)
