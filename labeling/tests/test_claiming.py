from datetime import timedelta
from unittest import mock

from django.utils import timezone

from accounts.models import User
from datasets.models import Dataset, GroupedDataset, Image
from labeling import claiming, queueing
from labeling.claiming import claim_next
from labeling.models import Assignment, Label, LabelTask, QueueMark
from labeling.steps import release, send_back, submit
from s3label_site.testing import S3LabelTestCase, make_image, make_task


class ClaimTests(S3LabelTestCase):
    def claim(self, labeler, after=None, task=None, **options):
        return claim_next(task=task or self.task, labeler=labeler, after=after, **options)

    def test_an_unfinished_label_comes_before_a_new_image(self):
        self.assertEqual(self.claim(self.ann), self.label)

    def test_who_goes_on_gets_a_new_image(self):
        self.assertEqual(self.claim(self.ann, after=self.label.pk).image, self.other_image)

    def test_what_is_claimed_ahead_is_what_comes_after_submitting(self):
        ahead = self.claim(self.ann, after=self.label.pk, ahead=True)
        self.assertEqual(ahead.image, self.other_image)
        self.assertEqual(self.claim(self.ann, after=self.label.pk, ahead=True), ahead)
        self.assertIsNone(self.claim(self.ben))
        # Nothing is submitted yet: who comes back goes on with what was begun.
        self.assertEqual(self.claim(self.ann), self.label)
        submit(self.label, by=self.ann, rev=0)
        self.assertEqual(self.claim(self.ann), ahead)

    def test_what_was_begun_before_is_claimed_ahead_of_a_new_image(self):
        task = make_task(self.ann, images=4)
        first = self.claim(self.ann, task=task)
        second = self.claim(self.ann, task=task, after=first.pk)
        self.assertEqual(self.claim(self.ann, task=task, after=second.pk, ahead=True), first)
        self.assertEqual(Label.objects.filter(task=task, labeler=self.ann).count(), 2)

    def test_a_claim_asks_the_database_six_times(self):
        task = make_task(self.ann, images=9)
        first = self.claim(self.ann, task=task)
        # What is to do, the assignment, the task, what was begun, what is free; take it.
        with self.assertNumQueries(8):  # with begin and commit, which are a savepoint here
            second = self.claim(self.ann, task=task, after=first.pk)
        self.assertGreater(second.claimed_at, first.claimed_at)
        with self.assertNumQueries(7):
            self.assertEqual(self.claim(self.ann, task=task), second)

    def test_an_image_claimed_ahead_goes_back_when_its_lease_ends(self):
        ahead = self.claim(self.ann, after=self.label.pk, ahead=True)
        past = timezone.now() - timedelta(minutes=1)
        Label.objects.filter(pk=ahead.pk).update(lease_until=past)
        self.assertEqual(self.claim(self.ben).image, self.other_image)

    def test_two_people_get_different_images_and_then_there_is_none(self):
        claimed = self.claim(self.ben)
        self.assertEqual((claimed.image, claimed.labeler), (self.other_image, self.ben))
        self.assertIsNone(self.claim(self.ben, after=claimed.pk))

    def test_what_was_sent_back_comes_first(self):
        submit(self.label, by=self.ann, rev=0)
        send_back(self.label, by=self.rita, comment="The roof is missing.")
        other = self.claim(self.ann, after=self.label.pk)
        self.assertEqual(other.image, self.other_image)
        self.assertEqual(self.claim(self.ann, after=other.pk), self.label)

    def test_who_is_not_assigned_gets_nothing(self):
        with self.assertRaises(LabelTask.DoesNotExist):
            self.claim(self.cem)
        Assignment.objects.filter(user=self.ben).update(is_active=False)
        with self.assertRaises(LabelTask.DoesNotExist):
            self.claim(self.ben)

    def test_who_receives_no_new_images_keeps_the_own_ones(self):
        Assignment.objects.update(receive_new_unlabeled_data=False)
        self.assertEqual(self.claim(self.ann), self.label)
        self.assertIsNone(self.claim(self.ben))

    def test_a_paused_task_gives_out_nothing_new(self):
        LabelTask.objects.update(is_active=False)
        self.task.refresh_from_db()
        self.assertIsNone(self.claim(self.ben))

    def test_an_untouched_image_goes_back_when_its_lease_ends(self):
        first, second = self.claim(self.ann), self.claim(self.ben)
        self.assertIsNone(self.claim(self.ben, after=second.pk))
        past = timezone.now() - timedelta(minutes=1)
        Label.objects.filter(pk=first.pk).update(lease_until=past)
        self.assertEqual(self.claim(self.ben, after=second.pk).image, first.image)

    def test_a_touched_image_stays_with_its_labeler(self):
        past = timezone.now() - timedelta(minutes=1)
        Label.objects.filter(pk=self.label.pk).update(lease_until=past, rev=1)
        second = self.claim(self.ben)
        self.assertIsNone(self.claim(self.ben, after=second.pk))
        self.label.refresh_from_db()
        self.assertEqual(self.label.labeler, self.ann)

    def test_higher_priority_comes_first(self):
        task = make_task(self.ann, images=9)
        queueing.top_up(task)
        wanted = Image.objects.filter(labels__task=task).order_by("-path").first()
        Label.objects.filter(image=wanted).update(priority=5)
        self.assertEqual(self.claim(self.ann, task=task).image, wanted)

    def test_by_path_is_the_order_of_paths(self):
        task = make_task(self.ann, images=4, order="path")
        last, names = None, []
        while last := self.claim(self.ann, task=task, after=last and last.pk or 0):
            names.append(last.image.name)
            submit(last, by=self.ann, rev=0)
        self.assertEqual(names, ["000.png", "001.png", "002.png", "003.png"])

    def given_in_order(self, task):
        last, names = None, []
        while last := self.claim(self.ann, task=task, after=last and last.pk or 0):
            names.append(last.image.name)
            submit(last, by=self.ann, rev=0)
        return names

    def taken_at(self, task, moments):
        for number, fields in enumerate(moments):
            Image.objects.filter(
                dataset__groups=task.dataset_group, path__endswith=f"{number:03d}.png"
            ).update(**fields)

    def test_by_capture_is_the_order_in_which_pictures_were_taken(self):
        task = make_task(self.ann, images=6, order="capture")
        self.taken_at(
            task,
            [
                {"captured": "2024-05-01 10:11:12.5"},
                {"captured": "2024-05-01 10:11:12"},
                {"mtime_ns": 1_704_067_200_000_000_000},  # it says nothing; 2024-01-01
                {"captured": None, "mtime_ns": None},
                {"captured": "2019-01-01 00:00:00", "mtime_ns": 1_804_067_200_000_000_000},
                {"captured": "2024-05-01 10:11:12"},
            ],
        )
        wanted = ["004.png", "002.png", "001.png", "005.png", "000.png", "003.png"]
        self.assertEqual(self.given_in_order(task), wanted)

    def test_the_order_of_capture_can_be_chosen_later(self):
        task = make_task(self.ann, images=3, order="path")
        queueing.top_up(task)
        self.taken_at(task, [{"captured": f"202{9 - n}-01-01 00:00:00"} for n in range(3)])
        LabelTask.objects.filter(pk=task.pk).update(order="capture")
        task.refresh_from_db()
        queueing.reorder(task)
        self.assertEqual(self.given_in_order(task), ["002.png", "001.png", "000.png"])

    def test_who_leaves_many_images_untouched_gets_the_oldest_again(self):
        task = make_task(self.ann, images=9)
        claimed = [self.claim(self.ann, task=task)]
        for _ in range(claiming.MOST_UNTOUCHED):
            claimed.append(self.claim(self.ann, task=task, after=claimed[-1].pk))
        self.assertEqual(self.claim(self.ann, task=task, after=claimed[-1].pk), claimed[0])


