"""A watched folder is imported again and again, and only what happened is listed."""

import io
import os
from datetime import timedelta
from unittest import mock

from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from datasets.importing import summary
from datasets.management.commands import watch_folder
from datasets.models import FolderImport, WatchedFolder
from datasets.tests.folders import FolderMixin
from datasets.tests.pictures import encoded
from datasets.walking import StorageAway
from datasets.watching import look_after_watched_folders


class WatchTestCase(FolderMixin, TestCase):
    def setUp(self):
        super().setUp()
        self.put_many(3)
        self.put("many/0/copy.png", seed=0)
        self.put("cut.png", encoded("PNG")[:-20])
        self.put("notes.txt", b"hello")

    def imports(self):
        return FolderImport.objects.order_by("pk")


class ScheduleTests(WatchTestCase):
    def setUp(self):
        super().setUp()
        self.watched = WatchedFolder.objects.create(
            dataset=self.dataset, folder=str(self.root), every_minutes=5
        )

    def minutes_later(self, minutes=5):
        past = timezone.now() - timedelta(seconds=1)
        self.watched.refresh_from_db()
        earlier = self.watched.next_at - timedelta(minutes=minutes)
        WatchedFolder.objects.update(next_at=min(earlier, past) if minutes >= 5 else earlier)

    def round(self):
        """A worker looks after the schedule, and then does what is queued; how many it queued."""
        number = look_after_watched_folders()
        for job in self.imports().filter(status="queued"):
            job.workers = 1
            job.run()
        return number

    def test_new_images_come_in_by_themselves_as_an_ordinary_import(self):
        self.assertEqual(self.round(), 1)
        job = self.imports().get()
        self.assertEqual((job.status, job.stage, job.watched), ("done", "done", self.watched))
        self.assertEqual(summary(job)["imported"], 3)
        self.put("new.png", seed=50)
        self.minutes_later()
        self.assertEqual(self.round(), 1)
        self.assertEqual(summary(self.imports().last())["imported"], 1)

    def test_nothing_is_started_before_its_time(self):
        self.round()
        self.assertEqual(self.round(), 0)
        self.minutes_later(4)
        self.assertEqual(self.round(), 0)
        self.minutes_later(5)
        self.assertEqual(self.round(), 1)

    def test_looks_that_find_nothing_new_are_not_kept(self):
        self.round()
        first = self.imports().get()
        for _ in range(5):
            self.minutes_later()
            self.assertEqual(self.round(), 1)
        look_after_watched_folders()
        self.assertEqual(self.imports().get(), first)
        self.assertEqual(self.dataset.images.count(), 3)

    def test_what_is_newly_wrong_is_kept_and_told_once(self):
        self.round()
        self.put("also cut.png", encoded("PNG", seed=8)[:-20])
        for _ in range(3):
            self.minutes_later()
            self.round()
        look_after_watched_folders()
        self.assertEqual(self.imports().count(), 2)
        self.assertEqual(summary(self.imports().last())["unreadable"], 2)

    def test_a_slow_import_is_not_overtaken(self):
        look_after_watched_folders()
        self.imports().update(status="running", heartbeat_at=timezone.now())
        for _ in range(3):
            self.minutes_later()
            self.assertEqual(look_after_watched_folders(), 0)
        self.assertEqual(self.imports().count(), 1)
        self.imports().update(status="done")
        self.assertEqual(look_after_watched_folders(), 1)

    def test_of_two_workers_one_starts_it(self):
        stale = WatchedFolder.objects.get()
        look_after_watched_folders()
        self.imports().update(status="done")
        with mock.patch.object(type(WatchedFolder.objects), "due") as due:
            due.side_effect = [[stale], WatchedFolder.objects.filter(next_at__lte=timezone.now())]
            self.assertEqual(look_after_watched_folders(), 0)
        self.assertEqual(self.imports().count(), 1)

    def test_a_paused_schedule_starts_nothing(self):
        WatchedFolder.objects.update(is_active=False)
        self.assertEqual(self.round(), 0)

    def test_a_folder_that_is_away_is_said_and_no_imports_fail_over_it(self):
        self.round()
        aside = self.root.with_name(self.root.name + "-aside")
        os.rename(self.root, aside)
        self.minutes_later()
        self.assertEqual(self.round(), 0)
        os.rename(aside, self.root)
        self.watched.refresh_from_db()
        self.assertEqual(self.watched.problem, f"There is no folder {self.root}.")
        self.assertEqual(self.imports().count(), 1)
        self.minutes_later()
        self.assertEqual(self.round(), 1)
        self.watched.refresh_from_db()
        self.assertEqual(self.watched.problem, "")

    def test_the_same_failure_again_and_again_is_listed_once(self):
        failing = mock.patch("datasets.importing.find", side_effect=_away)
        with failing:
            for _ in range(4):
                self.minutes_later()
                self.round()
        look_after_watched_folders()
        job = self.imports().get()
        self.assertEqual(job.status, "failed")
        self.assertIn("The storage is away", job.error)

    def test_imports_by_people_are_never_forgotten(self):
        for _ in range(3):
            self.run_import()
        self.round()
        look_after_watched_folders()
        self.assertEqual(self.imports().filter(watched=None).count(), 3)
        self.assertEqual(self.imports().filter(watched=self.watched).count(), 0)

    def test_a_folder_is_watched_once_for_a_dataset(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            WatchedFolder.objects.create(dataset=self.dataset, folder=str(self.root))


def _away(job):
    raise StorageAway("gone")


class AdminTests(WatchTestCase):
    def setUp(self):
        super().setUp()
        rita = User.objects.create(email="rita@example.org", is_staff=True, is_superuser=True)
        self.client.force_login(rita)
        self.url = reverse("admin:datasets_dataset_change", args=[self.dataset.pk])

    def save(self, folder, every=5, **more):
        prefix = "watched_folders"
        form = {
            "site": "Cape Town", "sensor": "Balloon", f"{prefix}-TOTAL_FORMS": 1,
            f"{prefix}-INITIAL_FORMS": 0, f"{prefix}-0-dataset": self.dataset.pk,
            f"{prefix}-0-folder": folder, f"{prefix}-0-every_minutes": every,
            f"{prefix}-0-recursive": "on", f"{prefix}-0-is_active": "on",
        }  # fmt: skip
        return self.client.post(self.url, form | more)

    def test_a_schedule_is_made_on_the_page_of_the_dataset(self):
        self.assertEqual(self.save(f"{self.root}/many/ ").status_code, 302)
        watched = WatchedFolder.objects.get()
        self.assertEqual((watched.folder, watched.every_minutes), (f"{self.root}/many", 5))
        self.assertEqual(look_after_watched_folders(), 1)
        self.assertContains(self.client.get(self.url), f"{self.root}/many")
        listed = self.client.get(reverse("admin:datasets_folderimport_changelist"))
        self.assertContains(listed, "a watched folder")

    def test_what_is_not_below_a_root_or_too_often_is_refused_in_words(self):
        self.assertContains(self.save("/etc"), "S3LABEL_IMAGE_ROOTS")
        self.assertContains(self.save(str(self.root), every=0), "greater than or equal to 1")
        self.assertEqual(WatchedFolder.objects.count(), 0)

    def test_a_schedule_whose_folder_is_away_can_be_paused(self):
        self.save(f"{self.root}/many")
        watched = WatchedFolder.objects.get()
        os.rename(self.root / "many", self.root / "gone")
        more = {"watched_folders-INITIAL_FORMS": 1, "watched_folders-0-id": watched.pk}
        more["watched_folders-0-is_active"] = ""
        self.assertEqual(self.save(f"{self.root}/many", **more).status_code, 302)
        self.assertFalse(WatchedFolder.objects.get().is_active)


class CommandTests(WatchTestCase):
    def watch(self, *args, rounds=1, between=lambda number: None):
        """Run the command for some rounds; what it printed."""
        out = io.StringIO()
        waits = []

        def wait(command, seconds):
            waits.append(seconds)
            if len(waits) == rounds:
                raise KeyboardInterrupt
            between(len(waits))

        with (
            mock.patch.object(watch_folder.Command, "wait", wait),
            mock.patch.object(watch_folder.signal, "signal"),
        ):
            call_command(
                "watch_folder", str(self.dataset.pk), str(self.root), *args, stdout=out, stderr=out
            )
        return out.getvalue(), waits

    def test_it_imports_at_once_and_then_what_is_new_after_each_pause(self):
        out, waits = self.watch(
            "--every", "2", rounds=4,
            between=lambda number: number == 2 and self.put("new.png", seed=50),
        )  # fmt: skip
        self.assertEqual(waits, [120] * 4)
        lines = [line[17:] for line in out.splitlines()[1:-1]]
        self.assertEqual(
            lines,
            ["3 imported, 1 unreadable, 1 duplicate", "1 imported, 1 unreadable, 1 duplicate"],
        )
        self.assertEqual(self.imports().count(), 2)
        self.assertEqual(self.dataset.images.count(), 4)

    def test_it_goes_on_after_a_failure(self):
        with mock.patch("datasets.importing.find", side_effect=_away):
            out, _ = self.watch(rounds=3)
        self.assertEqual(out.count("The storage is away"), 1)
        self.assertIn("3 imported", self.watch()[0])

    def test_it_leaves_a_folder_alone_that_is_being_imported(self):
        FolderImport.objects.create(dataset=self.dataset, folder=str(self.root), status="running")
        self.watch(rounds=2)
        self.assertEqual(self.imports().count(), 1)

    def test_interrupted_it_cancels_the_import_that_runs(self):
        with mock.patch("datasets.importing.find", side_effect=KeyboardInterrupt):
            out, _ = self.watch()
        self.assertIn("Stopped watching", out)
        self.assertEqual(self.imports().get().status, "cancelled")

    def test_what_cannot_be_watched_is_said(self):
        for args in (("9999", str(self.root)), (str(self.dataset.pk), "/etc"),
                     (str(self.dataset.pk), str(self.root), "--every", "0")):  # fmt: skip
            err = io.StringIO()
            with self.assertRaises(SystemExit) as end:
                call_command("watch_folder", *args, stderr=err)
            self.assertEqual(end.exception.code, 2)
            self.assertEqual(err.getvalue().count("\n"), 1)
