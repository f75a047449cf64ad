"""Labels come into a task: the right image, the right class, once, and nothing else changes."""

import tempfile
import uuid
from pathlib import Path
from unittest import mock

from labeling import saving
from labeling.attributes import Attribute
from labeling.importing import Wishes, import_labels
from labeling.models import Label, LabelClass, LabelRevision, Shape
from labeling.resolving import Refused
from labeling.saving import save_changes
from labeling.steps import approve, submit
from labeling.tests.imports.files import write_json
from s3label_site.testing import S3LabelTestCase, make_image, make_task

BOX = [2, 3, 10, 4]


class ImportingTestCase(S3LabelTestCase):
    """A COCO file with one box on each of the two images of the task."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.images = [
            {"id": 1, "file_name": "000.png", "width": 64, "height": 48},
            {"id": 2, "file_name": "001.png", "width": 64, "height": 48},
        ]
        self.rows = [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": BOX},
            {"id": 2, "image_id": 2, "category_id": 1, "bbox": BOX},
        ]
        self.categories = [{"id": 1, "name": "House"}]

    def run_import(self, task=None, **wishes):
        content = {
            "images": self.images,
            "annotations": self.rows,
            "categories": self.categories,
        }
        wishes = Wishes(**{"labeler": self.ann} | wishes)
        path = write_json(self.folder, "a.json", content)
        return import_labels(task or self.task, path=path, format="coco", wishes=wishes)

    def problems(self, **wishes):
        return [reason for _, reason in self.run_import(**wishes).problems]

    def label_of(self, image):
        return Label.objects.get(task=self.task, image=image, labeler=self.ann)


class StoringTest(ImportingTestCase):
    def test_shapes_are_stored_as_a_save_of_the_labeler(self):
        report = self.run_import()
        self.assertEqual((report.images, report.labels, report.added), (2, 2, 2))
        label = self.label_of(self.image)
        self.assertEqual((label.status, label.rev, label.n_shapes), ("in_progress", 1, 1))
        shape = label.shapes.get()
        self.assertEqual(
            (shape.kind, shape.geometry, shape.rev_added, shape.label_class.name),
            ("rect", '{"angle":0,"cx":7,"cy":5,"h":4,"w":10}', 1, "House"),
        )
        revision = label.revisions.get()
        self.assertEqual((revision.author, revision.rev), (self.ann, 1))
        self.assertEqual(revision.summary, '{"imported":1}')

    def test_a_free_image_becomes_the_labelers(self):
        self.run_import()
        label = self.label_of(self.other_image)
        self.assertEqual((label.claimed_rev, label.rev), (0, 1))
        self.assertGreater(label.lease_until, label.claimed_at)

    def test_twice_adds_nothing_twice(self):
        self.run_import()
        again = self.run_import()
        self.assertEqual((again.added, again.there, again.labels), (0, 2, 0))
        self.assertEqual(Shape.objects.count(), 2)
        self.assertEqual(LabelRevision.objects.count(), 2)

    def test_the_same_box_twice_on_one_image_is_two_shapes_and_stays_two(self):
        self.rows.append(self.rows[0] | {"id": 3})
        self.assertEqual(self.run_import().added, 3)
        self.assertEqual(self.run_import().added, 0)

    def test_what_was_deleted_does_not_come_again(self):
        self.run_import()
        label = self.label_of(self.image)
        change = {"id": label.shapes.get().uid, "base": 1, "shape": None}
        save_changes(label, author=self.ann, op_id=uuid.uuid4(), changes=[change])
        self.assertEqual((self.run_import().there, label.shapes.current().count()), (2, 0))

    def test_what_is_there_stays(self):
        state = {"class": self.task.classes.first().pk, "kind": "rect", "z": 4, "attrs": {}}
        state["geom"] = {"cx": 30, "cy": 30, "w": 4, "h": 4, "angle": 0}
        change = {"id": uuid.uuid4(), "base": None, "shape": state}
        save_changes(self.label, author=self.ann, op_id=uuid.uuid4(), changes=[change])
        self.run_import()
        shapes = self.label.shapes.current().order_by("z")
        self.assertEqual([(s.z, s.rev_added) for s in shapes], [(4, 1), (5, 2)])

    def test_an_import_does_not_use_up_the_saves_of_its_labeler(self):
        self.run_import()
        label = self.label_of(self.image)
        change = {"id": label.shapes.get().uid, "base": 1, "shape": None}
        with mock.patch.object(saving, "MOST_SAVES", 1):
            save_changes(label, author=self.ann, op_id=uuid.uuid4(), changes=[change])

    def test_a_dry_run_stores_nothing_and_says_what_it_would(self):
        self.categories = [{"id": 1, "name": "Barn"}]
        report = self.run_import(dry_run=True, create_classes=True)
        self.assertEqual((report.added, report.new_classes), (2, ["Barn"]))
        self.assertFalse(Shape.objects.exists())
        self.assertFalse(LabelClass.objects.filter(name="Barn").exists())

    def test_with_submit_the_labels_wait_for_a_review_empty_ones_too(self):
        self.rows = self.rows[:1]
        self.run_import(submit=True)
        self.assertEqual(self.label_of(self.image).status, "submitted")
        self.assertEqual(self.label_of(self.other_image).status, "submitted")


class UntouchedTest(ImportingTestCase):
    """What nobody may change is not changed."""

    def test_submitted_and_approved_work(self):
        self.run_import(submit=True)
        approve(self.label_of(self.image), by=self.rita, rev=1)
        self.rows = [row | {"bbox": [20, 20, 4, 4]} for row in self.rows]
        report = self.run_import()
        self.assertEqual((report.added, report.refused), (0, 2))
        reasons = sorted(reason for _, reason in report.problems)
        self.assertIn("is approved", reasons[0])
        self.assertIn("is submitted", reasons[1])
        self.assertEqual(self.label_of(self.image).rev, 1)

    def test_the_work_of_others(self):
        Label.objects.filter(pk=self.label.pk).update(labeler=self.ben)
        self.assertEqual(self.problems(), ["Other people label it."])
        self.assertEqual(self.label.shapes.count(), 0)

    def test_blind_labels_of_two_people_lie_beside_each_other(self):
        self.task.labels_per_image = 2
        self.task.save()
        self.run_import()
        self.assertEqual(self.run_import(labeler=self.ben).added, 2)
        self.assertEqual(Label.objects.filter(image=self.image).claimed().count(), 2)

    def test_a_person_who_does_not_label_the_task(self):
        with self.assertRaisesMessage(Refused, "does not label this task"):
            self.run_import(labeler=self.cem)

    def test_an_image_that_is_given_to_nobody(self):
        type(self.other_image).objects.filter(pk=self.other_image.pk).update(state="broken")
        (reason,) = self.problems()
        self.assertIn("It is not given out", reason)

    def test_a_label_that_was_submitted_without_the_shapes(self):
        submit(self.label, by=self.ann, rev=0)
        self.assertEqual(self.run_import().added, 1)


class MatchingTest(ImportingTestCase):
    def test_content_comes_before_the_name(self):
        self.images[0] |= {"file_name": "001.png", "sha256": self.image.sha256}
        self.images.pop()
        self.rows.pop()
        self.run_import()
        self.assertEqual(self.label_of(self.image).n_shapes, 1)

    def test_the_path_comes_before_the_name(self):
        self.images[0] |= {"file_name": "001.png", "path": self.image.path}
        self.images.pop()
        self.rows.pop()
        self.run_import()
        self.assertEqual(self.label_of(self.image).n_shapes, 1)

    def test_two_images_of_one_name_are_never_guessed(self):
        twin = make_image(self.dataset, "x/000.png")
        report = self.run_import()
        self.assertEqual(report.added, 1)
        ((where, reason),) = report.problems
        self.assertEqual(where, "a.json, image 1 (000.png)")
        self.assertIn("2 images of this task are called so: ", reason)
        self.assertIn(twin.path, reason)
        self.assertIn(self.image.path, reason)

    def test_a_folder_in_the_name_tells_them_apart(self):
        twin = make_image(self.dataset, "x/000.png")
        self.images[0]["file_name"] = "x/000.png"
        self.run_import()
        self.assertEqual(self.label_of(twin).n_shapes, 1)

    def test_two_entries_by_name_for_one_image_are_both_refused(self):
        self.images[0]["file_name"] = "a/001.png"
        self.images[1]["file_name"] = "b/001.png"
        report = self.run_import()
        self.assertEqual((report.added, report.refused), (0, 2))
        self.assertIn("Several entries", report.problems[0][1])

    def test_a_name_with_another_size_is_another_image(self):
        self.images[0] |= {"width": 640, "height": 480}
        self.assertIn("has 64 × 48 pixels here, 640 × 480 in the file", self.problems()[0])

    def test_an_image_of_another_task(self):
        other = make_task(self.ann, images=0)
        report = self.run_import(task=other)
        self.assertEqual((report.images, report.refused), (0, 2))
        self.assertEqual(report.problems[0][1], "No image of this task is 000.png.")


class ClassesTest(ImportingTestCase):
    def setUp(self):
        super().setUp()
        self.categories = [{"id": 1, "name": "dwelling"}, {"id": 2, "name": "never used"}]

    def test_unknown_classes_stop_the_import_by_name(self):
        with self.assertRaisesMessage(Refused, "no classes called dwelling."):
            self.run_import()
        self.assertFalse(Shape.objects.exists())

    def test_they_can_be_renamed(self):
        self.run_import(renames={"dwelling": "Tree"})
        self.assertEqual(set(Shape.objects.values_list("label_class__name", flat=True)), {"Tree"})

    def test_a_renamed_class_does_not_come_again_under_another_name(self):
        self.run_import(renames={"dwelling": "Tree"})
        self.assertEqual(self.run_import(renames={"dwelling": "House"}).there, 2)

    def test_they_can_be_left_out(self):
        report = self.run_import(renames={"dwelling": ""})
        self.assertEqual((report.added, report.left_out), (0, 2))

    def test_they_can_be_created_as_far_as_they_are_used(self):
        self.run_import(create_classes=True)
        self.assertEqual(
            list(self.task.classes.values_list("name", "export_id")),
            [("dwelling", 3), ("House", 1), ("Tree", 2)],
        )

    def test_archived_ones_are_not_used(self):
        self.task.classes.filter(name="Tree").update(is_archived=True)
        with self.assertRaisesMessage(Refused, "Archived classes cannot be used: Tree."):
            self.run_import(renames={"dwelling": "Tree"})


class ShapesTest(ImportingTestCase):
    def test_a_shape_outside_its_image_is_refused_and_the_others_come(self):
        self.rows[0]["bbox"] = [200, 3, 10, 4]
        report = self.run_import()
        self.assertEqual((report.added, report.refused), (1, 1))
        ((where, reason),) = report.problems
        self.assertEqual(where, "a.json, annotation 1")
        self.assertEqual(reason, "The shape lies outside the image.")

    def test_a_place_in_the_drawing_order_that_is_none_is_refused_and_the_others_come(self):
        kinds = (
            {"shape_id": str(uuid.uuid4()), "kind": "rect", "z": z} for z in (7, "top", 1 << 40)
        )
        self.rows = [self.rows[0] | {"id": n, "attributes": own} for n, own in enumerate(kinds)]
        report = self.run_import()
        self.assertEqual((report.added, report.refused), (1, 2))
        self.assertIn("drawing order", report.problems[0][1])
        self.assertEqual(Shape.objects.get().z, 7)

    def test_kinds_that_the_task_does_not_draw(self):
        self.task.type = "bounding_boxes"
        self.task.save()
        self.rows[0] = self.rows[0] | {"segmentation": [[1, 1, 9, 1, 9, 9]]}
        self.assertIn("Take their boxes", self.problems()[0])
        self.assertEqual(self.run_import(boxes=True).added, 1)

    def test_attributes_that_the_task_does_not_define_are_left_out_and_told(self):
        Attribute.objects.create(
            task=self.task, applies_to="shapes", name="Roof", export_name="roof", kind="text"
        )
        self.rows[0]["attributes"] = {"roof": "flat", "floors": 2}
        report = self.run_import()
        self.assertEqual(self.label.shapes.get().attributes, '{"roof":"flat"}')
        ((where, reason),) = report.problems
        self.assertEqual((where, report.refused), ("a.json, annotation 1", 0))
        self.assertIn("left out: There is no attribute called “floors”", reason)

    def test_kinds_that_the_class_does_not_have(self):
        self.task.classes.filter(name="House").update(allowed_tools="point")
        self.assertIn("The class House does not allow", self.problems()[0])

    def test_a_rectangle_becomes_a_polygon_where_only_those_are_drawn(self):
        self.task.allowed_tools = "polygon"
        self.task.save()
        self.run_import()
        self.assertEqual(Shape.objects.first().geometry, '{"rings":[[2,3,12,3,12,7,2,7]]}')

    def test_a_broken_file_stores_nothing(self):
        path = self.folder / "a.json"
        path.write_text('{"images": [')
        with self.assertRaisesMessage(Refused, "ends in the middle"):
            import_labels(self.task, path=path, format="coco", wishes=Wishes(labeler=self.ann))
