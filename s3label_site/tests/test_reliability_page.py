"""docs/reliability.md names tests that exist, for every promise, and commands that choose some."""

import ast
import re

from s3label_site.tests.architecture import ROOT, files_of_the_project

PAGE = (ROOT / "docs/reliability.md").read_text()
# [promise, what it says, its tests, its long form]
ROWS = [line.strip("|").split(" | ") for line in PAGE.splitlines() if re.match(r"\| P\d", line)]
PROMISES = {1, 2, 3, 4, 5, 8, 9, 10, 11, 13, 14}


def names_of_tests(path):
    """Names of the tests in a file, those in classes as Class::test."""
    found = set()
    for node in ast.parse((ROOT / path).read_text()).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {prefix + one.name for one in inside if isinstance(one, ast.FunctionDef)}
    return {name for name in found if name.split("::")[-1].startswith("test_")}


def test_every_promise_has_a_row():
    assert {int(row[0].strip()[1:]) for row in ROWS} >= PROMISES


def test_every_test_that_is_named_exists():
    named = re.findall(r"`([a-z0-9_/]+\.py)(?:::([\w:]+))?`", PAGE)
    assert len(named) > len(ROWS)
    for path, test in named:
        assert (ROOT / path).is_file(), path
        assert not test or test in names_of_tests(path), f"{path}::{test}"


def test_every_odd_request_has_a_row():
    assert [int(n) for n in re.findall(r"^\| (\d{3}) \|", PAGE, re.MULTILINE)] == [*range(103, 125)]


def test_every_promise_names_a_test():
    for row in ROWS:
        assert re.search(r"`[a-z0-9_/]+/test_\w+\.py", row[2]), row[0]


def test_the_promises_about_images_and_strokes_have_a_long_form():
    forms = {int(row[0].strip()[1:]): row[3] for row in ROWS}
    wanted = (1, 2, 3, 4, 5, 8, 9, 10, 11, 13, 14)
    assert [n for n in wanted if "--long -k" not in forms[n]] == []


def test_every_long_form_chooses_tests_that_know_it():
    files = [path for path in files_of_the_project() if re.search(r"/tests/.*test_\w+\.py$", path)]
    names = [
        name.split("::")[-1]
        for path in files
        if "is_long" in (ROOT / path).read_text()
        for name in names_of_tests(path)
    ]
    words = re.findall(r"--long -k (\w+)", PAGE)
    assert words
    assert [word for word in words if not any(word in name for name in names)] == []
