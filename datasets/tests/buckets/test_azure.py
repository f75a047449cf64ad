"""What only Azure has: archive tier, snapshots, soft delete, shared access signatures.

The numbers of the cases are those of the table in docs/import.md.
"""

from datetime import UTC, datetime, timedelta

import pytest
from azure.core.exceptions import ServiceResponseError
from azure.storage.blob import (
    ContainerSasPermissions,
    generate_container_sas,
)

from datasets.bucket_azure import AzureBucket
from datasets.buckets import bucket_of
from datasets.inspecting import AWAY_STATE, GOOD, UNREADABLE, Limits
from datasets.objects import ARCHIVED, inspect_object, place_of, walk_objects
from datasets.tests.buckets.servers import ACCOUNT, ACCOUNT_KEY, BUCKET
from datasets.tests.buckets.test_import_from_bucket import find, import_all, reasons
from datasets.tests.pictures import encoded
from datasets.walking import StorageAway

LIMITS = Limits(1_000_000, 1_000_000)
READ = ContainerSasPermissions(read=True, list=True)


def sas(store, *, days=1, permission=READ):
    """Access by a shared access signature, as the portal writes the connection string."""
    now = datetime.now(UTC)
    signature = generate_container_sas(
        ACCOUNT,
        BUCKET,
        ACCOUNT_KEY,
        permission=permission,
        start=now - timedelta(days=9),
        expiry=now + timedelta(days=days),
    )
    _, _, endpoint = store.access.connection_string.partition("BlobEndpoint=")
    return store.access._replace(
        connection_string=f"BlobEndpoint={endpoint}SharedAccessSignature={signature}"
    )


def entries(store, bucket=None):
    place = place_of(store.root)
    return list(walk_objects(bucket or bucket_of(place), place))


@pytest.mark.django_db
def test_an_archived_blob_says_so_until_it_is_brought_back(azurite, dataset):
    """Case 68: the others are imported, and the next import takes it."""
    for number, name in enumerate(("a.png", "archived.png", "z.png")):
        azurite.put(name, encoded("PNG", seed=number))
    blob = azurite.client.get_blob_client(f"{azurite.below}archived.png")
    blob.set_standard_blob_tier("Archive")
    result = import_all(dataset, azurite)
    assert (result["imported"], result["unreadable"]) == (2, 1)
    assert reasons(result, azurite) == {"archived.png": ARCHIVED}
    blob.set_standard_blob_tier("Hot")
    assert import_all(dataset, azurite)["imported"] == 1


def test_a_snapshot_is_not_a_second_image(azurite):
    """Case 69: nor are versions of before; the blob as it is now counts."""
    azurite.put("a.png", encoded("PNG", seed=1))
    azurite.client.get_blob_client(f"{azurite.below}a.png").create_snapshot()
    azurite.put("a.png", encoded("PNG", seed=2))
    assert [entry.path for entry in entries(azurite)] == [f"{azurite.root}/a.png"]


def test_a_blob_deleted_after_it_was_listed_says_so(azurite):
    """Case 69: whether it is kept for a while, as soft delete does, or not."""
    azurite.put("a.png", encoded("PNG"))
    (entry,) = entries(azurite)
    azurite.delete("a.png")
    finding = inspect_object(bucket_of(place_of(azurite.root)), entry, LIMITS)
    assert finding[:2] == (UNREADABLE, "it is not there any more")


def test_a_signature_that_may_read_and_list_is_enough(azurite):
    """Case 69: a SAS instead of the key of the account."""
    azurite.put("a.png", encoded("PNG"))
    bucket = AzureBucket(BUCKET, sas(azurite), 1)
    (entry,) = entries(azurite, bucket)
    assert inspect_object(bucket, entry, LIMITS).state == GOOD


@pytest.mark.django_db
def test_a_signature_that_ran_out_stops_the_import_and_marks_nothing(azurite, dataset, settings):
    """Case 69: with words, and without the signature in them."""
    azurite.put("a.png", encoded("PNG"))
    import_all(dataset, azurite)
    settings.BUCKET_ACCESS = settings.BUCKET_ACCESS | {"az": sas(azurite, days=-1)}
    job = find(dataset, azurite)
    assert job.status == "failed"
    assert "its SAS ran out (" in job.error and "sig=" not in job.error
    assert dataset.images.get().state == "ok"


def test_a_signature_that_runs_out_between_listing_and_reading_is_no_fault_of_the_blob(azurite):
    """Case 69: the import stops and goes on later, instead of calling every blob unreadable."""
    azurite.put("a.png", encoded("PNG"))
    (entry,) = entries(azurite)
    late = AzureBucket(BUCKET, sas(azurite, days=-1), 1)
    finding = inspect_object(late, entry, LIMITS)
    assert finding.state == AWAY_STATE and finding.reason.startswith("its SAS ran out")


def test_a_signature_that_may_only_list_names_each_blob(azurite):
    """Case 65: a refusal of a blob, as opposed to one of whoever asks."""
    azurite.put("a.png", encoded("PNG"))
    bucket = AzureBucket(BUCKET, sas(azurite, permission=ContainerSasPermissions(list=True)), 1)
    (entry,) = entries(azurite, bucket)
    finding = inspect_object(bucket, entry, LIMITS)
    assert finding[:2] == (UNREADABLE, "no permission to read it (403)")


def test_a_wrong_key_is_no_fault_of_the_blobs(azurite):
    wrong = azurite.access.connection_string.replace(ACCOUNT_KEY, "QUJD")
    bucket = AzureBucket(BUCKET, azurite.access._replace(connection_string=wrong), 1)
    with pytest.raises(StorageAway, match="refuses the credentials"):
        entries(azurite, bucket)
    with pytest.raises(StorageAway, match="there is no such container"):
        entries(azurite, AzureBucket("no-such-one", azurite.access, 1))


class BreaksOnce:
    """Pages of a listing; the third request is cut off, once."""

    def __init__(self, pages, broken):
        self.pages, self.broken = pages, broken

    @property
    def continuation_token(self):
        return self.pages.continuation_token

    def __iter__(self):
        return self

    def __next__(self):
        self.broken["asked"] += 1
        if self.broken["asked"] == 3:
            raise ServiceResponseError("Connection aborted.")
        return next(self.pages)


def test_a_listing_goes_on_at_the_page_that_failed(azurite, monkeypatch):
    """Case 64: nothing is listed twice, nothing is left out."""
    names = [f"{number:02d}.png" for number in range(10)]
    for name in names:
        azurite.put(name, b"x")
    bucket = AzureBucket(BUCKET, azurite.access, 1)
    listing, broken, tokens = bucket.client.list_blobs, {"asked": 0}, []

    def list_blobs(**asked):
        pages = listing(**asked)
        by_page = pages.by_page

        def broken_pages(token=None):
            tokens.append(token)
            return BreaksOnce(by_page(token), broken)

        pages.by_page = broken_pages
        return pages

    monkeypatch.setattr("datasets.bucket_azure.NAMES_IN_A_PAGE", 3)
    monkeypatch.setattr("datasets.bucket_azure.wait", lambda attempt: None)
    monkeypatch.setattr(bucket.client, "list_blobs", list_blobs)
    listed = [stored.key.removeprefix(azurite.below) for stored in bucket.list(azurite.below)]
    assert listed == names
    assert len(tokens) == 2 and tokens[0] is None and tokens[1]
