"""Webhooks: written with their cause, sent by a worker, tried again, seen in the admin."""

import json
import re
from datetime import timedelta
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from datasets import delivering
from datasets.delivering import PAUSES, deliver, deliver_due, forget_old_deliveries
from datasets.importing import start_finding, start_importing
from datasets.jobs import enqueue
from datasets.models import Dataset, Delivery, Webhook
from datasets.posting import NotDelivered, signature_of
from datasets.webhooks import EVENTS
from labeling.models import Export, LabelImport
from labeling.tests.imports.files import write
from labeling.tests.test_api import ApiTestCase
from s3label_site.testing import make_picture
from s3label_site.tests.architecture import ROOT

URL = "https://hooks.example.org/labels"


@override_settings(WEBHOOK_HOSTS=["hooks.example.org"])
class WebhookTestCase(ApiTestCase):
    def setUp(self):
        super().setUp()
        self.webhook = Webhook.objects.create(name="CI", url=URL, events=list(EVENTS))

    def told(self):
        rows = Delivery.objects.order_by("pk").values_list("event", "body")
        return [(event, json.loads(body)["data"]) for event, body in rows]

    def post_with(self, answer):
        """Deliver what is due; what was sent, as the arguments of post."""
        with mock.patch.object(delivering, "post", **answer) as sent:
            deliver_due()
        return [call.args for call in sent.call_args_list]


class CauseTests(WebhookTestCase):
    def test_submitting_and_approving_are_told(self):
        self.save(None, self.state())
        self.assertEqual(self.told(), [])
        self.post("/submit", {"rev": 1})
        self.client.force_login(self.rita)
        self.post("/approve", {"rev": 1})
        about = {"id": self.label.pk, "task": self.task.pk, "image": self.image.pk, "rev": 1}
        about["labeler"] = self.ann.pk
        submitted, approved = about | {"by": self.ann.pk}, about | {"by": self.rita.pk}
        wanted = [("label.submitted", submitted), ("label.approved", approved)]
        self.assertEqual(self.told(), wanted)

    def test_what_did_not_happen_is_not_told(self):
        self.assertEqual(self.post("/submit", {"rev": 9}).status_code, 409)
        self.assertEqual(self.told(), [])
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            self.post("/submit", {"rev": 0})
            self.assertEqual(len(self.told()), 1)
            raise ZeroDivisionError
        self.assertEqual(self.told(), [])

    def test_only_who_wants_to_know_is_told(self):
        Webhook.objects.create(name="Off", url=URL, events=list(EVENTS), is_active=False)
        Webhook.objects.create(name="Other", url=URL, events=["export.finished"])
        self.post("/submit", {"rev": 0})
        self.assertEqual(Delivery.objects.get().webhook, self.webhook)

    def test_a_save_asks_nothing_about_webhooks(self):
        with mock.patch("datasets.webhooks.Webhook.objects.filter", side_effect=AssertionError):
            self.assertEqual(self.save(None, self.state()).status_code, 200)

    def test_an_import_is_told_when_it_is_over_and_not_when_its_files_are_found(self):
        dataset = Dataset.objects.create(site="Hooks", sensor="x")
        make_picture(f"{settings.IMAGE_ROOTS[0]}/{self.id()}/a.png")
        job = start_finding(dataset, f"{settings.IMAGE_ROOTS[0]}/{self.id()}")
        job.run()
        self.assertEqual(self.told(), [])
        job.refresh_from_db()
        start_importing(job)
        job.run()
        ((event, data),) = self.told()
        self.assertEqual((event, data["id"], data["status"]), ("import.finished", job.pk, "done"))
        self.assertEqual(data["files"], [{"state": "new", "outcome": "imported", "files": 1}])

    def test_an_import_of_labels_is_told_with_what_came(self):
        folder = Path(settings.IMAGE_ROOTS[0]) / self.id()
        name = Path(self.image.path).stem
        write(folder, f"{name}.txt", "0 0.5 0.5 0.25 0.25\n0 0.5\n")
        write(folder, "classes.txt", "House\n")
        about = {"label_task": self.task, "format": "yolo", "labeler": self.ann}
        made = enqueue(LabelImport(path=str(folder), **about))
        made.run()
        enqueue(LabelImport(path=str(folder), **about)).cancel()
        (event, done), (_, cancelled) = self.told()
        self.assertEqual((event, done["id"]), ("label-import.finished", made.pk))
        self.assertEqual((done["status"], done["added"], done["refused"]), ("done", 1, 1))
        self.assertEqual((cancelled["status"], cancelled["added"]), ("cancelled", None))

    def test_an_export_is_told_whether_it_was_made_or_cancelled(self):
        made = enqueue(Export(label_task=self.task, format="coco", which="all"))
        made.run()
        enqueue(Export(label_task=self.task, format="coco")).cancel()
        (_, done), (_, cancelled) = self.told()
        made.refresh_from_db()
        self.assertEqual((done["status"], done["sha256"]), ("done", made.sha256))
        self.assertEqual(cancelled["status"], "cancelled")


