"""A check says what became of the files of images, and brings back what is back."""

import io
import json
import os
import shutil
from unittest import mock

from django.core.management import call_command
from django.test import TestCase

from datasets import checking
from datasets.checking import start_check, summary
from datasets.models import Dataset, ImageCheck
from datasets.tests.folders import FolderMixin


class CheckTestCase(FolderMixin, TestCase):
    def setUp(self):
        super().setUp()
        self.put_many(20)
        self.run_import()

    def check(self, verify=False):
        job = ImageCheck.objects.create(dataset=self.dataset, verify=verify)
        job.workers = 1
        job.run()
        self.assertEqual((job.status, job.error), ("done", ""))
        return summary(job)

    def counts(self, result):
        names = ("missing", "changed", "broken", "moved", "restored")
        return {name: result[name] for name in names if result[name]}

    def image(self, name):
        return self.dataset.images.get(path=f"{self.root}/{name}")

    def overwrite(self, name, keep_time=False):
        """Other content of the same length."""
        path = self.root / name
        before = os.stat(path)
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        if keep_time:
            os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))


class CheckTests(CheckTestCase):
    def test_when_nothing_happened_all_is_in_order_and_nothing_is_read(self):
        with mock.patch("datasets.inspecting._content", side_effect=AssertionError("read")):
            result = self.check()
        self.assertEqual((result["checked"], result["ok"], self.counts(result)), (20, 20, {}))
        self.assertEqual((result["problems"], result["away"]), ([], {}))

    def test_a_file_that_is_gone_is_missing_since_then_and_comes_back(self):
        path = self.root / "many/1/0001.png"
        path.rename(self.root.parent / "aside.png")
        self.assertEqual(self.counts(self.check()), {"missing": 1})
        image = self.image("many/1/0001.png")
        self.assertEqual(image.state_reason, "it is not there any more")
        since = image.state_since
        self.assertIsNotNone(since)
        self.check()
        self.assertEqual(self.image("many/1/0001.png").state_since, since)
        (self.root.parent / "aside.png").rename(path)
        self.assertEqual(self.counts(self.check()), {"restored": 1})
        image = self.image("many/1/0001.png")
        self.assertEqual((image.state, image.state_reason, image.state_since), ("ok", "", None))

    def test_a_file_with_other_content_is_changed_whether_its_length_differs_or_not(self):
        self.overwrite("many/0/0000.png")
        self.put("many/1/0001.png", b"short")
        result = self.check()
        self.assertEqual(self.counts(result), {"changed": 2})
        self.assertEqual(
            result["problems"][0],
            {"path": f"{self.root}/many/0/0000.png", "state": "changed", "moved_to": "",
             "reason": "its file has other content than when it was imported"},
        )  # fmt: skip

    def test_only_verifying_sees_a_change_that_kept_size_and_time(self):
        """Case 54: manage.py check_images --verify."""
        self.overwrite("many/0/0000.png", keep_time=True)
        self.assertEqual(self.counts(self.check()), {})
        self.assertEqual(self.counts(self.check(verify=True)), {"changed": 1})
        # And what is known to be changed is looked at again by every check.
        self.assertEqual(self.counts(self.check()), {"changed": 1})
        self.put("many/0/0000.png", seed=0)
        self.assertEqual(self.counts(self.check()), {"restored": 1})

    def test_a_touched_file_is_in_order_and_not_read_the_next_time(self):
        self.touch("many/0/0000.png")
        self.assertEqual(self.counts(self.check()), {})
        self.assertEqual(self.image("many/0/0000.png").mtime_ns, 10**18)

    def test_what_is_no_file_any_more_is_missing_with_the_reason(self):
        for name, make in (("0000", os.mkdir), ("0007", os.mkfifo)):
            path = self.root / f"many/0/{name}.png"
            path.unlink()
            make(path)
        os.remove(self.root / "many/1/0001.png")
        os.symlink("/etc/hostname", self.root / "many/1/0001.png")
        result = self.check()
        self.assertEqual(self.counts(result), {"missing": 3})
        self.assertEqual(
            [problem["reason"] for problem in result["problems"]],
            ["a folder, not a file", "a named pipe, not a file",
             "a link that leads out of the image roots"],
        )  # fmt: skip

    def test_batches_and_an_interruption_do_not_change_the_result(self):
        os.remove(self.root / "many/1/0001.png")
        self.overwrite("many/6/0013.png")
        job = ImageCheck.objects.create(dataset=self.dataset, verify=True)
        job.workers = 1
        job.listener = lambda: job.done >= 8 and ImageCheck.objects.update(cancel_requested=True)
        with mock.patch.multiple(checking, IMAGES_AT_ONCE=7, FILES_AT_ONCE=2):
            job.run()
            self.assertEqual(job.status, "cancelled")
            stored = ImageCheck.objects.get().checked_up_to
            self.assertGreater(stored, 0)
            job.listener = None
            checking.enqueue(job)
            with mock.patch.object(checking, "look", wraps=checking.look) as look:
                job.run()
            self.assertGreater(
                self.dataset.images.get(path=look.call_args_list[0].args[0][0]).pk, stored
            )
        self.assertEqual(job.done, 20)
        self.assertEqual(self.counts(summary(job)), {"missing": 1, "changed": 1})

    def test_a_broken_image_stays_broken_while_its_file_is_the_same(self):
        self.dataset.images.filter(path__endswith="0003.png").update(
            state="broken", state_reason="it cannot be decoded"
        )
        self.touch("many/3/0003.png")
        self.assertEqual(self.counts(self.check(verify=True)), {"broken": 1})
        self.assertEqual(self.image("many/3/0003.png").state_reason, "it cannot be decoded")

    def test_only_images_of_the_dataset_are_checked(self):
        other = Dataset.objects.create(site="x", sensor="y")
        self.run_import(dataset=other)
        os.remove(self.root / "many/1/0001.png")
        self.check()
        self.assertEqual(other.images.exclude(state="ok").count(), 0)

    def test_a_check_that_runs_is_not_started_twice(self):
        first = start_check(self.dataset)
        self.assertEqual(start_check(self.dataset), first)
        self.assertNotEqual(start_check(self.dataset, verify=True), first)


