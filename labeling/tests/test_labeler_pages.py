from datetime import timedelta
from unittest import mock

from django.contrib.messages import get_messages
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from datasets.models import DatasetGroup
from labeling import listing
from labeling.models import Assignment, Label, LabelStep
from s3label_site.testing import S3LabelTestCase, make_image, make_task

TASKS = reverse("labeling:task_list")
LABELS = reverse("labeling:my_labels")


class PageTestCase(S3LabelTestCase):
    def setUp(self):
        self.client.force_login(self.ann)

    def make_label(self, status, labeler=None, task=None, **fields):
        task = task or self.task
        # One image for each label, in the dataset of the task.
        dataset = task.dataset_group.datasets.get()
        image = make_image(dataset, f"{dataset.images.count():03d}.png")
        fields |= {"task": task, "image": image, "labeler": labeler or self.ann, "status": status}
        if status == "approved":
            fields |= {"rev": 1, "approved_rev": 1}
        return Label.objects.create(**fields)

    def make_free_place(self):
        label = self.make_label("in_progress")
        Label.objects.filter(pk=label.pk).update(status="free", labeler=None)
        return label

    def send_back(self, comment, **fields):
        label = self.make_label("sent_back", rev=1, **fields)
        LabelStep.objects.create(
            label=label,
            step="send_back",
            from_status="submitted",
            to_status="sent_back",
            rev=1,
            by=self.rita,
            comment=comment,
        )
        return label


class TaskListTests(PageTestCase):
    def overview(self, user=None):
        if user:
            self.client.force_login(user)
        (overview,) = self.client.get(TASKS).context["overviews"]
        return overview

    def test_it_shows_the_tasks_with_their_instructions(self):
        response = self.client.get(TASKS)
        self.assertContains(response, "Houses")
        self.assertContains(response, "<p>Draw.</p>", html=True)

    def test_instructions_are_text_with_line_breaks_and_never_markup(self):
        self.task.description = "First.\n\nThen <b>this</b>."
        self.task.save()
        response = self.client.get(TASKS)
        self.assertContains(response, "<p>First.</p>", html=True)
        self.assertContains(response, "&lt;b&gt;this")

    def test_long_instructions_can_be_opened(self):
        self.task.description = "Draw every house. " * 40 + "And the last one."
        self.task.save()
        response = self.client.get(TASKS)
        self.assertContains(response, "Read all instructions")
        self.assertContains(response, "And the last one.")

    def test_who_has_no_task_reads_what_to_do(self):
        self.client.force_login(self.cem)
        self.assertContains(self.client.get(TASKS), "No task is assigned to you yet")
        self.assertContains(self.client.get(TASKS), "cem@example.org")

    def test_staff_find_the_way_to_the_admin(self):
        self.assertNotContains(self.client.get(TASKS), reverse("admin:index"))
        self.client.force_login(self.rita)
        self.assertContains(self.client.get(TASKS), "Open the admin")
        Assignment.objects.create(user=self.rita, task=self.task)
        self.assertContains(self.client.get(TASKS), "Houses")
        self.assertContains(self.client.get(TASKS), reverse("admin:index"))

    def test_progress_counts_mine_and_everybodys(self):
        self.make_label("submitted")
        self.make_label("approved")
        self.make_label("submitted", self.ben)
        overview = self.overview()
        self.assertEqual((overview.my_done, overview.my_total), (2, 3))
        self.assertEqual((overview.done, overview.total), (3, 5))
        response = self.client.get(TASKS)
        self.assertContains(response, "2 of 3 submitted, 1 approved")
        self.assertContains(response, "3 of 5 submitted")

    def test_an_image_counts_for_everybody_who_is_to_label_it(self):
        self.task.labels_per_image = 3
        self.task.save()
        for slot, labeler in enumerate((self.ann, self.ben)):
            Label.objects.create(
                task=self.task,
                image=self.other_image,
                slot=slot,
                labeler=labeler,
                status="submitted",
            )
        self.assertEqual((self.overview().done, self.overview().total), (2, 6))
        self.assertContains(self.client.get(TASKS), "3 people label each image")

    def test_images_of_a_dataset_in_two_groups_count_once(self):
        second = DatasetGroup.objects.create(name="Second")
        second.datasets.add(self.dataset)
        self.assertEqual(self.overview().total, 2)

    def test_free_places_in_the_queue_are_nobodys_work(self):
        self.make_free_place()
        overview = self.overview()
        self.assertEqual((overview.done, overview.total, overview.my_total), (0, 3, 1))

    def test_what_was_sent_back_comes_first_with_the_comment(self):
        label = self.send_back("The roof ends further left.")
        self.assertEqual(self.overview().open_labels, [label, self.label])
        response = self.client.get(TASKS)
        self.assertContains(response, "1 image sent back to you")
        self.assertContains(response, "The roof ends further left.")
        self.assertContains(response, reverse("labeling:annotate", args=[label.pk]))

    def test_a_task_with_work_sent_back_comes_before_the_others(self):
        second = make_task(self.ann, title="Zebras")
        paused = make_task(self.ann, title="Animals", is_active=False)
        titles = [one.task for one in self.client.get(TASKS).context["overviews"]]
        self.assertEqual(titles, [self.task, second, paused])
        self.send_back("Again.", task=second)
        titles = [one.task for one in self.client.get(TASKS).context["overviews"]]
        self.assertEqual(titles, [second, self.task, paused])

    def test_only_a_few_open_labels_are_listed(self):
        for _ in range(6):
            self.make_label("in_progress")
        self.assertEqual(len(self.overview().open_labels), 4)

    def test_a_paused_task_offers_nothing_new_but_lets_one_finish(self):
        self.task.is_active = False
        self.task.save()
        self.assertContains(self.client.get(TASKS), "finish those that you have")
        self.assertContains(self.client.get(TASKS), "Label next image")
        self.client.force_login(self.ben)
        self.assertNotContains(self.client.get(TASKS), "Label next image")

    def test_the_switch_for_new_images_is_read_from_my_own_assignment(self):
        Assignment.objects.filter(user=self.ben).update(receive_new_unlabeled_data=False)
        self.assertTrue(self.overview().gets_new_images)
        self.assertFalse(self.overview(self.ben).gets_new_images)

    def test_it_says_when_nothing_is_left(self):
        Label.objects.update(status="submitted")
        self.make_label("submitted", self.ben)
        self.other_image.delete()
        self.assertTrue(self.overview().nothing_left)
        self.assertContains(self.client.get(TASKS), "Nothing is left for you now")

    def test_it_takes_few_queries_however_many_tasks(self):
        self.send_back("Again.")
        make_task(self.ann, title="Second")
        make_task(self.ann, title="Third")
        # Session, user, tasks, images, everybody's and my labels, labels to go on with.
        with self.assertNumQueries(7):
            self.client.get(TASKS)


