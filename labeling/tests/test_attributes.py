"""Tags and attributes over HTTP: they are saved like shapes, and checked by their definitions."""

import uuid

from django.db import connection

from labeling.models import Attribute, ImageValue, Label, LabelClass, Shape
from labeling.steps import approve
from s3label_site.testing import S3LabelTestCase, make_task

TRIANGLE = {"rings": [[5, 5, 30, 5, 30, 30]]}


class AttributeTestCase(S3LabelTestCase):
    def setUp(self):
        self.client.force_login(self.ann)
        self.house, self.tree = self.task.classes.all()
        self.weather = self.define("Weather", "choice", "image", "sun\nrain")
        self.objects = self.define("Seen", "choices", "image", "car\ndog\nboat")
        self.roof = self.define("Roof", "choice", "shapes", "flat\nsteep", label_class=self.house)
        self.note = self.define("Note", "text", "shapes")

    def define(self, name, kind, of, options="", task=None, **fields):
        fields = {"kind": kind, "applies_to": of, "options": options} | fields
        return Attribute.objects.create(task=task or self.task, name=name, **fields)

    def url(self, end="", label=None):
        return f"/api/v1/labels/{(label or self.label).pk}{end}"

    def get(self, end="", **about):
        return self.client.get(self.url(end, **about)).json()

    def post(self, end, body, **about):
        return self.client.post(self.url(end, **about), body, "application/json")

    def save(self, changes=(), values=(), op_id=None, **about):
        body = {"op_id": op_id or str(uuid.uuid4())}
        body |= {"changes": list(changes), "values": list(values)}
        return self.post("/changes", body, **about)

    def say(self, attribute, value, base=None, **about):
        change = {"attribute": attribute.pk, "base": base, "value": value}
        return self.save(values=[change], **about)

    def draw(self, attrs, uid=None, base=None, **about):
        state = {"class": self.house.pk, "kind": "polygon", "geom": TRIANGLE, "z": 0}
        shape = state | {"attrs": attrs} | about
        uid = uid or str(uuid.uuid4())
        return self.save([{"id": uid, "base": base, "shape": shape}])

    def values(self):
        return {value["attribute"]: value["value"] for value in self.get()["values"]}

    def assert_refused(self, response, *words, status=422):
        self.assertEqual(response.status_code, status, response.content)
        for word in words:
            self.assertIn(word, response.json()["message"])


