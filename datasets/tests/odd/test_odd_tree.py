"""A folder of everything that is odd: each file gets what is said, and the others are imported.

The numbers of the cases are those of the table in docs/import.md.
"""

import io
import os
import shutil
import socket
import tempfile
import unicodedata
from pathlib import Path
from unittest import mock

from django.core.management import call_command
from django.test import TestCase

from datasets import reading
from datasets.models import FolderImport
from datasets.tests.folders import FolderMixin, as_nobody
from datasets.tests.pictures import encoded

OUT = "a link that leads out of the image roots"
NAMES = {
    "8": ["x\\..\\..\\y.png", "C:\\x.png", "\\\\srv\\share.png"],
    "9": ["%2e%2e%2fx.png", "%252e%252e.png", "．．／x.png"],
    "14": ["new\nline.png", "tab\t.png", "return\r.png"],
    "15": ["quote'\".png", "`id`$(id);.png", "-rf.png", "--.png", " .png", "*?[x].png"],
    "16": ["🐻.png", "\u202egnp.exe.png", "zero\u200bwidth.png"],
    "17": [unicodedata.normalize(form, "é.png") for form in ("NFC", "NFD")],
    "18": ["CASE.png", "case.png", "case.PNG"],
    "19": ["n" * 251 + ".png"],
    "21": ["=cmd().png", "+1.png", "@x.png", "<img src=x onerror=alert(1)>.png"],
}


class OddTreeTestCase(FolderMixin, TestCase):
    def setUp(self):
        super().setUp()
        self.root.chmod(0o755)  # the import runs as somebody else
        self.outside = Path(tempfile.mkdtemp(prefix="s3label-test-"))
        self.outside.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.outside)
        self.wanted = {}

    def file(self, name, state="imported", reason=None, **options):
        path = self.put(name, **options)
        self.wanted[name] = (state, reason)
        return Path(path)

    def link(self, name, target, state="skipped", reason=None):
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        os.symlink(target, self.root / name)
        self.wanted[name] = (state, reason)

    def say(self, name, state, reason):
        self.wanted[name] = (state, reason)

    def found(self):
        """{name: (state, reason)}; of what was imported, the outcome and no reason."""
        job = FolderImport.objects.latest("pk")
        return {
            row.path.removeprefix(f"{self.root}/"): (row.outcome, None)
            if row.outcome
            else (row.state, row.reason)
            for row in job.found_files.all()
        }

    def assert_as_said(self):
        """Import it all as somebody who is not root, twice."""
        with as_nobody():
            first = self.run_import()
        self.assertEqual(self.found(), self.wanted)
        imported = {name for name, said in self.wanted.items() if said[0] == "imported"}
        self.assertEqual(set(self.paths()), imported)
        with as_nobody():
            again = self.run_import()
        self.assertEqual((again["imported"], again["known"]), (0, first["imported"]))


