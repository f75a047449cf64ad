import re
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from datasets.jobs import Cancelled
from datasets.models import Dataset, FolderImport, FoundFile, Image
from datasets.selecting import select
from s3label_site.testing import S3LabelTestCase, make_picture

IMPORT = "admin:datasets_folderimport_{}".format


def make_folder(name, files=4):
    """A folder of different pictures, one duplicate, one broken file and a text."""
    folder = Path(settings.IMAGE_ROOTS[0]) / "import-pages" / name
    for number in range(files):
        make_picture(folder / f"{number:03d}.png", color=(number, 90, len(name)))
    (folder / "below").mkdir(exist_ok=True)
    (folder / "below" / "copy.png").write_bytes((folder / "000.png").read_bytes())
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff not much of a picture")
    return str(folder)


def numbers(page):
    """{filter: the number on its chip}"""
    chips = re.findall(r'id="n-(\w*)">([\d,]+)</span></a>', page.content.decode())
    return {name: int(number.replace(",", "")) for name, number in chips}


class ImportPageTestCase(S3LabelTestCase):
    """Sam may change datasets and nothing else; an import of Sam's has found six files."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.sam = User.objects.create(email="sam@example.org", is_staff=True)
        cls.sam.user_permissions.add(Permission.objects.get(codename="change_dataset"))
        cls.target = Dataset.objects.create(site="Target", sensor="camera")
        cls.folder = make_folder("found")
        cls.choose = reverse("admin:datasets_dataset_import", args=[cls.target.pk])

    def setUp(self):
        self.client.force_login(self.sam)

    def find(self, folder=None, how="recursive"):
        answer = self.client.post(self.choose, {"folder": folder or self.folder, "how": how})
        job = FolderImport.objects.order_by("pk").last()
        self.assertRedirects(answer, self.url("change", job))
        job.run()
        return job

    def url(self, name, job, *args):
        return reverse(IMPORT(name), args=[job.pk, *args])

    def selected(self, job):
        return {Path(f.path).name for f in job.found_files.filter(selected=True)}


class FolderTests(ImportPageTestCase):
    def test_subfolders_are_searched_only_when_asked_for(self):
        self.assertEqual(self.find().found_files.count(), 6)
        self.assertEqual(self.find(how="flat").found_files.count(), 5)

    def test_every_file_is_read_again_when_that_is_ticked(self):
        self.assertContains(self.client.get(self.choose), "Read files again that look unchanged")
        self.assertFalse(self.find().verify)
        self.client.post(self.choose, {"folder": self.folder, "how": "flat", "verify": "on"})
        self.assertTrue(FolderImport.objects.order_by("pk").last().verify)

    def test_the_roots_are_named_and_the_buttons_say_what_they_do(self):
        page = self.client.get(self.choose)
        self.assertContains(page, settings.IMAGE_ROOTS[0])
        self.assertContains(page, ">Find images in folder</button>")
        self.assertContains(page, ">Find images in folder recursively</button>")

    def test_what_is_not_below_a_root_is_refused_in_words(self):
        root = settings.IMAGE_ROOTS[0]
        Path(root, "import-pages", "out").unlink(missing_ok=True)
        Path(root, "import-pages", "out").symlink_to("/etc")
        bad = (
            *("", "/etc", "/", "import-pages", "~", "$HOME", "C:\\x", "a\0b", "x" * 5000),
            *(f"{root}/../..", f"{root}/import-pages/out", f"{root}/no-such-folder"),
            f"{self.folder}/000.png",
        )
        for folder in bad:
            with self.subTest(folder=folder[:60]):
                page = self.client.post(self.choose, {"folder": folder, "how": "recursive"})
                self.assertContains(page, "errorlist")
        self.assertFalse(FolderImport.objects.exists())

    def test_a_space_that_was_pasted_along_does_no_harm(self):
        self.assertEqual(self.find(f" {self.folder} ").folder, self.folder)

    def test_the_picker_shows_one_level_and_fills_in_the_folder(self):
        page = self.client.get(self.choose, {"root": "0", "at": "import-pages"})
        self.assertContains(page, "at=import-pages%2Ffound")
        self.assertNotContains(page, "below")
        self.assertContains(page, f'value="{settings.IMAGE_ROOTS[0]}/import-pages"')

    def test_the_picker_never_leaves_the_roots(self):
        for root, at in (
            ("1", ""),
            ("-1", ""),
            ("x", ""),
            ("0", ".."),
            ("0", "a/../../.."),
        ):
            with self.subTest(root=root, at=at):
                page = self.client.get(self.choose, {"root": root, "at": at})
                self.assertEqual(page.status_code, 404)
        page = self.client.get(self.choose, {"root": "0", "at": "/etc"})
        self.assertContains(page, "There is no folder")

    def test_odd_names_of_folders_are_only_text(self):
        odd = Path(self.folder).parent / "odd"
        for name in ("<img onerror=x>", "a&b?c#d", "+1", "\u202egnp.exe", "new\nline", "100%"):
            (odd / name).mkdir(parents=True, exist_ok=True)
            page = self.client.get(self.choose, {"root": "0", "at": "import-pages/odd"})
            self.assertNotContains(page, "<img onerror")
            inside = self.client.get(self.choose, {"root": "0", "at": f"import-pages/odd/{name}"})
            self.assertContains(inside, "No folders in here")

    def test_the_action_on_the_list_leads_to_the_page_for_one_dataset(self):
        url = reverse("admin:datasets_dataset_changelist")
        self.client.force_login(self.rita)
        data = {"action": "import_folder", "_selected_action": [self.target.pk]}
        self.assertRedirects(self.client.post(url, data), self.choose)
        data["_selected_action"].append(self.dataset.pk)
        page = self.client.post(url, data, follow=True)
        self.assertContains(page, "Choose one dataset")


class ImportTests(ImportPageTestCase):
    def test_the_page_shows_progress_until_the_job_has_ended(self):
        self.client.post(self.choose, {"folder": self.folder, "how": "recursive"})
        job = FolderImport.objects.get()
        self.assertContains(self.client.get(self.url("change", job)), "Waiting for a worker")
        news = self.client.get(self.url("progress", job), {"stage": "finding"})
        self.assertContains(news, "Waiting for a worker")
        job.run()
        news = self.client.get(self.url("progress", job), {"stage": "finding"})
        self.assertContains(news, '<div id="progress" hx-swap-oob="delete">')
        self.assertNotContains(self.client.get(self.url("change", job)), 'id="progress"')

    def test_every_file_is_shown_with_its_state(self):
        page = self.client.get(self.url("change", self.find()))
        self.assertContains(page, "64 × 48")
        self.assertEqual(numbers(page), {"": 6, "new": 4, "duplicate": 1, "unreadable": 1})
        self.assertContains(page, "same content as")

    def test_upload_imports_what_is_selected_and_says_what_became_of_the_rest(self):
        job = self.find()
        rows = list(job.found_files.selected().order_by("pk").values_list("pk", flat=True))
        self.client.post(self.url("upload", job), {"row": rows, "chosen": rows[1:]})
        job.refresh_from_db()
        job.run()
        self.assertEqual(self.target.images.count(), 3)
        page = self.client.get(self.url("change", job))
        self.assertContains(page, "3 images imported.")
        self.assertContains(page, "1 duplicate of another image")
        self.assertEqual(
            numbers(page), {"": 6, "imported": 3, "unselected": 1, "duplicate": 1, "unreadable": 1}
        )
        page = self.client.get(self.url("change", job), {"show": "unselected"})
        self.assertEqual(page.context["table"].page.ids, rows[:1])

    def test_upload_with_nothing_selected_says_so(self):
        job = self.find()
        select(job, job.found_files.all(), False)
        page = self.client.post(self.url("upload", job), follow=True)
        self.assertContains(page, "No image is selected")
        self.assertEqual(FolderImport.objects.get().stage, "found")

    def test_a_second_click_on_upload_starts_nothing(self):
        job = self.find()
        self.client.post(self.url("upload", job))
        page = self.client.post(self.url("upload", job), follow=True)
        self.assertContains(page, "started already")

    def test_a_waiting_import_is_cancelled_at_once_and_started_again(self):
        self.client.post(self.choose, {"folder": self.folder, "how": "recursive"})
        job = FolderImport.objects.get()
        page = self.client.post(self.url("cancel", job), follow=True)
        self.assertContains(page, "This import was cancelled")
        self.client.post(self.url("again", job))
        job.refresh_from_db()
        self.assertEqual(job.status, "queued")
        page = self.client.post(self.url("again", job), follow=True)
        self.assertContains(page, "is not stopped")

    def test_an_import_cancelled_on_the_way_says_that_it_goes_on(self):
        job = self.find()
        self.client.post(self.url("upload", job))
        job.refresh_from_db()
        with mock.patch("datasets.importing.import_found_files", side_effect=Cancelled):
            job.run()
        page = self.client.get(self.url("change", job))
        self.assertContains(page, "what was imported until then stays")
        self.client.post(self.url("again", job))
        job.refresh_from_db()
        job.run()
        self.assertEqual(self.target.images.count(), 4)

    def test_an_empty_folder_says_so(self):
        Path(self.folder).parent.joinpath("empty").mkdir(exist_ok=True)
        job = self.find(str(Path(self.folder).parent / "empty"))
        self.assertContains(self.client.get(self.url("change", job)), "No files in this folder")


class LookTests(ImportPageTestCase):
    def setUp(self):
        super().setUp()
        self.job = self.find()
        self.file = self.job.found_files.get(path__endswith="001.png")

    def test_a_file_is_shown_beside_the_table(self):
        url = self.url("look", self.job, self.file.pk)
        page = self.client.get(url, headers={"HX-Request": "true"})
        self.assertContains(page, self.url("picture", self.job, self.file.pk))
        self.assertNotContains(page, "<html")
        page = self.client.get(url, follow=True)  # without a script
        self.assertContains(page, 'class="found-files"')
        self.assertContains(page, self.url("picture", self.job, self.file.pk))

    def test_its_picture_is_sent(self):
        answer = self.client.get(self.url("picture", self.job, self.file.pk))
        self.assertEqual(answer["Content-Type"], "image/png")
        self.assertEqual(b"".join(answer.streaming_content), Path(self.file.path).read_bytes())

    def test_its_thumbnail_is_made_and_sent(self):
        answer = self.client.get(self.url("thumbnail", self.job, self.file.pk))
        self.assertEqual(answer["Content-Type"], "image/webp")
        self.assertEqual(b"".join(answer.streaming_content)[8:12], b"WEBP")
        broken = self.job.found_files.get(state="unreadable")
        answer = self.client.get(self.url("thumbnail", self.job, broken.pk))
        self.assertEqual(answer.status_code, 410)

    def test_thumbnails_are_only_asked_for_in_their_view(self):
        thumbnail = self.url("thumbnail", self.job, self.file.pk)
        self.assertNotContains(self.client.get(self.url("change", self.job)), thumbnail)
        page = self.client.get(self.url("change", self.job), {"view": "grid", "q": "0"})
        self.assertContains(page, thumbnail)
        broken = self.job.found_files.get(state="unreadable")
        self.assertNotContains(page, self.url("thumbnail", self.job, broken.pk))
        for link in page.context["table"].chips():
            self.assertIn("view=grid", link["query"])

    def test_an_unreadable_file_has_no_picture_but_a_reason(self):
        broken = self.job.found_files.get(state="unreadable")
        page = self.client.get(
            self.url("look", self.job, broken.pk), headers={"HX-Request": "true"}
        )
        self.assertContains(page, "No picture to show")
        self.assertContains(page, broken.reason)

    def test_a_path_that_left_the_roots_is_not_opened(self):
        FoundFile.objects.filter(pk=self.file.pk).update(path="/etc/hostname")
        answer = self.client.get(self.url("picture", self.job, self.file.pk))
        self.assertEqual(answer.status_code, 410)

    def test_a_file_of_another_import_is_not_found_here(self):
        other = self.find(how="flat")
        for name in ("look", "picture", "thumbnail"):
            answer = self.client.get(self.url(name, other, self.file.pk))
            self.assertEqual(answer.status_code, 404)


class RefusalTests(ImportPageTestCase):
    def pages(self, job):
        file = job.found_files.first()
        yield "get", self.choose
        for name in ("change", "progress", "folders"):
            yield "get", self.url(name, job)
        for name in ("select", "upload", "cancel", "again"):
            yield "post", self.url(name, job)
        for name in ("look", "picture", "thumbnail"):
            yield "get", self.url(name, job, file.pk)
        yield "get", reverse(IMPORT("changelist"))

    def test_only_staff_who_may_change_datasets_get_in(self):
        job = self.find()
        tom = User.objects.create(email="tom@example.org", is_staff=True)
        tom.user_permissions.add(Permission.objects.get(codename="view_folderimport"))
        for method, url in self.pages(job):
            for person, status in ((self.ann, 302), (tom, 403), (self.sam, (200, 302))):
                with self.subTest(url=url, person=person):
                    self.client.force_login(person)
                    answer = getattr(self.client, method)(url)
                    self.assertIn(answer.status_code, status if person == self.sam else [status])
                    if person == self.ann:
                        self.assertIn(reverse("admin:login"), answer["Location"])

    def test_what_changes_something_is_not_done_by_get(self):
        job = self.find()
        for method, url in self.pages(job):
            if method == "post":
                self.assertEqual(self.client.get(url).status_code, 405)

    def test_an_import_that_is_not_there_is_not_found(self):
        for name in ("change", "progress", "folders"):
            answer = self.client.get(reverse(IMPORT(name), args=[9999]))
            self.assertEqual(answer.status_code, 404)


class ImportListTests(ImportPageTestCase):
    url_of_list = reverse(IMPORT("changelist"))

    def test_imports_are_listed_with_a_link_to_their_page(self):
        for how in ("flat", "recursive"):
            job = self.find(how=how)
        self.client.get(self.url_of_list)
        with self.assertNumQueries(7):
            page = self.client.get(self.url_of_list)
        self.assertContains(page, self.url("change", job))
        self.assertContains(page, "Ready to upload")

    def test_selected_imports_are_cancelled_and_started_again(self):
        self.client.post(self.choose, {"folder": self.folder, "how": "flat"})
        job = FolderImport.objects.get()
        for action, status in (("cancel", "cancelled"), ("again", "queued")):
            self.client.post(self.url_of_list, {"action": action, "_selected_action": [job.pk]})
            job.refresh_from_db()
            self.assertEqual(job.status, status)

    def test_an_import_is_neither_added_nor_deleted_here(self):
        job = self.find()
        self.client.force_login(self.rita)
        for name, args in (("add", []), ("delete", [job.pk])):
            answer = self.client.post(reverse(IMPORT(name), args=args), {"post": "yes"})
            self.assertEqual(answer.status_code, 403)

    def test_a_dataset_says_when_it_was_last_imported_into(self):
        job = self.find()
        self.client.post(self.url("upload", job))
        job.refresh_from_db()
        job.run()
        self.client.force_login(self.rita)
        page = self.client.get(reverse("admin:datasets_dataset_changelist"), {"q": "Target"})
        self.assertIsNotNone(page.context["cl"].result_list[0].imported_at)
        self.assertEqual(Image.objects.filter(dataset=self.target).count(), 4)
