import pytest

from datasets import reading


@pytest.fixture(autouse=True)
def children_know_what_a_test_patches(request, monkeypatch):
    """By a fork, which is safe: what other tests left behind are threads that are at rest."""
    if request.node.get_closest_marker("browser") is None:
        monkeypatch.setattr(reading, "may_fork", lambda: True)
