"""How gunicorn serves S3Label; GUNICORN_CMD_ARGS in the environment overrules each value."""

import os

from django.conf import settings

from datasets.bulkhead import WEB
from s3label_site.postgresql.base import DatabaseWrapper

wsgi_app = "s3label_site.wsgi"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
# Threads, because a request waits for the database or the disk more than it computes.
worker_class = "gthread"
workers = max(2, min(os.cpu_count() or 2, 8))
threads = 8
preload_app = True
# The editor asks every few seconds; without this it would open a connection each time.
keepalive = 75
timeout = 120
graceful_timeout = 15
# Its default lies in the home folder, which may be read-only or shared by two servers.
control_socket_disable = True
loglevel = "warning"


def post_worker_init(worker):
    """What holds where people wait for an answer, and nowhere else."""
    # The number that counts is only known here: GUNICORN_CMD_ARGS may say another.
    WEB.divide(worker.cfg.threads)
    DatabaseWrapper.limits = settings.DATABASE_LIMITS
