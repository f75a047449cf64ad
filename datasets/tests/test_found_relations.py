"""What the table says of files that have to do with images or with each other."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from datasets.admin.found_relations import described
from datasets.models import Dataset, FolderImport, FoundFile, Image
from s3label_site.testing import S3LabelTestCase

CONTENT = "c" * 64


class RelationTests(S3LabelTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.elsewhere = Dataset.objects.create(site="Paarl", sensor="drone")
        cls.job = FolderImport.objects.create(
            dataset=cls.dataset, folder="/data", stage="found", status="done"
        )
        cls.url = reverse("admin:datasets_folderimport_change", args=[cls.job.pk])

    def put_image(self, path, dataset=None, **facts):
        facts = {"sha256": CONTENT, "byte_size": 1000, "width": 640, "height": 480} | facts
        dataset = dataset or self.dataset
        return Image.objects.create(dataset=dataset, path=path, format="PNG", **facts)

    def found(self, path="/data/b.png", state="duplicate", **facts):
        facts = {"sha256": CONTENT, "byte_size": 1000, "width": 640, "height": 480} | facts
        return FoundFile.objects.create(folder_import=self.job, path=path, state=state, **facts)

    def row(self, file):
        file = self.job.found_files.select_related("same_as").get(pk=file.pk)
        (row,) = described(self.job, [file])
        return row

    def relations(self, file):
        return [
            (relation.words, relation.path, relation.dataset)
            for relation in self.row(file)["relations"]
        ]

    def test_a_duplicate_names_the_image_and_its_dataset(self):
        image = self.put_image("/data/a.png")
        file = self.found(same_as=image, reason="same content as /data/a.png")
        self.assertEqual(
            self.relations(file), [("same content as", "/data/a.png", str(self.dataset))]
        )
        self.assertEqual(self.row(file)["why"], "")
        self.client.force_login(self.rita)
        page = self.client.get(self.url)
        self.assertContains(page, reverse("admin:datasets_image_change", args=[image.pk]))
        self.assertContains(page, reverse("admin:datasets_dataset_change", args=[self.dataset.pk]))

    def test_a_duplicate_names_images_of_other_datasets_too(self):
        image = self.put_image("/data/a.png")
        self.put_image("/paarl/7.png", self.elsewhere)
        self.assertEqual(
            self.relations(self.found(same_as=image)),
            [
                ("same content as", "/data/a.png", str(self.dataset)),
                ("same content as", "/paarl/7.png", "Paarl · drone"),
            ],
        )

    def test_a_duplicate_of_a_file_of_this_folder_leads_to_its_row(self):
        first = self.found("/data/a.png", state="new")
        second = self.found(same_as_path="/data/a.png", reason="same content as /data/a.png")
        (relation,) = self.row(second)["relations"]
        self.assertEqual(relation.path, "/data/a.png")
        self.client.force_login(self.rita)
        page = self.client.get(relation.url)
        self.assertEqual(page.context["table"].page.ids[0], first.pk)
        self.assertEqual(page.context["look"]["file"], first)

    def test_a_new_file_says_which_other_datasets_have_it(self):
        image = self.put_image("/paarl/7.png", self.elsewhere)
        file = self.found(state="new", reason=f"a PNG file named .jpg; also in dataset {image.pk}")
        self.assertEqual(self.relations(file), [("also", "/paarl/7.png", "Paarl · drone")])
        self.assertEqual(self.row(file)["why"], "a PNG file named .jpg")

    def test_a_moved_file_says_from_where_before_and_after_it_is_linked(self):
        image = self.put_image("/data/old.png")
        file = self.found(state="moved", same_as=image, reason="was /data/old.png")
        self.assertEqual(self.relations(file), [("was", "/data/old.png", "")])
        self.assertEqual(self.row(file)["why"], "")
        Image.objects.filter(pk=image.pk).update(path=file.path)
        FoundFile.objects.update(outcome="relinked", image=image)
        self.assertEqual(self.relations(file), [("", "see the image", "")])
        self.assertEqual(self.row(file)["why"], "was /data/old.png")

    def test_a_changed_file_says_what_changed(self):
        image = self.put_image("/data/b.png", sha256="a" * 64)
        changes = (
            ({"width": 800, "byte_size": 2048}, "640 × 480 pixels became 800 × 480, 1000"),
            ({"byte_size": 1001}, "1000"),
            ({}, "same size and pixels; other content"),
        )
        for facts, words in changes:
            with self.subTest(**facts):
                file = self.found(state="changed", same_as=image, reason="other content", **facts)
                self.assertTrue(self.row(file)["why"].startswith(words), self.row(file)["why"])
                self.assertIn("other content", self.row(file)["why"])
                self.assertEqual(self.relations(file), [("", "see the image", "")])
                file.delete()

    def test_a_content_of_many_datasets_is_named_three_times(self):
        for number in range(5):
            dataset = Dataset.objects.create(site="Site", sensor=str(number))
            self.put_image(f"/{number}.png", dataset)
        relations = self.relations(self.found(state="new"))
        self.assertEqual(
            [path for _, path, _ in relations], ["/0.png", "/1.png", "/2.png", "2 more"]
        )

    def test_an_image_that_was_deleted_leaves_the_words(self):
        file = self.found(reason="same content as /data/a.png")
        self.assertEqual(self.row(file)["why"], "same content as /data/a.png")
        self.assertEqual(self.relations(file), [])

    def test_files_without_a_content_are_related_to_nothing(self):
        self.put_image("/data/odd.png", sha256="")
        self.assertEqual(self.relations(self.found(state="unreadable", sha256="")), [])

    def test_a_page_of_them_costs_two_queries(self):
        image = self.put_image("/data/a.png")
        for number in range(20):
            self.found(f"/data/{number}.png", same_as=image, same_as_path="/data/0.png")
        files = list(self.job.found_files.select_related("same_as"))
        with CaptureQueriesContext(connection) as asked:
            list(described(self.job, files))
        self.assertEqual(len(asked), 2)