class ImageValueTests(AttributeTestCase):
    def test_a_tag_is_saved_changed_and_taken_away(self):
        self.assertEqual(self.say(self.weather, "sun").json(), {"rev": 1})
        self.assertEqual(self.say(self.weather, "rain", 1).json(), {"rev": 2})
        self.assertEqual(self.say(self.objects, ["boat", "car"]).json(), {"rev": 3})
        self.assertEqual(self.values(), {self.weather.pk: "rain", self.objects.pk: ["car", "boat"]})
        self.assertEqual(self.say(self.objects, [], 3).json(), {"rev": 4})
        self.assertEqual(self.values(), {self.weather.pk: "rain"})
        words = [event["change"] for event in self.get("/history")["events"]]
        self.assertEqual(words, ["1 tag removed", "1 tag set", "1 tag changed", "1 tag set"])

    def test_a_shape_and_a_tag_are_one_revision(self):
        change = {"class": self.house.pk, "kind": "polygon", "geom": TRIANGLE}
        changes = [{"id": str(uuid.uuid4()), "base": None, "shape": change}]
        values = [{"attribute": self.weather.pk, "base": None, "value": "sun"}]
        self.assertEqual(self.save(changes, values).json(), {"rev": 1})
        [event] = self.get("/history")["events"]
        self.assertEqual(event["did"], {"drawn": 1, "tag set": 1})
        bad = [{"attribute": self.objects.pk, "base": None, "value": ["cow"]}]
        changes[0]["id"] = str(uuid.uuid4())
        self.assert_refused(self.save(changes, bad), "no option “cow”")
        self.assertEqual(self.get()["rev"], 1)
        self.assertEqual(Shape.objects.count(), 1)

    def test_the_same_save_again_changes_nothing(self):
        op_id = str(uuid.uuid4())
        for _ in range(2):
            self.assertEqual(self.say(self.weather, "sun", op_id=op_id).json(), {"rev": 1})
        self.assertEqual(ImageValue.objects.count(), 1)
        self.assert_refused(self.say(self.weather, "rain", op_id=op_id), "other changes")

    def test_a_conflict_keeps_both(self):
        self.say(self.weather, "sun")
        for base in (None, 7):
            response = self.say(self.weather, "rain", base)
            self.assertEqual(response.status_code, 409)
            theirs = [{"attribute": self.weather.pk, "rev": 1, "value": "sun"}]
            self.assertEqual(response.json()["values"], theirs)
        self.assertEqual(self.values(), {self.weather.pk: "sun"})
        event = self.get("/history")["events"][0]
        self.assertEqual(event["kind"], "conflict")
        kept = self.get(f"/kept/{event['id'].removeprefix('save-')}")
        self.assertEqual(kept["changes"], [])
        self.assertEqual(
            kept["values"], [{"attribute": self.weather.pk, "base": 7, "value": "rain"}]
        )

    def test_what_was_taken_away_meanwhile_is_a_conflict_too(self):
        self.say(self.weather, "sun")
        self.say(self.weather, None, 1)
        response = self.say(self.weather, "rain", 1)
        theirs = [{"attribute": self.weather.pk, "rev": 2, "deleted": True}]
        self.assertEqual(response.json()["values"], theirs)

    def test_tags_of_different_names_never_conflict(self):
        self.assertEqual(self.say(self.weather, "sun").status_code, 200)
        self.assertEqual(self.say(self.objects, ["dog"]).status_code, 200)

    def test_each_revision_is_kept(self):
        self.say(self.weather, "sun")
        self.say(self.weather, "rain", 1)
        self.say(self.weather, None, 2)
        values = [[v["value"] for v in self.get(f"/revisions/{r}")["values"]] for r in range(4)]
        self.assertEqual(values, [[], ["sun"], ["rain"], []])
        latest = [{"attribute": self.weather.pk, "latest": 3}]
        self.assertEqual(self.get("/revisions/1?ended=true")["latest_values"], latest)
        gone = [{"attribute": self.weather.pk, "deleted": True, "rev": 3}]
        self.assertEqual(self.get("/since/1")["values"], gone)
        self.assertEqual(self.get("/since/3")["values"], [])

    def test_only_the_image_attributes_of_the_task_are_taken(self):
        other = self.define("Other", "text", "image", task=make_task(self.ann, images=0))
        for attribute in (self.roof, other, Attribute(pk=2**31 - 1)):
            self.assert_refused(self.say(attribute, "flat"), "no such tag")
        self.assertEqual(ImageValue.objects.count(), 0)

    def test_values_of_another_form_are_refused(self):
        for value in (True, 3, ["sun"], {"a": 1}, "snow", "Sun", "sun "):
            self.assert_refused(self.say(self.weather, value), "Weather")
        nan = '{"op_id": "%s", "values": [{"attribute": %d, "base": null, "value": NaN}]}'
        response = self.post("/changes", nan % (uuid.uuid4(), self.weather.pk))
        self.assertEqual(response.status_code, 400)
        twice = [{"attribute": self.weather.pk, "base": None, "value": "sun"}] * 2
        self.assert_refused(self.save(values=twice), "once in a save")
        self.assert_refused(self.save(), "between 1 and")

    def test_what_is_archived_stays_and_may_come_back(self):
        self.say(self.weather, "sun")
        Attribute.objects.filter(pk=self.weather.pk).update(options="rain\nsnow")
        self.assertEqual(self.say(self.weather, "snow", 1).status_code, 200)
        self.assertEqual(self.say(self.weather, "sun", 2).status_code, 200)
        Attribute.objects.filter(pk=self.weather.pk).update(is_archived=True)
        self.assertEqual(self.say(self.weather, None, 3).status_code, 200)
        self.assert_refused(self.say(self.weather, "rain", 4), "archived")
        self.assertEqual(self.say(self.weather, "sun", 4).status_code, 200)

    def test_submitted_and_approved_work_is_frozen(self):
        self.say(self.weather, "sun")
        self.assertEqual(self.post("/submit", {"rev": 1}).status_code, 200)
        self.assertEqual(self.say(self.weather, "rain", 1).json()["error"], "not_editable")
        self.label.refresh_from_db()
        approve(self.label, by=self.rita, rev=1)
        self.assertEqual(self.say(self.weather, "rain", 1).json()["error"], "not_editable")
        self.assertEqual(self.values(), {self.weather.pk: "sun"})


class ShapeAttributeTests(AttributeTestCase):
    def attrs(self):
        return [shape["attrs"] for shape in self.get()["shapes"]]

    def test_attributes_are_those_of_the_class_and_of_all(self):
        self.assertEqual(self.draw({"Roof": "flat", "Note": "new"}).status_code, 200)
        self.assertEqual(self.attrs(), [{"Note": "new", "Roof": "flat"}])
        self.assert_refused(self.draw({"Roof": "round"}), "no option “round”")
        self.assert_refused(self.draw({"Roof": "flat"}, **{"class": self.tree.pk}), "no attribute")
        self.assert_refused(self.draw({"roof": "flat"}), "no attribute")
        self.assert_refused(self.draw({"Weather": "sun"}), "no attribute")
        self.assert_refused(self.draw({"Note": {"a": 1}}), "is text")

    def test_the_history_says_that_an_attribute_was_changed(self):
        uid = str(uuid.uuid4())
        self.draw({"Roof": "flat"}, uid)
        self.draw({"Roof": "steep"}, uid, 1)
        self.assertEqual(self.get("/history")["events"][0]["change"], "1 attribute changed")

    def test_what_is_archived_stays_with_its_shape_and_may_come_back(self):
        uid = str(uuid.uuid4())
        self.draw({"Roof": "flat"}, uid)
        Attribute.objects.filter(pk=self.roof.pk).update(options="steep")
        self.assertEqual(self.draw({"Roof": "flat"}, uid, 1, z=5).status_code, 200)
        self.assertEqual(self.draw({"Roof": "steep"}, uid, 2).status_code, 200)
        self.save([{"id": uid, "base": 3, "shape": None}])
        self.assertEqual(self.draw({"Roof": "flat"}, uid, 4).status_code, 200)
        self.assert_refused(self.draw({"Roof": "flat"}), "no option")
        Attribute.objects.filter(pk=self.roof.pk).update(is_archived=True)
        self.assertEqual(self.draw({"Roof": "flat"}, uid, 5, z=6).status_code, 200)
        self.assert_refused(self.draw({"Roof": "steep"}), "archived")

    def test_a_task_that_defines_none_takes_what_scripts_send(self):
        self.task.attributes.filter(applies_to="shapes").delete()
        self.assertEqual(self.draw({"anything": [1, {"a": None}]}).status_code, 200)

    def test_a_new_name_leaves_what_is_stored_as_it_is(self):
        self.get()
        Attribute.objects.filter(pk=self.roof.pk).update(name="Kind of roof")
        self.assertEqual(self.draw({"Roof": "flat"}).status_code, 200)
        self.assertEqual([one["key"] for one in self.get()["task"]["attributes"]][2], "Roof")
        self.define("Roof", "text", "shapes")
        self.assertEqual([one["key"] for one in self.get()["task"]["attributes"]][4], "Roof 2")