class AwayTests(CheckTestCase):
    def setUp(self):
        super().setUp()
        self.aside = self.root.with_name(self.root.name + "-aside")

    def test_a_root_that_is_gone_marks_nothing_and_says_so(self):
        os.rename(self.root, self.aside)
        self.addCleanup(os.rename, self.aside, self.root)
        result = self.check()
        self.assertEqual((self.counts(result), result["ok"]), ({}, 20))
        self.assertEqual(result["away"], {f"{self.root} is empty or away": 20})

    def test_an_empty_root_marks_nothing_and_says_so(self):
        """Case 60: no file is called missing."""
        shutil.move(self.root / "many", self.aside)
        self.addCleanup(shutil.rmtree, self.aside)
        result = self.check(verify=True)
        self.assertEqual((self.counts(result), result["ok"]), ({}, 20))
        self.assertEqual(result["away"], {f"{self.root} is empty or away": 20})

    def test_a_root_that_goes_away_while_it_is_looked_at_marks_nothing(self):
        shutil.move(self.root / "many", self.aside)
        self.addCleanup(shutil.rmtree, self.aside)
        with mock.patch("datasets.looking.is_here", side_effect=[True, False]):
            result = self.check()
        self.assertEqual((self.counts(result), sum(result["away"].values())), ({}, 20))

    def test_a_storage_that_fails_marks_nothing(self):
        failing = OSError(107, "Transport endpoint is not connected")
        with mock.patch("datasets.opening.open_folder", side_effect=failing):
            result = self.check()
        self.assertEqual((self.counts(result), sum(result["away"].values())), ({}, 20))

    def test_images_below_no_root_any_more_are_left_as_they_are(self):
        with self.settings(IMAGE_ROOTS=["/nowhere"]):
            result = self.check()
        self.assertEqual(result["away"], {"not below an image root any more": 20})
        self.assertEqual(self.counts(result), {})
        self.dataset.images.filter(path__endswith="0001.png").update(path="s3://gone/a.png")
        self.assertEqual(self.check()["away"], {"not below an image root any more": 1})


class MovedTests(CheckTestCase):
    def test_a_missing_image_whose_content_is_seen_elsewhere_is_moved(self):
        os.rename(self.root / "many/1", self.root / "elsewhere")
        result = self.check()
        self.assertEqual(self.counts(result), {"missing": 3, "moved": 3})
        image = self.image("many/1/0001.png")
        self.assertEqual(image.moved_to, f"{self.root}/elsewhere/0001.png")
        # The check only says so; the import links.
        self.assertEqual(self.run_import()["relinked"], 3)
        image.refresh_from_db()
        self.assertEqual((image.state, image.moved_to), ("ok", ""))
        self.assertEqual(self.counts(self.check()), {})

    def test_what_was_seen_elsewhere_and_is_gone_there_too_is_only_missing(self):
        os.rename(self.root / "many/1", self.root / "elsewhere")
        self.check()
        shutil.rmtree(self.root / "elsewhere")
        self.assertEqual(self.counts(self.check()), {"missing": 3})

    def test_only_files_of_the_same_size_are_read(self):
        self.put("other/big.bin", b"x" * 5000)
        os.rename(self.root / "many/1/0001.png", self.root / "other/a.png")
        with mock.patch.object(checking, "_read", wraps=checking._read) as read:
            self.assertEqual(self.counts(self.check()), {"missing": 1, "moved": 1})
        self.assertEqual(read.call_count, 2)


class CommandTests(CheckTestCase):
    def run_command(self, *args):
        """(exit code, what it printed)."""
        out = io.StringIO()
        try:
            call_command("check_images", *args, stdout=out, stderr=out)
        except SystemExit as end:
            return end.code, out.getvalue()
        return 0, out.getvalue()

    def test_all_in_order_is_said_in_one_line_per_dataset(self):
        Dataset.objects.create(site="Empty", sensor="Eye")
        code, out = self.run_command()
        self.assertEqual(code, 0)
        self.assertEqual(
            out.splitlines(),
            ["Cape Town · Balloon: 20 images checked: all in order.",
             "Empty · Eye: 0 images checked: all in order."],
        )  # fmt: skip

    def test_what_is_wrong_is_named_and_tells_by_the_exit_code(self):
        os.rename(self.root / "many/1/0001.png", self.root / "moved.png")
        self.overwrite("many/0/0000.png", keep_time=True)
        code, out = self.run_command(str(self.dataset.pk), "--verify")
        self.assertEqual(code, 1)
        self.assertIn("1 missing, 1 changed, 1 of them seen at another path", out)
        self.assertIn(f"now at '{self.root}/moved.png'", out)
        code, out = self.run_command(str(self.dataset.pk), "--json")
        (result,) = json.loads(out)["checks"]
        self.assertEqual((code, result["missing"], result["moved"]), (1, 1, 1))

    def test_a_dataset_that_is_not_there_is_said(self):
        for number in ("999", "x", "9" * 30):
            code, out = self.run_command(number)
            self.assertEqual(code, 2)
            self.assertIn("There is no dataset", out)
