"""manage.py demo: everything is made as people would make it, once, and nothing is overwritten."""

import shutil
import stat
import tempfile
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import TestCase, override_settings
from django.urls import reverse

from accounts.models import User
from datasets.models import Dataset, DatasetGroup, FolderImport, Image
from labeling.claiming import claim_next
from labeling.demonstrating import accounts_file
from labeling.models import Label, LabelRevision, LabelStep, LabelTask, Shape

QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def demo(*options, scenes=1, size="320x240"):
    said = StringIO()
    call_command("demo", "--scenes", str(scenes), "--size", size, *options, stdout=said)
    return said.getvalue()


def passwords():
    rows = [line.split() for line in accounts_file().read_text().splitlines()[1:]]
    return {email: password for email, _, password in rows}


class DemoTests(TestCase):
    """What is there after the command ran in an empty database."""

    @classmethod
    def setUpClass(cls):
        folder = Path(tempfile.mkdtemp(prefix="s3label-test-demo-"))
        cls.addClassCleanup(shutil.rmtree, folder)
        root = folder / "images"
        places = {"DATA_DIR": folder, "OWN_ROOT": root, "IMAGE_ROOTS": [str(root)]}
        places["PASSWORD_HASHERS"] = QUICK_HASHERS
        cls.enterClassContext(override_settings(**places))
        super().setUpClass()

    @classmethod
    def setUpTestData(cls):
        cls.said = demo(scenes=7)
        cls.task = LabelTask.objects.get()
        cls.ann = User.objects.get(email="ann@example.org")

    def test_everything_is_there_to_label_at_once(self):
        assert self.task.title == "Aerial house labeling"
        assert self.task.images().count() == 7
        assert [c.name for c in self.task.classes.all()] == ["House", "Shed", "Pool", "Car", "Tree"]
        assert DatasetGroup.objects.get().datasets.count() == 2
        assert self.task.examples.count() == 3
        assert FolderImport.objects.filter(status="done").count() == 3
        members = {user.email for user in self.task.members.all()}
        assert members == {"ann@example.org", "ben@example.org"}
        assert claim_next(task=self.task, labeler=User.objects.get(email="ben@example.org"))

    def test_ann_has_labels_in_every_status_through_the_one_save_path(self):
        statuses = Counter(self.ann.labels.values_list("status", flat=True))
        assert statuses == {"approved": 2, "submitted": 2, "sent_back": 1, "in_progress": 1}
        for label in Label.objects.exclude(labeler=None):
            assert label.revisions.count() == label.rev
            assert label.n_shapes == Shape.objects.current().filter(label=label).count()
        assert set(Shape.objects.values_list("kind", flat=True)) == {"polygon", "rect"}

    def test_ann_sees_her_task_and_her_shapes(self):
        self.client.force_login(self.ann)

        page = self.client.get(reverse("labeling:task_list"))
        self.assertContains(page, "Aerial house labeling")
        label = self.ann.labels.order_by("-n_shapes").first()
        answer = self.client.get(f"/api/v1/labels/{label.pk}").json()
        assert len(answer["shapes"]) == label.n_shapes > 0
        assert len(answer["task"]["examples"]) == 3

    def test_the_passwords_work_and_only_the_owner_can_read_them(self):
        assert stat.S_IMODE(accounts_file().stat().st_mode) == 0o600
        for email, password in passwords().items():
            assert User.objects.get(email=email).check_password(password)
        assert len(set(passwords().values())) == 3
        assert User.objects.get(is_superuser=True).email == "admin@example.org"

    def test_it_says_where_the_accounts_are_but_not_the_passwords(self):
        assert str(accounts_file()) in self.said
        assert not any(password in self.said for password in passwords().values())


@pytest.fixture
def places(tmp_path, settings, db):
    settings.DATA_DIR = tmp_path
    settings.OWN_ROOT = tmp_path / "images"
    settings.IMAGE_ROOTS = [str(tmp_path / "photos"), str(settings.OWN_ROOT)]
    settings.PASSWORD_HASHERS = QUICK_HASHERS
    return tmp_path


def test_a_second_time_says_that_it_is_there_and_changes_nothing(places):
    demo()
    before = (accounts_file().read_text(), Image.objects.count(), Label.objects.count())

    said = demo()

    assert "already there" in said
    assert str(accounts_file()) in said
    assert (accounts_file().read_text(), Image.objects.count(), Label.objects.count()) == before


def test_a_database_in_use_is_left_alone_unless_forced(places):
    own = Dataset.objects.create(site="Own", sensor="Camera")
    DatasetGroup.objects.create(name="Hot air balloon datasets")

    assert "Nothing was done" in demo()
    assert not User.objects.exists()
    assert not (places / "images").exists()

    demo("--force")
    assert LabelTask.objects.get().images().count() == 1
    assert Dataset.objects.filter(pk=own.pk).exists()


def test_files_that_are_there_are_not_overwritten(places):
    own = places / "images" / "demo" / "mine.jpg"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"mine")

    demo()

    assert own.read_bytes() == b"mine"
    assert list(own.parent.iterdir()) == [own]
    assert {Path(image.path).parents[2].name for image in LabelTask.objects.get().images()} == {
        "demo-2"
    }


def test_the_files_of_an_earlier_demo_are_used_again(places):
    demo()
    task = LabelTask.objects.get()
    first = set(task.images().values_list("path", flat=True))
    _delete_every_row()

    demo()

    assert set(LabelTask.objects.get().images().values_list("path", flat=True)) == first
    assert [folder.name for folder in (places / "images").iterdir()] == ["demo"]


def _delete_every_row():
    for model in (LabelStep, LabelRevision, Shape, Label, LabelTask, DatasetGroup):
        model.objects.all().delete()
    for model in (Image, Dataset, User):
        model.objects.all().delete()


def test_an_image_that_cannot_be_imported_stops_the_demo_and_leaves_no_rows(places, settings):
    settings.MAX_PIXELS = 10

    with pytest.raises(CommandError, match="Cape Town were not imported"):
        demo()
    assert not User.objects.exists()
    assert not Dataset.objects.exists()


def test_nothing_is_written_into_other_roots(places):
    (places / "photos").mkdir()
    demo()
    assert list((places / "photos").iterdir()) == []


def test_where_nothing_can_be_written_it_says_what_to_do(places, settings):
    settings.OWN_ROOT = Path("/proc/images")

    with pytest.raises(CommandError, match="Let S3Label write there"):
        demo()
    assert not User.objects.exists()


@pytest.mark.parametrize("options", [("--size", "big"), ("--size", "100x100"), ("--scenes", "0")])
def test_a_bad_option_is_named(places, options):
    with pytest.raises(CommandError):
        demo(*options)
