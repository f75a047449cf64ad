"""Datasets with their images, and the groups that label tasks are made on."""

from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status

from accounts.answers import (
    After,
    Id,
    Limit,
    Page,
    Refusal,
    Strict,
    Text,
    Word,
    json_answer,
    of_changes,
    one_of,
    only,
    page_of,
    require,
)
from datasets.models import Dataset, DatasetGroup, GroupedDataset, Image

router = Router()

DATASET = ("id", "site", "sensor", "description", "created_at")
GROUP = ("id", "name", "description", "created_at")
IMAGE = (
    *("id", "path", "sha256", "byte_size", "format", "width", "height", "orientation"),
    *("state", "state_reason", "created_at"),
)
State = one_of(Image.State)


class NewDataset(Strict):
    site: Word
    sensor: Word
    description: Text = ""


@of_changes
class DatasetChanges(NewDataset):
    """What is left out stays as it is."""


class DatasetRow(Schema):
    id: int
    site: str
    sensor: str
    description: str
    created_at: datetime


class DatasetDocument(DatasetRow):
    """With how many images there are of each state."""

    images: dict[str, int]


class DatasetPage(Page):
    items: list[DatasetRow]


class ImageRow(Schema):
    id: int
    path: str
    sha256: str
    byte_size: int
    format: str
    width: int
    height: int
    orientation: int
    state: str
    state_reason: str
    created_at: datetime


class ImagePage(Page):
    items: list[ImageRow]


class Names(Strict):
    name: Word
    description: Text = ""


class NewGroup(Names):
    datasets: list[Id] = []


@of_changes
class GroupChanges(Names):
    """What is left out stays as it is; datasets are put in and taken out one by one."""


class NewMember(Strict):
    dataset: Id


class GroupRow(Schema):
    id: int
    name: str
    description: str
    created_at: datetime


class GroupDocument(GroupRow):
    datasets: list[DatasetRow]


class GroupPage(Page):
    items: list[GroupRow]


@router.get("/datasets", response=DatasetPage)
def list_datasets(request, after: After = 0, limit: Limit = 100):
    """All datasets."""
    require(request, "datasets.view_dataset")
    return json_answer(request, page_of(Dataset.objects.values(*DATASET), after, limit))


@router.post("/datasets", response={201: DatasetDocument})
def create_dataset(request, body: NewDataset):
    """Make a dataset; images come into it by an import."""
    require(request, "datasets.add_dataset")
    dataset = Dataset.objects.create(**body.model_dump())
    return Status(201, _dataset(dataset.pk))


@router.get("/datasets/{int:dataset_id}", response=DatasetDocument)
def get_dataset(request, dataset_id: int):
    """One dataset, and how many images it has of each state."""
    require(request, "datasets.view_dataset")
    return json_answer(request, _dataset(dataset_id))


@router.patch("/datasets/{int:dataset_id}", response=DatasetDocument)
def change_dataset(request, dataset_id: int, body: DatasetChanges):
    """Say otherwise where the images are from."""
    require(request, "datasets.change_dataset")
    _change(get_object_or_404(Dataset, pk=dataset_id), body)
    return _dataset(dataset_id)


@router.get("/datasets/{int:dataset_id}/images", response=ImagePage)
def list_images(
    request, dataset_id: int, state: State | None = None, after: After = 0, limit: Limit = 100
):
    """The images of a dataset: where they lie and what they are."""
    require(request, "datasets.view_image")
    images = get_object_or_404(Dataset, pk=dataset_id).images.values(*IMAGE)
    return json_answer(request, page_of(only(images, state=state), after, limit))


@router.get("/groups", response=GroupPage)
def list_groups(request, after: After = 0, limit: Limit = 100):
    """All groups of datasets."""
    require(request, "datasets.view_datasetgroup")
    return json_answer(request, page_of(DatasetGroup.objects.values(*GROUP), after, limit))


@router.post("/groups", response={201: GroupDocument})
def create_group(request, body: NewGroup):
    """Make a group, with datasets that are there already or without any."""
    require(request, "datasets.add_datasetgroup", "datasets.add_groupeddataset")
    datasets = _datasets(body.datasets)
    with _name_is_free():
        group = DatasetGroup.objects.create(name=body.name, description=body.description)
        group.datasets.add(*datasets)
    return Status(201, _group(group.pk))


@router.get("/groups/{int:group_id}", response=GroupDocument)
def get_group(request, group_id: int):
    """One group and its datasets."""
    require(request, "datasets.view_datasetgroup")
    return json_answer(request, _group(group_id))


@router.patch("/groups/{int:group_id}", response=GroupDocument)
def change_group(request, group_id: int, body: GroupChanges):
    """Rename or describe a group."""
    require(request, "datasets.change_datasetgroup")
    with _name_is_free():
        _change(get_object_or_404(DatasetGroup, pk=group_id), body)
    return _group(group_id)


@router.post("/groups/{int:group_id}/datasets", response=GroupDocument)
def add_to_group(request, group_id: int, body: NewMember):
    """Put a dataset into a group; its images come into the tasks of the group by themselves."""
    require(request, "datasets.change_datasetgroup", "datasets.add_groupeddataset")
    group = get_object_or_404(DatasetGroup, pk=group_id)
    group.datasets.add(*_datasets([body.dataset]))
    return _group(group_id)


@router.delete("/groups/{int:group_id}/datasets/{int:dataset_id}", response=GroupDocument)
def take_out_of_group(request, group_id: int, dataset_id: int):
    """Take a dataset out of a group; its images and labels stay."""
    require(request, "datasets.change_datasetgroup", "datasets.delete_groupeddataset")
    get_object_or_404(GroupedDataset, group=group_id, dataset=dataset_id).delete()
    return _group(group_id)


@contextmanager
def _name_is_free():
    """A transaction that groups are named in."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as problem:
        raise Refusal(409, "exists", "There is a group of this name already.") from problem


def _change(row, body):
    changes = body.model_dump(exclude_unset=True)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=changes)


def _dataset(pk):
    dataset = get_object_or_404(Dataset, pk=pk)
    counts = dataset.images.order_by().values_list("state").annotate(n=Count("pk"))
    images = dict.fromkeys(Image.State.values, 0) | dict(counts)
    return {name: getattr(dataset, name) for name in DATASET} | {"images": images}


def _group(pk):
    group = get_object_or_404(DatasetGroup.objects.values(*GROUP), pk=pk)
    datasets = Dataset.objects.filter(groups=pk).order_by("pk")
    return group | {"datasets": list(datasets.values(*DATASET))}


def _datasets(ids):
    """The datasets of these ids, all of them or none."""
    found = Dataset.objects.in_bulk(ids)
    if missing := sorted(set(ids) - set(found)):
        raise Refusal(422, "invalid", f"There is no dataset {missing[0]}.")
    return found.values()
