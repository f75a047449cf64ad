"""Send what webhooks are to be told; what was not taken is tried again, ever more seldom."""

import time
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from datasets.posting import Forbidden, NotDelivered, post, signature_of
from datasets.webhooks import Delivery

# How long after each attempt in vain the next one is made; after the last it is given up.
PAUSES = [timedelta(seconds=s) for s in (10, 60, 300, 1800, 7200, 6 * 3600, 12 * 3600)]
# A worker that takes a message has so long to say what became of it.
IN_HAND = timedelta(minutes=2)
AT_ONCE = 50
KEPT = timedelta(days=30)


def deliver_due():
    """Send what is due; how many messages were taken."""
    return sum(deliver(row) for row in Delivery.objects.due().select_related("webhook")[:AT_ONCE])


def deliver(row):
    """Send one message, unless another worker has taken it meanwhile."""
    # Compare and set. If this worker dies now, the message is due again later, and may arrive
    # twice; it is never lost.
    taken = Delivery.objects.filter(pk=row.pk, status="waiting", next_at=row.next_at).update(
        next_at=timezone.now() + IN_HAND, attempts=F("attempts") + 1
    )
    if not taken:
        return False
    row.refresh_from_db(fields=["next_at", "attempts"])
    changes = _send(row)
    Delivery.objects.filter(pk=row.pk, next_at=row.next_at).update(**changes)
    return True


def _send(row):
    """Try it once; the fields of the row that tell what came of it."""
    seconds, body = int(time.time()), row.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "S3Label",
        "X-S3Label-Event": row.event,
        "X-S3Label-Delivery": str(row.uid),
        "X-S3Label-Signature": signature_of(row.webhook.secret, seconds, body),
    }
    hosts = {"public": settings.WEBHOOK_HOSTS, "private": settings.WEBHOOK_PRIVATE_HOSTS}
    try:
        status = post(row.webhook.url, body, headers, **hosts)
    except Forbidden as problem:
        # Trying again changes nothing; staff send it again when the operator has allowed it.
        return {"status": "failed", "problem": str(problem), "answer": None}
    except NotDelivered as problem:
        said = {"problem": str(problem)[:1000], "answer": problem.status}
        if row.attempts > len(PAUSES):
            return said | {"status": "failed"}
        return said | {"next_at": timezone.now() + PAUSES[row.attempts - 1]}
    said = {"status": "delivered", "answer": status, "problem": ""}
    return said | {"delivered_at": timezone.now()}


def forget_old_deliveries():
    """What was delivered or given up a month ago is of no use to anybody; how many went."""
    ended = Delivery.objects.exclude(status="waiting")
    return ended.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
