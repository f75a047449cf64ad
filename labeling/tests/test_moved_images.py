"""A renamed folder keeps its labels: every drawing stays with the content it was drawn on."""

import os
import shutil
import uuid

from django.test import TestCase

from datasets.models import DatasetGroup, ImageCheck
from datasets.tests.folders import FolderMixin
from labeling.claiming import claim_next
from labeling.models import Assignment, Label, LabelClass, LabelTask
from labeling.saving import save_changes
from labeling.steps import submit
from s3label_site.testing import make_cast

FOLDERS, FILES = 3, 4


class MovedImagesTests(FolderMixin, TestCase):
    """Twelve images in three folders; Ann drew on each, in its own place."""

    def setUp(self):
        super().setUp()
        self.ann = make_cast()["ann"]
        for number in range(FOLDERS * FILES):
            self.put(f"{number % FOLDERS}/{number // FOLDERS}.png", seed=number)
        self.run_import()
        group = DatasetGroup.objects.create(name="Group")
        group.datasets.add(self.dataset)
        self.task = LabelTask.objects.create(
            title="T", description="D", type="instance_segmentation", dataset_group=group
        )
        self.label_class = LabelClass.objects.create(task=self.task, name="House", position=1)
        Assignment.objects.create(user=self.ann, task=self.task)
        self.label_everything()

    def label_everything(self):
        last = None
        for number in range(FOLDERS * FILES):
            label = claim_next(task=self.task, labeler=self.ann, after=last)
            geom = {"cx": 8 + number % 5, "cy": 6 + number // 5, "w": 3, "h": 2, "angle": 0}
            shape = {"class": self.label_class.pk, "kind": "rect", "geom": geom, "z": 1}
            change = {"id": uuid.uuid4(), "base": None, "shape": shape | {"attrs": {}}}
            save_changes(label, author=self.ann, op_id=uuid.uuid4(), changes=[change])
            if number % 2:
                label.refresh_from_db()
                submit(label, by=self.ann, rev=label.rev)
            last = label.pk

    def drawn(self):
        """{content: what is drawn on it, and by which label}, from the files as they lie now."""
        found = {}
        for label in Label.objects.exclude(status="free").select_related("image"):
            with open(label.image.path, "rb") as file:
                content = file.read()
            geometries = tuple(label.shapes.current().values_list("geometry", flat=True))
            found[content] = (label.pk, label.status, geometries)
        return found

    def assert_kept(self, moved):
        before, ids = self.before, set(self.dataset.images.values_list("pk", flat=True))
        result = self.run_import()
        self.assertEqual((result["relinked"], result["imported"]), (moved, 0))
        self.assertEqual(self.drawn(), before)
        self.assertEqual(len(before), FOLDERS * FILES)
        self.assertEqual(set(self.dataset.images.values_list("pk", flat=True)), ids)
        self.assertEqual(self.dataset.images.exclude(state="ok").count(), 0)

    @property
    def before(self):
        if not hasattr(self, "_before"):
            self._before = self.drawn()
        return self._before

    def rename(self, *pairs):
        """Rename files or folders all at once."""
        self.assertEqual(len(self.before), FOLDERS * FILES)
        for number, (old, _) in enumerate(pairs):
            os.rename(self.root / old, self.root / f"aside {number}")
        for number, (_, new) in enumerate(pairs):
            (self.root / new).parent.mkdir(parents=True, exist_ok=True)
            os.rename(self.root / f"aside {number}", self.root / new)

    def test_a_renamed_tree(self):
        self.rename(*((str(folder), f"flight 7/{folder}") for folder in range(FOLDERS)))
        self.assert_kept(moved=FOLDERS * FILES)

    def test_a_chain_of_renamed_folders(self):
        self.rename(("0", "1"), ("1", "2"), ("2", "3"))
        self.assert_kept(moved=FOLDERS * FILES)

    def test_folders_that_changed_places(self):
        self.rename(("0", "2"), ("2", "0"))
        self.assert_kept(moved=2 * FILES)

    def test_files_counted_from_another_number(self):
        self.rename(*((f"{folder}/{n}.png", f"{folder}/{n + 1}.png")
                      for folder in range(FOLDERS) for n in range(FILES)))  # fmt: skip
        self.assert_kept(moved=FOLDERS * FILES)

    def test_and_what_was_renamed_back(self):
        self.rename(("0", "1"), ("1", "0"))
        self.assert_kept(moved=2 * FILES)
        self.rename(("0", "1"), ("1", "0"))
        self.assert_kept(moved=2 * FILES)

    def test_a_tree_that_went_away_comes_back_with_its_labels(self):
        self.assertEqual(len(self.before), FOLDERS * FILES)
        aside = self.root.with_name(self.root.name + "-aside")
        shutil.move(self.root / "0", aside)
        self.addCleanup(shutil.rmtree, aside, ignore_errors=True)
        ImageCheck.objects.create(dataset=self.dataset).run()
        self.assertEqual(self.dataset.images.filter(state="missing").count(), FILES)
        shutil.move(aside, self.root / "back")
        self.assert_kept(moved=FILES)
