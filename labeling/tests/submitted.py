"""What tests of the review share: a label that Ann submitted, and reviewers."""

import uuid

from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from labeling.models import Label
from labeling.saving import save_changes
from labeling.steps import submit
from s3label_site.testing import S3LabelTestCase, make_image

SQUARE = {"rings": [[2, 2, 30, 2, 30, 30, 2, 30], [10, 10, 20, 10, 20, 20, 10, 20]]}
LIST = reverse("admin:labeling_label_changelist")


class SubmittedLabelTestCase(S3LabelTestCase):
    """Ann has submitted a label with one shape; Rita may review."""

    def setUp(self):
        self.draw(self.label)
        submit(self.label, by=self.ann, rev=1)
        self.page = self.page_of(self.label)
        self.client.force_login(self.rita)

    def page_of(self, label):
        return reverse("admin:labeling_label_change", args=[label.pk])

    def draw(self, label, kind="polygon", geom=SQUARE):
        self.change(uuid.uuid4(), None, self.state_of_house(kind, geom), label)

    def change(self, uid, base, shape, label=None):
        label = label or self.label
        changes = [{"id": uid, "base": base, "shape": shape}]
        save_changes(label, author=label.labeler, op_id=uuid.uuid4(), changes=changes)
        label.refresh_from_db()

    def state_of_house(self, kind="polygon", geom=SQUARE, z=0):
        house = self.task.classes.get(name="House")
        return {"class": house.pk, "kind": kind, "geom": geom, "z": z, "attrs": {}}

    def submitted_by(self, person, name):
        image = make_image(self.dataset, name)
        fields = {"task": self.task, "image": image, "labeler": person}
        label = Label.objects.create(status="in_progress", **fields)
        self.draw(label)
        return submit(label, by=person, rev=1)

    def status(self, label=None):
        return Label.objects.get(pk=(label or self.label).pk).status

    def decide(self, button, label=None, query="", **fields):
        data = {button: "", "rev": 1, "comment": ""} | fields
        return self.client.post(self.page_of(label or self.label) + query, data, follow=True)

    def make_staff(self, *codenames):
        staff = User.objects.create(email="sam@example.org", is_staff=True)
        staff.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        self.client.force_login(staff)
        return staff
