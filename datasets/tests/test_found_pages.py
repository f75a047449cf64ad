"""Pages of found files in every order: each file once, and the same on the way back."""

import random

from django.db import connection
from django.test import TestCase

from datasets.admin.found_pages import Order, Page
from datasets.admin.found_table import FoundTable
from datasets.models import Dataset, FolderImport, FoundFile

ROWS = 250
SORTS = [sign + by for by in ("path", "pixels", "size", "state") for sign in ("", "-")]


class PageTests(TestCase):
    """250 files of few sizes, so that many are equal, some of no size at all."""

    @classmethod
    def setUpTestData(cls):
        dataset = Dataset.objects.create(site="Test site", sensor="Test camera")
        cls.job, cls.other = (
            FolderImport.objects.create(dataset=dataset, folder="/data", stage="found")
            for _ in range(2)
        )
        choose = random.Random(1).choice  # noqa: S311
        for job in (cls.other, cls.job):
            FoundFile.objects.bulk_create(
                FoundFile(
                    folder_import=job,
                    path=f"/data/{number:03d}.jpg",
                    state=choose(("new", "duplicate", "unreadable")),
                    byte_size=choose((None, 10, 11, 12)),
                    width=width,
                    height=width and choose((480, 65_000)),
                )
                for number in range(ROWS)
                for width in [choose((None, 640, 65_000))]
            )

    def keys(self, sort, **conditions):
        """(key, id) of every file, sorted by Python."""
        by = sort.removeprefix("-")

        def key(file):
            pixels = file.width * file.height if file.width else -1
            size = -1 if file.byte_size is None else file.byte_size
            return {"path": file.path, "pixels": pixels, "size": size, "state": file.state}[by]

        files = self.job.found_files.filter(**conditions)
        pairs = sorted((key(file), file.pk) for file in files)
        return [pk for _, pk in (pairs[::-1] if sort[0] == "-" else pairs)]

    def table(self, sort, **params):
        return FoundTable(self.job, {"sort": sort} | params)

    def walk(self, way, sort, **params):
        """The ids of all pages from one end to the other, page by page."""
        table = self.table(sort, at="end" if way == "Previous" else "", **params)
        pages = []
        while True:
            pages.append(table.page.ids)
            links = {words: query for words, _, query in table.page_links()}
            if not links.get(way):
                return pages
            place = dict(pair.split("=") for pair in links[way].split("&"))
            table = FoundTable(self.job, place)

    def test_every_order_shows_each_file_once_on_the_way_forward(self):
        for sort in SORTS:
            for show in ("", "new"):
                with self.subTest(sort=sort, show=show):
                    pages = self.walk("Next", sort, show=show)
                    conditions = {"state": show} if show else {}
                    self.assertEqual(sum(pages, []), self.keys(sort, **conditions))

    def test_the_way_back_leads_through_the_same_files(self):
        for sort in SORTS:
            with self.subTest(sort=sort):
                pages = self.walk("Previous", sort)
                everything = self.keys(sort)
                self.assertEqual(pages[0], everything[-100:])
                self.assertEqual(pages[1], everything[-200:-100])
                self.assertEqual(pages[2], everything[:100])  # the first page is a full one

    def test_the_page_says_where_it_is(self):
        for sort in SORTS:
            with self.subTest(sort=sort):
                keys = self.keys(sort)
                numbers = [
                    (table.first_number, table.last_number)
                    for table in (
                        self.table(sort),
                        self.table(sort, at=str(keys[100])),
                        self.table(sort, before=str(keys[230])),
                        self.table(sort, at="end"),
                    )
                ]
                self.assertEqual(numbers, [(1, 100), (101, 200), (131, 230), (151, 250)])

    def test_a_search_is_sorted_and_paged_too(self):
        pages = self.walk("Next", "-size", q="1")
        expected = self.keys("-size", path__contains="1")
        self.assertEqual(sum(pages, []), expected)
        self.assertGreater(len(expected), 100)

    def test_a_page_stays_the_same_while_files_are_found_after_it(self):
        keys = self.keys("path")
        before = self.table("path", at=str(keys[100])).page.ids
        FoundFile.objects.create(folder_import=self.job, path="/data/999.jpg", state="new")
        self.assertEqual(self.table("path", at=str(keys[100])).page.ids, before)

    def test_an_unknown_order_is_that_of_the_paths(self):
        for sort in ("", "-", "name", "--size", "reason", "size; drop table"):
            self.assertEqual(str(Order(sort, "path")), "path")

    def test_a_page_is_read_from_one_index(self):
        """SQLite says so; on PostgreSQL a table this small is always read as a whole."""
        if connection.vendor != "sqlite":
            self.skipTest("PostgreSQL reads small tables as a whole")
        for sort in SORTS:
            order = Order(sort, "path")
            plan = order.sorted(self.job.found_files.all()).values("pk")[:101].explain()
            with self.subTest(sort=sort, plan=plan):
                self.assertIn("USING COVERING INDEX", plan)
                self.assertNotIn("SCAN", plan)

    def test_a_page_of_nothing_is_empty(self):
        page = Page(self.job.found_files.filter(path="/"), Order("size", "path"), at="end")
        self.assertEqual((page.ids, page.next, page.position), ([], None, 0))
