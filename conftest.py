"""Before anything of Django is loaded: tests write below a folder of their own."""

import os
import shutil
import tempfile

import django
import pytest
from django.test import TransactionTestCase

DATA_DIR = tempfile.mkdtemp(prefix="s3label-test-")
for name in [name for name in os.environ if name.startswith("S3LABEL_")]:
    del os.environ[name]
os.environ["S3LABEL_DATA_DIR"] = DATA_DIR
# Here and not in pyproject.toml: from there the settings would be read before this file is.
os.environ["DJANGO_SETTINGS_MODULE"] = "s3label_site.settings"
# Playwright runs an event loop in the thread of the test.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
django.setup()


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="The long form of docs/reliability.md.")


@pytest.fixture(scope="session")
def is_long(pytestconfig):
    """Whether tests should do in many rounds what they else do in few."""
    return pytestconfig.getoption("--long")


def pytest_unconfigure():
    shutil.rmtree(DATA_DIR, ignore_errors=True)


def pytest_make_parametrize_id(val, argname):
    """Bytes do not name a test: some hold the time, and then two workers collect other tests."""
    return argname if isinstance(val, bytes) else None


def pytest_runtest_logreport(report):
    """Name what fails, subtests included, to script/test, which tries it once more."""
    if report.failed and (names := os.environ.get("NAMES_OF_FAILED_TESTS")):
        with open(names, "a") as file:
            file.write(f"{report.nodeid}\n")


def pytest_collection_modifyitems(config, items):
    """On another database, only what reaches the database is run again."""
    if "DATABASE_URL" not in os.environ:
        return
    without = [item for item in items if not _reaches_the_database(item)]
    if without:
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if _reaches_the_database(item)]


def _reaches_the_database(item):
    if item.get_closest_marker("django_db"):
        return True
    if isinstance(item.cls, type) and issubclass(item.cls, TransactionTestCase):
        return True  # TestCase is one of them
    return bool({"db", "transactional_db", "live_server"} & set(item.fixturenames))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """Debian's Chromium, so that no browser has to be fetched."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None:
        pytest.fail("Chromium is missing: sudo apt-get install chromium")
    return {
        "executable_path": found,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--disable-dev-shm-usage",
        ],
    }


@pytest.fixture
def problems(page):
    """What the console complains about; a breach of the content security policy is among it."""
    found = []
    page.on("console", lambda entry: found.append(entry.text) if entry.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found
