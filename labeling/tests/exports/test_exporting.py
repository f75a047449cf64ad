"""Exports from the database: what is chosen, at which revision, and that a file is whole."""

import hashlib
import json
import os
import tempfile
import uuid
from io import StringIO
from pathlib import Path
from unittest import mock

from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from datasets.models import Image
from labeling import exporting
from labeling.exporting import export_labels, manifest_path
from labeling.exports import FORMATS, records
from labeling.exports.choosing import Choice
from labeling.exports.records import image_records
from labeling.models import Label, Shape
from labeling.placing import CannotPlace
from labeling.saving import save_changes
from labeling.steps import approve, send_back, submit
from s3label_site.testing import S3LabelTestCase, make_image

SQUARE = {"rings": [[10, 10, 20, 10, 20, 20, 10, 20]]}


class ExportTestCase(S3LabelTestCase):
    def setUp(self):
        self.house = self.task.classes.get(name="House")
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.out = self.folder / "labels.json"

    def draw(self, label, uid=None, base=None, x=20):
        """Save one triangle, or another state of it; its id."""
        uid = uid or uuid.uuid4()
        geometry = {"rings": [[1, 1, x, 1, 10.25, 15]]}
        state = {"class": self.house.pk, "kind": "polygon", "geom": geometry, "z": 0, "attrs": {}}
        change = {"id": uid, "base": base, "shape": state}
        save_changes(label, author=label.labeler, op_id=uuid.uuid4(), changes=[change])
        label.refresh_from_db()
        return uid

    def bens_label(self, image=None):
        return Label.objects.create(
            task=self.task,
            image=image or self.image,
            slot=1,
            labeler=self.ben,
            status="in_progress",
        )

    def export(self, status="submitted", format="json", choice=None, **options):
        choice = Choice(status=status, **(choice or {}))
        written = export_labels(self.task, format=format, choice=choice, path=self.out, **options)
        return written, json.loads(self.out.read_bytes())

    def exported_labels(self, status):
        _, file = self.export(status, replace=True)
        return {label["id"]: label for image in file["images"] for label in image["labels"]}


class ChoiceTests(ExportTestCase):
    def test_submitted_approved_and_all_labels(self):
        other = self.bens_label()
        self.assertEqual(self.exported_labels("submitted"), {})
        self.assertEqual(set(self.exported_labels("all")), {self.label.pk, other.pk})
        submit(self.label, by=self.ann, rev=0)
        submit(other, by=self.ben, rev=0)
        approve(other, by=self.rita, rev=0)
        self.assertEqual(set(self.exported_labels("submitted")), {self.label.pk, other.pk})
        self.assertEqual(set(self.exported_labels("approved")), {other.pk})

    def test_an_approved_label_is_exported_as_it_was_approved(self):
        uid = self.draw(self.label)
        submit(self.label, by=self.ann, rev=1)
        approve(self.label, by=self.rita, rev=1)
        # No step leads here; even so the approval decides.
        Label.objects.filter(pk=self.label.pk).update(rev=2)
        Shape.objects.filter(uid=uid).update(rev_removed=2)
        for status in ("approved", "submitted", "all"):
            label = self.exported_labels(status)[self.label.pk]
            self.assertEqual((label["rev"], len(label["shapes"])), (1, 1), status)

    def test_what_was_sent_back_is_only_in_an_export_of_all(self):
        uid = self.draw(self.label)
        submit(self.label, by=self.ann, rev=1)
        approve(self.label, by=self.rita, rev=1)
        send_back(self.label, by=self.rita, comment="Redo.")
        self.draw(self.label, uid, base=1, x=30)
        self.assertEqual(self.exported_labels("submitted"), {})
        (shape,) = self.exported_labels("all")[self.label.pk]["shapes"]
        self.assertEqual(shape["geom"]["rings"][0][2], 30)

    def test_free_places_and_other_tasks_are_never_exported(self):
        Label.objects.create(task=self.task, image=self.other_image)
        self.assertEqual(set(self.exported_labels("all")), {self.label.pk})

    def test_an_image_without_shapes_is_exported(self):
        submit(self.label, by=self.ann, rev=0)
        written, file = self.export(format="coco")
        self.assertEqual([image["id"] for image in file["images"]], [self.image.pk])
        self.assertEqual(written.contents.images_without_shapes, 1)

    def test_two_labelers_of_an_image_stay_apart(self):
        other = self.bens_label()
        self.draw(self.label)
        self.draw(other, x=25)
        _, file = self.export("all", format="coco")
        self.assertEqual(len(file["images"]), 1)
        labelers = [a["attributes"]["labeler_id"] for a in file["annotations"]]
        self.assertEqual(labelers, [self.ann.pk, self.ben.pk])

    def test_a_label_that_changes_while_it_is_exported_stays_at_its_revision(self):
        self.draw(self.label)
        other = self.bens_label()
        self.draw(other)
        # Both labels are known by now; then somebody draws, then their shapes are read.
        revisions = {self.label.pk: 1, other.pk: 1}
        self.draw(self.label)
        self.draw(other, uid=Shape.objects.get(label=other).uid, base=1, x=40)
        shapes = Shape.objects.at_each(revisions)
        self.assertEqual(set(shapes.values_list("label_id", "rev_added")), set(revisions.items()))
        self.assertEqual(list(Shape.objects.at_each({})), [])


