"""Pictures from a bucket are shown like those of files."""

import urllib.request

import pytest
from django.urls import reverse

from accounts.models import User
from datasets.buckets import bucket_of
from datasets.caching import is_cached
from datasets.inspecting import Limits
from datasets.models import Decoding, Image
from datasets.objects import inspect_object, place_of, walk_objects
from datasets.tests.pictures import encoded, with_orientation

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita(client):
    """Staff, logged in."""
    rita = User.objects.create(email="rita@example.org", is_staff=True, is_superuser=True)
    client.force_login(rita)
    return client


@pytest.fixture
def image(store, dataset):
    """One image in each kind of bucket, with its bytes."""
    return make_image(store, dataset, "a.png", encoded("PNG", seed=1, size=(60, 40)))


def make_image(store, dataset, name, data):
    """A row as the import makes it; importing takes a process and seconds."""
    store.put(name, data)
    place = place_of(store.root)
    entry = next(walk_objects(bucket_of(place), place))
    found = inspect_object(bucket_of(place), entry, Limits(10**6, 10**6))
    facts = found._asdict() | {"state": Image.State.OK}
    del facts["reason"]
    image = Image(dataset=dataset, path=entry.path, **facts)
    image.save()
    image.data = data
    return image


def url(image, what="image_file"):
    return reverse(f"labeling:{what}", args=[image.pk])


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_the_original_is_sent_whole_in_part_or_not_again(rita, image):
    answer = rita.get(url(image))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["Content-Length"] == str(len(image.data))
    assert body(answer) == image.data
    part = rita.get(url(image), headers={"Range": "bytes=10-19"})
    assert part.status_code == 206
    assert part["Content-Range"] == f"bytes 10-19/{len(image.data)}"
    assert body(part) == image.data[10:20]
    again = rita.get(url(image), headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_thumbnail_is_made(rita, image):
    answer = rita.get(url(image, "image_thumbnail"))
    assert answer["Content-Type"] == "image/webp"
    assert body(answer)[8:12] == b"WEBP"


def test_a_turned_picture_is_shown_upright(rita, rclone, dataset):
    image = make_image(rclone, dataset, "turned.jpg", with_orientation("JPEG", 6))
    answer = rita.get(url(image))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert (image.width, image.height) == (16, 24)


def test_one_that_was_deleted_or_overwritten_is_not_shown(rita, store, image):
    store.put("a.png", encoded("PNG", seed=2, size=(60, 40)))
    answer = rita.get(url(image))
    assert (answer.status_code, "other content" in answer.content.decode()) == (410, True)
    store.put("a.png", image.data)  # the same once more, with another ETag or the same
    assert body(rita.get(url(image))) == image.data
    store.delete("a.png")
    answer = rita.get(url(image))
    assert (answer.status_code, "not there any more" in answer.content.decode()) == (410, True)


def test_one_whose_root_was_taken_away_is_not_shown(rita, image, settings):
    settings.IMAGE_ROOTS = ["/nowhere"]
    assert rita.get(url(image)).status_code == 410


def test_browsers_are_sent_to_the_bucket_when_that_is_wanted(rita, image, settings):
    settings.SIGNED_URLS = True
    answer = rita.get(url(image))
    assert answer.status_code == 302
    assert (answer["Cache-Control"], "ETag" in answer) == ("no-store", False)
    with urllib.request.urlopen(answer["Location"]) as given:  # noqa: S310
        assert given.read() == image.data
        assert given.headers["Content-Type"] == "image/png"
    assert rita.get(url(image, "image_thumbnail")).status_code == 200
    settings.IMAGE_ROOTS = ["/nowhere"]
    assert rita.get(url(image)).status_code == 410


def test_nobody_else_is_sent_to_the_bucket(client, image, settings):
    settings.SIGNED_URLS = True
    outsider = User.objects.create(email="cem@example.org")
    client.force_login(outsider)
    assert client.get(url(image)).status_code == 404


def test_staff_choose_a_folder_of_a_bucket_level_by_level(rita, rclone, dataset):
    rclone.put("one/two/a.png", encoded("PNG", seed=1))
    page = reverse("admin:datasets_dataset_import", args=[dataset.pk])
    assert "<bdi>two</bdi>" in rita.get(page, {"root": 0, "at": "one"}).content.decode()
    answer = rita.post(page, {"folder": f"{rclone.root}/one", "how": "recursive"})
    assert answer.status_code == 302
    assert dataset.folder_imports.get().folder == f"{rclone.root}/one"
    answer = rita.post(page, {"folder": f"{rclone.root}/../other"})
    assert "may be empty, . or .." in answer.content.decode()


def test_pictures_of_a_bucket_are_decoded_in_the_background(store, dataset, settings, tmp_path):
    settings.CACHE_DIR = tmp_path
    make_image(store, dataset, "a.tif", encoded("TIFF", seed=1))
    replaced = make_image(store, dataset, "0.png", encoded("PNG", seed=2))
    store.put("0.png", encoded("PNG", seed=3))
    job = Decoding.objects.create(dataset=dataset)
    job.workers = 1
    job.run()
    assert (job.status, job.done) == ("done", 2)
    image = dataset.images.get(path__endswith="a.tif")
    assert is_cached(tmp_path, image.sha256, "thumbnail")
    assert is_cached(tmp_path, image.sha256, "display")
    assert not is_cached(tmp_path, replaced.sha256, "thumbnail")
    assert not dataset.images.exclude(state="ok").exists()
