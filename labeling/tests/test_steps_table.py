"""The table of steps in docs/labeling.md is what happens: from each status, by each role."""

import re
from pathlib import Path

from django.conf import settings
from django.db import transaction

from labeling import steps
from labeling.models import Label, LabelStep
from labeling.steps import InvalidStep
from s3label_site.testing import S3LabelTestCase

PAGE = (Path(settings.BASE_DIR) / "docs/labeling.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|", re.MULTILINE)
STATUS_OF = {words.lower(): status for status, words in Label.Status.choices}
ARGUMENTS = {
    "submit": {"rev": 0},
    "approve": {"rev": 0},
    "send_back": {"comment": "Again."},
    "skip": {"reason": "Too dark."},
    "report": {"reason": "It is black."},
}
MAY = {
    "its labeler": {"its labeler", "staff, own work"},
    "staff, not their own work": {"staff"},
    "staff": {"staff", "staff, own work"},
}


def table():
    """{step: (who may, the statuses it starts from, the status it leads to or None)}"""
    found = {}
    for step, who, starts, leads in ROW.findall(PAGE):
        leads_to = None if leads.strip() == "stays" else STATUS_OF[leads.strip()]
        found[step] = (
            MAY[who.strip()],
            {STATUS_OF[s.strip()] for s in starts.split(",")},
            leads_to,
        )
    return found


class StepTableTests(S3LabelTestCase):
    def label_of(self, role, status):
        """The label in a status, and the person who comes in a role to it."""
        labeler = self.rita if role == "staff, own work" else self.ann
        facts = {"status": status, "labeler": None if status == "free" else labeler}
        if status == "approved":
            facts["approved_rev"] = 0
        Label.objects.filter(pk=self.label.pk).update(**facts)
        self.label.refresh_from_db()
        person = {"its labeler": self.ann, "another labeler": self.ben, "outsider": self.cem}
        return self.label, person.get(role, self.rita)

    def take(self, step, label, person):
        arguments = dict(ARGUMENTS.get(step, {}))
        if step == "reassign":
            arguments["to"] = self.ben
        try:
            getattr(steps, step)(label, by=person, **arguments)
        except InvalidStep:
            return False
        return True

    def test_every_step_stands_in_the_table(self):
        known = {one.name for one in vars(steps).values() if isinstance(one, steps.Step)}
        self.assertEqual(set(table()), known)

    def test_each_step_from_each_status_by_each_role(self):
        roles = ["its labeler", "another labeler", "outsider", "staff", "staff, own work"]
        for step, (who, starts, leads_to) in table().items():
            for status in Label.Status.values:
                for role in roles:
                    with self.subTest(step, status=status, role=role), transaction.atomic():
                        label, person = self.label_of(role, status)
                        done = self.take(step, label, person)
                        self.assertEqual(done, role in who and status in starts)
                        now = Label.objects.get(pk=label.pk).status
                        self.assertEqual(now, (leads_to or status) if done else status)
                        record = LabelStep.objects.filter(label=label).values_list(
                            "step", "from_status", "to_status", "rev", "by"
                        )
                        expected = [(step, status, now, 0, person.pk)] if done else []
                        self.assertEqual(list(record), expected)
                        transaction.set_rollback(True)