class NextImageTests(PageTestCase):
    def setUp(self):
        super().setUp()
        self.url = reverse("labeling:next_image", args=[self.task.pk])

    def test_it_opens_what_was_begun(self):
        self.assertRedirects(self.client.post(self.url), self.label.get_absolute_url())

    def test_it_opens_what_was_sent_back_before_that(self):
        label = self.send_back("Again.")
        self.assertRedirects(self.client.post(self.url), label.get_absolute_url())

    def test_it_opens_a_new_image(self):
        self.client.force_login(self.ben)
        response = self.client.post(self.url)
        label = Label.objects.get(labeler=self.ben)
        self.assertRedirects(response, label.get_absolute_url())
        self.assertEqual(label.image, self.other_image)

    def test_who_is_taken_out_of_the_task_meanwhile_is_told_the_same_as_before(self):
        def end(task):
            self.ann.assignments.update(is_active=False)

        with mock.patch("labeling.views.labeler.prepare_classes", end):
            self.assertEqual(self.client.post(self.url).status_code, 404)
        self.assertEqual(self.client.post(self.url).status_code, 404)

    def test_it_says_when_there_is_none(self):
        Label.objects.update(status="submitted")
        self.make_label("submitted", self.ben)
        self.other_image.delete()
        response = self.client.post(self.url)
        self.assertRedirects(response, TASKS)
        (message,) = get_messages(response.wsgi_request)
        self.assertIn("no image left for you in “Houses”", str(message))


