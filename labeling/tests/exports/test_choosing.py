"""Which labels an export holds, from the database."""

from datetime import UTC, datetime
from io import StringIO

from django.core.management import CommandError, call_command
from django.test import override_settings

from datasets.models import Dataset, Image
from labeling.exports.choosing import SPLITS, Choice
from labeling.exports.records import image_records
from labeling.models import Label
from labeling.tests.exports.test_exporting import ExportTestCase
from s3label_site.testing import make_image


def day(number):
    return datetime(2026, 1, number, 12, tzinfo=UTC)


class ChoiceTestCase(ExportTestCase):
    def setUp(self):
        super().setUp()
        self.other = self.bens_label()
        for label, number in ((self.label, 10), (self.other, 12)):
            self.change(label, status="submitted", status_since=day(number))

    def change(self, label, **fields):
        Label.objects.filter(pk=label.pk).update(**fields)

    def chosen(self, **fields):
        images = image_records(self.task, Choice(**fields))
        return [label.id for image in images for label in image.labels]


class LabelChoiceTests(ChoiceTestCase):
    def test_by_labeler(self):
        self.assertEqual(self.chosen(), [self.label.pk, self.other.pk])
        self.assertEqual(self.chosen(labelers=(self.ben.pk,)), [self.other.pk])
        both = (self.ann.pk, self.ben.pk)
        self.assertEqual(self.chosen(labelers=both), [self.label.pk, self.other.pk])

    def test_by_dataset(self):
        elsewhere = Dataset.objects.create(site="Elsewhere", sensor="Test camera")
        self.assertEqual(self.chosen(datasets=(elsewhere.pk,)), [])
        Image.objects.filter(pk=self.image.pk).update(dataset=elsewhere)
        self.assertEqual(len(self.chosen(datasets=(elsewhere.pk,))), 2)

    def test_by_the_days_of_their_status(self):
        first, second = self.label.pk, self.other.pk
        self.assertEqual(self.chosen(since="2026-01-11"), [second])
        self.assertEqual(self.chosen(until="2026-01-11"), [first])
        self.assertEqual(self.chosen(since="2026-01-10", until="2026-01-12"), [first, second])
        self.assertEqual(self.chosen(since="2026-01-13"), [])

    @override_settings(TIME_ZONE="Pacific/Auckland")
    def test_days_are_those_of_the_time_zone(self):
        # Noon in Greenwich is after midnight there.
        self.assertEqual(self.chosen(since="2026-01-11", until="2026-01-11"), [self.label.pk])

    def test_the_newest_or_the_approved_of_several(self):
        self.assertEqual(self.chosen(whose="newest"), [self.other.pk])
        self.assertEqual(self.chosen(whose="approved"), [self.label.pk, self.other.pk])
        self.change(self.label, status="approved", approved_rev=0)
        self.assertEqual(self.chosen(whose="approved"), [self.label.pk])
        self.assertEqual(self.chosen(whose="newest"), [self.other.pk])
        self.change(self.label, status_since=day(20))
        self.assertEqual(self.chosen(whose="newest"), [self.label.pk])

    def test_without_images_that_have_no_shapes(self):
        self.assertEqual(self.chosen(empty=False), [])
        self.change(self.other, status="in_progress")
        self.draw(self.other)
        self.change(self.other, status="submitted")
        # The image has a shape; both labels of it stay.
        self.assertEqual(self.chosen(empty=False), [self.label.pk, self.other.pk])


class SplitTests(ChoiceTestCase):
    def setUp(self):
        super().setUp()
        for number in range(30):
            image = make_image(self.dataset, f"more-{number}.png")
            Label.objects.create(task=self.task, image=image, labeler=self.ann, status="submitted")

    def test_every_image_is_in_one_split(self):
        parts = [self.chosen(shares=(40, 30, 30), split=split) for split in SPLITS]
        self.assertTrue(all(parts))
        self.assertEqual(sorted(sum(parts, [])), self.chosen())

    def test_what_is_chosen_does_not_change_the_split(self):
        everything = {i.id: i.split for i in image_records(self.task, Choice(shares=(40, 30, 30)))}
        Label.objects.filter(pk__lt=Label.objects.last().pk - 10).update(status="in_progress")
        some = {i.id: i.split for i in image_records(self.task, Choice(shares=(40, 30, 30)))}
        self.assertEqual(len(some), 11)
        self.assertEqual(some, {number: everything[number] for number in some})

    def test_a_copy_follows_an_image_that_is_not_labeled(self):
        shares = (50, 50, 0)
        images = {
            image.id: image.split for image in image_records(self.task, Choice(shares=shares))
        }
        first = make_image(self.dataset, "first.png")
        for number in range(6):
            copy = make_image(self.dataset, f"first ({number}).png")
            Label.objects.create(task=self.task, image=copy, labeler=self.ann, status="submitted")
        now = {image.id: image.split for image in image_records(self.task, Choice(shares=shares))}
        copies = {split for number, split in now.items() if number > first.pk}
        self.assertEqual(len(copies), 1)
        self.assertEqual({number: now[number] for number in images}, images)


class CommandTests(ChoiceTestCase):
    def run_command(self, *arguments):
        command = ("export_labels", str(self.task.pk), "--format", "json", "--out", str(self.out))
        out = StringIO()
        call_command(*command, "--force", *arguments, stdout=out)
        return out.getvalue()

    def test_it_takes_every_choice(self):
        for arguments, expected in (
            ((), "1 images, 2 labels"),
            (("--labeler", "BEN@example.org"), "1 images, 1 labels"),
            (("--labeler", "ann@example.org", "--labeler", "ben@example.org"), "2 labels"),
            (("--dataset", str(self.dataset.pk)), "2 labels"),
            (("--since", "2026-01-11"), "1 labels"),
            (("--until", "2026-01-09"), "0 labels"),
            (("--whose", "newest"), "1 labels"),
            (("--without-empty",), "0 images"),
            (("--shares", "100"), "1 train"),
            (("--shares", "0/100", "--split", "val"), "1 val"),
            (("--shares", "0/100", "--split", "train"), "0 images"),
        ):
            with self.subTest(arguments=arguments):
                self.assertIn(expected, self.run_command(*arguments))

    def test_what_cannot_be_is_refused_in_one_line(self):
        for arguments, message in (
            (("--labeler", "nobody@example.org"), "There is no user nobody@example.org."),
            (("--dataset", "9999"), "There is no dataset 9999."),
            (("--since", "31.1.2026"), "2026-01-31"),
            (("--shares", "80/30"), "80/10/10"),
        ):
            with self.assertRaisesMessage(CommandError, message):
                self.run_command(*arguments)
            self.assertFalse(self.out.exists())
