"""A check of images in a bucket asks the storage for each; silence is no answer."""

import pytest

from datasets.bucket_access import S3Access
from datasets.checking import summary
from datasets.models import FolderImport, ImageCheck
from datasets.tests.buckets.servers import KEY, free_port
from datasets.tests.pictures import encoded

pytestmark = pytest.mark.django_db


@pytest.fixture
def imported(store, dataset):
    for number in range(6):
        store.put(f"a/{number}.png", encoded("PNG", seed=number))
    job = FolderImport.objects.create(dataset=dataset, folder=store.root, unattended=True)
    job.workers = 1
    job.run()
    assert dataset.images.count() == 6
    return store


def check(dataset, verify=False):
    job = ImageCheck.objects.create(dataset=dataset, verify=verify)
    job.workers = 1
    job.run()
    assert (job.status, job.error) == ("done", "")
    return summary(job)


def counts(result):
    names = ("missing", "changed", "moved", "restored")
    return {name: result[name] for name in names if result[name]}


def test_missing_changed_and_moved_objects_are_told_and_come_back(imported, dataset):
    assert counts(check(dataset, verify=True)) == {}
    imported.delete("a/0.png")
    imported.delete("a/1.png")
    imported.put("b/1.png", encoded("PNG", seed=1))
    imported.put("a/2.png", encoded("PNG", seed=22))
    imported.put("a/3.png", b"short")
    result = check(dataset)
    assert counts(result) == {"missing": 2, "changed": 2, "moved": 1}
    image = dataset.images.get(path=f"{imported.root}/a/1.png")
    assert (image.moved_to, image.state_reason) == (
        f"{imported.root}/b/1.png", "it is not there any more",
    )  # fmt: skip
    imported.put("a/0.png", encoded("PNG", seed=0))
    assert counts(check(dataset)) == {"missing": 1, "changed": 2, "moved": 1, "restored": 1}


def test_a_root_in_which_nothing_is_left_marks_nothing(imported, dataset):
    for number in range(6):
        imported.delete(f"a/{number}.png")
    result = check(dataset)
    assert counts(result) == {}
    assert result["away"] == {f"{imported.root} is empty or away": 6}


def test_a_storage_that_does_not_answer_marks_nothing(rclone, dataset, settings):
    rclone.put("0.png", encoded("PNG", seed=0))
    job = FolderImport.objects.create(dataset=dataset, folder=rclone.root, unattended=True)
    job.run()
    settings.BUCKET_ACCESS = settings.BUCKET_ACCESS | {
        "s3": S3Access(f"http://127.0.0.1:{free_port()}", "us-east-1", KEY, "x")
    }
    result = check(dataset)
    assert (counts(result), sum(result["away"].values())) == ({}, 1)


def test_an_object_that_may_not_be_read_is_not_called_changed(moto, dataset):
    moto.put("0.png", encoded("PNG", seed=0))
    job = FolderImport.objects.create(dataset=dataset, folder=moto.root, unattended=True)
    job.run()
    moto.put("0.png", encoded("PNG", seed=0), StorageClass="GLACIER")
    result = check(dataset, verify=True)
    assert counts(result) == {}
    assert "archived; restore it in the storage first, then look again" in result["away"]
