"""A browser is sent to the bucket by a signed URL, and the policy of the page lets it go there."""

import copy

import pytest

from datasets.buckets import bucket_of
from datasets.models import Image
from datasets.objects import place_of
from datasets.tests.buckets import servers
from labeling.tests.browser.editing import EditorPage
from s3label_site.storage_environment import signed_origins

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def storage():
    """moto, because it allows reading from other origins, as such a bucket has to."""
    with servers.moto() as store:
        yield store


@pytest.fixture
def in_bucket(world, storage, settings):
    """The label's image lies in a bucket; its file is gone."""
    storage.empty()
    settings.IMAGE_ROOTS = [*settings.IMAGE_ROOTS, storage.root]
    settings.BUCKET_ACCESS = settings.BUCKET_ACCESS | {"s3": storage.access}
    image = world.label.image
    with open(image.path, "rb") as file:
        storage.put("a.png", file.read())
    (stored,) = bucket_of(place_of(storage.root)).list(storage.below)
    Image.objects.filter(pk=image.pk).update(
        path=f"{storage.root}/a.png", etag=stored.etag, mtime_ns=stored.mtime_ns
    )
    return storage


@pytest.fixture
def signed(in_bucket, settings):
    settings.SIGNED_URLS = True
    policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    origins = signed_origins([in_bucket.root], {"s3": in_bucket.access})
    for directive in ("img-src", "connect-src"):
        policy["DIRECTIVES"][directive] += origins
    settings.CONTENT_SECURITY_POLICY = policy
    return in_bucket


def editor_of(world, page, live_server):
    page.set_default_timeout(30_000)
    editor = EditorPage(page, live_server.url)
    editor.log_in(world.ann)
    return editor


def test_the_editor_opens_an_image_straight_from_the_bucket(world, signed, page, live_server):
    came = []
    page.on("response", lambda answer: came.append((answer.url, answer.status)))
    editor = editor_of(world, page, live_server)
    editor.open(world.label)
    editor.wait_color(200, 20, lambda color: color[0] > 100)
    [(url, status)] = [(url, code) for url, code in came if url.startswith(signed.access.endpoint)]
    assert status == 200 and "X-Amz-Signature=" in url
    assert editor.problems == []


def test_no_page_goes_there_unless_the_policy_names_the_storage(
    world, in_bucket, settings, page, live_server
):
    settings.SIGNED_URLS = True
    editor = editor_of(world, page, live_server)
    page.goto(live_server.url + world.label.get_absolute_url())
    page.get_by_role("button", name="Try again").wait_for()
    assert any("Content Security Policy" in problem for problem in editor.problems)
