"""Which images come first: by selection, by path, by file, by dataset; in the admin, over HTTP."""

from unittest import mock

from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from datasets.models import Dataset, Image
from labeling import priorities, queueing
from labeling.claiming import claim_next
from labeling.models import Label, QueueMark
from labeling.steps import submit
from s3label_site.testing import S3LabelTestCase, make_image

IMAGES = reverse("admin:datasets_image_changelist")


class QueuePageTestCase(S3LabelTestCase):
    """Six images in two datasets; Ben asks for one after the other."""

    def setUp(self):
        self.second = Dataset.objects.create(site="South", sensor="Camera")
        self.task.dataset_group.datasets.add(self.second)
        self.south = [make_image(self.second, f"south-{n}.png") for n in range(2)]
        self.north = [make_image(self.dataset, f"north-{n}.png") for n in range(2)]
        self.page = reverse("admin:labeling_labeltask_queue", args=[self.task.pk])
        self.client.force_login(self.rita)

    def given(self, number):
        images, last = [], 0
        for _ in range(number):
            label = claim_next(task=self.task, labeler=self.ben, after=last)
            submit(label, by=self.ben, rev=0)
            images.append(label.image)
            last = label.pk
        return images

    def send(self, what, **fields):
        return self.client.post(self.page, {"what": what} | fields, follow=True)

    def priority_of(self, image):
        return set(Label.objects.filter(task=self.task, image=image).values_list("priority"))


class PatternTests(QueuePageTestCase):
    def test_images_with_a_pattern_in_their_path_come_first(self):
        answer = self.send("pattern", pattern="south-*.png", priority="5")
        self.assertContains(answer, "2 images have priority 5.")
        self.assertCountEqual(self.given(2), self.south)

    def test_images_that_are_in_the_queue_already_move_too(self):
        queueing.top_up(self.task)
        self.send("pattern", pattern="/north-1", priority="5")
        self.assertEqual(self.given(1), [self.north[1]])
        self.send("pattern", pattern="north", priority="-5")
        self.assertNotIn(self.north[0], self.given(2))

    def test_only_the_two_signs_stand_for_others(self):
        odd = make_image(self.dataset, "a+(b)[c]^$.png")
        self.send("pattern", pattern="a+(b)[?]^$.", priority="5")
        self.assertEqual(self.given(1), [odd])
        answer = self.send("pattern", pattern="south.0", priority="5")
        self.assertContains(answer, "No image of this task is meant by that")

    def test_images_of_other_tasks_stay_out_of_the_queue(self):
        elsewhere = make_image(Dataset.objects.create(site="Else", sensor="where"), "south-9.png")
        self.send("pattern", pattern="south", priority="5")
        self.assertFalse(Label.objects.filter(image=elsewhere).exists())

    def test_many_images_are_done_in_parts(self):
        with mock.patch.object(priorities, "SPAN", 2):
            answer = self.send("pattern", pattern="*", priority="3")
        self.assertContains(answer, "6 images have priority 3.")
        self.assertEqual(Label.objects.filter(priority=3, status="free").count(), 5)

    def test_a_number_that_is_none_is_refused_in_words(self):
        for number in ("", "x", "1.5", "9" * 30):
            answer = self.send("pattern", pattern="south", priority=number)
            self.assertContains(answer, "errorlist")
        self.assertEqual(Label.objects.exclude(priority=0).count(), 0)


class DatasetTests(QueuePageTestCase):
    def fields(self, **changes):
        names = {f"dataset-{dataset.pk}": 0 for dataset in (self.dataset, self.second)}
        return names | {f"dataset-{self.second.pk}": 4}

    def test_its_images_come_first_also_those_imported_later(self):
        queueing.top_up(self.task)
        self.send("datasets", **self.fields())
        later = make_image(self.second, "later.png")
        self.assertCountEqual(self.given(3), [*self.south, later])

    def test_before_anybody_asked_for_an_image_it_counts_too(self):
        QueueMark.objects.all().delete()
        self.send("datasets", **self.fields())
        self.assertCountEqual(self.given(2), self.south)

    def test_the_page_shows_what_is_set_and_what_comes_next(self):
        queueing.top_up(self.task)
        self.send("datasets", **self.fields())
        page = self.client.get(self.page)
        self.assertContains(page, 'value="4"')
        shown = [place.image for place in page.context["next"]]
        self.assertCountEqual(shown[:2], self.south)
        self.assertEqual(self.given(len(shown)), shown)

    def test_done_labels_are_left_alone(self):
        claimed = claim_next(task=self.task, labeler=self.ann)
        submit(claimed, by=self.ann, rev=0)
        with mock.patch.object(queueing, "SPAN", 2):
            priorities.set_for_dataset(self.task, self.dataset, 7)
        self.assertEqual(self.priority_of(claimed.image), {(0,)})
        self.assertEqual(self.priority_of(self.north[0]), {(7,)})
        self.assertEqual(self.given(1)[0].dataset, self.dataset)

    def test_new_slots_of_an_image_have_its_priority(self):
        self.send("pattern", pattern="south-1", priority="9")
        self.task.labels_per_image = 3
        self.task.save()
        queueing.top_up(self.task)
        self.assertEqual(self.priority_of(self.south[1]), {(9,)})
        self.assertEqual(Label.objects.filter(image=self.south[1]).count(), 3)


