"""Label tasks in the admin, over HTTP: the list, the form with its inlines, the refusals."""

from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from datasets.models import DatasetGroup
from labeling.claiming import claim_next
from labeling.models import Assignment, Label, LabelClass, LabelTask, TaskExample
from labeling.queueing import top_up
from labeling.tests.submitted import SubmittedLabelTestCase
from s3label_site.testing import make_image, make_task

LIST = reverse("admin:labeling_labeltask_changelist")
INLINES = ("classes", "assignments", "examples")


class TaskAdminTestCase(SubmittedLabelTestCase):
    """Rita opens the task whose first class is used by the shape that Ann submitted."""

    def setUp(self):
        super().setUp()
        self.task_page = reverse("admin:labeling_labeltask_change", args=[self.task.pk])

    def form_of(self, page):
        """What the browser would send back: every field of the form as the page shows it."""
        context = self.client.get(page).context
        forms = [context["adminform"].form]
        for inline in context["inline_admin_formsets"]:
            forms += [inline.formset.management_form, *inline.formset.forms]
        values = {}
        for form in forms:
            for field in form:
                if (
                    not field.field.disabled
                    and field.value() is not None
                    and field.value() is not False
                ):
                    values[field.html_name] = field.value()
        return values

    def save(self, page=None, **changes):
        page = page or self.task_page
        data = self.form_of(page)
        for name, value in changes.items():
            if value is None:
                data.pop(name, None)
            else:
                data[name] = value
        return self.client.post(page, data, follow=True)

    def add_row(self, prefix, **values):
        """The fields of one more row of an inline."""
        number = self.form_of(self.task_page)[f"{prefix}-TOTAL_FORMS"]
        row = {f"{prefix}-{number}-{name}": value for name, value in values.items()}
        return row | {f"{prefix}-TOTAL_FORMS": number + 1}


class TaskFormTests(TaskAdminTestCase):
    def test_a_newcomer_makes_a_task_with_classes_and_people(self):
        add = reverse("admin:labeling_labeltask_add")
        answer = self.save(
            add,
            title="Cars",
            description="Box every car.",
            dataset_group=self.task.dataset_group_id,
            type="bounding_boxes",
            tools=["rectangle"],
            **{"classes-0-name": "Car", "classes-1-name": "Lorry"},
            **{"assignments-TOTAL_FORMS": 1, "assignments-0-user": self.ann.pk},
            **{"assignments-0-is_active": "on"},
        )
        self.assertContains(answer, "was added successfully")
        task = LabelTask.objects.get(title="Cars")
        self.assertEqual((task.allowed_tools, task.tools), ("rectangle", ["rectangle"]))
        classes = list(task.classes.values_list("name", "color", "position"))
        self.assertEqual(classes, [("Car", "#e6194b", 1), ("Lorry", "#4363d8", 2)])
        self.assertEqual(list(LabelTask.objects.assigned_to(self.ann)), [self.task, task])

    def test_saving_the_form_unchanged_changes_nothing(self):
        TaskExample.objects.create(task=self.task, image=self.image, title="Good")
        before = [list(model.objects.values()) for model in (LabelTask, LabelClass, Assignment)]
        self.assertContains(self.save(), "was changed successfully")
        self.task.refresh_from_db()
        # All tools were allowed by an empty list; now they are named.
        self.assertEqual(self.task.tools, self.task.allowed_tools.split(","))
        LabelTask.objects.update(allowed_tools="")
        after = [list(model.objects.values()) for model in (LabelTask, LabelClass, Assignment)]
        self.assertEqual(before, after)

    def test_tools_are_kept_as_a_list_with_commas(self):
        self.save(tools=["polygon", "freehand"], default_tool="freehand")
        self.task.refresh_from_db()
        self.assertEqual(self.task.allowed_tools, "polygon,freehand")
        self.assertEqual(self.task.first_tool, "freehand")

    def test_a_tool_that_does_not_fit_the_type_is_refused(self):
        answer = self.save(type="bounding_boxes", tools=["rectangle", "polygon"])
        self.assertContains(answer, "Untick Polygon: tasks of this type do not use it.")

    def test_the_default_tool_must_be_allowed(self):
        answer = self.save(tools=["polygon"], default_tool="freehand")
        self.assertContains(answer, "Choose one of the allowed tools.")

    def test_changing_the_order_rewrites_the_keys_of_free_places(self):
        for number in range(4):
            make_image(self.dataset, f"more-{number}.png")
        top_up(self.task)
        free = Label.objects.filter(task=self.task, status="free")
        by_hash = list(free.order_by("order_key").values_list("image", flat=True))
        with self.captureOnCommitCallbacks(execute=True):
            self.save(order="path")
        self.task.refresh_from_db()
        paths = [label.order_key for label in free.select_related("image")]
        self.assertEqual(paths, [label.image.path for label in free.select_related("image")])
        first = claim_next(task=self.task, labeler=self.ben)
        self.assertEqual(first.image.path, min(paths))
        with self.captureOnCommitCallbacks(execute=True):
            self.save(order="shuffled")
        by_hash.remove(first.image_id)
        self.assertEqual(list(free.order_by("order_key").values_list("image", flat=True)), by_hash)

    def test_lowering_the_labels_per_image_takes_places_out_of_the_queue(self):
        self.save(labels_per_image=3)
        self.task.refresh_from_db()
        top_up(self.task)
        self.assertEqual(Label.objects.filter(task=self.task).count(), 6)
        with self.captureOnCommitCallbacks(execute=True):
            self.save(labels_per_image=1)
        self.assertEqual(Label.objects.filter(task=self.task).count(), 2)


