"""Background work as rows that staff can see: progress, result, cancel and retry.

A kind of job is a model that extends Job and names in `work` the function that does it.
The row is what counts; the task in the queue only says that somebody should look at it.
So a task that comes twice, or whose worker was killed, does no harm.
"""

import logging
import time
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.db import OperationalError, models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task
from django_tasks.exceptions import TaskResultDoesNotExist

from datasets.space import NO_SPACE, lack_of_space
from datasets.webhooks import announce

logger = logging.getLogger(__name__)

# A running job says that it lives once a second; a silent one is given to another worker.
LOST_AFTER = timedelta(seconds=60)
MOST_ATTEMPTS = 3
STOPPED = ("failed", "cancelled")
SECONDS_BETWEEN_REPORTS = 1
# Of one kind, asked for by one person over the API.
MOST_WAITING, SECONDS_TO_WAIT = 20, 30


class Cancelled(Exception):
    """Staff asked the job to stop, or another worker has taken it over."""


class Paused(Exception):
    """Others wait; the job goes on when they have had their turn."""


class JobFailed(Exception):
    """The work cannot go on; the message says in words why, and what to do."""


class TooManyJobs(Exception):
    """So many jobs of one person wait that another one has to be asked for later."""


class Job(models.Model):
    """Work in the background, with what staff want to know about it."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    # The function that does the work, as a dotted path; it is called with the job.
    work: str | None = None
    # Jobs of a higher one are done first.
    priority = 0
    # The permissions to see such jobs, and to stop or repeat them; None: those of the model.
    seen_with: str | None = None
    steered_with: str | None = None
    # What webhooks are told when it ended; None: nothing.
    event: str | None = None
    # Called at every report, by whoever runs the job in the foreground.
    listener = None

    status = models.CharField(
        max_length=10, choices=Status, default=Status.QUEUED, db_default=Status.QUEUED
    )
    total = models.PositiveBigIntegerField(null=True, editable=False)  # null: not known yet
    done = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    message = models.TextField(blank=True, default="", db_default="", editable=False)
    error = models.TextField(blank=True, default="", db_default="", editable=False)
    cancel_requested = models.BooleanField(default=False, db_default=False, editable=False)
    heartbeat_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    queue_id = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_active(self):
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def is_stopped(self):
        """It failed or was cancelled, so that it may be started again."""
        return self.status in STOPPED

    @property
    def percent(self):
        """How much is done, or None while nobody knows how much there is."""
        return min(100, 100 * self.done // self.total) if self.total else None

    @classmethod
    def permission(cls, *, to_steer=False):
        """What staff need to look at jobs of this kind, or to stop and repeat them."""
        given = cls.steered_with if to_steer else cls.seen_with
        meta = cls._meta
        verb = "add" if to_steer else "view"
        return given or f"{meta.app_label}.{verb}_{meta.model_name}"

    def _rows(self, **conditions):
        return type(self)._default_manager.filter(pk=self.pk, **conditions)

    def begin(self):
        """Take the job for this process; False if another has it or it is not wanted any more."""
        self.started_at = timezone.now()
        begun = self._rows(status=self.Status.QUEUED).update(
            status=self.Status.RUNNING,
            started_at=self.started_at,
            ended_at=None,
            heartbeat_at=Now(),
            attempts=models.F("attempts") + 1,
            error="",
        )
        if begun:
            self.refresh_from_db()
            self._reported = time.monotonic()
        return bool(begun)

    def mine(self):
        """This run of the job, as a query: empty once it was cancelled or taken over.

        started_at is what tells this run from a later one by another worker.
        """
        return self._rows(
            status=self.Status.RUNNING, started_at=self.started_at, cancel_requested=False
        )

    def report(self, *, force=False, **progress):
        """Store progress and the sign of life, at most once a second.

        Raises Cancelled, and JobFailed when too little of the disk is left.
        """
        for name, value in progress.items():
            setattr(self, name, value)
        if self.listener:
            self.listener()
        if not force and time.monotonic() - self._reported < SECONDS_BETWEEN_REPORTS:
            return
        self._reported = time.monotonic()
        if not self.mine().update(
            done=self.done, total=self.total, message=self.message, heartbeat_at=Now()
        ):
            raise Cancelled
        if lack := lack_of_space():
            raise JobFailed(lack)

    def end(self, status, **changes):
        """Close this run of the job, unless another worker has it."""
        with transaction.atomic():
            ended = self._rows(status=self.Status.RUNNING, started_at=self.started_at).update(
                status=status,
                done=self.done,
                total=self.total,
                message=self.message,
                ended_at=Now(),
                **changes,
            )
            self.refresh_from_db()
            if ended:
                self.announce()
        return bool(ended)

    def announce(self):
        """Write down for webhooks that the job ended, in the transaction in which it did."""
        if self.event:
            about = {"id": self.pk, "status": self.status, "error": self.error}
            announce(self.event, about | self.facts())

    def facts(self):
        """What else a webhook is told of the job."""
        return {}

    def cancel(self):
        """Stop the job: at once while it waits, within seconds while it runs."""
        with transaction.atomic():
            waiting = self._rows(status=self.Status.QUEUED)
            stopped = waiting.update(status=self.Status.CANCELLED, ended_at=Now())
            if not stopped:
                self._rows(status=self.Status.RUNNING).update(cancel_requested=True)
            self.refresh_from_db()
            if stopped:
                self.announce()

    def _back_to_the_queue(self):
        """Let somebody else go on; this run does not count as an attempt."""
        return self._rows(status=self.Status.RUNNING, started_at=self.started_at).update(
            status=self.Status.QUEUED,
            started_at=None,
            heartbeat_at=None,
            attempts=models.F("attempts") - 1,
        )

    def run(self):
        """Do the work in this process and record how it ended; False if it was not to be had."""
        if not self.begin():
            return False
        _at_work.append(self)
        try:
            self._work_and_record()
        finally:
            _at_work.remove(self)
        return True

    def _work_and_record(self):
        try:
            import_string(self.work)(self)
        except Cancelled:
            self.end(self.Status.CANCELLED)
        except Paused:
            with transaction.atomic():
                if self._back_to_the_queue():
                    _send(self)
        except JobFailed as problem:
            self.end(self.Status.FAILED, error=str(problem))
        except OperationalError:
            # The database was away, so nothing can be recorded now. The heartbeat stops,
            # and requeue_lost_jobs tries again.
            raise
        except SystemExit:
            # The worker was told to stop.
            self._back_to_the_queue()
            raise
        except Exception as fault:
            self.end(self.Status.FAILED, error=_what_happened(fault))
            raise
        else:
            self.end(self.Status.DONE)


# Of this process.
_at_work: list[Job] = []


def seconds_of_silence():
    """How long the job that this process does has not said that it lives."""
    return max((time.monotonic() - job._reported for job in _at_work), default=0)


def _what_happened(fault):
    if isinstance(fault, OSError) and fault.errno in NO_SPACE:
        return "The disk is full. Free some space, then start it again: it goes on from there."
    return f"Stopped by a fault in S3Label ({type(fault).__name__}); the server's log says more."


@task
def run_job(kind, pk):
    """The one task of the queue: `kind` is "app_label.Model"."""
    model = apps.get_model(kind)
    job = model._default_manager.filter(pk=pk).first()
    if job is not None:
        job.run()


def enqueue(job, **changes):
    """Put a job, new or ended, into the queue; its row and its task appear together."""
    with transaction.atomic():
        for name, value in changes.items():
            setattr(job, name, value)
        job.status, job.attempts, job.cancel_requested = job.Status.QUEUED, 0, False
        job.done, job.total, job.message, job.error = 0, None, "", ""
        job.heartbeat_at = job.started_at = job.ended_at = None
        job.save()
        _send(job)
    return job


def start_again(job):
    """Queue a job that failed or was cancelled; False if it did neither, or runs again already."""
    with transaction.atomic():
        # Compare and set: of two clicks one starts it.
        started = job._rows(status__in=STOPPED).update(status=job.Status.QUEUED)
        if started:
            job.refresh_from_db()
            enqueue(job)
    return bool(started)


def _send(job):
    result = run_job.using(priority=job.priority).enqueue(job._meta.label, job.pk)
    job._rows().update(queue_id=result.id)
    job.refresh_from_db()


def refuse_too_many(kind, user):
    """One person's script does not fill the queue that all wait in; raises TooManyJobs."""
    waiting = kind._default_manager.filter(created_by=user, status=kind.Status.QUEUED)
    if waiting.count() >= MOST_WAITING:
        raise TooManyJobs(
            f"{MOST_WAITING} of your jobs wait for a worker. Ask again when some are done."
        )


