"""What a folder is to a dataset, at first and when it is looked at again."""

import os
import shutil
from unittest import mock

from django.test import TestCase

from datasets import comparing, importing
from datasets.importing import start_finding, start_importing, summary
from datasets.models import Dataset, FolderImport, FoundFile, Image
from datasets.roots import BadFolder
from datasets.selecting import count_deselected, select
from datasets.tests.folders import FolderMixin
from datasets.tests.pictures import encoded, with_orientation


def states(job):
    """{name: (state, reason)} of the found files."""
    return {file.name: (file.state, file.reason) for file in job.found_files.all()}


class ImportTestCase(FolderMixin, TestCase):
    def counts(self, result):
        others = ("dataset", "folder_import", "seconds", "problems")
        return {key: count for key, count in result.items() if count and key not in others}


class FirstImportTests(ImportTestCase):
    def test_each_image_becomes_a_row_with_what_is_known_of_it(self):
        data = with_orientation("JPEG", 6, size=(30, 20))
        path = self.put("site/A.JPG", data)
        self.run_import()
        image = self.dataset.images.get()
        self.assertEqual((image.path, image.format, image.orientation), (path, "JPEG", 6))
        self.assertEqual((image.width, image.height), (20, 30))
        self.assertEqual((image.byte_size, image.state), (len(data), "ok"))
        self.assertEqual(image.mtime_ns, os.stat(path).st_mtime_ns)
        self.assertEqual(image, FoundFile.objects.get().image)

    def test_everything_found_is_counted_and_what_is_wrong_is_said(self):
        """Case 51: the second of two equal files is a duplicate."""
        self.put("a.png", seed=1)
        self.put("b/c.png", seed=2)
        self.put("b/copy of a.png", seed=1)
        self.put("cut.png", encoded("PNG")[:-20])
        self.put("notes.txt", b"hello")
        self.put(".hidden.png")
        result = self.run_import()
        self.assertEqual(
            self.counts(result),
            {"found": 4, "imported": 2, "new": 2, "duplicate": 1, "unreadable": 1, "skipped": 2},
        )
        self.assertEqual(
            result["problems"],
            [
                {"path": f"{self.root}/b/copy of a.png", "state": "duplicate",
                 "reason": f"same content as {self.root}/a.png"},
                {"path": f"{self.root}/cut.png", "state": "unreadable",
                 "reason": "cut off: the end of the image is missing"},
            ],
        )  # fmt: skip

    def test_ids_follow_the_order_of_the_paths(self):
        self.put_many(30)
        self.run_import()
        found = list(FoundFile.objects.order_by("pk").values_list("path", flat=True))
        self.assertEqual(found, sorted(found))
        self.assertEqual(list(self.dataset.images.order_by("pk").values_list("path", flat=True)),
                         found)  # fmt: skip

    def test_the_same_content_may_be_in_several_datasets_and_that_is_said(self):
        self.put("a.png")
        other = Dataset.objects.create(site="x", sensor="y")
        self.run_import(dataset=other)
        job = self.job(unattended=False)
        job.run()
        self.assertEqual(states(job), {"a.png": ("new", f"also in dataset {other.pk}")})

    def test_batches_do_not_change_the_result(self):
        self.put_many(40)
        for number in range(40):
            self.put(f"copies/{number:04d}.png", seed=number)
        with _small_batches():
            result = self.run_import()
        self.assertEqual((result["imported"], result["duplicate"]), (40, 40))
        self.assertEqual({problem["path"].split("/")[-2] for problem in result["problems"]},
                         {"0", "1", "2", "3", "4", "5", "6"})  # fmt: skip


class _small_batches:
    """Many batches and transactions for a few files."""

    SMALL = ((comparing, "PATHS_AT_ONCE", 12), (comparing, "FILES_AT_ONCE", 5),
             (importing, "ROWS_AT_FIRST", 7), (importing, "MOST_ROWS", 7))  # fmt: skip

    def __enter__(self):
        self.were = [(module, name, getattr(module, name)) for module, name, _ in self.SMALL]
        for module, name, value in self.SMALL:
            setattr(module, name, value)

    def __exit__(self, *problem):
        for module, name, value in self.were:
            setattr(module, name, value)


