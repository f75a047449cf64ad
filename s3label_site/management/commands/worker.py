import io
import logging
import os
import threading

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections, connection
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from datasets.caching import drop_oldest
from datasets.decoding import look_after_new_images
from datasets.delivering import deliver_due, forget_old_deliveries
from datasets.jobs import requeue_lost_jobs, seconds_of_silence
from datasets.watching import look_after_watched_folders

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 0.5
# Its job was given to another long before.
SECONDS_UNTIL_STUCK = 180


class Command(BaseCommand):
    help = (
        "Do background work (imports, exports) until stopped. script/server runs one; "
        "run more of them, on any host that reaches database and images, to do more at once."
    )

    def handle(self, **options):
        for duty, pause in DUTIES.items():
            threading.Thread(target=_repeat, args=(duty, pause), daemon=True).start()
        worker = Worker(
            queue_names=["*"],
            interval=SECONDS_BETWEEN_LOOKS,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        # The first SIGTERM lets the running job finish, the second stops it.
        worker.configure_signals()
        worker.run()


def _end_when_stuck():
    """A call into a dead mount never comes back; the supervisor starts another worker."""
    if (seconds := seconds_of_silence()) > SECONDS_UNTIL_STUCK:
        logger.error("The job of this worker was silent for %d s, so it ends.", seconds)
        # Not by an exception: the thread that hangs would not see it.
        os._exit(1)


def _give_lost_jobs_to_others():
    if number := requeue_lost_jobs():
        logger.warning("Put %s lost job(s) back into the queue.", number)


def _keep_the_cache_small():
    if number := drop_oldest(settings.CACHE_DIR, settings.CACHE_BYTES):
        logger.info("Dropped %s MB of derivatives that nobody looked at.", number // 1_000_000)


def _prune_imports():
    call_command("prune_imports", stdout=io.StringIO())


# What a worker does besides its jobs, and after how many seconds again.
DUTIES = {
    _end_when_stuck: 2,
    _give_lost_jobs_to_others: 30,
    look_after_watched_folders: 20,
    look_after_new_images: 20,
    _keep_the_cache_small: 600,
    _prune_imports: 6 * 3600,
    deliver_due: 2,
    forget_old_deliveries: 3600,
}


def _repeat(duty, seconds):
    """In a thread for each, so that neither a long job nor a dead mount holds up the others."""
    pause = threading.Event()
    while True:
        try:
            close_old_connections()
            duty()
        except OperationalError as problem:
            logger.warning("The database is away: %s", problem)
        finally:
            connection.close()
        pause.wait(seconds)
