"""Old lists of found files go; their numbers stay, and what the next import needs."""

import io
from datetime import timedelta
from unittest import mock

from django.core.management import CommandError, call_command
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from datasets import pruning
from datasets.importing import start_finding, summary
from datasets.models import Dataset, FolderImport, FoundFile
from datasets.tests.folders import FolderMixin


class PruningTests(FolderMixin, TestCase):
    def setUp(self):
        super().setUp()
        self.put_many(7)
        self.put("copy.png", seed=0)
        self.put("notes.txt", b"hello")
        self.run_import()
        self.old = FolderImport.objects.get()
        self.before = summary(self.old)

    def age(self, *jobs, days=31):
        then = timezone.now() - timedelta(days=days)
        FolderImport.objects.filter(pk__in=[job.pk for job in jobs]).update(ended_at=then)

    def prune(self, **options):
        out = io.StringIO()
        call_command("prune_imports", stdout=out, **options)
        return out.getvalue().strip()

    def import_again(self):
        self.run_import()
        return FolderImport.objects.order_by("pk").last()

    def test_the_files_of_an_old_import_go_and_its_numbers_stay(self):
        newer = self.import_again()
        kept = newer.found_files.count()
        self.age(self.old)
        with mock.patch.object(pruning, "ROWS_AT_ONCE", 2):
            self.assertEqual(self.prune(), "Forgot 9 files of 1 imports.")
        self.assertEqual(FoundFile.objects.count(), kept)
        self.old.refresh_from_db()
        self.assertEqual(summary(self.old), self.before | {"problems": []})
        self.assertEqual(self.prune(), "Forgot 0 files of 0 imports.")

    def test_a_young_import_stays(self):
        self.import_again()
        self.age(self.old, days=29)
        self.assertEqual(self.prune(), "Forgot 0 files of 0 imports.")
        self.assertEqual(self.prune(days=28), "Forgot 9 files of 1 imports.")

    def test_the_last_import_of_a_folder_stays_and_duplicates_are_not_read_again(self):
        self.age(self.old)
        other = Dataset.objects.create(site="x", sensor="y")
        self.run_import(dataset=other)
        self.assertEqual(self.prune(), "Forgot 0 files of 0 imports.")
        with mock.patch("datasets.inspecting._content", side_effect=AssertionError("read")):
            self.assertEqual(self.import_again().found_files.of_state("duplicate").count(), 1)

    def test_what_runs_or_was_never_finished(self):
        running = start_finding(self.dataset, str(self.root))
        FolderImport.objects.filter(pk=running.pk).update(status="running")
        abandoned = start_finding(self.dataset, str(self.root), recursive=False)
        abandoned.run()
        self.import_again()
        self.age(running, abandoned)
        self.prune()
        self.assertTrue(FolderImport.objects.filter(pk=running.pk).exists())
        self.assertFalse(FolderImport.objects.filter(pk=abandoned.pk).exists())

    def test_an_interruption_loses_no_number(self):
        self.import_again()
        self.age(self.old)
        with (
            mock.patch.object(pruning, "ROWS_AT_ONCE", 2),
            mock.patch.object(FoundFile.objects.none().__class__, "delete", side_effect=OSError),
            self.assertRaises(OSError),
        ):
            self.prune()
        FoundFile.objects.filter(folder_import=self.old).first().delete()
        self.prune()
        self.old.refresh_from_db()
        self.assertEqual(summary(self.old), self.before | {"problems": []})

    def test_its_page_says_that_the_list_is_gone(self):
        rita = User.objects.create(email="rita@example.org", is_staff=True, is_superuser=True)
        self.client.force_login(rita)
        self.import_again()
        self.age(self.old)
        self.prune()
        url = reverse("admin:datasets_folderimport_change", args=[self.old.pk])
        page = self.client.get(url)
        self.assertContains(page, "7 images imported.")
        self.assertContains(page, "The list of the 9 files is not kept any more")

    def test_old_entries_of_the_queue_go_too(self):
        start_finding(self.dataset, str(self.root))
        then = timezone.now() - timedelta(days=31)
        DBTaskResult.objects.update(status="SUCCESSFUL", finished_at=then)
        start_finding(self.dataset, str(self.root), recursive=False)
        self.prune()
        self.assertEqual(DBTaskResult.objects.count(), 1)

    def test_days_to_come_are_refused(self):
        with self.assertRaises(CommandError):
            self.prune(days=-1)