class SecondImportTests(ImportTestCase):
    def setUp(self):
        super().setUp()
        self.put_many(20)
        self.put("z copy.png", seed=3)
        self.run_import()
        self.were = self.paths()

    def test_nothing_is_imported_twice(self):
        """Case 50: one after the other."""
        for attempt in range(2):
            result = self.run_import()
            self.assertEqual(
                self.counts(result), {"found": 21, "known": 20, "duplicate": 1}, attempt
            )
        self.assertEqual(self.paths(), self.were)

    def test_what_did_not_change_is_not_read_again(self):
        for name in [*self.were, "z copy.png"]:
            status = os.stat(self.root / name)
            self.put(name, bytes(status.st_size))
            os.utime(self.root / name, ns=(status.st_mtime_ns, status.st_mtime_ns))
        self.assertEqual(self.counts(self.run_import()), {"found": 21, "known": 20, "duplicate": 1})

    def hide_damage(self, name, data):
        """Other bytes under the same size and time."""
        status = os.stat(self.root / name)
        self.put(name, data(status.st_size))
        os.utime(self.root / name, ns=(status.st_mtime_ns, status.st_mtime_ns))

    def test_verifying_reads_what_looks_unchanged(self):
        """Case 54: same path, size and time."""
        self.hide_damage("many/0/0000.png", lambda size: encoded("PNG", seed=999)[:size])
        self.hide_damage("many/1/0001.png", bytes)
        self.assertEqual(self.run_import()["known"], 20)
        for unattended in (False, True):
            with self.subTest(unattended=unattended):
                job = self.job(verify=True, unattended=unattended)
                job.run()
                found = states(job)
                self.assertEqual(found["0000.png"][0], "changed")
                self.assertEqual(
                    found["0001.png"], ("unreadable", "not an image in spite of its name")
                )
                self.assertEqual(summary(job)["known"], 18)
        images = dict(self.dataset.images.exclude(state="ok").values_list("path", "state_reason"))
        self.assertEqual(
            images,
            {f"{self.root}/many/0/0000.png": "its file has other content than when it was imported",
             f"{self.root}/many/1/0001.png": "not an image in spite of its name"},
        )  # fmt: skip

    def test_verifying_writes_nothing_of_what_is_as_it_was(self):
        with mock.patch.object(importing, "touch_images") as touch:
            self.run_import(verify=True)
        self.assertEqual([call.args for call in touch.call_args_list], [([],)])

    def test_a_touched_file_is_known_and_next_time_not_read(self):
        self.touch("many/0/0000.png")
        self.assertEqual(self.run_import()["known"], 20)
        image = Image.objects.get(path=f"{self.root}/many/0/0000.png")
        self.assertEqual(image.mtime_ns, 1_000_000_000 * 10**9)

    def test_new_files_come_in_addition(self):
        self.put("many/1/new.png")
        self.assertEqual(self.run_import()["imported"], 1)

    def test_a_renamed_folder_keeps_its_images(self):
        os.rename(self.root / "many", self.root / "renamed")
        result = self.run_import()
        self.assertEqual((result["moved"], result["relinked"], result["imported"]), (20, 20, 0))
        renamed = {name.replace("many/", "renamed/"): pk for name, pk in self.were.items()}
        self.assertEqual(self.paths(), renamed)
        self.assertEqual(self.run_import()["known"], 20)

    def test_of_two_copies_at_a_new_place_one_is_the_moved_file(self):
        os.makedirs(self.root / "one")
        os.rename(self.root / "many/1/0001.png", self.root / "one/a.png")
        shutil.copy(self.root / "one/a.png", self.root / "one/b.png")
        result = self.run_import()
        self.assertEqual((result["moved"], result["duplicate"]), (1, 2))
        self.assertEqual(self.paths()["one/a.png"], self.were["many/1/0001.png"])

    def test_other_content_is_never_put_under_an_image(self):
        name = "many/2/0002.png"
        before = Image.objects.get(pk=self.were[name])
        self.put(name, seed=999)
        result = self.run_import()
        self.assertEqual((result["changed"], result["imported"]), (1, 0))
        image = Image.objects.get(pk=self.were[name])
        self.assertEqual((image.sha256, image.state), (before.sha256, "changed"))
        self.put(name, seed=2)
        self.assertEqual(self.run_import()["known"], 20)
        self.assertEqual(Image.objects.get(pk=self.were[name]).state, "ok")

    def test_a_root_that_is_away_changes_nothing(self):
        """Case 60: and is said."""
        away = self.root.with_name(self.root.name + "-away")
        os.rename(self.root, away)
        self.addCleanup(os.rename, away, self.root)
        job = self.job()
        job.run()
        self.assertEqual(job.status, "failed")
        self.assertIn("The storage is away", job.error)
        self.assertEqual(self.paths(), self.were)

    def test_an_empty_root_does_not_make_copies_elsewhere_moved(self):
        """Case 60: it is taken for a mount that is not there."""
        other = self.root / "other"
        shutil.move(self.root / "many", self.root / "keep")
        os.makedirs(other)
        shutil.copytree(self.root / "keep", other / "many")
        shutil.rmtree(self.root / "keep")
        images = self.dataset.images.count()
        empty = self.root / "empty"
        empty.mkdir()
        for image in self.dataset.images.all():
            image.path = image.path.replace(str(self.root), str(empty))
            image.save()
        with self.settings(IMAGE_ROOTS=[str(other), str(empty)]):
            result = self.run_import(folder=str(other))
        self.assertEqual((result["duplicate"], result["moved"]), (images, 0))