class QueueTests(S3LabelTestCase):
    def images_given_to(self, labeler):
        given, last = [], 0
        while label := claim_next(task=self.task, labeler=labeler, after=last):
            given.append(label.image)
            submit(label, by=labeler, rev=0)
            last = label.pk
        return given

    def test_images_added_later_reach_a_running_task(self):
        self.assertEqual(self.images_given_to(self.ben), [self.other_image])
        added = make_image(self.dataset, "new.png")
        self.assertEqual(self.images_given_to(self.ben), [added])

    def test_a_dataset_with_older_images_reaches_a_running_task(self):
        older = Dataset.objects.create(site="Older", sensor="Camera")
        image = make_image(older)
        self.images_given_to(self.ben)
        self.task.dataset_group.datasets.add(older)
        self.assertEqual(self.images_given_to(self.ben), [image])

    def test_an_image_that_the_marks_passed_over_is_found_in_the_end(self):
        image = make_image(self.dataset, "late.png")
        queueing.top_up(self.task)
        Label.objects.filter(image=image).delete()
        self.assertIn(image, self.images_given_to(self.ben))

    def test_an_empty_queue_is_compared_with_all_images_only_now_and_then(self):
        self.images_given_to(self.ben)
        image = make_image(self.dataset, "late.png")
        queueing.top_up(self.task)
        Label.objects.filter(image=image).delete()
        self.assertEqual(self.images_given_to(self.ben), [])
        past = timezone.now() - 2 * queueing.LOOK_BACK
        QueueMark.objects.update(looked_back_at=past)
        self.assertEqual(self.images_given_to(self.ben), [image])

    def test_a_dataset_that_left_the_group_gives_no_new_images(self):
        queueing.top_up(self.task)
        GroupedDataset.objects.all().delete()
        self.assertEqual(self.images_given_to(self.ben), [])
        self.assertEqual(Label.objects.filter(labeler=self.ann).count(), 1)

    def test_an_image_whose_file_is_not_in_order_waits_until_it_is(self):
        for state in ("missing", "changed", "broken"):
            Image.objects.filter(pk=self.other_image.pk).update(state=state)
            self.assertIsNone(claim_next(task=self.task, labeler=self.ben), state)
        Image.objects.filter(pk=self.other_image.pk).update(state="ok")
        self.assertEqual(claim_next(task=self.task, labeler=self.ben).image, self.other_image)

    def test_n_labels_per_image_go_to_n_different_people(self):
        LabelTask.objects.update(labels_per_image=2)
        self.task.refresh_from_db()
        self.assertEqual(len(self.images_given_to(self.ben)), 2)
        self.assertEqual(self.images_given_to(self.ann), [self.other_image])
        self.assertEqual(Label.objects.filter(status="free").count(), 0)


