"""Exports read back by programs that are not ours, in readers/ with an environment of their own."""

import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from PIL import Image

READERS = Path(__file__).parent / "readers"
PYTHON = READERS / ".venv/bin/python"


def unpacked(data, folder, images=()):
    """The folder, with an archive unpacked in it and blank images, {place: size}."""
    zipfile.ZipFile(io.BytesIO(data)).extractall(folder)
    return with_blanks(folder, images)


def with_blanks(folder, images):
    for place, size in dict(images).items():
        path = Path(folder) / place
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size).save(path)
    return Path(folder)


def read(reader, folder):
    """What a reader of readers/read.py finds in a folder."""
    if not PYTHON.exists():
        pytest.fail("The readers are missing: run script/setup --dev")
    command = [PYTHON, READERS / "read.py", reader, folder]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)
