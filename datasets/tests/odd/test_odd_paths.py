"""Paths that people type, and places that are no ordinary folders.

The numbers of the cases are those of the table in docs/import.md.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from datasets import walking
from datasets.inspecting import GOOD, UNREADABLE, Limits, inspect
from datasets.models import FolderImport
from datasets.opening import CannotOpen, Opener
from datasets.roots import BadFolder, find_folder
from datasets.tests.pictures import encoded
from datasets.walking import walk
from s3label_site.testing import S3LabelTestCase, make_picture

LIMITS = Limits(10_000, 1_000_000)


class TypedPathTests(S3LabelTestCase):
    """What is typed into the form, or put into the address of the folder picker."""

    def setUp(self):
        self.root = Path(settings.IMAGE_ROOTS[0])
        make_picture(self.root / "typed/in/a.png")
        self.addCleanup(shutil.rmtree, self.root / "typed")
        self.page = reverse("admin:datasets_dataset_import", args=[self.dataset.pk])
        self.client.force_login(self.rita)

    def test_paths_that_lead_out_or_say_nothing_are_refused_by_the_form(self):
        """Cases 7, 8, 9, 10: with words, and nothing outside of the roots is asked for."""
        here = f"{self.root}/typed"
        bad = (
            *("", ".", "..", "./in", "../x", "a/../../x", "typed/in", "/abs", "//", "\0"),
            *(f"{here}/in\0", f"{here}/../..", f"{here}/in/../../../.."),
            *("..\\..\\x", "C:\\x", "\\\\srv\\share", f"{here}\\in", f"{here}/..\\.."),
            *(f"{here}/%2e%2e/in", f"{here}/%252e%252e/in", "%2fetc", "file:///etc"),
            f"{here}/．．/．．",  # noqa: RUF001
        )
        for folder in bad:
            with self.subTest(folder=folder):
                page = self.client.post(self.page, {"folder": folder, "how": "recursive"})
                self.assertContains(page, "errorlist")
        # Bytes that are no UTF-8, such as an overlong "..", come in as replaced characters.
        body = f"how=recursive&folder={here}/%c0%ae%c0%ae/in"
        page = self.client.post(self.page, body, "application/x-www-form-urlencoded")
        self.assertContains(page, "errorlist")
        self.assertFalse(FolderImport.objects.exists())

    def test_dots_and_slashes_too_many_mean_what_they_mean_in_a_shell(self):
        """Case 7: as long as the path ends below a root."""
        for written in ("typed//in", "typed/./in", "typed/../typed/in", "typed/in/", "typed/in/."):
            self.assertEqual(find_folder(f"{self.root}/{written}"), f"{self.root}/typed/in")

    def test_the_picker_takes_no_path_that_leads_out(self):
        """Cases 7, 9, 10: whatever way the dots are written."""
        bad = ("..", "typed/../..", "a\0", "%2e%2e", "%252e%252e", "\ufffd", "/etc", "\\..")
        for at in bad:
            with self.subTest(at=at):
                page = self.client.get(self.page, {"root": "0", "at": at})
                text = page.content.decode()
                self.assertTrue(
                    page.status_code in (400, 404) or "There is no folder" in text, text
                )
        page = self.client.get(f"{self.page}?root=0&at=%c0%ae%c0%ae")
        self.assertContains(page, "There is no folder")

    def test_words_about_what_lies_outside_do_not_tell_whether_it_is_there(self):
        """Case 7: a folder that is there and one that is not are refused alike."""
        words = []
        for folder in ("/etc", "/no-such-folder"):
            with pytest.raises(BadFolder) as refused:
                find_folder(folder)
            words.append(str(refused.value).replace(folder, "X"))
        self.assertEqual(*words)


@pytest.mark.parametrize("name", ["../a.png", "./a.png", "sub/../a.png", "..", "", "/etc/passwd"])
def test_no_way_up_is_opened(tmp_path, name):
    """Case 7: also of a path that got into the database somehow."""
    (tmp_path / "here/sub").mkdir(parents=True)
    (tmp_path / "a.png").write_bytes(encoded("PNG"))
    with pytest.raises((CannotOpen, OSError)):
        Opener([str(tmp_path / "here")]).open(f"{tmp_path}/here/{name}")
    assert inspect(f"{tmp_path}/here/{name}", Opener([]), LIMITS).state == UNREADABLE


def chain(folder, count, name="d"):
    """Folders in folders, by their handles: the path becomes longer than the system takes."""
    handle = os.open(folder, os.O_RDONLY)
    for _ in range(count):
        os.mkdir(name, dir_fd=handle)
        deeper = os.open(name, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = deeper
    return handle


def remove_chain(folder, count, name="d"):
    """shutil.rmtree would call itself as often, which Python does not allow."""
    handles = [os.open(folder, os.O_RDONLY)]
    for _ in range(count):
        handles.append(os.open(name, os.O_RDONLY, dir_fd=handles[-1]))
    for number in range(count, 0, -1):
        os.close(handles[number])
        os.rmdir(name, dir_fd=handles[number - 1])
    os.close(handles[0])


def test_two_thousand_folders_in_each_other_end_where_it_is_said():
    """Cases 19, 20: what lies beside them is read."""
    levels = 900 if os.sysconf("SC_OPEN_MAX") < 2100 else 2000
    root = tempfile.mkdtemp(prefix="s3label-test-")
    try:
        os.close(chain(root, levels))
        Path(root, "e.png").write_bytes(encoded("PNG"))
        told = {entry.path.removeprefix(root): entry.reason for entry in walk(root, [root])}
        assert told == {
            "/d" * (walking.MOST_LEVELS): f"more than {walking.MOST_LEVELS} folders deep",
            "/e.png": "",
        }
    finally:
        remove_chain(root, levels)
        shutil.rmtree(root)


def test_another_file_system_below_a_root_is_read_and_devices_are_not():
    """Cases 5, 56: /dev has both, on every Linux."""
    other = Path(tempfile.mkdtemp(dir="/dev/shm", prefix="s3label-test-"))
    try:
        assert os.stat(other).st_dev != os.stat("/dev").st_dev  # else it proves nothing
        (other / "a.png").write_bytes(encoded("PNG"))
        found = {entry.path: entry for entry in walk("/dev", ["/dev"])}
        assert found[f"{other}/a.png"].reason == ""
        assert inspect(f"{other}/a.png", Opener(["/dev"]), LIMITS).state == GOOD
        for name in ("zero", "random", "null", "full"):
            assert found[f"/dev/{name}"].reason == "a device, not a file"
            words = inspect(f"/dev/{name}", Opener(["/dev"]), LIMITS).reason
            assert words == "a device, not a file"
    finally:
        shutil.rmtree(other)


@pytest.mark.parametrize("path", ["/proc/self/mem", "/proc/self/maps", "/sys/kernel/uevent_seqnum"])
def test_files_of_the_kernel_are_no_images_and_end(path):
    """Case 56: if such a folder were a root, which the start refuses."""
    assert inspect(path, Opener(["/proc", "/sys"]), LIMITS).state != GOOD
