"""A task is copied with all that it asks for, and without anybody's work."""

from django.urls import reverse

from labeling.models import Attribute, LabelClass, LabelTask, TaskExample
from labeling.tests.submitted import SubmittedLabelTestCase


class CopyTests(SubmittedLabelTestCase):
    def setUp(self):
        super().setUp()
        LabelTask.objects.filter(pk=self.task.pk).update(permit_overlap=False, lease_minutes=7)
        house = self.task.classes.get(name="House")
        LabelClass.objects.filter(pk=house.pk).update(skeleton="roof - door", color="#123456")
        asked = {"task": self.task, "kind": "text"}
        Attribute.objects.create(name="Weather", applies_to="image", **asked)
        Attribute.objects.create(name="Floors", applies_to="shapes", label_class=house, **asked)
        TaskExample.objects.create(task=self.task, image=self.image, title="Tight", verdict="good")
        self.copy_page = reverse("admin:labeling_labeltask_copy", args=[self.task.pk])

    def copy(self):
        answer = self.client.post(self.copy_page, follow=True)
        self.assertContains(answer, "This is the copy.")
        return answer.context["original"]

    def test_settings_classes_questions_and_examples_come_along(self):
        copy = self.copy()
        self.task.refresh_from_db()
        self.assertEqual(copy.title, f"Copy of {self.task.title}")
        for name in ("type", "description", "permit_overlap", "lease_minutes", "dataset_group"):
            self.assertEqual(getattr(copy, name), getattr(self.task, name), name)
        fields = ("name", "color", "skeleton", "position", "export_id")
        ours, theirs = (list(one.classes.values_list(*fields)) for one in (self.task, copy))
        self.assertEqual(ours, theirs)
        self.assertIn("#123456", [row[1] for row in theirs])
        floors = copy.attributes.get(name="Floors")
        self.assertEqual(floors.label_class, copy.classes.get(name="House"))
        self.assertIsNone(copy.attributes.get(name="Weather").label_class)
        self.assertEqual(copy.examples.get().title, "Tight")

    def test_nobody_gets_images_of_it_and_the_work_stays_where_it_is(self):
        copy = self.copy()
        self.assertFalse(copy.assignments.exists() or copy.labels.exists())
        self.assertTrue(self.task.assignments.exists() and self.task.labels.exists())

    def test_what_is_archived_is_left_behind_and_its_number_is_not_given_again(self):
        self.client.get(self.page)
        house = self.task.classes.get(name="House")
        LabelClass.objects.filter(pk=house.pk).update(is_archived=True)
        copy = self.copy()
        names = set(copy.classes.values_list("name", flat=True))
        self.assertEqual(names, set(self.task.classes.values_list("name", flat=True)) - {"House"})
        self.assertEqual([one.name for one in copy.attributes.all()], ["Weather"])
        self.task.refresh_from_db()
        self.assertEqual(copy.last_export_id, self.task.last_export_id)

    def test_a_title_of_full_length_is_copied_too(self):
        LabelTask.objects.update(title="x" * 200)
        self.assertEqual(len(self.copy().title), 200)

    def test_several_are_copied_from_the_list(self):
        chosen = {"action": "copy_tasks", "_selected_action": [self.task.pk, self.copy().pk]}
        answer = self.client.post(
            reverse("admin:labeling_labeltask_changelist"), chosen, follow=True
        )
        self.assertContains(answer, "2 tasks were copied.")
        self.assertEqual(LabelTask.objects.count(), 4)

    def test_who_may_not_add_tasks_copies_none(self):
        self.assertContains(self.client.get(self.task_page), self.copy_page)
        self.make_staff("change_labeltask", "view_labeltask")
        self.assertNotContains(self.client.get(self.task_page), self.copy_page)
        self.assertEqual(self.client.post(self.copy_page).status_code, 403)
        self.assertEqual(LabelTask.objects.count(), 1)

    @property
    def task_page(self):
        return reverse("admin:labeling_labeltask_change", args=[self.task.pk])

    def test_looking_at_the_address_copies_nothing(self):
        self.assertEqual(self.client.get(self.copy_page).status_code, 405)
        self.assertEqual(LabelTask.objects.count(), 1)
