"""Images follow their content to other paths, also when files changed places."""

import contextlib
import os
from unittest import mock

from django.test import TestCase

from datasets import comparing, importing
from datasets.importing import start_finding, start_importing, summary
from datasets.models import Image
from datasets.selecting import select
from datasets.tests.folders import FolderMixin
from datasets.tests.pictures import encoded

SMALL = {
    comparing: {"PATHS_AT_ONCE": 1, "FILES_AT_ONCE": 1},
    importing: {"ROWS_AT_FIRST": 1, "MOST_ROWS": 1},
}


class MovingTestCase(FolderMixin, TestCase):
    """a, b, c and d.png; what a test does with them is found in one batch, or one by one."""

    def setUp(self):
        super().setUp()
        for seed, name in enumerate("abcd"):
            self.put(f"{name}.png", seed=seed)
        self.run_import()
        self.were = self.paths()

    def rename(self, **names):
        """Rename files, all at once: a="b" makes b.png of a.png."""
        for old in names:
            os.rename(self.root / f"{old}.png", self.root / f"{old}.tmp")
        for old, new in names.items():
            os.rename(self.root / f"{old}.tmp", self.root / f"{new}.png")

    def import_by_staff(self):
        job = start_finding(self.dataset, str(self.root))
        job.workers = 1
        job.run()
        self.assertTrue(start_importing(job))
        job.run()
        self.assertEqual((job.status, job.stage), ("done", "done"))
        return summary(job)

    def each_way(self):
        """Import unattended and by staff, in one batch and in many; undone after each."""
        for imported in (self.run_import, self.import_by_staff):
            for sizes in ({}, SMALL):
                way = self.subTest(way=imported.__name__, small=bool(sizes))
                with way, contextlib.ExitStack() as changed:
                    for module, values in sizes.items():
                        changed.enter_context(mock.patch.multiple(module, **values))
                    yield imported()
                    self.assertEqual(self.dataset.images.exclude(state="ok").count(), 0)
                    self.put_back()

    def put_back(self):
        """The rows as they were before; the files stay."""
        self.dataset.folder_imports.order_by("pk").last().delete()
        Image.objects.exclude(pk__in=self.were.values()).delete()
        for pk in self.were.values():
            Image.objects.filter(pk=pk).update(path=f"{self.root}/put back {pk}")
        for name, pk in self.were.items():
            facts = {"path": f"{self.root}/{name}", "mtime_ns": 1, "state": "ok"}
            Image.objects.filter(pk=pk).update(**facts)

    def assert_moved(self, result, **names):
        counts = {key: result[key] for key in ("relinked", "changed", "duplicate", "imported")}
        self.assertEqual(counts, {"relinked": len(names), "changed": 0, "duplicate": 0,
                                  "imported": 0})  # fmt: skip
        moved = {f"{new}.png": self.were[f"{old}.png"] for old, new in names.items()}
        rest = {name: pk for name, pk in self.were.items() if name[0] not in names}
        self.assertEqual(self.paths(), rest | moved)


class ChainTests(MovingTestCase):
    def test_a_chain_of_renamed_files_is_moved(self):
        self.rename(a="b", b="c", c="e")
        for result in self.each_way():
            self.assert_moved(result, a="b", b="c", c="e")

    def test_a_chain_in_the_other_direction_is_moved(self):
        self.rename(d="c", c="b", b="0")
        for result in self.each_way():
            self.assert_moved(result, d="c", c="b", b="0")

    def test_files_that_changed_places_are_moved(self):
        self.rename(a="b", b="a")
        for result in self.each_way():
            self.assert_moved(result, a="b", b="a")

    def test_three_files_in_a_circle_are_moved(self):
        self.rename(a="c", c="d", d="a")
        for result in self.each_way():
            self.assert_moved(result, a="c", c="d", d="a")

    def test_files_of_different_length_are_told_apart_without_reading_them_again(self):
        self.put("b.png", encoded("PNG", size=(40, 40), seed=50))
        self.put("z.png", encoded("PNG", size=(50, 50), seed=51))
        self.dataset.images.all().delete()
        self.run_import()
        self.were = self.paths()
        self.rename(b="z", z="b")
        with mock.patch.object(comparing, "hash_again", side_effect=AssertionError):
            self.assert_moved(self.run_import(), b="z", z="b")

    def test_a_new_file_where_a_moved_one_was_is_imported(self):
        self.rename(a="b", b="c", c="d", d="e")
        self.put("a.png", seed=100)
        for result in self.each_way():
            self.assertEqual((result["relinked"], result["imported"], result["new"]), (4, 1, 1))
            self.assertEqual(result["problems"], [])
            paths = self.paths()
            self.assertNotIn(paths.pop("a.png"), self.were.values())
            self.assertEqual(
                paths, {f"{new}.png": self.were[f"{old}.png"]
                        for old, new in ("ab", "bc", "cd", "de")},
            )  # fmt: skip

    def test_of_equal_new_files_where_moved_ones_were_one_is_imported(self):
        self.rename(a="x", b="y")
        self.put("a.png", seed=100)
        self.put("b.png", seed=100)
        self.put("c2.png", seed=100)
        for result in self.each_way():
            self.assertEqual((result["relinked"], result["imported"]), (2, 1))
            self.assertEqual((result["duplicate"], result["changed"]), (2, 0))

    def test_a_swap_is_moved_when_size_and_time_are_the_same_too_if_verified(self):
        sizes = {os.stat(self.root / f"{name}.png").st_size for name in "ab"}
        self.assertEqual(len(sizes), 1, "noise compresses to the same length")
        self.rename(a="b", b="a")
        for name in "ab":
            about = Image.objects.get(pk=self.were[f"{name}.png"]).mtime_ns
            os.utime(self.root / f"{name}.png", ns=(about, about))
        self.assertEqual(self.run_import()["relinked"], 0)
        self.assert_moved(self.run_import(verify=True), a="b", b="a")


