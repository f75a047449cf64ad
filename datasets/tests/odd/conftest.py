import pytest

from datasets.inspecting import Limits, inspect
from datasets.opening import Opener

LIMITS = Limits(pixels=120_000_000, bytes=2_000_000_000)


@pytest.fixture
def found(tmp_path):
    """Write a file, and what inspecting says of it."""

    def found(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return inspect(str(path), Opener([str(tmp_path)]), LIMITS)

    return found
