"""A work tree of real DVC imports cleanly, whatever kind of links it has.

DVC lives in an environment of its own, which script/setup --dev makes.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from datasets.importing import summary
from datasets.models import Dataset, FolderImport
from datasets.tests.pictures import encoded

pytestmark = pytest.mark.django_db

PROGRAM = Path(__file__).with_name(".venv") / "bin/dvc"
NAMES = ["photos/0.png", "photos/1.png", "photos/deep/2.png", "single.png"]
POINTER = "a DVC pointer file"


def dvc(folder, *arguments):
    if not PROGRAM.exists():
        pytest.fail("script/setup --dev installs DVC")
    own = folder / ".dvc/tmp/own"  # nothing of whoever runs the tests, and nothing left behind
    names = ("HOME", "DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR", "DVC_SITE_CACHE_DIR")
    environment = dict.fromkeys(names, str(own)) | {"DVC_NO_ANALYTICS": "1"}
    subprocess.run(
        [PROGRAM, *arguments, "-q"],
        cwd=folder,
        env=os.environ | environment,
        check=True,
        capture_output=True,
    )


def configure(tree, link, cache=None):
    lines = ["[core]", "no_scm = true", "check_update = false", "[cache]", f"type = {link}"]
    lines += [f"dir = {cache}"] if cache else []
    (tree / ".dvc/config").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="session")
def added(tmp_path_factory):
    """A work tree with a folder and a file that DVC tracks; tests work on copies of it."""
    tree = tmp_path_factory.mktemp("dvc") / "tree"
    for number, name in enumerate(NAMES):
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded("PNG", seed=number))
    dvc(tree, "init", "--no-scm")
    configure(tree, "copy")
    dvc(tree, "add", "photos", "single.png")
    return tree


@pytest.fixture
def tree(added, tmp_path, settings):
    copy = tmp_path / "tree"
    shutil.copytree(added, copy)
    settings.IMAGE_ROOTS = [str(copy)]
    return copy


@pytest.fixture
def dataset(db):
    return Dataset.objects.create(site="Cape Town", sensor="Balloon")


def import_all(dataset, tree):
    job = FolderImport.objects.create(dataset=dataset, folder=str(tree), unattended=True)
    job.workers = 1
    job.run()
    assert (job.status, job.error) == ("done", "")
    return summary(job)


def imported(dataset, tree):
    paths = dataset.images.values_list("path", flat=True)
    return sorted(path.removeprefix(f"{tree}/") for path in paths)


def reasons(result, tree):
    return {
        problem["path"].removeprefix(f"{tree}/"): problem["reason"]
        for problem in result["problems"]
    }


def kind(path):
    if path.is_symlink():
        return "symlink"
    return "hardlink" if path.stat().st_nlink > 1 else "copy"


@pytest.mark.parametrize(
    ("link", "made"),
    [
        ("copy", "copy"),
        ("reflink,copy", "copy"),  # a reflink looks like a copy
        ("hardlink", "hardlink"),
        ("symlink", "symlink"),
    ],
)
def test_a_work_tree_imports_under_its_own_names(tree, dataset, link, made):
    """Case 23: whichever way DVC links the files to its cache, they are images by their names."""
    configure(tree, link)
    dvc(tree, "checkout", "--relink")
    assert {kind(tree / name) for name in NAMES} == {made}
    result = import_all(dataset, tree)
    assert imported(dataset, tree) == NAMES
    assert reasons(result, tree) == {}  # neither the cache nor a pointer is a problem
    image = dataset.images.get(path=f"{tree}/single.png")
    assert image.format == "PNG"


def test_other_links_to_the_same_contents_are_no_news(tree, dataset):
    import_all(dataset, tree)
    configure(tree, "symlink")
    dvc(tree, "checkout", "--relink")
    result = import_all(dataset, tree)
    assert (result["known"], result["imported"], result["duplicate"]) == (4, 0, 0)


def test_a_cache_elsewhere_must_be_an_image_root(tree, dataset, tmp_path, settings):
    cache = tmp_path / "cache"
    shutil.move(tree / ".dvc/cache", cache)
    configure(tree, "symlink", cache)
    dvc(tree, "checkout", "--relink")
    result = import_all(dataset, tree)
    words = "a link that leads out of the image roots; make the DVC cache an image root"
    assert reasons(result, tree) == dict.fromkeys(NAMES, words)
    settings.IMAGE_ROOTS = [str(tree), str(cache)]
    assert import_all(dataset, tree)["imported"] == 4
    assert imported(dataset, tree) == NAMES


def test_where_the_data_is_not_here_the_hint_says_what_to_do(tree, dataset):
    shutil.rmtree(tree / ".dvc/cache")
    shutil.rmtree(tree / "photos")
    result = import_all(dataset, tree)
    assert reasons(result, tree) == {"photos.dvc": f"{POINTER}; its data is not here: run dvc pull"}
    assert imported(dataset, tree) == ["single.png"]


def test_links_into_an_empty_cache_say_what_to_do(tree, dataset):
    configure(tree, "symlink")
    dvc(tree, "checkout", "--relink")
    shutil.rmtree(tree / ".dvc/cache")
    words = "a link: its target is not there; run dvc pull"
    assert reasons(import_all(dataset, tree), tree) == dict.fromkeys(NAMES, words)
