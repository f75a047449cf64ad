"""The command: what it prints, what it leaves behind, and how it ends."""

import io
import json
import os
from unittest import mock

from django.core.management import call_command
from django.test import TestCase

from datasets.models import Dataset, FolderImport, Image
from datasets.tests.folders import FolderMixin
from datasets.tests.pictures import encoded


class ImportFolderTests(FolderMixin, TestCase):
    def setUp(self):
        super().setUp()
        for number in range(4):
            self.put(f"sub/{number}.png", seed=number)
        self.put("copy.PNG", seed=2)
        self.put("cut.jpg", encoded("JPEG", size=(99, 99))[:-9])

    def run_command(self, *arguments, **options):
        """(exit code, standard output, standard error)."""
        out, err = io.StringIO(), io.StringIO()
        options = {"workers": 1} | options
        try:
            call_command("import_folder", *arguments, stdout=out, stderr=err, **options)
        except SystemExit as stopped:
            return stopped.code, out.getvalue(), err.getvalue()
        return 0, out.getvalue(), err.getvalue()

    def result(self, *arguments, **options):
        code, out, err = self.run_command(*arguments, json=True, **options)
        self.assertEqual((code, err, out.count("\n")), (0, "", 1))
        return json.loads(out)

    def test_verifying_finds_what_size_and_time_hide(self):
        number = str(self.dataset.pk)
        self.result(number, str(self.root))
        path = self.root / "sub/1.png"
        before = os.stat(path)
        path.write_bytes(bytes(before.st_size))
        os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))
        self.assertEqual(self.result(number, str(self.root))["unreadable"], 1)
        self.assertEqual(self.result(number, str(self.root), verify=True)["unreadable"], 2)
        self.assertEqual(self.dataset.images.get(state="changed").path, str(path))

    def assert_stops(self, words, *arguments, **options):
        code, out, err = self.run_command(*arguments, **options)
        self.assertEqual((code, out), (2, ""))
        self.assertEqual(err.count("\n"), 1)
        self.assertIn(words, err)

    def test_twice_in_a_row_it_imports_once(self):
        here = (str(self.dataset.pk), str(self.root))
        first = self.result(*here)
        self.assertEqual(
            {key: first[key] for key in ("dataset", "found", "imported", "duplicate",
                                         "unreadable", "known")},
            {"dataset": self.dataset.pk, "found": 6, "imported": 4, "duplicate": 1,
             "unreadable": 1, "known": 0},
        )  # fmt: skip
        second = self.result(*here)
        self.assertEqual((second["imported"], second["known"], second["duplicate"]), (0, 4, 1))
        self.assertGreaterEqual(second["seconds"], 0)
        self.assertEqual([problem["state"] for problem in second["problems"]],
                         ["unreadable", "duplicate"])  # fmt: skip

    def test_staff_see_it_among_the_imports(self):
        self.result(str(self.dataset.pk), str(self.root))
        job = FolderImport.objects.get()
        self.assertEqual((job.status, job.stage, job.folder), ("done", "done", str(self.root)))

    def test_people_get_sentences(self):
        code, out, _ = self.run_command(str(self.dataset.pk), str(self.root))
        self.assertEqual(code, 0)
        self.assertIn(f"duplicate: '{self.root}/sub/2.png': same content as", out)
        self.assertIn("unreadable: ", out)
        self.assertRegex(out, r"6 images found in .*: 4 imported, 1 duplicate, 1 unreadable\.")

    def test_a_dry_run_imports_nothing(self):
        result = self.result(str(self.dataset.pk), str(self.root), dry_run=True)
        self.assertEqual((result["new"], result["imported"]), (4, 0))
        self.assertEqual(Image.objects.count(), 0)

    def test_subfolders_can_be_left_out(self):
        result = self.result(str(self.dataset.pk), str(self.root), no_recursive=True)
        self.assertEqual(result["found"], 2)

    def test_a_dataset_is_made_on_the_way(self):
        result = self.result(str(self.root), new_dataset=["Here", "Eye", "What I saw"])
        dataset = Dataset.objects.get(pk=result["dataset"])
        self.assertEqual((dataset.site, dataset.sensor), ("Here", "Eye"))
        self.assertEqual(dataset.images.count(), 4)

    def test_a_dry_run_leaves_no_dataset_behind(self):
        result = self.result(str(self.root), new_dataset=["Here", "Eye", ""], dry_run=True)
        self.assertEqual((result["dataset"], result["new"]), (None, 4))
        self.assertEqual(Dataset.objects.get(), self.dataset)
        self.assertEqual(FolderImport.objects.count(), 0)

    def test_what_cannot_be_is_said_in_one_line(self):
        dataset, root = str(self.dataset.pk), str(self.root)
        self.assert_stops("There is no dataset 99;", "99", root)
        self.assert_stops("There is no dataset 9999999999999999999999;", "9" * 22, root)
        self.assert_stops("There is no dataset x;", "x", root)
        self.assert_stops(f"There is no folder {root}/no.", dataset, f"{root}/no")
        self.assert_stops("is a file; name the folder it is in", dataset, f"{root}/cut.jpg")
        self.assert_stops(f"not below an image root ({root})", dataset, "/etc")
        self.assert_stops("Name the id of a dataset and a folder", root)
        self.assert_stops("--workers 0: at least one", dataset, root, workers=0)
        self.assert_stops("Name a folder", dataset, root, new_dataset=["a", "b", "c"])
        self.assertEqual(FolderImport.objects.count(), 0)

    def test_a_bad_folder_leaves_no_dataset_behind(self):
        self.assert_stops("S3LABEL_IMAGE_ROOTS", "/etc", new_dataset=["a", "b", "c"])
        self.assertEqual(Dataset.objects.count(), 1)

    def test_a_storage_that_goes_away_ends_with_two(self):
        with mock.patch("datasets.walking.open_folder", side_effect=OSError(5, "EIO")):
            self.assert_stops("The storage is away", str(self.dataset.pk), str(self.root))

    def test_an_interrupted_import_is_recorded_as_such(self):
        with mock.patch("datasets.importing.find", side_effect=KeyboardInterrupt):
            code, _, err = self.run_command(str(self.dataset.pk), str(self.root))
        self.assertEqual((code, FolderImport.objects.get().status), (130, "cancelled"))
        self.assertIn("Run it again", err)

    def test_an_empty_folder_is_no_mistake(self):
        (self.root / "empty").mkdir()
        _, out, _ = self.run_command(str(self.dataset.pk), f"{self.root}/empty")
        self.assertIn("0 images found", out)
        self.assertIn("nothing", out)