class RequiredTests(AttributeTestCase):
    def submit(self, rev):
        return self.post("/submit", {"rev": rev})

    def require(self, *attributes):
        Attribute.objects.filter(pk__in=[one.pk for one in attributes]).update(is_required=True)

    def test_a_label_is_submitted_when_all_that_is_required_is_answered(self):
        self.require(self.weather, self.roof)
        house, tree = str(uuid.uuid4()), str(uuid.uuid4())
        self.draw({}, house)
        self.draw({}, tree, **{"class": self.tree.pk})
        response = self.submit(2)
        self.assert_refused(response, "image: “Weather”", "1 shape: “Roof”", status=409)
        missing = [
            {"attribute": self.weather.pk, "shapes": []},
            {"attribute": self.roof.pk, "shapes": [house]},
        ]
        self.assertEqual(response.json()["missing"], missing)
        self.say(self.weather, "sun")
        self.assert_refused(self.submit(3), "of 1 shape: “Roof”.", status=409)
        self.draw({"Roof": "flat"}, house, 1)
        self.assertEqual(self.submit(4).status_code, 200)

    def test_what_is_archived_is_not_required(self):
        self.require(self.weather)
        Attribute.objects.filter(pk=self.weather.pk).update(is_archived=True)
        self.assertEqual(self.submit(0).status_code, 200)


class ClassToolTests(AttributeTestCase):
    def test_a_class_restricts_the_kinds_of_its_shapes(self):
        LabelClass.objects.filter(pk=self.house.pk).update(allowed_tools="rectangle")
        box = {"kind": "rect", "geom": {"cx": 20, "cy": 20, "w": 9, "h": 9, "angle": 0}}
        uid = str(uuid.uuid4())
        self.assert_refused(self.draw({}), "class House does not allow", "polygon")
        self.assertEqual(self.draw({}, **box).status_code, 200)
        self.assertEqual(self.draw({}, uid, **{"class": self.tree.pk}).status_code, 200)
        self.assert_refused(self.draw({}, uid, 2), "class House does not allow")
        tools = [found["tools"] for found in self.get()["task"]["classes"]]
        self.assertEqual(tools[0], ["rectangle"])
        self.assertEqual(tools[1], self.task.tools)

    def test_what_is_drawn_already_may_stay(self):
        uid = str(uuid.uuid4())
        self.draw({}, uid)
        LabelClass.objects.filter(pk=self.house.pk).update(allowed_tools="rectangle")
        self.assertEqual(self.draw({}, uid, 1, z=4).status_code, 200)


class ClassificationTests(AttributeTestCase):
    def make(self):
        task = make_task(self.ann, images=1, type="classification")
        task.classes.all().delete()
        return task

    def test_a_task_without_shapes_is_labeled_by_tags(self):
        task = self.make()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO label_attributes (label_task_id, applies_to, name, kind, options) "
                "VALUES (%s, 'image', 'Quality', 'choice', %s)",
                [task.pk, "good\nbad"],
            )
        claim = self.client.post(f"/api/v1/tasks/{task.pk}/claim", {}, "application/json")
        label = Label.objects.get(pk=claim.json()["label"])
        [quality] = task.attributes.all()
        about = self.get(label=label)["task"]
        self.assertEqual((about["tools"], about["classes"], about["default_tool"]), ([], [], ""))
        self.assertEqual(quality.export_name, "Quality")
        self.assertEqual(self.say(quality, "good", label=label).json(), {"rev": 1})
        answer = self.post("/submit", {"rev": 1}, label=label)
        self.assertEqual(answer.json(), {"status": "submitted"})

    def test_nothing_is_drawn_in_it(self):
        self.task.type = "classification"
        self.task.save()
        self.assert_refused(self.draw({}), "does not allow shapes")
