"""Folders are listed in order, links lead nowhere, and what is no file never hangs."""

import errno
import os
import pathlib
import socket
import tempfile
import time

import pytest

from datasets import walking
from datasets.inspecting import GOOD, UNREADABLE, Limits, inspect
from datasets.opening import CannotOpen, Opener, open_folder
from datasets.tests.folders import as_nobody
from datasets.tests.pictures import encoded
from datasets.walking import StorageAway, walk

LIMITS = Limits(10_000, 1_000_000)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def put(path, data=b"x"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def listed(root, **options):
    """{path below the root: reason}, None for files that are to be read."""
    entries = walk(str(root), [str(root)], **options)
    return {entry.path[len(str(root)) + 1 :]: entry.reason or None for entry in entries}


def test_files_come_in_the_order_of_their_paths(root):
    names = ["a.jpg", "a/b.jpg", "a/z/1.jpg", "a!.jpg", "B.jpg", "b/c.jpg", "a b.jpg", "é.jpg"]
    for name in names:
        put(root / name)
    found = list(listed(root))
    assert found == sorted(names)
    for index, name in enumerate(found):
        assert list(listed(root, after=f"{root}/{name}")) == found[index + 1 :]


def test_subfolders_can_be_left_out(root):
    put(root / "a.jpg")
    put(root / "sub" / "b.jpg")
    assert listed(root, recursive=False) == {"a.jpg": None}


def test_names_of_every_kind_are_taken_as_they_are(root):
    names = ["new\nline.jpg", "tab\t.jpg", "quote'\".jpg", "$(id);`.jpg", "-rf.jpg", "=cmd().jpg",
             "🐻.jpg", "\u202egpj.exe", "e\u0301.jpg", "é.jpg", "A.jpg", "a.jpg", "x..\\y.jpg",
             "C:\\x.jpg", "%2e%2e%2fx.jpg", "x" * 251 + ".jpg"]  # fmt: skip
    for name in names:
        put(root / name)
    assert listed(root) == dict.fromkeys(sorted(names))


def test_a_name_that_is_no_text_is_reported_and_the_rest_goes_on(root):
    put(root / "good.jpg")
    os.mkdir(os.fsencode(root) + b"/folder\xfe")
    with open(os.fsencode(root) + b"/bad\xff.jpg", "wb"):
        pass
    assert listed(root) == {
        "bad\\xff.jpg": "name is not valid UTF-8; rename the file",
        "folder\\xfe": "name is not valid UTF-8; rename the folder",
        "good.jpg": None,
    }


def test_hidden_files_and_folders_are_passed_over(root):
    for name in (".a.jpg", "._b.jpg", ".DS_Store", ".hidden/c.jpg"):
        put(root / name)
    assert listed(root) == {
        ".DS_Store": "a hidden file", "._b.jpg": "a hidden file", ".a.jpg": "a hidden file",
        ".hidden": "a hidden folder",
    }  # fmt: skip


def test_pointers_of_dvc_say_when_their_data_is_not_there(root):
    put(root / "here.jpg")
    put(root / "here.jpg.dvc")
    put(root / "photos" / "a.jpg")
    put(root / "photos.dvc")
    put(root / "away.dvc")
    found = listed(root)
    assert found["here.jpg.dvc"] == found["photos.dvc"] == "a DVC pointer file"
    assert found["away.dvc"] == "a DVC pointer file; its data is not here: run dvc pull"


def test_links_are_followed_to_files_below_a_root_only(root, tmp_path):
    outside = put(tmp_path / "outside.jpg")
    cache = put(tmp_path / "cache" / "ab" / "cdef")
    put(root / "a.jpg")
    links = {
        "cached.jpg": cache, "inside.jpg": "a.jpg", "outside.jpg": outside, "etc": "/etc",
        "annexed.jpg": ".git/annex/objects/Gx/SHA256E-s1", "unpulled.jpg": ".dvc/cache/ab/cd",
        "loop": "..", "self": "self", "dangling.jpg": "nothing", "passwd": "/etc/passwd",
    }  # fmt: skip
    for name, target in links.items():
        os.symlink(target, root / name)
    roots = [str(root), str(tmp_path / "cache")]
    found = {entry.path[len(str(root)) + 1 :]: entry.reason for entry in walk(str(root), roots)}
    assert found == {
        "a.jpg": "", "cached.jpg": "", "inside.jpg": "",
        "dangling.jpg": "a link: its target is not there",
        "annexed.jpg": "a link: its target is not there; run git annex get",
        "unpulled.jpg": "a link: its target is not there; run dvc pull",
        "etc": "a link that leads out of the image roots",
        "loop": "a link that leads out of the image roots",
        "outside.jpg": "a link that leads out of the image roots",
        "passwd": "a link that leads out of the image roots",
        "self": "a link: a link, which is not followed",
    }  # fmt: skip


def test_a_link_to_a_folder_is_not_gone_into(root):
    put(root / "real" / "a.jpg")
    os.symlink("real", root / "linked")
    assert listed(root) == {"linked": "a link to a folder, not a file", "real/a.jpg": None}


def test_pipes_and_sockets_are_reported_and_never_waited_for(root, monkeypatch):
    os.mkfifo(root / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as plug:
        monkeypatch.chdir(root)  # a socket's path must be short
        plug.bind("socket.jpg")
        assert listed(root) == {
            "pipe.jpg": "a named pipe, not a file", "socket.jpg": "a socket, not a file",
        }  # fmt: skip
    began = time.monotonic()
    finding = inspect(str(root / "pipe.jpg"), Opener([str(root)]), LIMITS)
    assert finding[:2] == (UNREADABLE, "a named pipe, not a file")
    assert time.monotonic() - began < 5


def test_folders_without_end_are_left(root):
    folder = root
    for _ in range(walking.MOST_LEVELS + 5):
        folder = folder / "d"
    put(folder / "a.jpg")
    found = listed(root)
    assert list(found.values()) == [f"more than {walking.MOST_LEVELS} folders deep"]


def test_a_path_longer_than_the_system_takes_is_read(root):
    """Case 19: each folder is opened from the one above it."""
    folder = os.open(root, os.O_RDONLY)
    path = str(root)
    for _ in range(20):
        name = "n" * 250
        os.mkdir(name, dir_fd=folder)
        deeper = os.open(name, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder, path = deeper, f"{path}/{name}"
    handle = os.open("a.png", os.O_WRONLY | os.O_CREAT, dir_fd=folder)
    os.write(handle, encoded("PNG"))
    os.close(handle)
    os.close(folder)
    (found,) = walk(str(root), [str(root)])
    assert found.path == f"{path}/a.png" and len(found.path) > 4096
    assert inspect(found.path, Opener([str(root)]), LIMITS).state == GOOD


def test_what_may_not_be_read_is_said():
    # Not in tmp_path, which is closed to everybody but its owner.
    with tempfile.TemporaryDirectory(prefix="s3label-test-") as root:
        folder = pathlib.Path(root)
        for name in ("closed/a.jpg", "listed/b.jpg", "secret.jpg", "open.png"):
            put(folder / name, encoded("PNG"))
        for name, mode in ((".", 0o755), ("closed", 0), ("listed", 0o444), ("secret.jpg", 0)):
            os.chmod(folder / name, mode)
        with as_nobody():
            found = {entry.path.removeprefix(root + "/"): entry for entry in walk(root, [root])}
            opener = Opener([root])
            secret = inspect(f"{root}/secret.jpg", opener, LIMITS)
            good = inspect(f"{root}/open.png", opener, LIMITS)
        for name in ("closed", "listed"):
            os.chmod(folder / name, 0o700)
    assert found["closed"].reason == "no permission to list this folder"
    assert found["listed/b.jpg"].reason == "no permission to read it"
    assert found["secret.jpg"].state == ""  # only opening it shows
    assert secret.reason == "no permission to read it"
    assert good.state == GOOD


def test_a_folder_swapped_for_a_link_leads_nowhere(root, tmp_path):
    """Case 6: between listing and opening."""
    put(tmp_path / "outside" / "a.png", encoded("PNG"))
    put(root / "sub" / "a.png", encoded("PNG"))
    path = str(root / "sub" / "a.png")
    assert inspect(path, Opener([str(root)]), LIMITS).state == GOOD
    os.rename(root / "sub", root / "was")
    os.symlink(tmp_path / "outside", root / "sub")
    finding = inspect(path, Opener([str(root)]), LIMITS)
    assert finding[:2] == (UNREADABLE, "a folder on the way is no folder any more")


@pytest.mark.parametrize("path", ["/etc/passwd", "{root}x/a.png", "{root}/../a.png", "relative"])
def test_nothing_outside_the_roots_is_opened(root, path):
    put(root.parent / "a.png", encoded("PNG"))
    with pytest.raises((CannotOpen, OSError)):
        Opener([str(root)]).open(path.format(root=root))


def test_a_file_that_went_away_is_said(root):
    finding = inspect(str(root / "gone.jpg"), Opener([str(root)]), LIMITS)
    assert finding[:2] == (UNREADABLE, "it is not there any more")


def test_a_storage_that_is_away_is_no_fault_of_its_files(root, monkeypatch):
    """Case 58: the import stops instead of calling them unreadable."""
    put(root / "sub" / "a.jpg")
    with pytest.raises(StorageAway):
        list(walk(str(root / "nothing"), [str(root)]))
    opening = os.open

    def fail(path, *arguments, **options):
        if path == "sub":
            raise OSError(errno.ENOTCONN, "Transport endpoint is not connected")
        return opening(path, *arguments, **options)

    monkeypatch.setattr("os.open", fail)
    with pytest.raises(StorageAway):
        listed(root)


def test_no_folder_stays_open(root):
    for number in range(5):
        put(root / f"{number}" / "sub" / "a.jpg")
    before = len(os.listdir("/proc/self/fd"))
    listed(root)
    entries = walk(str(root), [str(root)])
    next(entries)
    entries.close()
    os.close(open_folder(str(root / "1" / "sub"), [str(root)]))
    assert len(os.listdir("/proc/self/fd")) == before
