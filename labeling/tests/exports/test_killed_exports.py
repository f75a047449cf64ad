"""Exports killed at any moment, as real processes: whole or absent, and the next one is the same.

A moment is when a file of the export is opened, synced, renamed or removed, or when an image is
counted. The long form tries them all, the short one some, spread over the run.
"""

import hashlib
import json
import os
import signal
import sys
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.db.models.functions import Now

from accounts.models import User
from datasets import jobs
from datasets.jobs import enqueue, requeue_lost_jobs
from datasets.models import Image
from labeling import exporting
from labeling.exporting import export_labels, manifest_path
from labeling.exports.choosing import Choice
from labeling.models import Export, Label, Shape
from labeling.shapes import to_json
from s3label_site.testing import make_image, make_task

pytestmark = pytest.mark.django_db(transaction=True)

IMAGES = 3
MOMENTS = 8
ACTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.link")


@pytest.fixture
def task(tmp_path, settings):
    """Images below the folder of the test, so that they can be linked, with a shape each."""
    settings.EXPORT_DIR, settings.IMAGE_ROOTS = tmp_path / "exports", [str(tmp_path)]
    settings.EXPORT_DIR.mkdir()
    task = make_task(ann := User.objects.create(email="ann@example.org"), images=0)
    for number in range(IMAGES):
        image = make_image(task.dataset_group.datasets.get(), f"{number}.png", folder=tmp_path)
        data = Path(image.path).read_bytes()
        Image.objects.filter(pk=image.pk).update(
            sha256=hashlib.sha256(data).hexdigest(), mtime_ns=Path(image.path).stat().st_mtime_ns
        )
        label = Label.objects.create(
            task=task, image=image, labeler=ann, status="submitted", rev=1, n_shapes=1
        )
        Shape.objects.create(
            label=label,
            uid=uuid.UUID(int=number + 1),
            rev_added=1,
            label_class=task.classes.first(),
            kind="polygon",
            geometry=to_json({"rings": [[1, 1, 20, 1, 10.25, 15 + number]]}),
        )
    return task


def run_until(moment, folder, act):
    """Act in a process of its own, which kills itself at that moment; how many there were."""
    connections.close_all()
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            seen = _kill_at(moment, str(folder))
            act()
            os.write(tell, str(seen[0]).encode())
        finally:
            os._exit(1)
    os.close(tell)
    with os.fdopen(told) as answer:
        text = answer.read()
    os.waitpid(pid, 0)
    return int(text or 0)


def _kill_at(moment, folder):
    seen = [0]

    def passes():
        seen[0] += 1
        if seen[0] == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event, arguments):
        if event in ACTS and any(folder in str(argument) for argument in arguments[:2]):
            passes()

    def before(act):
        def acted(*arguments, **options):
            passes()
            return act(*arguments, **options)

        return acted

    sys.addaudithook(hook)
    os.fsync = before(os.fsync)
    jobs.Job.report = before(jobs.Job.report)
    exporting.write_manifest = before(exporting.write_manifest)
    return seen


def moments_of(count, is_long):
    if is_long:
        return range(1, count + 1)
    step = max(1, count // MOMENTS)
    # The last ones all: there the names appear.
    return sorted({*range(1, count, step), *range(count - 4, count + 1)})


def visible(folder):
    return sorted(name for name in os.listdir(folder) if not name.startswith("."))


@pytest.mark.parametrize(
    ("format", "choice"),
    [("coco", Choice()), ("yolo", Choice(images="copy")), ("masks", Choice())],
)
def test_a_killed_export_is_whole_or_absent_and_made_again(task, settings, is_long, format, choice):
    folder = settings.EXPORT_DIR
    export = enqueue(Export(label_task=task, format=format, choice=choice.to_json()))
    count = run_until(0, folder, export.run)
    export.refresh_from_db()
    assert (export.status, count > 10) == ("done", True)
    name, expected = export.file_name, export.path.read_bytes()
    manifest = manifest_path(export.path).read_bytes()
    for moment in moments_of(count, is_long):
        exporting.remove_files(export.pk)
        enqueue(export, file_name="")
        assert run_until(moment, folder, export.run) == 0
        export.refresh_from_db()
        assert export.status == "running", moment
        for left in visible(folder):
            whole = expected if left == name else manifest
            assert (folder / left).read_bytes() == whole, moment
        assert name not in visible(folder) or len(visible(folder)) == 2, moment
        # Another worker takes the job and ends it.
        Export.objects.update(heartbeat_at=Now() - timedelta(minutes=5))
        assert requeue_lost_jobs() == 1
        export = Export.objects.get()
        export.run()
        assert export.status == "done"
        assert export.path.read_bytes() == expected, moment
        assert sorted(os.listdir(folder)) == [name, f"{name}.manifest.json"], moment


def test_a_killed_folder_of_links_is_whole_or_absent(task, settings, is_long):
    out = settings.EXPORT_DIR / "out"

    def act():
        export_labels(task, format="yolo", path=out, choice=Choice(images="link"), replace=True)

    count = run_until(0, out.parent, act)
    whole = contents_of(out)
    assert len(whole) == 2 * IMAGES + 2
    for moment in moments_of(count, is_long):
        assert run_until(moment, out.parent, act) == 0
        # What is replaced makes room for one moment; then the new one is there, or nothing yet.
        assert not out.exists() or contents_of(out) == whole, moment
    act()
    assert contents_of(out) == whole
    manifest = json.loads(manifest_path(out).read_bytes())
    for file in manifest["files"]:
        assert hashlib.sha256(whole[file["name"]]).hexdigest() == file["sha256"]


def contents_of(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_the_files_of_a_job_that_was_killed_for_good_go_with_it(task, settings):
    folder = settings.EXPORT_DIR
    export = enqueue(Export(label_task=task, format="coco"))
    count = run_until(0, folder, export.run)
    exporting.remove_files(export.pk)
    enqueue(export, file_name="")
    run_until(count - 3, folder, export.run)
    assert os.listdir(folder) != []
    Export.objects.update(status="failed")
    assert exporting.delete_exports(Export.objects.all()) == 1
    assert os.listdir(folder) == []
