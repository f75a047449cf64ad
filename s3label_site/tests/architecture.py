"""The rules of the house: each takes a file and yields what is wrong with it."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Imports run only this way: s3label_site → labeling → datasets → accounts.
MAY_IMPORT = {
    "accounts": {"accounts"},
    "datasets": {"accounts", "datasets"},
    "labeling": {"accounts", "datasets", "labeling"},
    "s3label_site": {"accounts", "datasets", "labeling", "s3label_site"},
}
# Modules that know no Django, so that they can be tested, and used, without a database.
PURE = (
    "accounts/attempts.py",
    "datasets/bucket_access.py",
    "datasets/caching.py",
    "datasets/depth.py",
    "datasets/exif.py",
    "datasets/formats.py",
    "datasets/inspecting.py",
    "datasets/objects.py",
    "datasets/opening.py",
    "datasets/patience.py",
    "datasets/patterns.py",
    "datasets/posting.py",
    "datasets/pyramids.py",
    "datasets/reading.py",
    "datasets/strips.py",
    "datasets/thumbnails.py",
    "datasets/walking.py",
    "labeling/cutting.py",
    "labeling/demo/",
    "labeling/exports/",
    "labeling/imports/",
    "labeling/instructions.py",
    "labeling/outlines.py",
    "labeling/rasterising.py",
    "labeling/shapes.py",
    "labeling/thinning.py",
    "labeling/tools.py",
    "labeling/values.py",
    "s3label_site/postgresql/silence.py",
    "s3label_site/supervising.py",
)
# Formats are pure; what finds them, and what reads the database for them, is not.
NOT_PURE = (
    "labeling/exports/__init__.py",
    "labeling/exports/models.py",
    "labeling/exports/records.py",
    "labeling/imports/models.py",
)
# The only ways from a request to a row; anything else of these models is closed to views.
DOORS = {
    "Label": {"visible_to"},
    "LabelTask": {"assigned_to", "visible_to"},
    "Image": set(),
    "Shape": set(),
    "Attribute": {"visible_to"},
    "LabelClass": {"visible_to"},
    "ImageValue": set(),
    "LabelRevision": set(),
    "LabelStep": set(),
}
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "services", "common", "core", "misc"}
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
LONGEST_VIEW = 25


def files_of_the_project():
    """Every file that is or would be committed, as a path from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return sorted(path for path in listed.split("\0") if path and (ROOT / path).is_file())


def is_code(path):
    """Code of the product: tests and migrations have other rules."""
    parts = Path(path).parts
    return not {"tests", "migrations"} & set(parts) and path != "conftest.py"


def is_view(path):
    parts = Path(path).parts
    return bool({"views", "api"} & set(parts)) or parts[-1] in ("views.py", "api.py")


def is_pure(path):
    return path.startswith(PURE) and path not in NOT_PURE


def app_of(path):
    return Path(path).parts[0]


