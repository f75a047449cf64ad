"""Images are decoded once in the background; what cannot be decoded is marked as broken."""

import io
import os
import shutil
import signal
import tempfile
import time
import zlib
from unittest import mock

from django.core.management import call_command
from django.test import TestCase
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from datasets import decoding, preparing
from datasets.caching import is_cached
from datasets.decoding import look_after_new_images
from datasets.jobs import enqueue
from datasets.models import Decoding, FolderImport, Image
from datasets.tests.folders import FolderMixin
from datasets.tests.memory import address_space
from datasets.tests.pictures import encoded, png_header, png_part
from datasets.thumbnails import DISPLAY, THUMBNAIL, Undecodable


def damaged_png():
    """Whole as a file, with right checksums, but what they check is no compressed data."""
    return png_header(24, 16) + png_part(b"IDAT", b"no pixels" * 20) + png_part(b"IEND")


class DecodingTestCase(FolderMixin, TestCase):
    def setUp(self):
        super().setUp()
        self.cache = tempfile.mkdtemp(prefix="s3label-test-")
        self.addCleanup(shutil.rmtree, self.cache)
        changed = self.settings(CACHE_DIR=self.cache)
        changed.enable()
        self.addCleanup(changed.disable)

    def decode(self):
        """What a worker does: look for new images, and run what is queued."""
        number = look_after_new_images()
        for job in Decoding.objects.filter(status="queued"):
            job.workers = 1
            job.run()
        return number

    def last(self):
        return Decoding.objects.get()

    def kinds(self, image):
        return [k for k in (THUMBNAIL, DISPLAY) if is_cached(self.cache, image.sha256, k)]

    def states(self):
        return {image.name: (image.state, image.state_reason) for image in Image.objects.all()
                if image.state != "ok"}  # fmt: skip


class DecodingTests(DecodingTestCase):
    def test_thumbnails_and_what_browsers_cannot_show_are_made(self):
        self.put("a.jpg", encoded("JPEG"))
        self.put("b.tif", encoded("TIFF", seed=2))
        self.run_import()
        self.assertEqual(self.decode(), 1)
        self.assertEqual((self.last().status, self.last().done), ("done", 2))
        jpeg, tiff = Image.objects.order_by("path")
        self.assertEqual(self.kinds(jpeg), [THUMBNAIL])
        self.assertEqual(self.kinds(tiff), [THUMBNAIL, DISPLAY])

    def test_each_image_is_decoded_once(self):
        self.put_many(3)
        self.run_import()
        self.decode()
        self.assertEqual(self.decode(), 0)
        self.put("new.png", seed=50)
        self.run_import()
        with mock.patch.object(decoding, "_store", wraps=decoding._store) as stored:
            self.assertEqual(self.decode(), 1)
        self.assertEqual([path for call in stored.call_args_list for path in call.args[1].paths],
                         [f"{self.root}/new.png"])  # fmt: skip
        self.assertEqual(Decoding.objects.count(), 1)

    def test_an_image_that_cannot_be_decoded_is_broken_and_says_why(self):
        self.put_many(3)
        self.put("damaged.png", damaged_png())
        self.assertEqual(self.run_import()["imported"], 4)
        self.decode()
        (reason,) = [reason for state, reason in self.states().values() if state == "broken"]
        self.assertEqual(reason, "it cannot be decoded: broken data stream when reading image file")
        self.assertEqual(list(self.states()), ["damaged.png"])
        self.assertIsNotNone(Image.objects.get(state="broken").state_since)

    def test_one_that_takes_too_much_memory_is_broken_and_the_others_are_decoded(self):
        # Far more than what the runner of the tests, of which a child is a copy, has to spare.
        self.put_many(2)
        width, height = 12_000, 10_000
        rows = zlib.compress(bytes((1 + 3 * width) * height), 1)
        self.put("big.png", png_header(width, height) + png_part(b"IDAT", rows) + png_part(b"IEND"))
        self.run_import()
        with (
            mock.patch.object(preparing, "MEMORY", address_space() + 60_000_000),
            self.settings(TILES_ABOVE_PIXELS=2 * width * height),
        ):
            self.decode()
        self.assertEqual(list(self.states()), ["big.png"])
        self.assertEqual(self.last().status, "done")

    def test_one_that_crashes_or_hangs_its_decoder_is_broken_and_the_others_are_decoded(self):
        self.put_many(6)
        self.run_import()
        crashing, hanging = Image.objects.order_by("pk")[1:3]
        make = preparing.make

        def make_or_die(kind, file, *rest):
            file.seek(0)
            data = file.read()
            file.seek(0)
            with open(crashing.path, "rb") as bad:
                if data == bad.read():
                    os.kill(os.getpid(), signal.SIGKILL)
            with open(hanging.path, "rb") as slow:
                if data == slow.read():
                    time.sleep(60)
            return make(kind, file, *rest)

        with (
            mock.patch.object(preparing, "make", make_or_die),
            mock.patch.object(preparing, "SECONDS", 1),
        ):
            self.decode()
        self.assertEqual(self.last().status, "done")
        self.assertEqual(
            self.states(),
            {crashing.name: ("broken", decoding.IN_WORDS[decoding.CRASHED]),
             hanging.name: ("broken", decoding.IN_WORDS[decoding.HANGS])},
        )  # fmt: skip

    def test_what_is_not_there_or_changed_is_not_called_broken(self):
        self.put_many(4)
        self.run_import()
        os.remove(self.root / "many/1/0001.png")
        self.put("many/2/0002.png", damaged_png())
        self.touch("many/3/0003.png")
        self.decode()
        made = [bool(self.kinds(image)) for image in Image.objects.order_by("path")]
        self.assertEqual(made, [True, False, False, True])
        self.assertEqual((self.states(), self.last().status), ({}, "done"))

    def test_a_full_disk_breaks_no_image_and_is_tried_again_later(self):
        self.put_many(2)
        self.run_import()
        with mock.patch.object(preparing, "store", side_effect=OSError(28, "No space left")):
            self.decode()
        self.assertEqual((self.last().status, self.states()), ("failed", {}))
        self.assertIn("the cache cannot be written", self.last().error)
        self.assertEqual(look_after_new_images(), 0)
        with mock.patch.object(decoding, "PAUSE", -decoding.PAUSE):
            self.assertEqual(self.decode(), 1)
        self.assertEqual(self.last().status, "done")

    def test_it_can_be_switched_off(self):
        self.put_many(1)
        self.run_import()
        with self.settings(DECODE_AHEAD=False):
            self.assertEqual(look_after_new_images(), 0)

    def test_of_two_workers_one_starts_it(self):
        self.put_many(1)
        self.run_import()
        self.assertEqual((look_after_new_images(), look_after_new_images()), (1, 0))

    def test_other_work_goes_first_and_then_it_goes_on_where_it_was(self):
        self.put_many(6)
        self.run_import()
        look_after_new_images()
        job = self.last()
        job.workers = 1
        urgent = enqueue(FolderImport(dataset=self.dataset, folder=str(self.root)))
        with mock.patch.object(decoding, "FILES_AT_ONCE", 2):
            job.run()
            self.assertEqual((job.status, job.attempts), ("queued", 0))
            self.assertEqual(job.done, 2)
            self.assertNotEqual(self.last().queue_id, "")
            urgent.run()
            job = self.last()
            job.workers = 1
            job.run()
        self.assertEqual((job.status, job.done, job.attempts), ("done", 6, 1))
        self.assertTrue(all(self.kinds(image) for image in Image.objects.all()))

    def test_its_place_in_the_queue_is_behind_imports(self):
        self.put_many(1)
        self.run_import()
        look_after_new_images()
        enqueue(FolderImport(dataset=self.dataset, folder=str(self.root)))
        kinds = [task.args_kwargs["args"][0] for task in DBTaskResult.objects.ready()]
        self.assertEqual(kinds, ["datasets.FolderImport", "datasets.Decoding"])


