"""Paths are looked up by ranges, in the order of their code points, on both databases."""

import pytest
from django.db import IntegrityError, connection, transaction

from datasets import storing
from datasets.comparing import UNCHANGED
from datasets.models import Dataset, Image
from datasets.storing import add_to, insert, insert_all, select_among, select_neighbours
from s3label_site.testing import make_image

pytestmark = pytest.mark.django_db

NAMES = [
    "A.png",
    "Z/1.png",
    "_.png",
    "a b.png",
    "a.png",
    "a/1.png",
    "b'.png",
    "z.png",
    "ä.png",
    "猫.png",
]


@pytest.fixture(autouse=True)
def ranges_even_for_few(monkeypatch):
    monkeypatch.setattr(storing, "FEW", 1)


@pytest.fixture
def dataset():
    return Dataset.objects.create(site="Order", sensor="of paths")


def asked(select_from, dataset, paths):
    return {row[0] for row in select_from(UNCHANGED, paths, dataset.pk)}


def test_a_range_holds_every_path_that_is_asked_for(dataset):
    paths = sorted(make_image(dataset, name).path for name in NAMES)
    assert asked(select_neighbours, dataset, paths) == set(paths)
    for start in range(len(paths)):
        part = paths[start:]
        assert asked(select_neighbours, dataset, part) == asked(select_among, dataset, part)


def test_many_others_between_them_are_not_fetched(dataset):
    paths = sorted(make_image(dataset, f"{number}.png").path for number in range(9))
    ends = [paths[0], paths[-1]]
    assert asked(select_neighbours, dataset, ends) == set(ends)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no other order")
def test_the_order_is_not_that_of_a_language():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns "
            "WHERE column_name = 'path' AND collation_name = 'C'"
        )
        assert {"input_data", "found_files"} <= {name for (name,) in cursor.fetchall()}


COLUMNS = ("dataset_id", "path", "sha256", "byte_size", "mtime_ns", "format", "width", "height")


def rows_of(dataset, paths):
    return [(dataset.pk, path, f"{n:064}", 1, 1, "PNG", 64, 48) for n, path in enumerate(paths)]


def test_all_rows_or_none_are_inserted_unless_some_may_be_left_out(dataset):
    twice = rows_of(dataset, ["a.png", "b.png", "a.png"])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_all("input_data", COLUMNS, twice)
    assert not Image.objects.exists()
    insert_all("input_data", COLUMNS, twice[:2])
    insert("input_data", COLUMNS, twice)
    assert Image.objects.count() == 2


def test_numbers_are_added_to_the_rows_they_belong_to(dataset):
    one, two, other = (make_image(dataset, f"{number}.png") for number in range(3))
    before = [(image.byte_size, image.width) for image in (one, two, other)]
    add_to("input_data", ("byte_size", "width"), [(two.pk, 3, 4), (one.pk, 1, 2)])
    sums = [(1, 2), (3, 4), (0, 0)]
    for image, (size, width), more in zip((one, two, other), before, sums, strict=True):
        image.refresh_from_db()
        assert (image.byte_size, image.width) == (size + more[0], width + more[1])
