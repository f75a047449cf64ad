"""P11: revisions are numbers and clocks play no part, whatever they show."""

import time
import uuid
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from labeling import steps
from labeling.claiming import claim_next
from labeling.history import history_of
from labeling.models import Label, LabelRevision, LabelStep
from labeling.saving import save_changes
from labeling.tests.history import check, stored
from labeling.tests.test_life_of_a_label import Lives, live
from s3label_site.testing import S3LabelTestCase

DAYS = {"a day ahead": 1, "a day behind": -1}


class ProcessClock:
    """Web servers whose clocks are wrong; the database's is right."""

    def __init__(self, days):
        self.shift = timedelta(days=days)

    def __enter__(self):
        real_time, real_now = time.time, timezone.now
        self.patches = [
            mock.patch("time.time", lambda: real_time() + self.shift.total_seconds()),
            mock.patch("django.utils.timezone.now", lambda: real_now() + self.shift),
        ]
        for patch in self.patches:
            patch.start()

    def __exit__(self, *_):
        for patch in self.patches:
            patch.stop()


class ClockTests(S3LabelTestCase):
    def draw(self, label, uid=None, base=None):
        geom = {"cx": 20, "cy": 20, "w": 9, "h": 9, "angle": 0}
        house = self.task.classes.first().pk
        shape = {"class": house, "kind": "rect", "geom": geom, "z": 0, "attrs": {}}
        change = {"id": uid or uuid.uuid4(), "base": base, "shape": shape}
        return save_changes(label, author=self.ann, op_id=uuid.uuid4(), changes=[change]).body

    def test_servers_with_wrong_clocks_agree_on_leases_and_order(self):
        for words, days in DAYS.items():
            with self.subTest(words):
                with ProcessClock(days):
                    ann = claim_next(task=self.task, labeler=self.ann)
                    ben = claim_next(task=self.task, labeler=self.ben)
                self.assertNotEqual(ann.pk, ben.pk)
                # Another server, whose clock is right, takes neither away.
                again = claim_next(task=self.task, labeler=self.ben)
                self.assertEqual(again.pk, ben.pk)
                held = Label.objects.get(pk=ann.pk)
                self.assertEqual(held.labeler, self.ann)
                lease = timedelta(minutes=self.task.lease_minutes)
                off = held.lease_until - datetime.now(UTC) - lease
                self.assertLess(abs(off), timedelta(hours=1))

    def test_a_database_whose_clock_jumps_keeps_every_revision_in_its_place(self):
        uid = uuid.uuid4()
        for rev, days in enumerate([0, 1, -1, 3, -3], start=1):
            self.assertEqual(self.draw(self.label, uid, rev - 1 or None), {"rev": rev})
            shifted = Now() + timedelta(days=days)
            LabelRevision.objects.filter(label=self.label, rev=rev).update(made_at=shifted)
        label = steps.submit(Label.objects.get(pk=self.label.pk), by=self.ann, rev=5)
        LabelStep.objects.update(made_at=Now() - timedelta(days=30))
        steps.approve(label, by=self.rita, rev=5)
        told = [event.rev for event in history_of(label)[0]]
        self.assertEqual(told, sorted(told, reverse=True))
        self.assertEqual(label.shapes.current().get().rev_added, 5)
        self.assertEqual(Label.objects.get(pk=label.pk).approved_rev, 5)
        self.assertEqual(check([], stored()), [])


class UnderWrongClocks(Lives):
    """Each step may be taken by another web server, with a clock of its own."""

    DAYS = st.sampled_from([-1, 1, -20_000, 36_500])

    @initialize(days=DAYS)
    def go_to_a_server(self, days):
        self.clock = ProcessClock(days)
        self.clock.__enter__()

    def teardown(self):
        self.clock.__exit__()
        super().teardown()

    @rule(days=DAYS)
    def go_to_another_server(self, days):
        self.clock.__exit__()
        self.clock = ProcessClock(days)
        self.clock.__enter__()


@pytest.mark.django_db
def test_labels_live_the_same_whatever_the_clocks_of_servers_show(is_long):
    live(UnderWrongClocks, is_long, examples=10)