class AgainTests(DecodingTestCase):
    def setUp(self):
        super().setUp()
        self.put_many(3)
        self.put("damaged.png", damaged_png())
        self.run_import()

    def command(self, *args):
        """(exit code, what it printed)."""
        out = io.StringIO()
        try:
            call_command("decode_images", *args, stdout=out, stderr=out)
        except SystemExit as end:
            return end.code, out.getvalue()
        return 0, out.getvalue()

    def test_the_command_decodes_what_is_new_and_does_not_give_way(self):
        enqueue(FolderImport(dataset=self.dataset, folder=str(self.root)))
        wanted = "Cape Town · Balloon: 4 images decoded, 1 broken.\n"
        self.assertEqual(self.command(), (0, wanted))
        self.assertEqual(self.command(str(self.dataset.pk)), (0, wanted))
        self.assertEqual(self.last().status, "done")

    def test_what_was_broken_is_tried_again_when_asked_for(self):
        with mock.patch.object(preparing, "make", side_effect=Undecodable("too little memory")):
            self.command()
        self.assertEqual(len(self.states()), 4)
        self.command()
        self.assertEqual(len(self.states()), 4)
        self.command(str(self.dataset.pk), "--again")
        self.assertEqual(list(self.states()), ["damaged.png"])

    def test_a_worker_that_is_at_it_and_a_wrong_dataset_are_said(self):
        Decoding.objects.create(dataset=self.dataset, status="running")
        code, out = self.command()
        self.assertEqual((code, out.count("\n")), (2, 1))
        self.assertIn("A worker decodes the images", out)
        self.assertEqual(self.command("77")[0], 2)

    def test_staff_see_how_many_are_decoded_and_broken_and_have_it_done_again(self):
        rita = User.objects.create(email="rita@example.org", is_staff=True, is_superuser=True)
        self.client.force_login(rita)
        url = reverse("admin:datasets_dataset_change", args=[self.dataset.pk])
        self.assertNotContains(self.client.get(url), "broken")
        self.decode()
        page = self.client.get(url)
        self.assertContains(page, "4 of 4 images")
        self.assertContains(page, "1 broken</a>")
        chosen = {"action": "decode_again", "_selected_action": [self.dataset.pk]}
        self.client.post(reverse("admin:datasets_dataset_changelist"), chosen)
        self.assertEqual((self.states(), self.last().decoded_up_to), ({}, 0))
        self.assertEqual(self.decode(), 1)
        self.assertEqual(list(self.states()), ["damaged.png"])