class LabelsPerImageTests(S3LabelTestCase):
    """Two images; the people who claim are different ones, so that only the number refuses."""

    def setUp(self):
        self.label.delete()
        people = [User.objects.create(email=f"{n}@example.org") for n in range(6)]
        for person in people:
            Assignment.objects.create(user=person, task=self.task)
        self.people = iter(people)

    def set_number(self, number):
        LabelTask.objects.update(labels_per_image=number)
        self.task.refresh_from_db()

    def claim(self):
        return claim_next(task=self.task, labeler=next(self.people))

    def given(self):
        """How many labels each image has."""
        claimed = Label.objects.claimed()
        return [claimed.filter(image=image).count() for image in Image.objects.order_by("pk")]

    def test_after_it_was_lowered_places_above_are_not_given_out(self):
        self.set_number(3)
        first = self.claim()
        self.set_number(1)
        self.assertNotEqual(self.claim().image, first.image)
        self.assertIsNone(self.claim())
        self.assertEqual(self.given(), [1, 1])

    def test_a_label_above_the_number_counts(self):
        self.set_number(2)
        below, above = self.claim(), self.claim()
        self.assertEqual((below.image, below.slot, above.slot), (above.image, 0, 1))
        self.set_number(1)
        release(below, by=self.rita)
        self.assertNotEqual(self.claim().image, above.image)
        self.assertIsNone(self.claim())
        self.set_number(2)
        self.assertEqual(self.claim().pk, below.pk)

    def test_after_it_was_raised_images_are_given_out_again(self):
        while self.claim():
            pass
        self.assertEqual(self.given(), [1, 1])
        self.set_number(2)
        while self.claim():
            pass
        self.assertEqual(self.given(), [2, 2])

    def test_images_that_came_while_it_was_low_get_the_places_above_later(self):
        self.set_number(2)
        queueing.top_up(self.task)
        self.set_number(1)
        queueing.top_up(self.task)
        image = make_image(self.dataset, "late.png")
        queueing.top_up(self.task)
        self.assertEqual(image.labels.count(), 1)
        self.set_number(2)
        queueing.top_up(self.task)
        self.assertEqual(image.labels.count(), 2)

    def test_surplus_places_go_and_what_was_ever_given_stays(self):
        self.set_number(3)
        below, above, third = self.claim(), self.claim(), self.claim()
        release(above, by=self.rita)
        self.set_number(1)
        with mock.patch.object(queueing, "SPAN", 2):
            queueing.drop_surplus(self.task)
        slots = Label.objects.order_by("image_id", "slot").values_list("image", "slot")
        other = next(image.pk for image in Image.objects.all() if image != below.image)
        expected = [(below.image_id, 0), (below.image_id, 1), (below.image_id, 2), (other, 0)]
        self.assertEqual(set(slots), set(expected))
        self.assertEqual(Label.objects.get(slot=2), third)