class MyLabelsTests(PageTestCase):
    def labels(self, query="", url=LABELS):
        return self.client.get(f"{url}{query}").context["listing"].labels

    def test_it_lists_my_labels_and_nobody_elses(self):
        self.make_label("submitted", self.ben)
        self.assertEqual(self.labels(), [self.label])
        self.assertContains(self.client.get(LABELS), "000.png")

    def test_a_task_can_be_chosen(self):
        second = make_task(self.ann, title="Second")
        label = self.make_label("submitted", task=second)
        self.assertCountEqual(self.labels(), [self.label, label])
        url = reverse("labeling:task_labels", args=[second.pk])
        self.assertEqual(self.labels(url=url), [label])

    def test_a_status_can_be_chosen(self):
        label = self.make_label("submitted")
        self.assertEqual(self.labels("?status=submitted"), [label])
        self.assertEqual(self.labels("?status=in_progress"), [self.label])
        self.assertEqual(self.labels("?status=approved"), [])

    def test_an_address_that_we_did_not_make_leads_nowhere(self):
        others = self.make_label("submitted", self.ben)
        for query in ("status=free", "status=x", "before=x", "before=0", f"before={10**30}"):
            with self.subTest(query=query):
                self.assertEqual(self.client.get(f"{LABELS}?{query}").status_code, 404)
        self.assertEqual(self.client.get(f"{LABELS}?before={others.pk}").status_code, 404)

    def test_the_filters_say_how_many(self):
        self.make_label("submitted")
        filters = self.client.get(LABELS).context["listing"].filters
        self.assertEqual(
            [(words, number) for _, words, number in filters],
            [("All", 2), ("Sent back", 0), ("In progress", 1), ("Submitted", 1), ("Approved", 0)],
        )

    def test_a_comment_is_shown_until_the_label_is_submitted_again(self):
        label = self.send_back("The roof ends further left.")
        self.assertContains(self.client.get(LABELS), "The roof ends further left.")
        Label.objects.filter(pk=label.pk).update(status="submitted")
        self.assertNotContains(self.client.get(LABELS), "The roof ends further left.")

    def test_the_latest_comes_first(self):
        now = timezone.now()
        for days, label in enumerate([self.label, self.make_label("submitted")]):
            Label.objects.filter(pk=label.pk).update(status_since=now - timedelta(days=days))
        self.assertEqual(self.labels()[0], self.label)

    def test_pages_show_every_label_once_also_when_one_comes_in_between(self):
        moment = timezone.now()
        pages = []
        labels = [
            self.make_label("submitted", status_since=moment) for _ in range(2 * listing.PAGE)
        ]
        query = ""
        while query is not None:
            found = self.client.get(f"{LABELS}{query}").context["listing"]
            pages += found.labels
            query = f"?before={found.last}" if found.last else None
            self.make_label("submitted", status_since=moment + timedelta(hours=1))
        self.assertCountEqual(pages, [self.label, *labels])

    def test_pages_show_every_label_once_by_the_clock_of_the_database_too(self):
        labels = [self.label, *(self.make_label("submitted") for _ in range(listing.PAGE))]
        # As every step sets it; SQLite writes it with fewer digits than Django does.
        Label.objects.update(status_since=Now())
        first = self.client.get(LABELS).context["listing"]
        rest = self.client.get(f"{LABELS}?before={first.last}").context["listing"]
        self.assertCountEqual([*first.labels, *rest.labels], labels)

    def test_the_link_to_more_works_without_scripts(self):
        for _ in range(listing.PAGE):
            self.make_label("submitted")
        response = self.client.get(f"{LABELS}?status=submitted")
        self.assertNotContains(response, "Show more")
        self.make_label("submitted")
        response = self.client.get(f"{LABELS}?status=submitted")
        last = response.context["listing"].last
        self.assertContains(response, f'href="?status=submitted&amp;before={last}"')

    def test_an_ended_assignment_takes_its_labels_away(self):
        self.assertEqual(self.labels(), [self.label])
        Assignment.objects.filter(user=self.ann).update(is_active=False)
        self.assertEqual(self.labels(), [])

    def test_staff_see_their_own_labels_here_and_not_everybodys(self):
        self.client.force_login(self.rita)
        self.assertEqual(self.labels(), [])

    def test_it_takes_few_queries_however_many_labels(self):
        for _ in range(5):
            self.send_back("Again.")
        # Session, user, counts, labels.
        with self.assertNumQueries(4):
            self.client.get(LABELS)


class AnnotateTests(PageTestCase):
    def test_it_hands_the_editor_its_configuration(self):
        response = self.client.get(self.label.get_absolute_url())
        config = response.context["config"]
        self.assertEqual(
            {key: config[key] for key in ("label", "task", "user", "api", "task_url")},
            {
                "label": self.label.pk,
                "task": self.task.pk,
                "user": self.ann.pk,
                "api": "/api/v1",
                "task_url": TASKS,
            },
        )
        self.assertContains(response, 'id="editor-config" type="application/json"')
        self.assertContains(response, "<title>000.png – Houses – S3Label</title>", html=True)
        self.assertContains(response, "The editor needs JavaScript")

    def test_a_place_in_the_queue_is_no_label_yet(self):
        self.client.force_login(self.rita)
        free = self.make_free_place()
        self.assertEqual(self.client.get(free.get_absolute_url()).status_code, 404)


class EveryPageTests(PageTestCase):
    def test_nothing_inline_is_left_for_the_policy_to_refuse(self):
        self.send_back("Again.")
        pages = (TASKS, LABELS, self.label.get_absolute_url(), reverse("accounts:change_password"))
        for url in pages:
            with self.subTest(url=url):
                html = self.client.get(url).content.decode()
                self.assertNotRegex(html, r"<style|\sstyle=|\son[a-z]+=|javascript:")
                self.assertNotRegex(html, r"<script(?![^>]*(\ssrc=|application/json))")

    def test_an_unknown_address_says_so_in_our_words(self):
        response = self.client.get("/nowhere/")
        self.assertContains(response, "There is nothing here", status_code=404)