def imported(tree):
    """(node, dotted name) of everything that is imported below a node."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            yield node, "." * node.level + (node.module or "")


def functions(tree):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def imports_run_one_way(path, source):
    if app_of(path) not in MAY_IMPORT or not is_code(path) or path == "s3label_site/testing.py":
        return
    forbidden = set(MAY_IMPORT) - MAY_IMPORT[app_of(path)]
    for node, name in imported(ast.parse(source)):
        if name.split(".")[0] in forbidden:
            yield f"line {node.lineno} imports {name}"
        if name.startswith("."):
            yield f"line {node.lineno} imports relatively, which hides the app"


def imports_stand_at_the_top(path, source):
    """An import of ours inside a function is how cycles begin."""
    if app_of(path) not in MAY_IMPORT or not is_code(path):
        return
    for function in functions(ast.parse(source)):
        for node, name in imported(function):
            if name.split(".")[0] in MAY_IMPORT:
                yield f"line {node.lineno} imports {name} inside {function.name}"


def pure_modules_know_no_django(path, source):
    if not is_pure(path):
        return
    for node, name in imported(ast.parse(source)):
        package, module = name.split(".")[0], name.replace(".", "/")
        is_package = (ROOT / module).is_dir()
        ours = is_pure(f"{module}/__init__.py" if is_package else f"{module}.py")
        if package.startswith("django") or (package in MAY_IMPORT and not ours):
            yield f"line {node.lineno} imports {name}"


def there_are_no_signals(path, source):
    if not is_code(path):
        return
    for node, name in imported(ast.parse(source)):
        if name.startswith("django.") and name.endswith(("signals", "dispatch")):
            yield f"line {node.lineno} imports {name}"


def functions_are_short(path, source):
    if not is_code(path):
        return
    most = LONGEST_VIEW if is_view(path) else LONGEST_FUNCTION
    for function in functions(ast.parse(source)):
        length = function.end_lineno - function.lineno + 1
        if length > most:
            yield f"{function.name} has {length} lines, more than {most}"


def no_door_is_bypassed(path, source):
    if not is_view(path) or not is_code(path):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and _is_manager(node.value):
            model = node.value.value.id
            if node.attr not in DOORS[model]:
                yield f"line {node.lineno} goes to {model} by {node.value.attr}.{node.attr}"
        if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("_or_404"):
            model = getattr(node.args[0], "id", None) if node.args else None
            if model in DOORS:
                yield f"line {node.lineno} takes any {model}"


def _is_manager(node):
    managers = ("objects", "_default_manager", "_base_manager")
    return (
        isinstance(node, ast.Attribute)
        and node.attr in managers
        and getattr(node.value, "id", None) in DOORS
    )


PYTHON_RULES = (
    imports_run_one_way,
    imports_stand_at_the_top,
    pure_modules_know_no_django,
    there_are_no_signals,
    functions_are_short,
    no_door_is_bypassed,
)


def files_are_short(path, source):
    if is_code(path) and Path(path).suffix in (".py", ".ts", ".html", ".css"):
        length = source.count("\n")
        if length > LONGEST_FILE:
            yield f"has {length} lines, more than {LONGEST_FILE}"


def names_say_something(path, source):
    if path.endswith((".py", ".ts")):
        for part in Path(path).parts:
            if part.split(".")[0] in NAMES_THAT_SAY_NOTHING:
                yield f"{part} does not say what is in it"


def migrations_are_named(path, source):
    name = Path(path).name
    if "migrations" not in Path(path).parts or name == "__init__.py":
        return
    if not re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) or "_auto_" in name:
        yield "is not named for what it does; makemigrations -n describes_it"


def nothing_points_to_one_machine(path, source):
    """No address of a package registry, no folder that only the author has."""
    hosts = r"registry\.npmjs|pypi\.org|files\.pythonhosted|https?://(localhost|127\.)[^\s]*/simple"
    folders = r"(?<![\w.~-])/(root|work|home/\w+|Users/\w+|opt/wheels)/"
    for number, line in enumerate(source.splitlines(), 1):
        if path != RULES and re.search(f"{hosts}|{folders}", line):
            yield f"line {number}: {line.strip()[:80]}"


RULES = "s3label_site/tests/architecture.py"


def templates_hold_no_script_or_style(path, source):
    """The content security policy would stop them, silently."""
    if Path(path).suffix != ".html":
        return
    for pattern in (r"<style", r"\sstyle\s*=", r"\son[a-z]+\s*=", r"<script(?![^>]*\bsrc=)"):
        for found in re.finditer(pattern, source, re.IGNORECASE):
            yield f"line {source[: found.start()].count(chr(10)) + 1}: {found[0].strip()}"


def dates_are_written_one_way(path, source):
    """As s3label_site/formats/en/formats.py has it; `c` is for machines."""
    if Path(path).suffix == ".html":
        for found in re.finditer(
            r"""\|(?:date|time):(["'])(?!DATETIME_FORMAT|c\1)[^"']*""", source
        ):
            yield found[0]
    elif is_code(path) and path.endswith(".py") and path != "datasets/admin/display.py":
        for found in re.finditer(r"\bdate_format\(", source):
            yield found[0]


TEXT_RULES = (
    files_are_short,
    names_say_something,
    migrations_are_named,
    nothing_points_to_one_machine,
    templates_hold_no_script_or_style,
    dates_are_written_one_way,
)


def pins(requirements):
    """{package: version} of a compiled requirements file; raises when one has no hash."""
    found = {}
    for entry in re.split(r"\n(?=[a-z0-9])", requirements.strip()):
        if entry.startswith("#"):
            continue
        pin = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", entry)
        if pin is None or "--hash=sha256:" not in entry:
            raise ValueError(f"not pinned with hashes: {entry.splitlines()[0]}")
        found[pin[1]] = pin[2]
    return found