class StaffImportTests(ImportTestCase):
    """Find, select, import: as in the admin, with what the worker does done by hand."""

    def setUp(self):
        super().setUp()
        for number in range(5):
            self.put(f"{number}.png", seed=number)
        self.put("notes.txt", b"hello")
        self.found = start_finding(self.dataset, str(self.root))
        self.assertEqual((self.found.status, self.found.stage), ("queued", "finding"))
        self.found.run()

    def finish(self):
        self.assertTrue(start_importing(self.found))
        self.found.run()
        self.assertEqual((self.found.status, self.found.stage), ("done", "done"))
        return summary(self.found)

    def test_finding_imports_nothing_and_selects_what_is_new(self):
        self.assertEqual((self.found.status, self.found.stage), ("done", "found"))
        self.assertEqual(self.dataset.images.count(), 0)
        self.assertEqual(self.found.found_files.selected().count(), 5)
        self.assertEqual(summary(self.found)["new"], 5)

    def test_only_what_is_selected_is_imported(self):
        chosen = self.found.found_files.filter(path__in=[f"{self.root}/1.png",
                                                         f"{self.root}/3.png"])  # fmt: skip
        self.assertTrue(select(self.found, chosen, False))
        self.assertEqual(self.finish()["imported"], 3)
        self.assertEqual(set(self.paths()), {"0.png", "2.png", "4.png"})

    def test_what_cannot_be_imported_cannot_be_selected(self):
        everything = self.found.found_files.all()
        select(self.found, everything, False)
        self.assertEqual(count_deselected(self.found), 5)
        select(self.found, everything)
        self.assertEqual(count_deselected(self.found), 0)
        self.assertEqual(self.finish()["imported"], 5)

    def test_a_second_look_lists_what_is_known(self):
        self.finish()
        again = start_finding(self.dataset, str(self.root))
        again.run()
        self.assertEqual(again.found_files.count_by_state()["known"], 5)
        known = again.found_files.of_state("known").first()
        self.assertEqual((known.width, known.format), (24, "PNG"))
        self.assertEqual(known.same_as, self.dataset.images.get(path=known.path))

    def test_what_somebody_else_imported_meanwhile_is_not_claimed(self):
        self.run_import()
        before = self.paths()
        result = self.finish()
        self.assertEqual(result["imported"], 0)
        self.assertEqual(self.found.found_files.count_by_outcome()["overtaken"], 5)
        self.assertEqual(self.paths(), before)

    def test_moved_files_are_linked_when_selected(self):
        self.finish()
        before = self.paths()
        os.rename(self.root / "2.png", self.root / "z.png")
        os.rename(self.root / "3.png", self.root / "zz.png")
        self.found = start_finding(self.dataset, str(self.root))
        self.found.run()
        select(self.found, self.found.found_files.filter(path__endswith="zz.png"), False)
        self.assertEqual(self.finish()["relinked"], 1)
        self.assertEqual(self.paths()["z.png"], before["2.png"])
        self.assertEqual(self.paths()["3.png"], before["3.png"])

    def test_it_is_imported_once_however_often_one_presses(self):
        self.assertTrue(start_importing(self.found))
        self.assertFalse(start_importing(self.found))
        self.found.run()
        self.assertFalse(start_importing(self.found))

    def test_a_look_that_runs_is_not_started_twice(self):
        """Case 72: two people who start the same get one job."""
        first = start_finding(self.dataset, str(self.root), recursive=False)
        self.assertEqual(start_finding(self.dataset, str(self.root), recursive=False), first)
        self.assertNotEqual(start_finding(self.dataset, str(self.root)), first)

    def test_folders_outside_the_roots_are_refused_with_the_cure(self):
        for folder in ("/etc", f"{self.root}/../", "/", f"{self.root}x"):
            with self.assertRaisesMessage(BadFolder, "S3LABEL_IMAGE_ROOTS"):
                start_finding(self.dataset, folder)
        for folder in ("", "relative", "a\0b", f"{self.root}/nothing", f"{self.root}/1.png"):
            with self.assertRaises(BadFolder):
                start_finding(self.dataset, folder)
        self.assertEqual(FolderImport.objects.count(), 1)

    def test_a_folder_is_known_by_its_path_without_links_and_dots(self):
        (self.root / "sub").mkdir()
        os.symlink("sub", self.root / "link")
        for given in ("sub/", "sub/../sub", "./sub", "link"):
            job = start_finding(self.dataset, f"{self.root}/{given}")
            self.assertEqual(job.folder, f"{self.root}/sub")


