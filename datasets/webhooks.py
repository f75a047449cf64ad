"""Tell other programs what happened: whom to tell, and what is still to be told.

A message is a row that is written in the transaction of what it tells, so that neither is there
without the other; a worker sends it later (delivering.py).
"""

import secrets
import uuid

import orjson
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import salted_hmac

EVENTS = {
    "label.submitted": "A label was submitted",
    "label.approved": "A label was approved",
    "import.finished": "An import of a folder ended",
    "label-import.finished": "An import of labels ended",
    "export.finished": "An export ended",
}
# Sent by hand, to try whether a webhook works.
TEST = "test"


def new_key():
    return secrets.token_hex(16)


class Webhook(models.Model):
    """A program that is told of events, at an address that the operator allows."""

    name = models.CharField(max_length=100)
    url = models.CharField("address", max_length=500)
    events = models.JSONField(default=list)
    is_active = models.BooleanField(
        "active", default=True, db_default=True, help_text="Off: nothing new is told to it."
    )
    # The secret is made from this and the secret key of the server, so that who reads the
    # database still cannot sign.
    key = models.CharField(max_length=32, default=new_key, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "webhooks"

    def __str__(self):
        return self.name

    @property
    def secret(self):
        return "whsec_" + salted_hmac("webhook", self.key, algorithm="sha256").hexdigest()


class DeliveryQuerySet(models.QuerySet):
    def due(self):
        """What is to be sent now, and first what was not tried in vain yet."""
        waiting = self.filter(status="waiting", next_at__lte=timezone.now())
        return waiting.order_by("attempts", "next_at", "pk")

    def send_again(self):
        """Send them once more, from the start; how many."""
        again = {"status": "waiting", "attempts": 0, "next_at": timezone.now(), "problem": ""}
        return self.update(**again)


class Delivery(models.Model):
    """One message to one webhook, sent or still to be sent."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Given up"

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    # By which the receiver knows one that comes twice.
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    event = models.CharField(max_length=40)
    body = models.TextField()
    status = models.CharField(
        max_length=10, choices=Status, default=Status.WAITING, db_default=Status.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_at = models.DateTimeField("next attempt", default=timezone.now)
    answer = models.PositiveSmallIntegerField("last answer", null=True)
    problem = models.TextField("why not", blank=True, default="", db_default="")
    created_at = models.DateTimeField("written", db_default=Now())
    delivered_at = models.DateTimeField("delivered", null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        db_table = "webhook_deliveries"
        verbose_name = "webhook delivery"
        verbose_name_plural = "webhook deliveries"
        indexes = [models.Index(fields=["status", "next_at"], name="deliveries_that_are_due")]

    def __str__(self):
        return f"{self.event} to {self.webhook}"


def announce(event, data):
    """Write down what happened, for every active webhook that wants to know; in a transaction."""
    wanting = [hook for hook in Webhook.objects.filter(is_active=True) if event in hook.events]
    if wanting:
        tell(wanting, event, data)


def tell(webhooks, event, data):
    body = orjson.dumps({"event": event, "at": timezone.now(), "data": data}).decode()
    rows = [Delivery(webhook=webhook, event=event, body=body) for webhook in webhooks]
    return Delivery.objects.bulk_create(rows)
