"""Staff say over the API what a task asks for: classes with their tools, tags, attributes."""

from datasets.tests.test_sets_api import ApiTestCase
from labeling.models import Attribute, LabelClass


class ClassToolsTests(ApiTestCase):
    def setUp(self):
        super().setUp()
        self.path = f"/tasks/{self.task.pk}/classes"

    def test_a_class_has_tools_of_its_own(self):
        made = self.send(self.path, {"name": "Roof", "tools": ["polygon", "rectangle"]}, 201)
        # In the order of the tool bar, as everywhere.
        self.assertEqual(made["tools"], ["rectangle", "polygon"])
        label = self.get(f"/labels/{self.label.pk}")
        (shown,) = [one for one in label["task"]["classes"] if one["id"] == made["id"]]
        self.assertEqual(shown["tools"], made["tools"])
        changed = self.send(f"/classes/{made['id']}", {"tools": []}, method="patch")
        self.assertEqual(changed["tools"], self.task.tools)

    def test_tools_that_the_task_does_not_allow_are_refused(self):
        self.task.allowed_tools = "rectangle"
        self.task.save()
        for wrong in (["polygon"], ["hammer"], None, "rectangle"):
            self.send(self.path, {"name": "Roof", "tools": wrong}, 422)
        self.assertFalse(LabelClass.objects.filter(name="Roof").exists())
        self.send(self.path, {"name": "Roof", "tools": ["rectangle"]}, 201)


class AttributeTests(ApiTestCase):
    def setUp(self):
        super().setUp()
        self.path = f"/tasks/{self.task.pk}/attributes"
        self.house = self.task.classes.first()

    def new(self, status=201, **fields):
        body = {
            "name": "Weather",
            "of_image": True,
            "kind": "choice",
            "options": ["sun", "rain"],
        }
        return self.send(self.path, body | fields, status)

    def change(self, made, status=200, **fields):
        return self.send(f"/attributes/{made['id']}", fields, status, method="patch")

    def test_a_tag_is_defined_and_the_editor_asks_it(self):
        made = self.new(default="sun", required=True)
        self.assertEqual(
            (made["key"], made["options"], made["default"], made["class"]),
            ("Weather", ["sun", "rain"], "sun", None),
        )
        self.assertEqual(self.get(self.path)["items"], [made])
        self.assertEqual(self.get(f"/tasks/{self.task.pk}")["attributes"], [made])
        self.assertEqual(self.get(f"/labels/{self.label.pk}")["task"]["attributes"], [made])

    def test_every_kind_of_answer_has_its_kind_of_default(self):
        several = {"kind": "choices", "default": ["rain", "sun"]}
        for number, (fields, default) in enumerate(
            (
                (several, ["sun", "rain"]),
                ({"kind": "checkbox", "options": [], "default": True}, True),
                ({"kind": "text", "options": [], "default": "none"}, "none"),
                ({"kind": "number", "options": [], "default": 2.5}, 2.5),
                ({"kind": "number", "options": []}, None),
            )
        ):
            made = self.new(name=f"Question {number}", **fields)
            self.assertEqual(made["default"], default)
            self.assertEqual(Attribute.objects.get(pk=made["id"]).position, number + 1)

    def test_about_shapes_of_one_class(self):
        made = self.new(of_image=False, **{"class": self.house.pk})
        self.assertEqual((made["of_image"], made["class"]), (False, self.house.pk))
        # The same question about the image, and about all shapes, is another one.
        self.new()
        self.new(of_image=False)
        self.new(422, of_image=False)

    def test_what_cannot_be_is_refused_with_the_reason(self):
        for wrong in (
            {"options": []},
            {"options": ["sun", "sun"]},
            {"options": ["sun\nrain"]},
            {"options": [" "]},
            {"options": ["x" * 101]},
            {"default": "snow"},
            {"default": 5},
            {"default": {"a": 1}},
            {"kind": "guess"},
            {"kind": "text"},
            {"kind": "checkbox", "options": [], "required": True},
            {"kind": "number", "options": [], "default": "2"},
            {"kind": "text", "options": [], "default": True},
            {"class": self.house.pk},
            {"class": 987, "of_image": False},
            {"name": ""},
            {"name": " \n"},
            {"name": "a\0b"},
            {"position": -1},
            {"position": 2**31 - 1},
            {"key": "mine"},
            {"archived": True},
        ):
            with self.subTest(wrong=wrong):
                self.assertIn("message", self.new(422, **wrong))
        self.assertFalse(Attribute.objects.exists())
        self.new()
        for taken in ("Weather", "weather", " Weather ", "Ｗｅａｔｈｅｒ"):
            self.new(422, name=taken)

    def test_words_and_options_change_and_the_export_name_stays(self):
        made = self.new(default="sun")
        changed = self.change(made, name="Sky", options=["sun", "fog"], archived=True)
        self.assertEqual(
            changed,
            made | {"name": "Sky", "options": ["sun", "fog"], "archived": True},
        )
        self.change(made, 422, options=["fog"])  # its default is none of them
        for fixed in ({"kind": "text"}, {"of_image": False}, {"class": self.house.pk}):
            self.change(made, 422, **fixed)
        self.assertEqual(self.change(made), changed)

    def test_a_class_of_another_task_is_not_there(self):
        other = self.task
        other.pk, other.title = None, "Other"
        other.save()
        foreign = LabelClass.objects.create(task=other, name="Tree")
        self.new(422, of_image=False, **{"class": foreign.pk})