class DeliveryTests(WebhookTestCase):
    def setUp(self):
        super().setUp()
        self.post("/submit", {"rev": 0})
        self.row = Delivery.objects.get()

    def test_what_is_sent_is_signed_as_the_docs_say(self):
        ((url, body, headers),) = self.post_with({"return_value": 204})
        self.assertEqual((url, json.loads(body)["event"]), (URL, "label.submitted"))
        self.assertEqual(headers["X-S3Label-Delivery"], str(self.row.uid))
        code = re.search(r"```python\n(.*?)```", (ROOT / "docs/webhooks.md").read_text(), re.S)[1]
        known = {}
        exec(code, known)  # noqa: S102  our own page
        signature = headers["X-S3Label-Signature"]
        self.assertTrue(known["is_genuine"](self.webhook.secret, signature, body))
        self.assertFalse(known["is_genuine"](self.webhook.secret, signature, body + b" "))
        self.assertFalse(known["is_genuine"]("whsec_other", signature, body))
        old = signature_of(self.webhook.secret, 1, body)
        self.assertFalse(known["is_genuine"](self.webhook.secret, old, body))
        self.row.refresh_from_db()
        self.assertEqual((self.row.status, self.row.answer), ("delivered", 204))
        self.assertEqual(self.post_with({"return_value": 204}), [])

    def test_what_was_not_taken_is_tried_again_ever_later_and_given_up_in_the_end(self):
        fails = {"side_effect": NotDelivered("It answered 500.", 500)}
        for pause in PAUSES:
            self.assertEqual(len(self.post_with(fails)), 1)
            self.assertEqual(self.post_with(fails), [], "It is not due yet.")
            self.row.refresh_from_db()
            self.assertEqual((self.row.status, self.row.answer), ("waiting", 500))
            self.assertGreater(self.row.next_at, timezone.now() + pause * 0.5)
            Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))
        self.post_with(fails)
        self.row.refresh_from_db()
        self.assertEqual((self.row.status, self.row.problem), ("failed", "It answered 500."))

    def test_of_two_workers_one_sends_it(self):
        with mock.patch.object(delivering, "post", return_value=200) as sent:
            same = Delivery.objects.get()
            self.assertTrue(deliver(self.row))
            self.assertFalse(deliver(same))
        self.assertEqual(sent.call_count, 1)

    def test_a_message_whose_worker_died_is_sent_by_another(self):
        with self.assertRaises(SystemExit):
            self.post_with({"side_effect": SystemExit})
        self.assertEqual(self.post_with({"return_value": 200}), [], "Somebody may be at it.")
        Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))
        self.assertEqual(len(self.post_with({"return_value": 200})), 1)

    @override_settings(WEBHOOK_HOSTS=[])
    def test_a_host_that_is_not_allowed_any_more_gets_nothing(self):
        deliver_due()
        self.row.refresh_from_db()
        self.assertEqual(self.row.status, "failed")
        self.assertIn("not among the hosts", self.row.problem)

    def test_old_messages_are_forgotten_unless_they_wait(self):
        Delivery.objects.update(created_at=timezone.now() - timedelta(days=40))
        self.assertEqual(forget_old_deliveries(), 0)
        self.post_with({"return_value": 200})
        self.assertEqual(forget_old_deliveries(), 1)


class AdminTests(WebhookTestCase):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.rita)
        call_command("make_managers", verbosity=0)

    def make(self, **fields):
        form = {"name": "New", "url": URL, "events": ["label.approved"], "is_active": "on"}
        return self.client.post(reverse("admin:datasets_webhook_add"), form | fields, follow=True)

    def act(self, model, action, *rows):
        body = {"action": action, "_selected_action": [row.pk for row in rows]}
        url = reverse(f"admin:datasets_{model}_changelist")
        return self.client.post(url, body, follow=True)

    def test_a_webhook_is_made_and_its_secret_shown_once(self):
        answer = self.make()
        made = Webhook.objects.get(name="New")
        self.assertEqual(made.events, ["label.approved"])
        self.assertContains(answer, made.secret)
        page = self.client.get(reverse("admin:datasets_webhook_change", args=[made.pk]))
        self.assertContains(page, URL)
        self.assertNotContains(page, made.secret)
        self.assertNotContains(page, made.key)

    def test_only_hosts_that_the_operator_allows(self):
        for url in ("https://evil.org/", "http://hooks.example.org/", "http://169.254.169.254/"):
            self.make(url=url)
        self.make(events=["everything"])
        self.assertEqual(Webhook.objects.get(), self.webhook)

    def test_a_new_secret_ends_the_old_one(self):
        old = self.webhook.secret
        answer = self.act("webhook", "change_secret", self.webhook)
        self.webhook.refresh_from_db()
        self.assertNotEqual(self.webhook.secret, old)
        self.assertContains(answer, self.webhook.secret)

    def test_it_is_tried_and_what_was_given_up_is_sent_again(self):
        self.act("webhook", "try_out", self.webhook)
        row = Delivery.objects.get()
        Delivery.objects.update(status="failed", attempts=8, problem="It answered 500.")
        url = reverse("admin:datasets_delivery_changelist")
        self.assertContains(self.client.get(url), "It answered 500.")
        self.act("delivery", "send_again", row)
        self.assertEqual(len(self.post_with({"return_value": 200})), 1)
        self.assertContains(self.client.get(url), "Delivered")
