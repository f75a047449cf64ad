"""The numbers that triggers keep are those that counting gives, whatever was written how."""

import tempfile
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, OuterRef, Sum

from datasets.counting import CREATE, fold
from datasets.models import Dataset, DatasetGroup, Image, ImageCount
from labeling.claiming import claim_next
from labeling.counting import KEPT
from labeling.models import Label, LabelCount, LabelTask
from labeling.steps import approve, send_back, submit
from s3label_site.testing import S3LabelTestCase, make_image, make_task


def kept():
    """{(task, labeler, status): n} and {dataset: n}, without what is nothing."""
    labels = LabelCount.objects.values_list("task", "labeler", "status").annotate(sum=Sum("n"))
    images = ImageCount.objects.values_list("dataset").annotate(sum=Sum("n"))
    return {row[:-1]: row[-1] for row in [*labels, *images] if row[-1]}


def counted():
    labels = Label.objects.order_by().values_list("task", "labeler", "status")
    images = Image.objects.order_by().values_list("dataset").annotate(Count("pk"))
    of_labels = Counter((task, labeler or 0, status) for task, labeler, status in labels)
    return of_labels | {(dataset,): number for dataset, number in images}


class CountingTests(S3LabelTestCase):
    def test_what_people_do_is_counted(self):
        self.assertEqual(kept(), counted())
        task = make_task(self.ann, self.ben, images=5, labels_per_image=2)
        label = claim_next(task=task, labeler=self.ann)
        self.assertEqual(kept(), counted())
        self.assertEqual(kept()[task.pk, self.ann.pk, "in_progress"], 1)
        submit(label, by=self.ann, rev=0)
        send_back(label, by=self.rita, comment="Again.")
        submit(label, by=self.ann, rev=0)
        approve(label, by=self.rita, rev=0)
        self.assertEqual(kept(), counted())
        self.assertEqual(kept()[task.pk, self.ann.pk, "approved"], 1)

    def test_what_sql_does_is_counted(self):
        other = Dataset.objects.create(site="Other", sensor="Camera")
        rows = [
            f"INSERT INTO labels (label_task_id, input_data_id) "  # noqa: S608  our own numbers
            f"SELECT {self.task.pk}, id FROM input_data WHERE true ON CONFLICT DO NOTHING",
            f"UPDATE labels SET status = 'in_progress', user_id = {self.ben.pk} "  # noqa: S608
            f"WHERE status = 'free'",
            f"UPDATE input_data SET dataset_id = {other.pk} WHERE id = {self.image.pk}",  # noqa: S608
            "DELETE FROM labels",
            f"DELETE FROM input_data WHERE id = {self.image.pk}",  # noqa: S608
        ]
        for statement in rows:
            before = kept()
            with connection.cursor() as cursor:
                cursor.execute(statement)
            self.assertNotEqual(kept(), before, statement)
            self.assertEqual(kept(), counted(), statement)

    def test_a_save_of_other_columns_counts_nothing(self):
        before = list(LabelCount.objects.values_list("pk", "n"))
        Label.objects.update(rev=3, n_shapes=1, priority=7)
        self.assertEqual(list(LabelCount.objects.values_list("pk", "n")), before)

    def test_what_is_rolled_back_was_never_counted(self):
        before = kept()
        with transaction.atomic():
            make_image(self.dataset, "rolled-back.png")
            self.assertNotEqual(kept(), before)
            transaction.set_rollback(True)
        self.assertEqual(kept(), before)

    def test_folding_keeps_the_numbers_in_fewer_rows(self):
        make_task(self.ann, images=9)
        before, rows = kept(), ImageCount.objects.count()
        fold(ImageCount.objects.all(), "dataset")
        self.assertEqual(kept(), before)
        if connection.vendor == "postgresql":
            self.assertLess(ImageCount.objects.count(), rows)
        fold(LabelCount.objects.all(), "task", "labeler", "status")
        self.assertEqual(kept(), counted())

    def test_rows_that_were_loaded_from_a_dump_are_counted_again(self):
        """They come with their numbers, and are counted by the triggers, too."""
        with tempfile.NamedTemporaryFile(suffix=".json") as dump:
            call_command("dumpdata", "datasets", "labeling", "accounts.user", output=dump.name)
            Label.objects.all().delete()
            Image.objects.all().delete()
            LabelCount.objects.all().delete()
            call_command("loaddata", dump.name, verbosity=0)
        self.assertNotEqual(kept(), counted())
        call_command("count_again", verbosity=0)
        self.assertEqual(kept(), counted())

    def test_numbers_of_several_datasets_are_one(self):
        more = make_task(self.ann, images=3).dataset_group.datasets.get()
        group = DatasetGroup.objects.create(name="Both")
        group.datasets.add(self.dataset, more)
        datasets = Dataset.objects.filter(groups=OuterRef(OuterRef("pk"))).values("pk")
        rows = DatasetGroup.objects.annotate(n=ImageCount.of(dataset__in=datasets))
        self.assertEqual(rows.get(pk=group.pk).n, 5)
        empty = DatasetGroup.objects.create(name="Empty")
        self.assertEqual(rows.get(pk=empty.pk).n, 0)

    def test_the_triggers_are_there_after_all_migrations(self):
        """If not: the migration that copied the table on SQLite lacks KeepCounts at its end."""
        names = {
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
            "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
        }
        with connection.cursor() as cursor:
            cursor.execute(names[connection.vendor])
            there = {name for (name,) in cursor.fetchall()}
        made = [text for one in KEPT for text in CREATE[connection.vendor](one)]
        wanted = {text.split()[2] for text in made if text.startswith("CREATE TRIGGER")}
        self.assertEqual(there, wanted)


@pytest.mark.django_db(transaction=True)
def test_rows_from_before_are_counted_by_the_migration_and_tables_can_be_emptied(transactional_db):
    graph = MigrationExecutor(connection).loader.graph
    made = [key for key in graph.nodes if "keep_numbers_of" in key[1]]
    before = [parent for key in made for parent in graph.node_map[key].parents]
    before = [parent.key for parent in before if parent.key not in made]
    try:
        executor = MigrationExecutor(connection)
        apps = executor.migrate(before).apps
        dataset = apps.get_model("datasets", "Dataset").objects.create(site="Old", sensor="Camera")
        facts = {"byte_size": 1, "format": "PNG", "width": 1, "height": 1}
        for number in range(3):
            path, sha256 = f"/old/{number}.png", f"{number:064}"
            apps.get_model("datasets", "Image").objects.create(
                dataset=dataset, path=path, sha256=sha256, **facts
            )
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
    assert kept() == {(dataset.pk,): 3}
    with connection.cursor() as cursor:
        for table in ("image_counts", "input_data"):
            if connection.vendor == "postgresql":
                cursor.execute(f"TRUNCATE {table} CASCADE")
            else:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608  one of the two above
    assert kept() == {}
    assert LabelTask.objects.count() == 0