def kinds_of_jobs():
    return [model for model in apps.get_models() if issubclass(model, Job)]


def others_wait(job):
    """Whether a job of a higher priority waits for a worker."""
    above = [model for model in kinds_of_jobs() if model.priority > job.priority]
    return any(model._default_manager.filter(status="queued").exists() for model in above)


def requeue_lost_jobs():
    """Give jobs whose worker died to another; how many. After three attempts they failed.

    The queue itself keeps a killed worker's task as running for ever.
    """
    return sum(_requeue(job) for model in kinds_of_jobs() for job in _lost(model))


def _lost(model):
    silent = models.Q(status=model.Status.RUNNING, heartbeat_at__lt=Now() - LOST_AFTER)
    yield from model._default_manager.filter(silent)
    for job in model._default_manager.filter(status=model.Status.QUEUED).exclude(queue_id=""):
        if _nobody_will_run(job):
            yield job


def _nobody_will_run(job):
    """The job waits, but its task ended without taking it, or is not in the queue."""
    try:
        return run_job.get_result(job.queue_id).is_finished
    except TaskResultDoesNotExist:
        return True
    except NotImplementedError:  # a queue that keeps nothing, as in tests
        return False


def _requeue(job):
    lost = job._rows(status=job.status, started_at=job.started_at, queue_id=job.queue_id)
    if job.cancel_requested:
        return _close(job, lost, status=job.Status.CANCELLED)
    if job.attempts >= MOST_ATTEMPTS:
        words = (
            f"The worker died {job.attempts} times over this job. Look at the server's log, "
            "then start it again: it goes on where it stopped."
        )
        _close(job, lost, status=job.Status.FAILED, error=words)
        return 0
    with transaction.atomic():
        if not lost.update(status=job.Status.QUEUED, started_at=None, heartbeat_at=None):
            return 0  # somebody else was faster
        _send(job)
    return 1


def _close(job, rows, **changes):
    """End a job that no worker has; how many there were."""
    with transaction.atomic():
        closed = rows.update(ended_at=Now(), **changes)
        if closed:
            job.refresh_from_db()
            job.announce()
    return closed
