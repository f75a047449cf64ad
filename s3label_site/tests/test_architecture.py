"""The rules of the house hold in every file, and each rule sees its breach."""

import json

import pytest

from s3label_site.tests import architecture
from s3label_site.tests.architecture import PYTHON_RULES, ROOT, TEXT_RULES

FILES = architecture.files_of_the_project()
LONG_FUNCTION = "def view(request):\n" + "    pass\n" * 25


def name_of(rule):
    return rule.__name__


def text_of(path):
    try:
        return (ROOT / path).read_text()
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("rule", PYTHON_RULES, ids=name_of)
def test_python_files_keep_the_rule(rule):
    found = [
        f"{path}: {problem}"
        for path in FILES
        if path.endswith(".py")
        for problem in rule(path, text_of(path))
    ]
    assert found == []


@pytest.mark.parametrize("rule", TEXT_RULES, ids=name_of)
def test_all_files_keep_the_rule(rule):
    found = [f"{path}: {problem}" for path in FILES for problem in rule(path, text_of(path))]
    assert found == []


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        ("imports_run_one_way", "datasets/jobs.py", "from labeling.models import Label"),
        ("imports_run_one_way", "labeling/api.py", "import s3label_site.settings"),
        ("imports_run_one_way", "labeling/api.py", "from . import models"),
        ("imports_stand_at_the_top", "labeling/x.py", "def f():\n    from datasets import jobs"),
        ("pure_modules_know_no_django", "labeling/shapes.py", "from django.db import models"),
        ("pure_modules_know_no_django", "labeling/exports/coco.py", "import labeling.models"),
        (
            "pure_modules_know_no_django",
            "labeling/exports/coco.py",
            "import labeling.exports.records",
        ),
        ("pure_modules_know_no_django", "labeling/demo/roads.py", "from datasets import models"),
        ("there_are_no_signals", "labeling/x.py", "from django.db.models.signals import x"),
        ("functions_are_short", "labeling/views/labeler.py", LONG_FUNCTION),
        ("functions_are_short", "labeling/x.py", LONG_FUNCTION + "    pass\n" * 25),
        ("no_door_is_bypassed", "labeling/api.py", "Label.objects.get(pk=1)"),
        ("no_door_is_bypassed", "labeling/api/labels.py", "Label.objects.filter(pk=1)"),
        ("no_door_is_bypassed", "labeling/views/labeler.py", "LabelTask.objects.all()"),
        ("no_door_is_bypassed", "labeling/views/images.py", "Image.objects.get(pk=1)"),
        ("no_door_is_bypassed", "labeling/views/x.py", "Label._default_manager.all()"),
        ("no_door_is_bypassed", "labeling/views/x.py", "get_object_or_404(Label, pk=1)"),
        ("files_are_short", "labeling/x.py", "x = 1\n" * 401),
        ("files_are_short", "editor/src/x.ts", "\n" * 401),
        ("names_say_something", "labeling/utils.py", ""),
        ("names_say_something", "labeling/core/x.py", ""),
        ("migrations_are_named", "labeling/migrations/0002_auto_20260101_1200.py", ""),
        ("nothing_points_to_one_machine", "docs/x.md", "see /" + "root/project/x"),
        ("nothing_points_to_one_machine", "x.json", "https://registry." + "npmjs.org/vite"),
        ("templates_hold_no_script_or_style", "templates/x.html", '<p style="color: red">'),
        ("templates_hold_no_script_or_style", "templates/x.html", "<script>alert(1)</script>"),
        ("templates_hold_no_script_or_style", "templates/x.html", '<p onclick="f()">'),
        ("dates_are_written_one_way", "templates/x.html", '{{ when|date:"j F Y" }}'),
        ("dates_are_written_one_way", "labeling/admin/x.py", "date_format(when, 'j M')"),
    ],
)
def test_a_breach_is_seen(rule, path, source):
    assert list(getattr(architecture, rule)(path, source))


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        ("no_door_is_bypassed", "labeling/api.py", "Label.objects.visible_to(user)"),
        ("no_door_is_bypassed", "labeling/admin/labels.py", "Label.objects.all()"),
        ("imports_run_one_way", "labeling/x.py", "from datasets.models import Image"),
        ("pure_modules_know_no_django", "labeling/demo/roads.py", "import labeling.demo.noise"),
        ("nothing_points_to_one_machine", "docs/x.md", "/srv/images and https://example.org"),
        ("templates_hold_no_script_or_style", "templates/x.html", '<script src="/x.js"></script>'),
        ("dates_are_written_one_way", "templates/x.html", "{{ a|date }} {{ b|date:'c' }}"),
    ],
)
def test_what_is_allowed_is_not_reported(rule, path, source):
    assert not list(getattr(architecture, rule)(path, source))


def test_every_pure_module_is_there():
    missing = [name for name in architecture.PURE if not (ROOT / name).exists()]
    assert missing == []


def test_every_dependency_is_pinned_by_hash_and_tests_run_on_the_same_versions():
    runtime, develop = (
        architecture.pins((ROOT / name).read_text())
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert runtime.items() <= develop.items()
    extra = architecture.pins((ROOT / "requirements-tiles.txt").read_text())
    both = extra.keys() & runtime.keys()
    assert {name: extra[name] for name in both} == {name: runtime[name] for name in both}


def test_the_lock_file_of_the_editor_names_no_host():
    lock = json.loads((ROOT / "editor/package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    without_hash = [
        name for name, package in lock["packages"].items() if name and "integrity" not in package
    ]
    assert without_hash == []