class CancelTests(ImportTestCase):
    def test_a_cancelled_look_stops_and_can_be_taken_up_again(self):
        self.put_many(60)
        job = self.job(unattended=False)
        job.listener = lambda: job.done > 20 and FolderImport.objects.update(cancel_requested=True)
        with _small_batches():
            job.run()
        self.assertEqual((job.status, job.stage), ("cancelled", "finding"))
        self.assertLess(job.found_files.count(), 60)
        job.listener = None
        importing.enqueue(job)
        with _small_batches():
            job.run()
        self.assertEqual((job.status, job.stage), ("done", "found"))
        self.assertEqual(job.found_files.of_state("new").count(), 60)
        self.assertEqual(FoundFile.objects.count(), 60)


class LostImportTests(ImportTestCase):
    def test_a_worker_that_lost_its_import_takes_nothing_back(self):
        self.put_many(20)
        job = self.job()

        def finished_by_another():
            """As the reaper does it: the job is queued again, and a second worker runs it."""
            job.listener = None
            FolderImport.objects.update(status="queued", started_at=None)
            other = FolderImport.objects.get()
            other.workers = 1
            other.run()
            FolderImport.objects.update(seconds=0)

        job.listener = lambda: FoundFile.objects.exists() and finished_by_another()
        with _small_batches():
            job.run()
        self.assertEqual(self.dataset.images.count(), 20)
        job = FolderImport.objects.get()
        self.assertEqual((job.status, job.stage, job.seconds), ("done", "done", 0))