class ClassTests(TaskAdminTestCase):
    def names(self):
        return list(self.task.classes.values_list("name", flat=True))

    def test_a_new_class_is_offered_a_free_color_and_the_last_place(self):
        self.save(**self.add_row("classes", name="Road", color="#123456", position=3))
        road = self.task.classes.get(name="Road")
        self.assertEqual((road.color, road.position, road.export_id), ("#123456", 3, None))

    def test_a_class_that_no_shape_uses_can_be_deleted(self):
        self.save(**{"classes-1-DELETE": "on"})
        self.assertEqual(self.names(), ["House"])

    def test_a_class_in_use_is_archived_instead_of_deleted(self):
        answer = self.save(**{"classes-0-DELETE": "on", "classes-1-DELETE": "on"})
        self.assertContains(answer, "House is used by shapes. Tick Archived instead of Delete.")
        self.assertEqual(self.names(), ["House", "Tree"])
        self.save(**{"classes-0-is_archived": "on"})
        self.assertTrue(self.task.classes.get(name="House").is_archived)

    def test_colors_are_six_hexadecimal_digits(self):
        for color in ("red;background:url(//evil)", '#fff"onload=', "rgb(999,0,0)", "#12345G"):
            answer = self.save(**{"classes-0-color": color})
            self.assertContains(answer, "Please correct the error below.")
        self.assertEqual(self.task.classes.get(name="House").color, "#e6194b")

    def test_names_differ_by_more_than_case_or_width_of_letters(self):
        for name in ("house", "Ｈouse", "HOUSE"):
            answer = self.save(**self.add_row("classes", name=name, color="#123456", position=3))
            self.assertContains(answer, f"Another class is called {name} already.")

    def test_a_class_of_another_task_cannot_be_changed_from_here(self):
        other = make_task(title="Other").classes.get(name="House")
        self.save(**{"classes-0-id": other.pk, "classes-0-name": "Stolen"})
        other.refresh_from_db()
        self.assertEqual(other.name, "House")

    def test_a_row_without_a_name_is_no_class(self):
        answer = self.save(**self.add_row("classes", name="", color="#123456", position=9))
        self.assertContains(answer, "was changed successfully")
        self.assertEqual(self.names(), ["House", "Tree"])


class MemberTests(TaskAdminTestCase):
    def number_of(self, person):
        members = Assignment.objects.filter(task=self.task).order_by("user__email")
        return [member.user for member in members].index(person)

    def tasks_of(self, person):
        self.client.force_login(person)
        response = self.client.post(reverse("labeling:next_image", args=[self.task.pk]))
        self.client.force_login(self.rita)
        return response.status_code

    def test_assigning_opens_the_task_and_ending_closes_it(self):
        self.assertEqual(self.tasks_of(self.cem), 404)
        self.save(**self.add_row("assignments", user=self.cem.pk, is_active="on"))
        self.assertEqual(self.tasks_of(self.cem), 302)
        self.save(**{f"assignments-{self.number_of(self.cem)}-is_active": None})
        self.assertEqual(self.tasks_of(self.cem), 404)

    def test_who_has_no_labels_can_be_removed(self):
        self.save(**{f"assignments-{self.number_of(self.ben)}-DELETE": "on"})
        self.assertFalse(Assignment.objects.filter(user=self.ben).exists())

    def test_who_has_labels_is_ended_and_not_removed(self):
        answer = self.save(**{f"assignments-{self.number_of(self.ann)}-DELETE": "on"})
        self.assertContains(answer, "Ann has labels in this task. Untick Active instead.")
        self.assertTrue(Assignment.objects.filter(user=self.ann).exists())

    def test_an_assignment_is_not_turned_into_that_of_somebody_else(self):
        self.save(**{f"assignments-{self.number_of(self.ann)}-user": self.cem.pk})
        members = set(self.task.members.values_list("first_name", flat=True))
        self.assertEqual(members, {"Ann", "Ben"})

    def test_nobody_is_in_a_task_twice(self):
        answer = self.save(**self.add_row("assignments", user=self.ben.pk, is_active="on"))
        self.assertContains(answer, "Please correct")
        self.assertEqual(Assignment.objects.filter(user=self.ben).count(), 1)