class FileTests(QueuePageTestCase):
    def upload(self, text, encoding="utf-8"):
        file = SimpleUploadedFile("priorities.csv", text.encode(encoding))
        return self.send("file", file=file)

    def test_a_file_names_paths_and_priorities(self):
        lines = f"\ufeffpath,priority\r\n{self.south[1].path},2\r\n\r\n{self.north[0].path}, +3\r\n"
        answer = self.upload(lines)
        self.assertContains(answer, "2 images have their priority now.")
        self.assertEqual(self.given(2), [self.north[0], self.south[1]])

    def test_lines_that_cannot_be_followed_are_named_and_the_others_done(self):
        lines = f'"/nowhere, at all.png",1\n{self.south[1].path},high\nx\n{self.south[0].path},8\n'
        answer = self.upload(lines)
        self.assertContains(answer, "/nowhere, at all.png: the task has no image with this path.")
        self.assertContains(answer, "Line 2: the priority is no whole number")
        self.assertContains(answer, "Line 3: it does not have two columns")
        self.assertContains(answer, "1 image has their priority now.")
        self.assertEqual(self.given(1), [self.south[0]])

    def test_files_that_hold_nothing_or_anything_are_refused_in_words(self):
        self.assertContains(self.upload(" "), "The file is empty.")
        self.assertContains(self.upload("\xff,1", "latin-1"), "Save the file as UTF-8.")
        self.assertContains(self.upload("a\0,1\n"), "Line 1: the path holds a NUL character")
        self.assertContains(self.upload('"' + "x" * 200_000), "is no CSV file")
        many = "\n".join(f"/{n},1" for n in range(40))
        self.assertContains(self.upload(many), "And 20 lines more.")
        with mock.patch.object(priorities, "MOST_LINES", 3):
            self.assertContains(self.upload(many), "more than 3 lines")


class SelectionTests(QueuePageTestCase):
    def choose(self, *images, **fields):
        keys = [image.pk for image in images]
        data = {"action": "set_priority", "_selected_action": keys} | fields
        return self.client.post(IMAGES, data, follow=True)

    def test_images_are_ticked_and_the_task_is_asked_for(self):
        asked = self.choose(self.south[0], self.north[1])
        self.assertContains(asked, "2 images chosen.")
        done = self.choose(self.south[0], self.north[1], task=self.task.pk, priority=6)
        self.assertContains(done, "Houses: 2 images have priority 6.")
        self.assertCountEqual(self.given(2), [self.south[0], self.north[1]])

    def test_all_images_of_a_filter_can_be_meant(self):
        url = f"{IMAGES}?dataset__id__exact={self.second.pk}"
        fields = {"task": self.task.pk, "priority": 2, "select_across": "1"}
        data = {"action": "set_priority", "_selected_action": [self.south[0].pk]}
        self.client.post(url, data | fields)
        self.assertCountEqual(self.given(2), self.south)

    def test_who_may_not_change_tasks_sets_no_priorities(self):
        for permission, status in (("view_labeltask", 403), ("change_labeltask", 200)):
            names = ("view_image", permission)
            self.ben.user_permissions.set(Permission.objects.filter(codename__in=names))
            self.ben.is_staff = True
            self.ben.save()
            self.client.force_login(self.ben)
            with self.subTest(permission=permission):
                answer = self.choose(self.south[0], task=self.task.pk, priority=6)
                self.assertEqual(answer.status_code, status)
                self.assertEqual(self.client.get(self.page).status_code, status)
        self.assertEqual(Label.objects.get(priority=6).image, self.south[0])
        self.assertEqual(Image.objects.count(), 6)
