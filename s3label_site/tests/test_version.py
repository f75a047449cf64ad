import tomllib

from django.conf import settings


def test_the_version_in_exports_is_that_of_the_project():
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    assert project["version"] == settings.VERSION
