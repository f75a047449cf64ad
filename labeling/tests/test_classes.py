from labeling.classes import PALETTE, next_color, prepare_classes
from labeling.models import LabelClass
from s3label_site.testing import S3LabelTestCase


class PrepareClassesTests(S3LabelTestCase):
    def classes(self):
        return list(self.task.classes.values_list("name", "color", "export_id"))

    def add(self, name, **fields):
        return LabelClass.objects.create(task=self.task, name=name, position=9, **fields)

    def test_a_task_made_by_sql_gets_one_class(self):
        self.task.classes.all().delete()
        prepare_classes(self.task)
        self.assertEqual(self.classes(), [("object", "#e6194b", 1)])
        prepare_classes(self.task)
        self.assertEqual(self.classes(), [("object", "#e6194b", 1)])

    def test_a_new_class_gets_the_next_export_id_and_an_unused_color(self):
        before = self.classes()
        self.add("Road")
        prepare_classes(self.task)
        self.assertEqual(self.classes(), [*before, ("Road", "#4363d8", 3)])

    def test_the_export_id_of_a_deleted_class_is_not_given_again(self):
        road = self.add("Road")
        prepare_classes(self.task)
        road.delete()
        self.add("River")
        prepare_classes(self.task)
        self.assertEqual(self.classes()[-1], ("River", "#4363d8", 4))

    def test_a_task_whose_classes_are_ready_costs_three_queries(self):
        with self.assertNumQueries(3):
            prepare_classes(self.task)

    def test_after_the_last_color_of_the_palette_the_first_comes_again(self):
        used = []
        for _ in range(len(PALETTE) + 2):
            used.append(next_color(used))
        self.assertEqual(used, [*PALETTE, *PALETTE[:2]])
