"""Check the images of a dataset: are they there, and still what was imported?"""

from django.shortcuts import get_object_or_404
from ninja import Router, Status

from accounts.answers import Flag, Strict, json_answer, require
from datasets.api.jobs import PROGRESS, Progress
from datasets.checking import start_check
from datasets.jobs import refuse_too_many
from datasets.models import Dataset, ImageCheck

router = Router()

CHECK = (*PROGRESS, "dataset", "verify", "states", "moved", "restored", "away")


class NewCheck(Strict):
    verify: Flag = False


class CheckDocument(Progress):
    """`states` says how many images are of each state when it is done; `away` what could not be
    asked."""

    dataset: int
    verify: bool
    states: dict[str, int] | None
    moved: int
    restored: int
    away: dict[str, int]


@router.post("/datasets/{int:dataset_id}/checks", response={201: CheckDocument})
def check_dataset(request, dataset_id: int, body: NewCheck):
    """Look whether its images are in order; a check of the same kind at work is answered."""
    require(request, ImageCheck.permission(to_steer=True))
    dataset = get_object_or_404(Dataset, pk=dataset_id)
    refuse_too_many(ImageCheck, request.user)
    job = start_check(dataset, verify=body.verify, by=request.user)
    return Status(201, _check(job.pk))


@router.get("/checks/{int:check_id}", response=CheckDocument)
def get_check(request, check_id: int):
    """How far a check is, and what it found."""
    require(request, ImageCheck.permission())
    return json_answer(request, _check(check_id))


def _check(pk):
    return get_object_or_404(ImageCheck.objects.values(*CHECK), pk=pk)