class OddTreeTests(OddTreeTestCase):
    def test_names_of_every_kind_are_imported_as_they_are(self):
        """Cases 8, 9, 14, 15, 16, 17, 18, 19, 21: each is an image of its own under its name."""
        for names in NAMES.values():
            for name in names:
                self.file(name)
        self.file("..\\..\\x.png", "skipped", "a hidden file")  # it begins with a dot
        self.assert_as_said()
        out = io.StringIO()
        self.put("cut\n\x1b[31m\u202e.png", encoded("PNG")[:-20])
        call_command("import_folder", str(self.dataset.pk), str(self.root), workers=1, stdout=out)
        self.assertNotIn("\x1b", out.getvalue())
        self.assertNotIn("\u202e", out.getvalue())
        (line,) = [line for line in out.getvalue().splitlines() if "unreadable: " in line]
        self.assertIn("cut\\n", line)

    def test_a_name_that_is_no_text_is_reported(self):
        """Case 13: neither database could store the path; the others are imported."""
        self.file("good.png")
        (self.root / "deep").mkdir()
        for folder in (self.root, self.root / "deep"):
            with open(os.fsencode(folder) + b"/bad\xff.png", "wb") as file:
                file.write(encoded("PNG", seed=99))
        words = "name is not valid UTF-8; rename the file"
        self.say("bad\\xff.png", "unreadable", words)
        self.say("deep/bad\\xff.png", "unreadable", words)
        self.assert_as_said()

    def test_links_are_taken_or_told_apart(self):
        """Cases 1, 2, 3, 4, 23: only links to files below a root are taken."""
        real = self.file("a/real.png")
        self.link("a/inside.png", "real.png", "duplicate", f"same content as {real}")
        self.wanted["a/real.png"], self.wanted["a/inside.png"] = (  # the first path wins
            ("duplicate", f"same content as {self.root}/a/inside.png"), ("imported", None),
        )  # fmt: skip
        self.link("a/loop", "..", reason="a link to a folder, not a file")
        self.link("a/itself", "itself", reason="a link: a link, which is not followed")
        self.link("a/etc", "/etc", reason=OUT)
        self.link("a/passwd.png", "/etc/passwd", reason=OUT)
        self.link("a/zero.png", "/dev/zero", reason=OUT)
        self.link("a/gone.png", "nothing.png", reason="a link: its target is not there")
        outside = self.outside / "outside.png"
        outside.write_bytes(encoded("PNG", seed=77))
        self.link("a/out.png", outside, reason=OUT)
        os.link(outside, self.root / "a/hard.png")
        self.say("a/hard.png", "imported", None)
        self.assert_as_said()

    def test_a_link_into_another_root_is_taken(self):
        """Case 2: unlike a link out of all roots."""
        (self.outside / "other.png").write_bytes(encoded("PNG", seed=5))
        self.link("other.png", self.outside / "other.png", "imported")
        with self.settings(IMAGE_ROOTS=[str(self.root), str(self.outside)]):
            self.assert_as_said()

    def test_what_may_not_be_read_is_said(self):
        """Cases 11, 12: files and folders; the others are imported."""
        self.file("open/a.png")
        self.file("secret.png", "unreadable", "no permission to read it").chmod(0)
        for name, mode in (("closed", 0), ("not-listed", 0o311), ("not-entered", 0o644)):
            self.put(f"{name}/a.png")
            (self.root / name).chmod(mode)
            self.addCleanup((self.root / name).chmod, 0o755)
        self.say("closed", "unreadable", "no permission to list this folder")
        self.say("not-listed", "unreadable", "no permission to list this folder")
        self.say("not-entered/a.png", "unreadable", "no permission to read it")
        with as_nobody():
            self.run_import()
        self.assertEqual(self.found(), self.wanted)

    def test_hidden_files_and_pointers_are_passed_over(self):
        """Cases 22, 23: hidden, DVC, Git LFS, git-annex; each with what brings the data."""
        self.file("a.png")
        for name in (".hidden.png", "._a.png", ".DS_Store"):
            self.file(name, "skipped", "a hidden file")
        self.put(".dvc/cache/files/md5/ab/cdef", encoded("PNG", seed=3))
        self.say(".dvc", "skipped", "a hidden folder")
        self.file("Thumbs.db", "skipped", "not an image", data=b"\xd0\xcf\x11\xe0")
        self.file("a.png.dvc", "skipped", "a DVC pointer file", data=b"outs:\n")
        self.file("b.png.dvc", "skipped", "a DVC pointer file; its data is not here: run dvc pull",
                  data=b"outs:\n")  # fmt: skip
        pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
        self.file("c.png", "skipped", "a Git LFS pointer; run git lfs pull", data=pointer)
        self.link("d.png", ".git/annex/objects/Gx/SHA256E-s1",
                  reason="a link: its target is not there; run git annex get")  # fmt: skip
        self.assert_as_said()

    def test_what_we_made_ourselves_is_not_offered_as_an_image(self):
        """Case 61: a root may hold our data folder, say a home folder does; it is passed over."""
        self.file("a.png")
        self.put("var/cache/thumbnail/ab/cdef")
        self.put("var/images/b.png")
        self.say("var", "skipped", "S3Label's own folder")
        data = self.root / "var"
        with self.settings(DATA_DIR=data, CACHE_DIR=data / "cache", EXPORT_DIR=data / "exports"):
            self.assert_as_said()
            self.run_import(folder=str(data / "images"))
            self.assertEqual(set(self.paths()), {"a.png", "var/images/b.png"})

    def test_what_is_no_file_is_passed_over_and_never_waited_for(self):
        """Cases 55, 56: pipes and sockets; devices are in /dev, below."""
        self.file("a.png")
        os.mkfifo(self.root / "pipe.png")
        self.say("pipe.png", "skipped", "a named pipe, not a file")
        was = os.getcwd()
        os.chdir(self.root)  # a socket's path must be short
        self.addCleanup(os.chdir, was)
        with socket.socket(socket.AF_UNIX) as plug:
            plug.bind("socket.png")
            self.say("socket.png", "skipped", "a socket, not a file")
            self.assert_as_said()

    def test_times_of_long_ago_and_far_away_are_stored(self):
        """Case 62: also before 1970, and after what 32 bits hold."""
        for number, year in enumerate((-2_200_000_000, -1, 0, 4_300_000_000)):
            path = self.file(f"{number}.png")
            os.utime(path, (year, year))
        self.assert_as_said()
        stored = self.dataset.images.order_by("path").values_list("mtime_ns", flat=True)
        self.assertEqual(stored[3], 4_300_000_000 * 10**9)

    def test_empty_cut_and_false_files_are_told_apart_and_the_rest_comes_in(self):
        """Cases 24, 25, 26, 34, 35, 57: in one folder with good ones."""
        jpeg, png = encoded("JPEG", size=(200, 150)), encoded("PNG", size=(90, 90))
        cut = "cut off: the end of the image is missing"
        self.file("good.jpg", data=jpeg)
        self.file("empty.jpg", "unreadable", "an empty file", data=b"")
        self.file("half.jpg", "unreadable", cut, data=jpeg[: len(jpeg) // 2])
        self.file("two bytes.jpg", "unreadable", cut, data=jpeg[:-2])
        self.file("no end.png", "unreadable", cut, data=png[:-12])
        self.file("page.jpg", "unreadable", "not an image in spite of its name; it is a web page",
                  data=b"<html><script>alert(1)</script>")  # fmt: skip
        self.file("more.jpg", data=encoded("JPEG", seed=4) + b"<script>alert(1)</script>")
        self.file("really a.jpg", data=png)
        huge = self.file("huge.png", "unreadable", "too big: 10,995,116,277,760 bytes; at most "
                         "2,000,000,000 are allowed (S3LABEL_MAX_FILE_MB)")  # fmt: skip
        os.truncate(huge, 10 << 40)
        self.assert_as_said()
        remark = FolderImport.objects.earliest("pk").found_files.get(path__endswith="really a.jpg")
        self.assertEqual(remark.reason, "a PNG file named .jpg")

    def test_a_file_that_goes_between_listing_and_reading_is_said(self):
        """Case 53: so is one that kills its reader (59); the others are imported."""
        self.file("a.png")
        gone = self.file("gone.png", "unreadable", "it is not there any more")
        killer = self.file("killer.png", "unreadable", reading.CRASHED)
        inspecting = reading.inspect

        def inspect(path, opener, limits):
            if path == str(gone):
                gone.unlink(missing_ok=True)
            if path == str(killer):
                os._exit(9)
            return inspecting(path, opener, limits)

        with mock.patch.object(reading, "inspect", inspect):
            self.run_import()
        self.assertEqual(self.found(), self.wanted)
