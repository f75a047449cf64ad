"""What the page of an import asks for every second while files are found."""

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from datasets.models import FolderImport, FoundFile
from s3label_site.testing import S3LabelTestCase


class NewsTests(S3LabelTestCase):
    """An import that has found 30 files so far, of which the page shows 10."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.job = FolderImport.objects.create(
            dataset=cls.dataset,
            folder="/data",
            stage="finding",
            status="running",
            started_at=timezone.now(),
        )
        cls.url = reverse("admin:datasets_folderimport_progress", args=[cls.job.pk])
        cls.find(30)

    @classmethod
    def find(cls, count, state="new"):
        start = cls.job.found_files.count()
        FoundFile.objects.bulk_create(
            FoundFile(
                folder_import=cls.job,
                path=f"/data/{number:05d}.jpg",
                state=state,
                selected=state == "new",
            )
            for number in range(start, start + count)
        )

    def setUp(self):
        cache.clear()  # the import is the same one in each test
        self.client.force_login(self.rita)

    def news(self, rows=10, **query):
        return self.client.get(self.url, {"stage": "finding", "rows": rows} | query)

    def paths(self, answer):
        return [row["file"].path[6:11] for row in answer.context["rows"]]

    def test_rows_beyond_those_on_the_page_are_sent_and_no_others(self):
        self.assertEqual(self.paths(self.news()), [f"{n:05d}" for n in range(10, 30)])
        self.assertEqual(self.paths(self.news(rows=30)), [])

    def test_a_full_page_stays_as_it_is_and_the_next_one_appears(self):
        self.find(90)
        news = self.news(rows=100)
        self.assertEqual(self.paths(news), [])
        self.assertContains(news, ">Next</a>")
        self.assertNotContains(self.news(rows=100, more=1), ">Next</a>")

    def test_the_next_question_knows_what_has_been_answered(self):
        self.assertContains(self.news(), 'rows=30" hx-trigger')

    def test_news_are_of_the_filter_and_the_search_that_the_page_shows(self):
        self.find(5, state="duplicate")
        self.assertEqual(len(self.paths(self.news(rows=0, show="duplicate"))), 5)
        self.assertEqual(self.paths(self.news(rows=0, q="0002.jpg")), ["00002"])
        self.assertContains(self.news(show="duplicate"), "show=duplicate")

    def test_where_new_rows_would_come_in_between_they_wait_until_one_sorts_again(self):
        for sort in ("-path", "size", "-pixels", "state"):
            with self.subTest(sort=sort):
                news = self.news(rows=0, sort=sort)
                self.assertEqual(self.paths(news), [])
                self.assertContains(news, "Sort in what was found since")
        self.assertNotContains(self.news(rows=0), "Sort in what was found since")

    def test_numbers_are_those_of_now(self):
        self.find(5, state="duplicate")
        news = self.news()
        self.assertContains(news, 'id="n-" hx-swap-oob="innerHTML">35<')
        self.assertContains(news, 'id="n-duplicate" hx-swap-oob="innerHTML">5<')
        self.assertContains(news, "<strong>30</strong> of 30 selected")

    def test_when_all_is_found_the_page_asks_no_more_and_may_upload(self):
        self.assertContains(self.news(), "every 1s")
        FolderImport.objects.update(stage="found", status="done")
        news = self.news()
        self.assertNotContains(news, "every 1s")
        self.assertContains(news, "Ready to upload")
        self.assertContains(news, '<div id="selection" class="selection" hx-swap-oob="outerHTML">')
        self.assertNotContains(news, "disabled")

    def test_what_changes_the_whole_page_loads_it_anew(self):
        ends = (
            ("finding", {"stage": "finding", "status": "failed"}),
            ("finding", {"stage": "importing", "status": "running"}),
            ("importing", {"stage": "done", "status": "done"}),
        )
        for before, now in ends:
            with self.subTest(**now):
                FolderImport.objects.update(**now)
                self.assertEqual(self.news(stage=before)["HX-Refresh"], "true")
        self.find(0)
        FoundFile.objects.all().delete()
        FolderImport.objects.update(stage="found", status="done")
        self.assertEqual(self.news()["HX-Refresh"], "true")

    def test_odd_questions_are_answered(self):
        for rows in ("x", "-1", "9" * 30, ""):
            with self.subTest(rows=rows):
                self.assertEqual(self.news(rows=rows).status_code, 200)

    def test_news_cost_few_queries(self):
        with CaptureQueriesContext(connection) as asked:
            self.news()
        self.assertLessEqual(len(asked), 8, [q["sql"] for q in asked])
