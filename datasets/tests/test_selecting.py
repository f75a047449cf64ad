"""The selection of found files, kept in few rows."""

import random
from unittest import mock

from django.test import TestCase

from datasets import selecting
from datasets.jobs import Cancelled
from datasets.models import Dataset, Deselection, FolderImport, FoundFile
from datasets.selecting import apply_selection, count_deselected, deselected_among, select

ROWS = 500


class SelectionTests(TestCase):
    """500 files, of which every seventh cannot be selected, between those of another import."""

    @classmethod
    def setUpTestData(cls):
        dataset = Dataset.objects.create(site="Test site", sensor="Test camera")
        cls.other, cls.job = (
            FolderImport.objects.create(
                dataset=dataset, folder="/data", stage="found", status="queued"
            )
            for _ in range(2)
        )  # fmt: skip
        FoundFile.objects.bulk_create(
            FoundFile(
                folder_import=job,
                path=f"/data/{number:04d}.jpg",
                state="new" if number % 7 else "duplicate",
                selected=bool(number % 7),
            )
            for number in range(ROWS)
            for job in (cls.other, cls.job)
        )
        cls.ids = list(cls.job.found_files.order_by("pk").values_list("pk", flat=True))
        cls.selectable = set(cls.job.found_files.selectable().values_list("pk", flat=True))

    def files(self, ids):
        return self.job.found_files.filter(pk__in=ids)

    def test_any_order_of_selecting_ends_as_sets_would(self):
        rng = random.Random(5)  # noqa: S311
        deselected = set()
        for _ in range(30):
            some, chosen = set(rng.sample(self.ids, rng.choice((1, 3, 200)))), rng.random() < 0.5
            self.assertTrue(select(self.job, self.files(some), chosen))
            deselected = deselected - some if chosen else deselected | some & self.selectable
            self.assertEqual(deselected_among(self.job, self.ids), deselected)
            self.assertEqual(count_deselected(self.job), len(deselected))
        self.assertEqual(count_deselected(self.other), 0)

    def test_selecting_many_is_one_statement(self):
        for chosen in (False, True):
            with self.assertNumQueries(4):  # a savepoint, the lock, the statement, the release
                select(self.job, self.job.found_files.all(), chosen)
        self.assertEqual(count_deselected(self.job), 0)

    def test_few_rows_hold_it(self):
        select(self.job, self.job.found_files.all(), False)
        self.assertEqual(count_deselected(self.job), len(self.selectable))
        # The ids of two imports alternate here.
        self.assertLessEqual(Deselection.objects.count(), 2 * ROWS // 60 + 2)

    def test_what_is_found_later_is_selected(self):
        select(self.job, self.job.found_files.all(), False)
        file = FoundFile.objects.create(
            folder_import=self.job, path="/data/later.jpg", state="new", selected=True
        )
        self.assertEqual(deselected_among(self.job, [file.pk]), set())

    def test_nothing_is_selected_once_the_import_has_begun(self):
        for stage in ("importing", "done"):
            FolderImport.objects.update(stage=stage)
            self.assertFalse(select(self.job, self.job.found_files.all(), False))
        self.assertEqual(count_deselected(self.job), 0)

    def test_the_import_tells_the_files_of_this_import_only(self):
        some = set(self.ids[::3])
        select(self.job, self.files(some), False)
        self.job.begin()
        with mock.patch.object(selecting, "BLOCKS_AT_ONCE", 2):
            apply_selection(self.job)
            apply_selection(self.job)  # as after a crash
        selected = self.job.found_files.filter(selected=True)
        self.assertEqual(set(selected.values_list("pk", flat=True)), self.selectable - some)
        self.assertEqual(self.other.found_files.selected().count(), len(self.selectable))

    def test_a_cancelled_import_tells_nothing_more(self):
        select(self.job, self.job.found_files.all(), False)
        self.job.begin()
        FolderImport.objects.update(cancel_requested=True)
        with self.assertRaises(Cancelled):
            apply_selection(self.job)
        self.assertEqual(self.job.found_files.selected().count(), len(self.selectable))
