import pytest

from datasets.bucket_access import AzureAccess, S3Access
from datasets.models import Dataset
from datasets.tests.buckets import servers


@pytest.fixture(scope="session")
def rclone_store():
    with servers.rclone() as store:
        yield store


@pytest.fixture(scope="session")
def moto_store():
    with servers.moto() as store:
        yield store


@pytest.fixture(scope="session")
def azurite_store():
    with servers.azurite() as store:
        yield store


def allow(settings, store):
    """Make an empty folder of the bucket an image root."""
    store.empty()
    settings.IMAGE_ROOTS = [store.root]
    settings.BUCKET_ACCESS = {"s3": S3Access(), "az": AzureAccess()} | {store.scheme: store.access}
    return store


@pytest.fixture
def rclone(rclone_store, settings):
    return allow(settings, rclone_store)


@pytest.fixture
def moto(moto_store, settings):
    return allow(settings, moto_store)


@pytest.fixture
def azurite(azurite_store, settings):
    return allow(settings, azurite_store)


@pytest.fixture(params=["rclone", "azurite"])
def store(request):
    """Each of the servers in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def dataset(db):
    return Dataset.objects.create(site="Cape Town", sensor="Balloon")
