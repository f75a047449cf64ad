"""The table of found files, with rows that no disk has to hold."""

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from datasets.models import FolderImport, FoundFile
from datasets.selecting import count_deselected, deselected_among
from s3label_site.testing import S3LabelTestCase

ROWS = 250


class FoundTableTests(S3LabelTestCase):
    """250 new files, every tenth in a folder night/, and one of each other state."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.job = FolderImport.objects.create(
            dataset=cls.dataset, folder="/data", stage="found", status="done"
        )
        paths = [f"/data/{'night/' if n % 10 == 0 else ''}{n:03d}.jpg" for n in range(ROWS)]
        rows = [FoundFile(path=path, state="new", selected=True) for path in paths]
        others = [state for state in FoundFile.State.values if state != "new"]
        rows += [
            FoundFile(path=f"/data/{s}.jpg", state=s, reason="why", selected=s == "moved")
            for s in others
        ]
        rows.sort(key=lambda row: row.path)  # as a folder is read
        for row in rows:
            row.folder_import = cls.job
        FoundFile.objects.bulk_create(rows)
        cls.url = reverse("admin:datasets_folderimport_change", args=[cls.job.pk])
        cls.select_url = reverse("admin:datasets_folderimport_select", args=[cls.job.pk])

    def setUp(self):
        cache.clear()  # the import is the same one in each test
        self.client.force_login(self.rita)

    def rows(self, **query):
        table = self.client.get(self.url, query).context["table"]
        return [row["file"] for row in table.rows()]

    def select(self, do, **data):
        answer = self.client.post(self.select_url, {"do": do} | data)
        self.assertEqual(answer.status_code, 302)
        return self.count_selected()

    def count_selected(self):
        return self.job.found_files.selectable().count() - count_deselected(self.job)

    def test_a_page_that_is_not_there_becomes_the_first(self):
        first = self.rows()
        other = FolderImport.objects.create(dataset=self.dataset, folder="/x", stage="found")
        strange = FoundFile.objects.create(folder_import=other, path="/x/a.jpg", state="new").pk
        for at in ("0", "-1", "9" * 18, "9" * 30, "x", "²", strange):
            with self.subTest(at=at):
                self.assertEqual(self.rows(at=at), first)
                self.assertEqual(self.rows(before=at), first)

    def test_chips_filter_by_state(self):
        for state in FoundFile.State.values:
            with self.subTest(state=state):
                self.assertEqual({row.state for row in self.rows(show=state)}, {state})
        self.assertEqual(len(self.rows(show="no such filter")), 100)

    def test_paths_are_searched_as_they_are_written(self):
        self.assertEqual(len(self.rows(q="night/")), 25)
        for text in ("%", "_00", "\\", "x" * 10_000):
            self.assertEqual(self.rows(q=text), [])

    def test_single_rows_are_deselected_and_selected(self):
        first, second, third = (row.pk for row in self.rows()[:3])
        self.assertEqual(self.select("", row=[first, second, third], chosen=[second]), ROWS - 1)
        self.assertEqual(self.select("", row=[first], chosen=[first]), ROWS)

    def test_a_page_is_deselected_and_selected(self):
        page = [row.pk for row in self.rows()]
        self.assertEqual(self.select("not_page", row=page), ROWS - 99)
        self.assertEqual(self.select("page", row=page), ROWS + 1)

    def test_all_that_match_are_deselected_and_selected(self):
        self.assertEqual(self.select("none", q="night/"), ROWS - 24)
        self.assertEqual(self.select("none"), 0)
        self.assertEqual(self.select("all", q="night/"), 25)
        self.assertEqual(self.select("all", show="known"), 25)
        self.assertEqual(self.select("all"), ROWS + 1)  # the moved one too

    def test_what_fits_a_pattern_is_shown_and_deselected(self):
        self.assertEqual(len(self.rows(q="night/*0.jpg")), 25)
        self.assertEqual(len(self.rows(q="night/?1*.jpg")), 3)
        self.assertEqual(self.rows(q="night/*.png"), [])
        self.assertEqual(self.select("none", q="night/*.jpg"), ROWS - 24)
        self.assertEqual(self.select("none", q="24?.JPG"), ROWS - 24 - 9)
        self.assertEqual({row.selected for row in self.rows(q="night/*")}, {False})

    def test_only_new_and_moved_files_can_be_selected(self):
        known = self.job.found_files.get(state="known")
        moved = self.job.found_files.get(state="moved")
        rows = [known.pk, moved.pk]
        self.assertEqual(self.select("not_page", row=rows), ROWS)
        self.assertEqual(deselected_among(self.job, rows), {moved.pk})

    def test_files_of_another_import_are_left_alone(self):
        other = FolderImport.objects.create(dataset=self.dataset, folder="/x", stage="found")
        file = FoundFile.objects.create(
            folder_import=other, path="/x/a.jpg", state="new", selected=True
        )
        self.select("not_page", row=[file.pk])
        self.assertEqual(deselected_among(other, [file.pk]), set())
        self.assertEqual(deselected_among(self.job, [file.pk]), set())

    def test_odd_row_numbers_are_passed_over(self):
        odd = ["x", "-1", "1e3", "9" * 30, "²"]
        self.assertEqual(self.select("", row=odd, chosen=odd), ROWS + 1)

    def test_odd_numbers_of_a_file_show_none(self):
        for look in ("x", "9" * 30, "²", "-1"):
            with self.subTest(look=look):
                self.assertContains(self.client.get(self.url, {"look": look}), "Click a path")

    def test_nothing_is_selected_any_more_once_it_is_being_imported(self):
        FolderImport.objects.update(stage="importing")
        answer = self.client.post(self.select_url, {"do": "none"})
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(self.count_selected(), ROWS + 1)

    def test_the_view_of_the_table_is_kept(self):
        data = {"do": "none", "show": "new", "q": "night/"}
        answer = self.client.post(self.select_url, data)
        self.assertRedirects(answer, f"{self.url}?show=new&q=night%2F")

    def test_a_script_gets_the_changed_part_only(self):
        headers = {"HX-Request": "true", "HX-Target": "selection"}
        answer = self.client.post(self.select_url, {"do": "none"}, headers=headers)
        self.assertContains(answer, "<strong>0</strong> of 251 selected")
        self.assertNotContains(answer, "found-files")

    def test_the_page_costs_the_same_whatever_it_shows(self):
        for query in (
            {},
            {"at": self.job.found_files.all()[150].pk},
            {"show": "new", "sort": "-size"},
        ):
            with CaptureQueriesContext(connection) as asked:
                self.client.get(self.url, query)
            self.assertLessEqual(len(asked), 13, [q["sql"] for q in asked])

    def test_hostile_names_are_only_text(self):
        FoundFile.objects.create(
            folder_import=self.job, path="/data/=1+<img onerror=x>\u202e\n.jpg", state="new"
        )
        page = self.client.get(self.url, {"q": "onerror"})
        self.assertNotContains(page, "<img onerror")
        self.assertContains(page, "<bdi")
