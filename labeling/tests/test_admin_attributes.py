"""Tags, attributes and the tools of a class in the admin, over HTTP."""

from django.urls import reverse

from labeling.models import Attribute, ImageValue, LabelTask, Shape
from labeling.tests.test_admin_tasks import TaskAdminTestCase


class AttributeFormTests(TaskAdminTestCase):
    """The shape that Ann submitted is a house."""

    def setUp(self):
        super().setUp()
        self.house = self.task.classes.get(name="House")
        about = {"task": self.task, "applies_to": "image", "position": 1}
        self.weather = Attribute.objects.create(
            name="Weather", kind="choice", options="sun\nrain", export_name="Weather", **about
        )

    def add(self, **values):
        usual = {"name": "Roof", "of": "shapes", "kind": "choice", "options": "flat\r\nsteep"}
        return self.save(**self.add_row("attributes", **usual | {"position": 2} | values))

    def roof(self):
        return self.task.attributes.get(name="Roof")

    def test_a_newcomer_adds_an_attribute_of_every_shape_or_of_one_class(self):
        self.assertContains(self.add(), "was changed successfully")
        roof = self.roof()
        self.assertEqual((roof.applies_to, roof.label_class, roof.position), ("shapes", None, 2))
        self.add(name="Floors", of=f"class-{self.house.pk}", kind="number", options="")
        floors = self.task.attributes.get(name="Floors")
        self.assertEqual((floors.applies_to, floors.label_class), ("shapes", self.house))

    def test_saving_the_form_unchanged_changes_nothing(self):
        self.add(of=f"class-{self.house.pk}", default_value="flat", is_required="on")
        before = list(Attribute.objects.values())
        self.assertContains(self.save(), "was changed successfully")
        self.assertEqual(list(Attribute.objects.values()), before)

    def test_what_cannot_be_is_refused_in_words(self):
        cases = [
            ({"options": ""}, "Write what one can choose"),
            ({"kind": "number"}, "Only choices have options"),
            ({"default_value": "round"}, "has no option “round”"),
            ({"kind": "number", "options": "", "default_value": "a"}, "Write the default as a num"),
            ({"kind": "checkbox", "options": "", "is_required": "on"}, "always answered"),
            ({"name": "weather", "of": "image"}, "called weather already"),
            ({"of": "class-999999"}, "Select a valid choice"),
        ]
        for values, words in cases:
            self.assertContains(self.add(**values), words)
        self.assertEqual(self.task.attributes.count(), 1)

    def test_the_same_may_be_asked_of_something_else(self):
        self.assertContains(self.add(name="Weather"), "was changed successfully")

    def test_a_class_of_another_task_is_not_offered(self):
        other = LabelTask.objects.create(
            dataset_group=self.task.dataset_group, title="Other", type="bounding_boxes"
        )
        foreign = other.classes.create(name="Barn")
        self.assertContains(self.add(of=f"class-{foreign.pk}"), "Select a valid choice")

    def test_an_answered_tag_is_archived_instead_of_deleted(self):
        ImageValue.objects.create(
            label=self.label, attribute=self.weather, rev_added=1, value='"sun"'
        )
        answer = self.save(**{"attributes-0-DELETE": "on"})
        self.assertContains(answer, "Weather has answers. Tick Archived instead of Delete.")
        answer = self.save(**{"attributes-0-kind": "text", "attributes-0-options": ""})
        self.assertContains(answer, "Weather has answers. Archive it, and add a new one.")
        self.save(**{"attributes-0-options": "rain\nsnow", "attributes-0-name": "Sky"})
        self.weather.refresh_from_db()
        self.assertEqual((self.weather.name, self.weather.export_name), ("Sky", "Weather"))
        self.save(**{"attributes-0-is_archived": "on"})
        self.weather.refresh_from_db()
        self.assertTrue(self.weather.is_archived)

    def test_what_nobody_answered_can_be_deleted_or_changed(self):
        self.save(**{"attributes-0-kind": "text", "attributes-0-options": ""})
        self.weather.refresh_from_db()
        self.assertEqual(self.weather.kind, "text")
        self.save(**{"attributes-0-DELETE": "on"})
        self.assertEqual(self.task.attributes.count(), 0)

    def test_an_attribute_that_a_shape_has_is_in_use(self):
        self.add(of=f"class-{self.house.pk}")
        Shape.objects.update(attributes='{"Roof":"flat"}')
        answer = self.save(**{"attributes-1-DELETE": "on"})
        self.assertContains(answer, "Roof has answers.")
        Shape.objects.update(attributes='{"Other":"Roof"}')
        self.save(**{"attributes-1-DELETE": "on"})
        self.assertFalse(self.task.attributes.filter(name="Roof").exists())


