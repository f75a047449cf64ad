"""Background jobs of every kind: how far they are, stop them, start them again."""

from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from accounts.answers import Refusal, json_answer, one_of, only, require
from datasets.jobs import Job, kinds_of_jobs, start_again

router = Router()

NEWEST = 100
# What is told of every job, whatever it does.
PROGRESS = (
    *("id", "status", "total", "done", "message", "error"),
    *("created_at", "started_at", "ended_at"),
)
JOB = (*PROGRESS, "cancel_requested", "attempts")
State = one_of(Job.Status)


class Progress(Schema):
    id: int
    status: str
    total: int | None
    done: int
    message: str
    error: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class JobRow(Progress):
    """`kind` and `id` name a job together."""

    kind: str
    cancel_requested: bool
    attempts: int


class Jobs(Schema):
    items: list[JobRow]


@router.get("/jobs", response=Jobs)
def list_jobs(request, status: State | None = None):
    """The newest jobs of each kind that you may see, at most a hundred of a kind."""
    require(request)
    kinds = [kind for kind in kinds_of_jobs() if request.user.has_perm(kind.permission())]
    found = []
    for kind in kinds:
        jobs = only(kind.objects.values(*JOB), status=status)
        rows = jobs.order_by("-pk")[:NEWEST]
        found += [{"kind": kind._meta.model_name} | row for row in rows]
    found.sort(key=lambda row: row["created_at"], reverse=True)
    return json_answer(request, {"items": found})


@router.get("/jobs/{kind}/{int:job_id}", response=JobRow)
def get_job(request, kind: str, job_id: int):
    """How far a job is."""
    return json_answer(request, _row(_job(request, kind, job_id)))


@router.post("/jobs/{kind}/{int:job_id}/cancel", response=JobRow)
def cancel_job(request, kind: str, job_id: int):
    """Stop a job: at once while it waits, within seconds while it runs."""
    job = _job(request, kind, job_id, to_steer=True)
    if not job.is_active:
        raise Refusal(409, "not_possible", "The job has ended.", status=job.status)
    job.cancel()
    return _row(job)


@router.post("/jobs/{kind}/{int:job_id}/again", response=JobRow)
def repeat_job(request, kind: str, job_id: int):
    """Start a job again that failed or was cancelled; it goes on where it stopped."""
    job = _job(request, kind, job_id, to_steer=True)
    if not start_again(job):
        message = "The job neither failed nor was cancelled."
        raise Refusal(409, "not_possible", message, status=job.status)
    return _row(job)


def _job(request, name, pk, to_steer=False):
    """A job of a kind that this user may see; which kinds there are, staff may know."""
    require(request)
    kind = {kind._meta.model_name: kind for kind in kinds_of_jobs()}.get(name)
    if kind is None:
        raise Http404
    require(request, kind.permission(to_steer=to_steer))
    return get_object_or_404(kind, pk=pk)


def _row(job):
    return {"kind": job._meta.model_name} | {name: getattr(job, name) for name in JOB}
