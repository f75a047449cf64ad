"""Importing from a bucket comes to the same as importing a folder."""

import json

import pytest
from django.core.management import call_command

from datasets.bucket_access import S3Access
from datasets.importing import summary
from datasets.models import FolderImport, Image
from datasets.tests.buckets.servers import KEY, free_port
from datasets.tests.pictures import encoded

pytestmark = pytest.mark.django_db


def find(dataset, store, unattended=True, **fields):
    job = FolderImport.objects.create(
        dataset=dataset, folder=store.root, unattended=unattended, **fields
    )
    job.workers = 1
    job.run()
    return job


def import_all(dataset, store, **fields):
    job = find(dataset, store, **fields)
    assert (job.status, job.error) == ("done", "")
    return summary(job)


def counts(result):
    names = ("imported", "relinked", "known", "duplicate", "changed", "unreadable", "skipped")
    return {name: result[name] for name in names if result[name]}


def reasons(result, store):
    return {p["path"].removeprefix(f"{store.root}/"): p["reason"] for p in result["problems"]}


def test_images_come_in_once_moved_ones_keep_their_row_and_changed_ones_are_marked(store, dataset):
    for number in range(4):
        store.put(f"a/{number}.png", encoded("PNG", seed=number))
    store.put("b/copy.png", encoded("PNG", seed=0))
    store.put("b/cut.png", encoded("PNG", seed=9)[:-20])
    store.put("b/notes.txt", b"nothing to see")
    first = import_all(dataset, store)
    assert counts(first) == {"imported": 4, "duplicate": 1, "unreadable": 1, "skipped": 1}
    assert "cut off" in reasons(first, store)["b/cut.png"]
    image = dataset.images.get(path=f"{store.root}/a/3.png")
    assert image.etag and image.name == "3.png"

    store.delete("a/3.png")
    store.put("c/moved.png", encoded("PNG", seed=3))
    store.put("a/1.png", encoded("PNG", seed=77))
    second = import_all(dataset, store)
    assert counts(second) == {
        "known": 2, "relinked": 1, "changed": 1, "duplicate": 1, "unreadable": 1, "skipped": 1,
    }  # fmt: skip
    image.refresh_from_db()
    assert image.path == f"{store.root}/c/moved.png"
    assert dataset.images.get(path=f"{store.root}/a/1.png").state == Image.State.CHANGED


def test_objects_that_changed_places_are_moved(store, dataset):
    for number, name in enumerate("abcd"):
        store.put(f"{name}.png", encoded("PNG", seed=number))
    import_all(dataset, store)
    were = dict(dataset.images.values_list("path", "pk"))
    for number, name in enumerate("bacy"):  # a and b swapped, d renamed
        store.put(f"{name}.png", encoded("PNG", seed=number))
    store.delete("d.png")
    store.put("z/other.png", encoded("PNG", seed=77))
    result = import_all(dataset, store)
    assert counts(result) == {"imported": 1, "relinked": 3, "known": 1}
    now = dict(dataset.images.values_list("pk", "path"))
    moved = {old: now[pk].removeprefix(f"{store.root}/") for old, pk in were.items()}
    assert moved == {
        f"{store.root}/{old}.png": f"{new}.png" for old, new in zip("abcd", "bacy", strict=True)
    }


def test_what_has_the_same_etag_is_not_read_again(rclone, dataset, monkeypatch):
    for number in range(3):
        rclone.put(f"{number}.png", encoded("PNG", seed=number))
    import_all(dataset, rclone)
    monkeypatch.setattr("datasets.importing.ObjectReader", None)  # nobody reads
    monkeypatch.setattr(
        "datasets.importing._entries_and_reader", _only_listing(monkeypatch, "datasets.importing")
    )
    assert counts(import_all(dataset, rclone)) == {"known": 3}


def _only_listing(monkeypatch, module):
    from datasets.buckets import bucket_of
    from datasets.objects import place_of, walk_objects

    def entries_and_reader(job, workers):
        place = place_of(job.folder)
        return walk_objects(bucket_of(place), place), None

    return entries_and_reader


def test_a_stopped_import_goes_on_behind_the_last_key(rclone, dataset):
    """Case 64: with S3, what comes after it is asked for."""
    for number in range(5):
        rclone.put(f"{number}.png", encoded("PNG", seed=number))
    result = import_all(dataset, rclone, read_up_to=f"{rclone.root}/2.png")
    assert result["imported"] == 2


def test_a_bucket_that_is_away_marks_nothing(rclone, dataset, settings):
    """Cases 58, 60: and says so."""
    rclone.put("0.png", encoded("PNG", seed=0))
    import_all(dataset, rclone)
    settings.BUCKET_ACCESS = settings.BUCKET_ACCESS | {
        "s3": S3Access(f"http://127.0.0.1:{free_port()}", "us-east-1", KEY, "x")
    }
    job = find(dataset, rclone)
    assert job.status == "failed"
    assert "nothing answers at its address" in job.error
    assert "Nothing was marked as missing" in job.error
    assert dataset.images.get().state == Image.State.OK


def test_wrong_credentials_are_said_and_mark_nothing(rclone, dataset, settings):
    rclone.put("0.png", encoded("PNG", seed=0))
    import_all(dataset, rclone)
    wrong = rclone.access._replace(secret_key="WRONG12345")
    settings.BUCKET_ACCESS = settings.BUCKET_ACCESS | {"s3": wrong}
    job = find(dataset, rclone)
    assert job.status == "failed"
    assert "credentials" in job.error and "WRONG12345" not in job.error
    assert dataset.images.get().state == Image.State.OK


def test_too_big_is_known_from_the_listing(rclone, dataset, settings):
    """Case 70: nothing is read."""
    rclone.put("big.png", encoded("PNG", seed=0))
    rclone.put("big.mp4", b"x" * 1000)
    settings.MAX_FILE_BYTES = 20
    result = import_all(dataset, rclone)
    assert counts(result) == {"unreadable": 1, "skipped": 1}
    assert "too big" in reasons(result, rclone)["big.png"]


def test_the_command_takes_a_url(rclone, dataset, capsys):
    rclone.put("0.png", encoded("PNG", seed=0))
    rclone.put("below/1.png", encoded("PNG", seed=1))
    call_command("import_folder", dataset.pk, f"{rclone.root}/", "--json", "--no-recursive")
    assert json.loads(capsys.readouterr().out)["imported"] == 1
    with pytest.raises(SystemExit) as stopped:
        call_command("import_folder", dataset.pk, "s3://other-bucket/x")
    assert stopped.value.code == 2
    assert rclone.root in capsys.readouterr().err