class SkeletonTests(ExportTestCase):
    def test_a_class_has_its_keypoints_in_the_file_before_any_was_drawn(self):
        self.task.classes.filter(pk=self.house.pk).update(skeleton="door - roof\nchimney")
        _, file = self.export(format="coco")
        categories = {one["name"]: one for one in file["categories"]}
        self.assertEqual(categories["House"]["keypoints"], ["door", "roof", "chimney"])
        self.assertEqual(categories["House"]["skeleton"], [[1, 2]])


class ContentTests(ExportTestCase):
    def test_shapes_are_exported_to_the_hundredth_with_their_id(self):
        uid = self.draw(self.label, x=20.37)
        _, file = self.export("all", format="coco")
        (annotation,) = file["annotations"]
        self.assertEqual(annotation["segmentation"], [[1, 1, 20.37, 1, 10.25, 15]])
        self.assertEqual(annotation["attributes"]["shape_id"], str(uid))
        self.assertEqual(annotation["category_id"], self.house.export_id)

    def test_sizes_are_those_after_turning_by_exif(self):
        Image.objects.filter(pk=self.image.pk).update(width=48, height=64, orientation=6)
        _, file = self.export("all", format="coco")
        self.assertEqual((file["images"][0]["width"], file["images"][0]["height"]), (48, 64))

    def test_classes_of_a_task_made_by_sql_get_their_ids(self):
        self.task.classes.update(export_id=None)
        _, file = self.export(format="coco")
        self.assertEqual([c["id"] for c in file["categories"]], [1, 2])

    def test_an_archived_class_keeps_its_id(self):
        self.task.classes.filter(name="House").update(is_archived=True)
        _, file = self.export(format="coco")
        self.assertEqual([c["name"] for c in file["categories"]], ["House", "Tree"])

    def test_images_of_one_name_get_names_of_their_own(self):
        Label.objects.all().delete()
        folders = ("north", "south", "north")
        for folder, name in zip(folders, ("a.png", "a.png", "A.png"), strict=True):
            image = make_image(self.dataset, name, folder=f"/elsewhere/{folder}")
            Label.objects.create(task=self.task, image=image, labeler=self.ann, status="submitted")
        _, file = self.export(format="coco")
        names = [image["file_name"] for image in file["images"]]
        ids = [image["id"] for image in file["images"]]
        self.assertEqual(names, ["a.png", f"a~{ids[1]}.png", f"A~{ids[2]}.png"])

    def test_names_that_are_one_to_some_file_system_are_told_apart(self):
        Label.objects.all().delete()
        ids = []
        for name in ("caf\u00e9.png", "CAFE\u0301.png"):
            image = make_image(self.dataset, name, folder="/elsewhere")
            ids.append(image.pk)
            Label.objects.create(task=self.task, image=image, labeler=self.ann, status="submitted")
        _, file = self.export(format="coco")
        names = [image["file_name"] for image in file["images"]]
        self.assertEqual(names, ["caf\u00e9.png", f"CAFE\u0301~{ids[1]}.png"])

    def test_backslashes_lead_nowhere(self):
        root = self.image.path.split("tests/")[0]
        Image.objects.filter(pk=self.image.pk).update(path=f"{root}..\\..\\evil.png")
        _, file = self.export("all", format="coco")
        self.assertEqual(file["images"][0]["file_name"], ".._.._evil.png")

    def test_names_are_paths_below_the_root_of_images(self):
        _, file = self.export("all", format="coco")
        self.assertEqual(file["images"][0]["file_name"], f"tests/{self.dataset.pk}/000.png")
        self.assertEqual(file["images"][0]["path"], self.image.path)

    def test_the_same_labels_make_the_same_bytes(self):
        for _ in range(3):
            self.draw(self.label)
        for format in ("json", "coco"):
            first, _ = self.export("all", format, replace=True)
            data, manifest = self.out.read_bytes(), manifest_path(self.out).read_bytes()
            again, _ = self.export("all", format, replace=True)
            self.assertEqual(first.sha256, again.sha256)
            self.assertEqual(self.out.read_bytes(), data)
            self.assertEqual(manifest_path(self.out).read_bytes(), manifest)

    def test_the_number_of_queries_does_not_grow_with_the_images(self):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                list(image_records(self.task, Choice(status="all")))
            return len(captured)

        few = queries()
        for number in range(20):
            image = make_image(self.dataset, f"more-{number}.png")
            Label.objects.create(task=self.task, image=image, labeler=self.ann, status="submitted")
        self.assertEqual(queries(), few)