class ReviewTests(TaskAdminTestCase):
    def setUp(self):
        super().setUp()
        about = {"task": self.task, "applies_to": "image", "export_name": "Weather"}
        weather = Attribute.objects.create(name="Weather <b>", kind="choice", **about)
        sun = {"attribute": weather, "rev_added": 1, "rev_removed": 2, "value": '"sun"'}
        self.label.values.create(**sun)
        self.label.values.create(attribute=weather, rev_added=2, value='"rain"')
        Shape.objects.update(attributes='{"Floors":2,"Roof":"flat"}')

    def test_the_page_of_a_label_shows_what_was_said_at_the_revision(self):
        page = self.client.get(self.page)
        self.assertContains(page, "<dt>Weather &lt;b&gt;</dt><dd>sun</dd>", html=True)
        # What the painter shows beside the pointer.
        self.assertContains(page, '"attrs": {"Floors": 2, "Roof": "flat"}')
        self.assertEqual(
            page.context["drawing"].answers, [("Floors", [("2", 1)]), ("Roof", [("flat", 1)])]
        )

    def test_the_list_of_labels_shows_the_tags_of_now(self):
        page = self.client.get(reverse("admin:labeling_label_changelist"))
        self.assertContains(page, "rain; revision 1")


class ClassificationTests(TaskAdminTestCase):
    def make(self, **more):
        add = reverse("admin:labeling_labeltask_add")
        about = {"title": "Sort", "description": "Choose.", "type": "classification"}
        return self.save(add, dataset_group=self.task.dataset_group_id, **about, **more)

    def test_a_task_without_tools_is_made_and_asks_for_a_tag(self):
        self.assertContains(self.make(), "add a tag that is about the image")
        task = LabelTask.objects.get(title="Sort")
        self.assertEqual((task.tools, task.allowed_tools), ([], ""))

    def test_with_a_tag_there_is_something_to_do(self):
        row = {"name": "Quality", "of": "image", "kind": "choice", "options": "good\nbad"}
        fields = {f"attributes-0-{name}": value for name, value in row.items()}
        fields |= {"attributes-TOTAL_FORMS": 1, "attributes-0-position": 1}
        answer = self.make(**fields)
        self.assertContains(answer, "was added successfully")
        self.assertNotContains(answer, "add a tag that is about the image")


class ClassPageTests(TaskAdminTestCase):
    def test_the_tools_of_a_class_are_ticked_on_its_page(self):
        house = self.task.classes.get(name="House")
        page = reverse("admin:labeling_labelclass_change", args=[house.pk])
        answer = self.client.post(page, {"skeleton": "", "tools": ["rectangle", "polygon"]})
        task_page = reverse("admin:labeling_labeltask_change", args=[self.task.pk])
        self.assertRedirects(answer, task_page)
        self.assertContains(self.client.get(task_page), "labelimport/add/?label_task=")
        house.refresh_from_db()
        self.assertEqual(house.tools, ["rectangle", "polygon"])
        self.assertEqual(self.form_of(page)["tools"], ["rectangle", "polygon"])
        self.client.post(page, {"skeleton": ""})
        house.refresh_from_db()
        self.assertEqual((house.allowed_tools, house.tools), ("", self.task.tools))
