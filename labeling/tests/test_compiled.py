"""SQL that is made once answers for other numbers as if it had been made for them."""

from labeling.compiled import Compiled
from labeling.models import Label
from s3label_site.testing import S3LabelTestCase


class CompiledTests(S3LabelTestCase):
    def setUp(self):
        self.made = 0

        @Compiled
        def labels_of(task, person, rev):
            self.made += 1
            return Label.objects.filter(task=task, labeler=person, rev__lte=rev).order_by("pk")

        self.labels_of = labels_of

    def test_other_numbers_find_other_rows(self):
        mine = (self.task.pk, self.ann.pk, 0)
        self.assertEqual(self.labels_of.first(*mine), self.label)
        self.assertIsNone(self.labels_of.first(self.task.pk, self.ben.pk, 0))
        self.assertIsNone(self.labels_of.first(self.task.pk, self.ann.pk, -1))
        self.assertEqual(self.labels_of.first(*mine), self.label)
        self.assertEqual(self.made, 1)

    def test_tuples_are_those_of_the_query(self):
        ask = Compiled(lambda person: Label.objects.filter(labeler=person).values_list("rev", "pk"))
        self.assertEqual(list(ask.ask(self.ann.pk)), [(0, self.label.pk)])
        self.assertEqual(list(ask.ask(self.ben.pk)), [])
