"""Keys of every kind, and objects whose ETag is no hash or whose content changes meanwhile.

The numbers of the cases are those of the table in docs/import.md.
"""

import hashlib

import pytest

from datasets.buckets import bucket_of
from datasets.inspecting import Limits
from datasets.objects import CHANGED, inspect_object, place_of, walk_objects
from datasets.tests.buckets.servers import BUCKET
from datasets.tests.buckets.test_import_from_bucket import import_all, reasons
from datasets.tests.pictures import encoded

LIMITS = Limits(10_000_000, 10_000_000)
ODD = [
    *("../x.png", "/lead.png", "a/../y.png", "a//b.png", "a/./b.png", "q?&#%41 +.png"),
    *("tab\t.png", "return\r.png", "bell\x07.png", "quote'\"<&>.png"),
    *("\u202egnp.exe", "🐻.png", "e\u0301.png", "é.png", "zero\u200bwidth.png", "\ufffd.png"),
    *("back\\slash.png", "%2e%2e/x.png", "A.png", "a.png", "é/" + "n" * 900),
]


@pytest.mark.django_db
def test_keys_of_every_kind_are_names_and_nothing_else(moto, dataset):
    """Case 63: they are read by their own name; no path of a file is made of them.

    A newline, which moto does not take, is tried in test_faults.
    """
    longest = "x" * (1024 - len(moto.below))
    for number, key in enumerate([*ODD, longest]):
        moto.put(key, encoded("PNG", seed=number))
    moto.put("ends/", encoded("PNG", seed=50))
    moto.put(".hidden/a.png", encoded("PNG", seed=52))
    result = import_all(dataset, moto)
    paths = set(dataset.images.values_list("path", flat=True))
    assert paths == {f"{moto.root}/{key}" for key in [*ODD, longest]}
    assert reasons(result, moto) == {"ends/": "a name that ends in a slash, as of a folder"}
    again = import_all(dataset, moto)
    assert (again["known"], again["imported"]) == (len(paths), 0)


@pytest.mark.django_db
def test_odd_names_in_azure_are_names_too(azurite, dataset):
    """Case 63: as far as Azure takes them; of a backslash it makes a slash."""
    plain = [name for name in ODD if name.isprintable() and "\\" not in name]
    names = [name for name in plain if ".." not in name and "./" not in name]
    for number, name in enumerate(names):
        azurite.put(name, encoded("PNG", seed=number))
    import_all(dataset, azurite)
    paths = set(dataset.images.values_list("path", flat=True))
    assert paths == {f"{azurite.root}/{name}" for name in names}


@pytest.mark.django_db
def test_archived_objects_are_named_and_the_others_imported(moto, dataset):
    """Case 68: of each class that has to be restored first."""
    for number, kind in enumerate(("GLACIER", "DEEP_ARCHIVE", "STANDARD", "GLACIER_IR")):
        moto.put(f"{kind}.png", encoded("PNG", seed=number), StorageClass=kind)
    result = import_all(dataset, moto)
    assert result["imported"] == 2
    assert set(reasons(result, moto)) == {"GLACIER.png", "DEEP_ARCHIVE.png"}
    assert "archived; restore it" in reasons(result, moto)["GLACIER.png"]


def entries(store):
    place = place_of(store.root)
    return list(walk_objects(bucket_of(place), place))


def inspect(store, entry):
    return inspect_object(bucket_of(place_of(store.root)), entry, LIMITS)


def test_an_etag_that_is_no_hash_does_not_matter(moto):
    """Case 66: an object stored in parts is known by the hash of its content."""
    data = encoded("PNG", size=(1400, 1400))
    assert len(data) > 5 << 20  # the least that a part may have
    where = {"Bucket": BUCKET, "Key": f"{moto.below}a.png"}
    upload = moto.client.create_multipart_upload(**where)["UploadId"]
    parts = []
    for number, part in enumerate((data[: 5 << 20], data[5 << 20 :]), start=1):
        stored = moto.client.upload_part(**where, UploadId=upload, PartNumber=number, Body=part)
        parts.append({"PartNumber": number, "ETag": stored["ETag"]})
    moto.client.complete_multipart_upload(
        **where, UploadId=upload, MultipartUpload={"Parts": parts}
    )
    (entry,) = entries(moto)
    assert entry.etag.endswith("-2")
    finding = inspect(moto, entry)
    assert finding.sha256 == hashlib.sha256(data).hexdigest()
    assert finding.etag == entry.etag


def test_an_object_overwritten_after_it_was_listed_is_not_mixed_up(store):
    """Cases 52, 66: also when the new content is as long as the old."""
    store.put("a.png", encoded("BMP", seed=1))
    (entry,) = entries(store)
    store.put("a.png", encoded("BMP", seed=2))
    assert inspect(store, entry).reason == CHANGED


def test_of_a_bucket_with_versions_the_newest_counts(moto_store, moto):
    """Case 66: older versions, and what was deleted, are no images."""
    moto.client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    try:
        for seed in (1, 2):
            moto.put("a.png", encoded("PNG", seed=seed))
        moto.put("deleted.png", encoded("PNG", seed=3))
        moto.delete("deleted.png")
        (entry,) = entries(moto)
        data = encoded("PNG", seed=2)
        assert inspect(moto, entry).sha256 == hashlib.sha256(data).hexdigest()
        moto.put("a.png", encoded("PNG", seed=4))
        assert inspect(moto, entry).reason == CHANGED
    finally:
        moto.client.put_bucket_versioning(
            Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"}
        )