class ReplacedTests(MovingTestCase):
    def test_a_file_moved_over_another_keeps_its_image_and_the_other_is_missing(self):
        os.replace(self.root / "a.png", self.root / "b.png")
        self.assertEqual(self.run_import()["relinked"], 1)
        self.assertEqual(self.paths()["b.png"], self.were["a.png"])
        lost = Image.objects.get(pk=self.were["b.png"])
        self.assertEqual(
            (lost.state, lost.state_reason),
            ("missing", "another image of this dataset lies at its path now"),
        )
        self.assertIsNotNone(lost.state_since)

    def test_the_one_that_had_to_give_way_comes_back_with_its_content(self):
        os.rename(self.root / "b.png", self.root.parent / f"{self.root.name}.png")
        os.rename(self.root / "a.png", self.root / "b.png")
        self.run_import()
        os.rename(self.root.parent / f"{self.root.name}.png", self.root / "later.png")
        self.assertEqual(self.run_import()["relinked"], 1)
        back = Image.objects.get(pk=self.were["b.png"])
        self.assertEqual((back.path, back.state), (f"{self.root}/later.png", "ok"))
        self.assertEqual(back.state_reason, "")

    def test_what_staff_do_not_select_is_not_linked_and_what_lies_there_is_changed(self):
        self.rename(a="b", b="a")
        job = start_finding(self.dataset, str(self.root))
        job.run()
        select(job, job.found_files.filter(path__endswith="/b.png"), chosen=False)
        start_importing(job)
        job.run()
        # B went to a.png, as selected. A had to give way, and b.png is not its path yet.
        self.assertEqual(summary(job)["relinked"], 1)
        self.assertEqual(self.paths()["a.png"], self.were["b.png"])
        self.assertEqual(Image.objects.get(pk=self.were["a.png"]).state, "missing")
        self.assertEqual(self.run_import()["relinked"], 1)
        self.assertEqual(self.paths()["b.png"], self.were["a.png"])

    def test_a_path_whose_new_owner_is_not_selected_is_changed(self):
        os.replace(self.root / "a.png", self.root / "b.png")
        job = start_finding(self.dataset, str(self.root))
        job.run()
        select(job, job.found_files.all(), chosen=False)
        start_importing(job)
        job.run()
        self.assertEqual(self.paths()["b.png"], self.were["b.png"])
        self.assertEqual(Image.objects.get(pk=self.were["b.png"]).state, "changed")

    def test_a_copy_is_a_duplicate_while_the_original_is_there(self):
        self.put("b.png", seed=0)
        result = self.run_import()
        self.assertEqual((result["relinked"], result["changed"]), (0, 1))
        self.assertEqual(Image.objects.get(pk=self.were["b.png"]).state, "changed")
        self.assertEqual(self.paths(), self.were)

    def test_an_original_outside_of_the_folder_that_was_only_touched_is_still_there(self):
        self.touch("a.png")
        self.put("sub/copy.png", seed=0)
        result = self.run_import(folder=f"{self.root}/sub")
        self.assertEqual((result["duplicate"], result["relinked"]), (1, 0))

    def test_an_original_outside_of_the_folder_that_was_replaced_has_moved(self):
        os.makedirs(self.root / "sub")
        os.rename(self.root / "a.png", self.root / "sub/a.png")
        self.put("a.png", seed=200)
        self.assertEqual(self.run_import(folder=f"{self.root}/sub")["relinked"], 1)
        self.assertEqual(self.paths()["sub/a.png"], self.were["a.png"])

    def test_a_broken_image_stays_broken_wherever_it_goes(self):
        self.dataset.images.filter(path__endswith="/a.png").update(state="broken")
        self.rename(a="b", b="a")
        self.run_import()
        self.assertEqual(Image.objects.get(pk=self.were["a.png"]).state, "broken")
        self.assertEqual(Image.objects.get(pk=self.were["b.png"]).state, "ok")