class ManyTests(ExportTestCase):
    def setUp(self):
        super().setUp()
        for number in range(4):
            image = make_image(self.dataset, f"more-{number}.png")
            for slot, labeler in enumerate((self.ann, self.ben)):
                label = Label.objects.create(
                    task=self.task, image=image, slot=slot, labeler=labeler, status="in_progress"
                )
                self.draw(label)
                self.draw(label)

    def test_reading_in_small_portions_reads_the_same(self):
        whole = list(image_records(self.task, Choice(status="all")))
        self.assertEqual([len(image.labels) for image in whole], [1, 2, 2, 2, 2])
        for labels, shapes in ((1, 1), (2, 3), (3, 100), (500, 1)):
            with (
                self.subTest(labels=labels, shapes=shapes),
                mock.patch.object(records, "ROWS_AT_ONCE", labels),
                mock.patch.object(records, "LABELS_AT_ONCE", labels),
                mock.patch.object(records, "SHAPES_AT_ONCE", shapes),
            ):
                self.assertEqual(list(image_records(self.task, Choice(status="all"))), whole)


class WritingTests(ExportTestCase):
    def files(self):
        return sorted(os.listdir(self.folder))

    def test_the_hash_is_that_of_the_file_also_where_a_zip_file_was_written_to_and_fro(self):
        self.draw(self.label)
        choice, options = Choice(status="all"), {"path": self.out, "replace": True}
        for format in ("coco", "csv", "yolo", "masks"):
            written = export_labels(self.task, format=format, choice=choice, **options)
            self.assertEqual(written.sha256, hashlib.sha256(self.out.read_bytes()).hexdigest())

    def test_the_manifest_names_contents_hash_and_revisions(self):
        self.draw(self.label)
        other = self.bens_label(self.other_image)
        Image.objects.filter(pk=self.other_image.pk).update(state="missing")
        self.export("all", format="coco")
        manifest = json.loads(manifest_path(self.out).read_bytes())
        self.assertEqual(manifest["sha256"], hashlib.sha256(self.out.read_bytes()).hexdigest())
        self.assertEqual(manifest["byte_size"], self.out.stat().st_size)
        self.assertEqual(
            [manifest[name] for name in ("images", "labels", "shapes", "images_without_shapes")],
            [2, 2, 1, 1],
        )
        self.assertEqual(
            manifest["revisions"],
            [{"label": self.label.pk, "rev": 1}, {"label": other.pk, "rev": 0}],
        )
        self.assertEqual(manifest["images_not_ok"], 1)
        self.assertEqual(manifest["first_images_not_ok"][0]["state"], "missing")
        self.assertEqual((manifest["format"], manifest["status"]), ("coco", "all"))

    def test_a_fault_in_the_middle_leaves_nothing_behind(self):
        def fault(images):
            raise KeyboardInterrupt

        self.draw(self.label)
        with self.assertRaises(KeyboardInterrupt):
            self.export("all", report=fault)
        self.assertEqual(self.files(), [])

    def test_a_fault_in_the_middle_leaves_the_old_file_as_it_was(self):
        self.export("all")
        before = self.out.read_bytes()
        with (
            mock.patch.object(exporting, "write_manifest", side_effect=OSError("disk full")),
            self.assertRaises(OSError),
        ):
            self.export("submitted", replace=True)
        self.assertEqual(self.out.read_bytes(), before)
        self.assertEqual(self.files(), ["labels.json", "labels.json.manifest.json"])

    def test_until_all_is_written_the_file_has_no_name(self):
        seen = []
        self.export("all", report=lambda images: seen.append(self.out.exists()))
        self.assertEqual(seen, [False])
        self.assertTrue(self.out.exists())

    def test_an_existing_file_is_replaced_only_when_asked(self):
        self.out.write_text("precious")
        with self.assertRaisesMessage(CannotPlace, "exists already"):
            self.export()
        self.assertEqual(self.out.read_text(), "precious")
        self.export(replace=True)
        self.assertNotEqual(self.out.read_text(), "precious")

    def test_a_file_that_appears_meanwhile_is_not_replaced_either(self):
        with self.assertRaisesMessage(CannotPlace, "exists already"):
            self.export("all", report=lambda images: self.out.write_text("precious"))
        self.assertEqual(self.out.read_text(), "precious")


