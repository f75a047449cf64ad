import logging
import threading

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections, connection
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from datasets.jobs import requeue_lost_jobs

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_BETWEEN_ROUNDS = 30


class Command(BaseCommand):
    help = (
        "Do background work (imports, exports) until stopped. script/server runs one; "
        "run more of them, on any host that reaches database and images, to do more at once."
    )

    def handle(self, **options):
        rounds = threading.Thread(target=_look_for_lost_jobs, daemon=True)
        rounds.start()
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


def _look_for_lost_jobs():
    """In a thread, so that a long job of this worker does not hold up those of a dead one."""
    pause = threading.Event()
    while True:
        try:
            close_old_connections()
            if number := requeue_lost_jobs():
                logger.warning("Put %s lost job(s) back into the queue.", number)
        except OperationalError as problem:
            logger.warning("Cannot look for lost jobs: %s", problem)
        finally:
            connection.close()
        pause.wait(SECONDS_BETWEEN_ROUNDS)
