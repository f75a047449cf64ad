"""A program sends what a model found, and labelers get it as suggestions."""

from datasets.models import Dataset, DatasetGroup
from datasets.tests.test_sets_api import ApiTestCase
from labeling.models import LabelClass, Prediction, PredictionSet, Shape
from s3label_site.testing import make_image

BOX = {"cx": 20, "cy": 20, "w": 10, "h": 10, "angle": 0}


class PredictionsApiTestCase(ApiTestCase):
    def shape(self, **fields):
        return {"class": "House", "kind": "rect", "geom": BOX, "score": 0.75} | fields

    def push(self, *images, status=200, **fields):
        body = {"model": "Roofs 1", "images": images}
        return self.send(f"/tasks/{self.task.pk}/predictions", body | fields, status)

    def push_shape(self, status=200, **fields):
        return self.push({"image": self.image.pk, "shapes": [self.shape(**fields)]}, status=status)

    def suggestions(self):
        self.client.force_login(self.ann)
        found = self.get(f"/labels/{self.label.pk}")["suggestions"]
        self.client.force_login(self.rita)
        return found


class PushTests(PredictionsApiTestCase):
    def test_the_labeler_gets_them_as_suggestions(self):
        taken = self.push_shape()
        self.assertEqual((taken["images"], taken["added"], taken["problems"]), (1, 1, []))
        (suggested,) = self.suggestions()
        self.assertEqual(
            (suggested["model"], suggested["score"], suggested["kind"], suggested["geom"]),
            ("Roofs 1", 0.75, "rect", BOX),
        )
        self.assertFalse(Shape.objects.exists())

    def test_an_image_is_named_by_its_id_content_or_path(self):
        shapes = [self.shape()]
        taken = self.push(
            {"sha256": self.image.sha256, "shapes": shapes},
            {"path": self.other_image.path, "shapes": shapes},
        )
        self.assertEqual((taken["images"], taken["added"]), (2, 2))
        self.assertEqual(self.push({"image": self.image.pk, "shapes": shapes})["there"], 1)
        for number, wrong in enumerate(
            ({}, {"path": self.image.path, "image": self.image.pk}, {"name": "000.png"})
        ):
            with self.subTest(number):
                self.push(wrong | {"shapes": shapes}, status=422)

    def test_images_outside_of_the_task_are_not_found(self):
        other = make_image(Dataset.objects.create(site="Other", sensor="x"), "far.png")
        named = ({"image": other.pk}, {"sha256": other.sha256}, {"path": other.path})
        for name in (*named, {"image": 987}, {"sha256": "0" * 64}):
            taken = self.push(name | {"shapes": [self.shape()]})
            self.assertEqual((taken["images"], taken["added"], taken["refused"]), (0, 0, 1))
            self.assertIn("No image of this task", taken["problems"][0]["reason"])
            self.assertEqual(taken["problems"][0]["where"], "images.0")
        DatasetGroup.objects.get().datasets.add(other.dataset)
        self.assertEqual(self.push(named[0] | {"shapes": [self.shape()]})["added"], 1)

    def test_the_same_content_in_two_datasets_is_no_guess(self):
        twin = make_image(Dataset.objects.create(site="Twin", sensor="x"), "twin.png")
        type(twin).objects.filter(pk=twin.pk).update(sha256=self.image.sha256)
        DatasetGroup.objects.get().datasets.add(twin.dataset)
        taken = self.push({"sha256": self.image.sha256, "shapes": [self.shape()]})
        self.assertIn("2 images of this task have this content", taken["problems"][0]["reason"])
        self.assertEqual(self.push({"image": twin.pk, "shapes": [self.shape()]})["added"], 1)

    def test_a_shape_that_cannot_be_is_told_and_the_others_are_taken(self):
        outside = BOX | {"cx": 900}
        for wrong in (
            {"kind": "blob"},
            {"geom": {}},
            {"geom": BOX | {"w": -1}},
            {"geom": BOX | {"w": 1e308}},
            {"geom": BOX | {"w": "10"}},
            {"geom": BOX | {"w": None}},
            {"geom": outside},
            {"kind": "polygon", "geom": {"rings": [[1, 2, 3]]}},
            {"kind": "polygon", "geom": {"rings": [[1e308] * 6]}},
            {"kind": "polygon", "geom": {"rings": {"a": 1}}},
            {"kind": "ellipse"},
            {"kind": "points", "geom": {"points": [[1, 2]]}},
            {"kind": "line", "geom": {"points": 5}},
        ):
            with self.subTest(wrong=wrong):
                shapes = [self.shape(**wrong), self.shape()]
                taken = self.push({"image": self.image.pk, "shapes": shapes}, model=str(wrong)[:99])
                self.assertEqual((taken["added"], taken["refused"]), (1, 1))
                self.assertEqual(taken["problems"][0]["where"], "images.0.shapes.0")

    def test_what_has_another_form_is_refused_whole(self):
        for wrong in (
            {"score": 1.5},
            {"score": "sure"},
            {"class": 5},
            {"class": ""},
            {"geom": []},
            {"attrs": []},
            {"id": "x"},
        ):
            with self.subTest(wrong=wrong):
                self.push_shape(422, **wrong)
        for number, wrong in enumerate(({"model": ""}, {"images": []}, {"images": None})):
            with self.subTest(number):
                self.push(status=422, **wrong)
        self.assertFalse(PredictionSet.objects.exists())

    def test_classes_are_renamed_left_out_or_made(self):
        about = {"image": self.image.pk}
        some = [self.shape(**{"class": name}) for name in ("dwelling", "sky", "Shed")]
        refused = self.push(about | {"shapes": some}, status=422)
        self.assertIn("Shed, dwelling, sky", refused["message"])
        wishes = {"classes": {"dwelling": "House", "sky": ""}, "create_classes": True}
        taken = self.push(about | {"shapes": some}, **wishes)
        self.assertEqual((taken["added"], taken["left_out"]), (2, 1))
        self.assertEqual(taken["new_classes"], ["Shed"])
        self.assertTrue(LabelClass.objects.filter(task=self.task, name="Shed").exists())


class SetTests(PredictionsApiTestCase):
    def setUp(self):
        super().setUp()
        self.push_shape()
        (self.of_model,) = self.get(f"/tasks/{self.task.pk}/predictions")["items"]
        self.path = f"/predictions/{self.of_model['id']}"

    def test_what_became_of_them_is_counted(self):
        found = self.get(self.path)
        self.assertEqual((found["model"], found["suggested"], found["accepted"]), ("Roofs 1", 1, 0))

    def test_they_are_hidden_shown_and_forgotten(self):
        self.assertFalse(
            self.send(self.path, {"is_suggested": False}, method="patch")["is_suggested"]
        )
        self.assertEqual(self.suggestions(), [])
        self.send(self.path, {"is_suggested": True}, method="patch")
        self.assertEqual(len(self.suggestions()), 1)
        self.send(self.path, {"model": "x"}, 422, method="patch")
        self.send(self.path, status=204, method="delete")
        self.assertFalse(Prediction.objects.exists())
        self.get(self.path, 404)
