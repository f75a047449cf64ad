"""Labels with their images: in a zip file, and in a folder of hard links."""

import hashlib
import json
import os
import zipfile
from pathlib import Path
from unittest import mock

from django.test import override_settings

from datasets.models import Image
from labeling.exporting import export_labels, manifest_path
from labeling.exports import FORMATS
from labeling.exports.choosing import Choice
from labeling.models import Label
from labeling.packing import NOT_LINKED, NOT_THERE
from labeling.placing import CannotPlace
from labeling.tests.exports.test_exporting import ExportTestCase


class PackingTestCase(ExportTestCase):
    def setUp(self):
        super().setUp()
        # Below the folder of the test, so that links stay on one disk.
        self.images = self.folder / "images"
        self.enterContext(override_settings(IMAGE_ROOTS=[str(self.images)]))
        self.out = self.folder / "out"
        self.bens_label(self.other_image)
        for name, image in (("a.png", self.image), ("b.png", self.other_image)):
            path = self.images / "north" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(name.encode())
            sha256 = hashlib.sha256(name.encode()).hexdigest()
            Image.objects.filter(pk=image.pk).update(
                path=str(path), sha256=sha256, byte_size=5, mtime_ns=path.stat().st_mtime_ns
            )

    def export(self, images, format="coco", **options):
        choice = Choice(status="all", images=images)
        return export_labels(self.task, format=format, choice=choice, path=self.out, **options)


class ZipTests(PackingTestCase):
    def test_images_lie_where_the_format_wants_them(self):
        for format, place in (
            ("coco", "images/north/a.png"),
            ("yolo", "images/train/north/a.png"),
            ("voc", "JPEGImages/north/a.png"),
            ("labelme", "north/a.png"),
        ):
            self.export("copy", format, replace=True)
            with zipfile.ZipFile(self.out) as archive:
                self.assertEqual(archive.read(place), b"a.png", format)
                self.assertIsNone(archive.testzip())

    def test_every_format_can_take_its_images_along(self):
        for format in FORMATS:
            written = self.export("copy", format, replace=True)
            with zipfile.ZipFile(self.out) as archive:
                self.assertEqual(sum(n.endswith(("a.png", "b.png")) for n in archive.namelist()), 2)
            self.assertEqual(written.sha256, hashlib.sha256(self.out.read_bytes()).hexdigest())

    def test_labels_of_one_file_are_in_the_zip_as_they_would_be_alone(self):
        self.export("copy")
        with zipfile.ZipFile(self.out) as archive:
            packed = archive.read("labels.json")
        self.export("none", replace=True)
        self.assertEqual(self.out.read_bytes(), packed)

    def test_the_same_labels_and_images_make_the_same_bytes(self):
        self.export("copy", "yolo")
        before = self.out.read_bytes()
        self.export("copy", "yolo", replace=True)
        self.assertEqual(self.out.read_bytes(), before)

    def test_an_image_that_is_not_what_it_was_is_left_out_and_said(self):
        path = self.images / "north/a.png"
        about = path.stat()
        path.write_bytes(b"other")
        # As large and as old as before: only the hash tells.
        os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
        (self.images / "north/b.png").unlink()
        written = self.export("copy")
        self.assertEqual(written.notes, {NOT_THERE: 2})
        with zipfile.ZipFile(self.out) as archive:
            self.assertEqual(archive.namelist(), ["labels.json"])

    def test_progress_goes_on_while_images_are_copied(self):
        seen = []
        self.export("copy", report=seen.append)
        self.assertEqual(seen, [1, 2, 3, 4])

    def test_a_full_disk_leaves_nothing(self):
        full = mock.patch("labeling.packing._copied", side_effect=OSError(28, "disk full"))
        with full, self.assertRaises(OSError):
            self.export("copy")
        self.assertEqual(os.listdir(self.folder), ["images"])


class FolderTests(PackingTestCase):
    def test_images_are_linked_and_not_copied(self):
        written = self.export("link", "yolo")
        linked = self.out / "images/train/north/a.png"
        self.assertTrue(linked.samefile(self.images / "north/a.png"))
        self.assertEqual((self.out / "labels/train/north/a.txt").read_text(), "")
        self.assertEqual(written.notes, {})

    def test_the_manifest_has_the_hash_of_every_file_of_labels(self):
        self.export("link", "yolo")
        manifest = json.loads(manifest_path(self.out).read_bytes())
        names = [file["name"] for file in manifest["files"]]
        expected = ["data.yaml", "images.csv"]
        expected += ["labels/train/north/a.txt", "labels/train/north/b.txt"]
        self.assertEqual(names, expected)
        for file in manifest["files"]:
            data = (self.out / file["name"]).read_bytes()
            self.assertEqual(hashlib.sha256(data).hexdigest(), file["sha256"])

    def test_what_cannot_be_linked_is_copied_and_said(self):
        with mock.patch("labeling.packing.os.link", side_effect=OSError(18, "other disk")):
            written = self.export("link")
        self.assertEqual(written.notes, {NOT_LINKED: 2})
        copy = self.out / "images/north/a.png"
        self.assertEqual(copy.read_bytes(), b"a.png")
        self.assertFalse(copy.samefile(self.images / "north/a.png"))

    def test_a_missing_image_is_left_out_and_said(self):
        (self.images / "north/a.png").unlink()
        self.assertEqual(self.export("link").notes, {NOT_THERE: 1})
        self.assertEqual(os.listdir(self.out / "images/north"), ["b.png"])

    def test_the_folder_is_whole_or_not_there(self):
        def fault(done):
            if done == 4:
                raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            self.export("link", report=fault)
        self.assertEqual(os.listdir(self.folder), ["images"])

    def test_another_folder_is_replaced_only_when_asked_and_as_a_whole(self):
        self.out.mkdir()
        (self.out / "old.txt").write_text("old")
        with self.assertRaisesMessage(CannotPlace, "exists already"):
            self.export("link")
        self.assertTrue((self.out / "old.txt").exists())
        self.export("link", replace=True)
        self.assertFalse((self.out / "old.txt").exists())
        self.assertEqual(len(list(Path(self.folder).glob(".*"))), 0)

    def test_names_that_lead_out_of_the_folder_stay_in(self):
        Image.objects.filter(pk=self.image.pk).update(path="s3://bucket/../../../a.png")
        roots = [str(self.images), "s3://bucket"]
        with override_settings(IMAGE_ROOTS=roots):
            self.export("link", "yolo")
        self.assertTrue((self.out / "labels/train/_/_/_/a.txt").exists())

    def test_only_chosen_images_are_taken_along(self):
        Label.objects.filter(image=self.image).update(status="submitted")
        export_labels(self.task, format="coco", choice=Choice(images="link"), path=self.out)
        self.assertEqual(os.listdir(self.out / "images/north"), ["a.png"])
