"""The folders of an import: names, numbers, and what is selected below each."""

import random
from unittest import mock

from django.core.cache import cache
from django.urls import reverse

from datasets import found_folders
from datasets.found_folders import folders_in, ids_below
from datasets.models import FolderImport, FoundFile
from datasets.selecting import count_deselected, deselected_among, deselected_between, select
from s3label_site.testing import S3LabelTestCase

# As a folder is read: a folder's files come where its name with a slash comes.
PATHS = (
    "a.jpg", "day/1.jpg", "day/2.jpg", "day/noon/1.jpg", "day-2/1.jpg", "n%ght/1.jpg",
    "n_ght/1.jpg", "night/1.jpg", "night/raw/old/1.jpg", "night/raw/old/2.png",
    "z\u00fc/\u00e9.jpg", "zz.jpg",
)  # fmt: skip


class FolderTests(S3LabelTestCase):
    """Some folders, in an import whose rows alternate with those of another one."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.other, cls.job = (
            FolderImport.objects.create(
                dataset=cls.dataset, folder="/data", stage="found", status="done"
            )
            for _ in range(2)
        )
        FoundFile.objects.bulk_create(
            FoundFile(
                folder_import=job,
                path=f"/data/{path}",
                state="skipped" if path.endswith(".png") else "new",
                selected=not path.endswith(".png"),
            )
            for path in sorted(PATHS)
            for job in (cls.other, cls.job)
        )
        cls.url = reverse("admin:datasets_folderimport_change", args=[cls.job.pk])
        cls.select_url = reverse("admin:datasets_folderimport_select", args=[cls.job.pk])

    def setUp(self):
        cache.clear()  # the import is the same one in each test
        self.client.force_login(self.rita)

    def level(self, way=""):
        folders, _ = folders_in(self.job, way)
        return [tuple(folder) for folder in folders]

    def paths(self, **query):
        table = self.client.get(self.url, query).context["table"]
        return [row["file"].path.removeprefix("/data/") for row in table.rows()]

    def test_each_level_has_its_folders_with_all_that_is_below_them(self):
        self.assertEqual(
            self.level(),
            [
                ("day-2", 1, 1, 1),
                ("day", 3, 3, 3),
                ("n%ght", 1, 1, 1),
                ("n_ght", 1, 1, 1),
                ("night", 3, 2, 2),
                ("z\u00fc", 1, 1, 1),
            ],
        )
        self.assertEqual(self.level("night"), [("night/raw", 2, 1, 1)])
        self.assertEqual(self.level("night/raw"), [("night/raw/old", 2, 1, 1)])
        for way in ("night/raw/old", "z\u00fc", "no such folder", "nigh"):
            self.assertEqual(self.level(way), [])

    def test_what_is_deselected_counts_for_each_folder_above_it(self):
        select(self.job, self.job.found_files.filter(path__endswith="1.jpg"), False)
        self.assertEqual([f[3] for f in self.level()], [0, 1, 0, 0, 0, 1])
        day = folders_in(self.job)[0][1]
        self.assertEqual((day.name, day.is_selected), ("day", "mixed"))

    def test_a_long_level_is_shown_in_parts(self):
        with mock.patch.object(found_folders, "MOST_SHOWN", 4):
            first, is_longer = folders_in(self.job)
            rest, is_longer_still = folders_in(self.job, "", first[-1].name)
        self.assertEqual((is_longer, is_longer_still), (True, False))
        self.assertEqual([f.name for f in first + rest], [f[0] for f in self.level()])

    def test_a_level_costs_few_queries_however_many_folders_it_has(self):
        with self.assertNumQueries(4):
            folders_in(self.job)

    def test_the_table_shows_what_is_below_a_folder(self):
        for sort in ("path", "size", "state"):
            with self.subTest(sort=sort):
                self.assertCountEqual(self.paths(folder="day", sort=sort), PATHS[1:4])
        self.assertEqual(self.paths(folder="night/raw", show="new"), ["night/raw/old/1.jpg"])
        self.assertEqual(self.paths(folder="n_ght"), ["n_ght/1.jpg"])
        self.assertEqual(self.paths(folder="night", q="raw/*"), [])
        self.assertEqual(self.paths(folder="night", q="*.png"), ["night/raw/old/2.png"])
        for folder in ("nigh", "../data", "/", "..", "%"):
            with self.subTest(folder=folder):
                self.assertEqual(self.paths(folder=folder), self.paths() if folder == "/" else [])

    def test_numbers_on_chips_are_those_of_the_folder(self):
        table = self.client.get(self.url, {"folder": "night"}).context["table"]
        numbers = {chip["filter"].name: chip["number"] for chip in table.chips() if chip["number"]}
        self.assertEqual(numbers, {"": 3, "new": 2, "skipped": 1})
        self.assertEqual((table.matches, table.selectable), (3, len(PATHS) - 1))

    def test_a_folder_is_deselected_and_selected_as_a_whole(self):
        answer = self.client.post(self.select_url, {"leave": "day", "folder": "night"})
        self.assertRedirects(answer, f"{self.url}?folder=night")
        self.assertEqual(count_deselected(self.job), 3)
        self.client.post(self.select_url, {"take": "day/noon", "do": "none"})
        self.assertEqual(count_deselected(self.job), 2)
        self.client.post(self.select_url, {"leave": "nigh"})
        self.client.post(self.select_url, {"leave": "x\0"})
        self.assertEqual(count_deselected(self.job), 2)
        self.client.post(self.select_url, {"do": "none", "folder": "night/raw"})
        self.assertEqual(count_deselected(self.job), 3)
        self.assertEqual(count_deselected(self.other), 0)

    def test_all_of_a_page_of_the_table_may_be_asked_for_without_the_folders(self):
        page = self.client.get(self.url, headers={"HX-Request": "true", "HX-Target": "files"})
        self.assertNotContains(page, "All folders")
        self.assertContains(self.client.get(self.url), "All folders")

    def test_the_folders_alone_are_sent_when_the_selection_changes(self):
        url = reverse("admin:datasets_folderimport_folders", args=[self.job.pk])
        page = self.client.get(url, {"folder": "night"})
        self.assertContains(page, 'aria-checked="true"')
        self.assertNotContains(page, "<html")
        headers = {"HX-Request": "true", "HX-Target": "selection"}
        answer = self.client.post(self.select_url, {"row": []}, headers=headers)
        self.assertEqual(answer["HX-Trigger"], "chosen")

    def test_ids_of_a_folder_are_its_ends(self):
        ids = [f.pk for f in self.job.found_files.filter(path__startswith="/data/night/")]
        self.assertEqual(ids_below(self.job, "night"), [min(ids), max(ids)])
        self.assertIsNone(ids_below(self.job, "nigh"))

    def test_deselected_files_are_counted_between_any_two(self):
        FoundFile.objects.bulk_create(
            FoundFile(folder_import=self.job, path=f"/data/zzz/{n:04d}", state="new", selected=True)
            for n in range(400)
        )
        ids = sorted(self.job.found_files.values_list("pk", flat=True))
        rng = random.Random(2)  # noqa: S311
        files = self.job.found_files.filter(pk__in=rng.sample(ids, 150))
        select(self.job, files, False)
        gone = deselected_among(self.job, ids)
        for _ in range(50):
            first, last = sorted(rng.sample(ids, 2))
            expected = sum(first <= pk <= last for pk in gone)
            self.assertEqual(deselected_between(self.job, [(first, last)]), [expected])