class CommandTests(ExportTestCase):
    def run_command(self, *arguments):
        out, err = StringIO(), StringIO()
        call_command("export_labels", *map(str, arguments), stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    def refusal(self, *arguments):
        with self.assertRaises(CommandError) as refused:
            self.run_command(*arguments)
        self.assertEqual(refused.exception.returncode, 2)
        self.assertNotIn("\n", str(refused.exception))
        return str(refused.exception)

    def test_it_writes_the_file_and_says_what_is_in_it(self):
        self.draw(self.label)
        submit(self.label, by=self.ann, rev=1)
        for format in FORMATS:
            out, _ = self.run_command(
                self.task.pk, "--format", format, "--out", self.out, "--force"
            )
            self.assertIn("1 images, 1 labels, 1 shapes", out)
            self.assertIn(str(self.out), out)
            self.assertTrue(self.out.exists())

    def test_submitted_is_what_it_exports_if_not_told_otherwise(self):
        command = (self.task.pk, "--format", "json", "--out", self.out, "--force")
        self.assertIn("0 images", self.run_command(*command)[0])
        self.assertIn("1 images", self.run_command(*command, "--status", "all")[0])

    def test_in_a_folder_it_chooses_the_name(self):
        self.run_command(self.task.pk, "--format", "coco", "--out", self.folder)
        name = f"houses-{self.task.pk}-submitted-coco.json"
        self.assertTrue((self.folder / name).exists())

    def test_what_the_format_cannot_carry_is_said(self):
        self.draw(self.label)
        Shape.objects.update(kind="line", geometry='{"points":[1,1,9,9]}')
        arguments = (self.task.pk, "--format", "coco", "--out", self.out, "--status", "all")
        self.assertIn("A line was left out", self.run_command(*arguments)[1])

    def test_it_refuses_in_one_line(self):
        arguments = ("--format", "coco", "--out")
        self.assertIn("no label task 9999", self.refusal(9999, *arguments, self.out))
        nowhere = self.folder / "nowhere" / "labels.json"
        self.assertIn("There is no folder", self.refusal(self.task.pk, *arguments, nowhere))
        self.assertFalse(nowhere.parent.exists())
        self.out.write_text("precious")
        self.assertIn("--force", self.refusal(self.task.pk, *arguments, self.out))
        self.assertEqual(self.out.read_text(), "precious")