class TaskListTests(TaskAdminTestCase):
    def task_in_list(self):
        (task,) = self.client.get(LIST).context["cl"].result_list
        return task

    def test_progress_counts_submitted_and_approved_of_all_labels_to_make(self):
        self.submitted_by(self.ben, "second.png")
        self.task.labels_per_image = 2
        self.task.save()
        progress = self.task_in_list().progress
        self.assertEqual((progress.done, progress.total, progress.members), (2, 6, 2))
        page = self.client.get(LIST)
        self.assertContains(page, '<progress max="6" value="2"')
        submitted = f"?task__id__exact={self.task.pk}&amp;status=submitted"
        self.assertContains(page, f'{submitted}">2 submitted</a>')

    def test_a_task_without_images_is_shown(self):
        group = DatasetGroup.objects.create(name="Empty")
        LabelTask.objects.update(dataset_group=group)
        self.assertContains(self.client.get(LIST), "no images yet")
        self.assertEqual(self.client.get(self.task_page).status_code, 200)

    def test_the_number_of_queries_does_not_grow_with_the_tasks(self):
        with self.assertNumQueries(10):
            self.client.get(LIST)
        for number in range(4):
            make_task(self.ann, title=f"Task {number}")
        with self.assertNumQueries(10):
            self.client.get(LIST)

    def test_the_page_of_a_task_leads_to_its_labels_and_their_review(self):
        page = self.client.get(self.task_page)
        labels = reverse("admin:labeling_label_changelist")
        self.assertContains(page, f'href="{labels}?task__id__exact={self.task.pk}"')
        review = reverse("admin:labeling_label_review")
        self.assertContains(page, f'href="{review}?task={self.task.pk}">Review 1 submitted')


class TaskPermissionTests(TaskAdminTestCase):
    def test_a_task_with_labels_cannot_be_deleted(self):
        delete = reverse("admin:labeling_labeltask_delete", args=[self.task.pk])
        page = reverse("admin:labeling_labeltask_change", args=[self.task.pk])
        for answer in (
            self.client.get(delete, follow=True),
            self.client.post(delete, {"post": "yes"}, follow=True),
        ):
            self.assertRedirects(answer, page)
            self.assertContains(answer, "untick “Is active”")
            self.assertNotContains(answer, f'href="{delete}"')
        self.assertNotContains(self.client.get(LIST), "delete_selected")
        selected = {"action": "delete_selected", "_selected_action": self.task.pk, "post": "yes"}
        self.client.post(LIST, selected)
        self.assertTrue(LabelTask.objects.filter(pk=self.task.pk).exists())

    def test_a_task_made_by_mistake_can_be_deleted(self):
        mistake = make_task(self.ann, title="Mistake")
        delete = reverse("admin:labeling_labeltask_delete", args=[mistake.pk])
        self.assertContains(self.client.get(delete), "Are you sure")
        self.assertEqual(self.client.post(delete, {"post": "yes"}).status_code, 302)
        self.assertFalse(LabelTask.objects.filter(pk=mistake.pk).exists())

    def test_staff_need_the_permission(self):
        sam = User.objects.create(email="sam@example.org", is_staff=True)
        self.client.force_login(sam)
        self.assertEqual(self.client.get(self.task_page).status_code, 403)
        permissions = Permission.objects.filter(codename="view_labeltask")
        sam.user_permissions.set(permissions)
        self.assertEqual(self.client.get(self.task_page).status_code, 200)
        self.assertEqual(self.client.post(self.task_page, {"title": "Mine"}).status_code, 403)

    def test_labelers_are_sent_to_the_log_in_of_staff(self):
        self.client.force_login(self.ann)
        for url in (LIST, self.task_page):
            self.assertEqual(self.client.get(url).status_code, 302)
