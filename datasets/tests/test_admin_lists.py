from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from datasets.models import Dataset, DatasetGroup, Image
from s3label_site.testing import S3LabelTestCase, make_image


class DatasetListTests(S3LabelTestCase):
    def setUp(self):
        self.client.force_login(self.rita)

    def count_queries(self, number, url):
        self.client.get(url)
        with self.assertNumQueries(number):
            return self.client.get(url)

    def test_datasets_are_listed_with_their_counts(self):
        page = self.count_queries(5, reverse("admin:datasets_dataset_changelist"))
        row = page.context["cl"].result_list[0]
        self.assertEqual((row.n_images, row.n_groups, row.imported_at), (2, 1, None))
        self.assertContains(page, f"/admin/datasets/image/?dataset__id__exact={row.pk}")

    def test_a_dataset_with_images_says_why_it_is_not_deleted(self):
        empty = Dataset.objects.create(site="Empty", sensor="camera")
        used = self.image.dataset
        for dataset, words in ((empty, "Are you sure"), (used, "Take it out of its groups")):
            delete = reverse("admin:datasets_dataset_delete", args=[dataset.pk])
            change = reverse("admin:datasets_dataset_change", args=[dataset.pk])
            self.assertContains(self.client.get(delete, follow=True), words)
            is_offered = f'href="{delete}"' in self.client.get(change).content.decode()
            self.assertEqual(is_offered, dataset == empty)
            self.client.post(delete, {"post": "yes"})
        self.assertEqual(list(Dataset.objects.all()), [used])

    def test_a_new_dataset_leads_to_the_import_of_its_images(self):
        add = reverse("admin:datasets_dataset_add")
        none = {"watched_folders-TOTAL_FORMS": 0, "watched_folders-INITIAL_FORMS": 0}
        data = {"site": "New", "sensor": "camera"} | none
        page = self.client.post(add, data, follow=True)
        new = Dataset.objects.get(site="New")
        self.assertContains(page, reverse("admin:datasets_dataset_import", args=[new.pk]))
        self.assertContains(page, "Import images")
        another = {"_addanother": "1", "site": "Newer"}
        self.assertRedirects(self.client.post(add, data | another), add)

    def test_groups_are_listed_with_their_counts(self):
        other = Dataset.objects.create(site="Other", sensor="camera")
        make_image(other, "b.png")
        DatasetGroup.objects.get().datasets.add(other)
        page = self.count_queries(6, reverse("admin:datasets_datasetgroup_changelist"))
        row = page.context["cl"].result_list[0]
        self.assertEqual(row.n_images, 3)
        self.assertContains(page, '<td class="field-how_many_datasets">2</td>', html=True)
        self.assertContains(page, "Houses")

    def test_the_images_of_a_group_can_be_listed(self):
        url = reverse("admin:datasets_image_changelist")
        group = DatasetGroup.objects.get()
        page = self.client.get(url, {"dataset__groups__id__exact": group.pk})
        self.assertEqual(page.context["cl"].result_count, 2)

    def test_a_dataset_is_taken_out_of_a_group_there_but_not_deleted(self):
        group = DatasetGroup.objects.get()
        page = self.client.get(reverse("admin:datasets_datasetgroup_change", args=[group.pk]))
        self.assertContains(page, "memberships-0-DELETE")
        self.assertNotContains(page, "delete-related")

    def test_datasets_of_a_group_are_added_inline(self):
        other = Dataset.objects.create(site="Other", sensor="camera")
        group = DatasetGroup.objects.create(name="Both")
        answer = self.client.post(
            reverse("admin:datasets_datasetgroup_change", args=[group.pk]),
            {
                "name": "Both",
                "memberships-TOTAL_FORMS": 1,
                "memberships-INITIAL_FORMS": 0,
                "memberships-0-dataset": other.pk,
            },
        )
        self.assertEqual(answer.status_code, 302)
        self.assertEqual(list(group.datasets.all()), [other])


class ImageListTests(S3LabelTestCase):
    url = reverse("admin:datasets_image_changelist")

    def setUp(self):
        self.client.force_login(self.rita)

    def test_images_are_listed_with_thumbnails(self):
        self.client.get(self.url)
        with self.assertNumQueries(5):
            page = self.client.get(self.url)
        self.assertContains(page, f'src="/images/{self.image.pk}/thumbnail"')
        self.assertContains(page, "64 × 48")

    def test_images_are_found_by_path(self):
        page = self.client.get(self.url, {"q": "000.p"})
        self.assertEqual(list(page.context["cl"].result_list), [self.image])

    def test_odd_searches_find_nothing_and_break_nothing(self):
        for text in ("%", "_%_", "x" * 10_000, "\\", "(?:"):
            with self.subTest(text=text[:5]):
                self.assertEqual(self.client.get(self.url, {"q": text}).status_code, 200)

    def test_a_hostile_file_name_is_only_text(self):
        Image.objects.filter(pk=self.image.pk).update(path="/data/<img onerror=x>\u202e.jpg")
        for url in (self.url, reverse("admin:datasets_image_change", args=[self.image.pk])):
            page = self.client.get(url)
            self.assertNotContains(page, "<img onerror")
            self.assertContains(page, "&lt;img onerror=x&gt;")

    def test_nobody_adds_changes_or_deletes_images_here(self):
        urls = (
            reverse("admin:datasets_image_add"),
            reverse("admin:datasets_image_change", args=[self.image.pk]),
            reverse("admin:datasets_image_delete", args=[self.image.pk]),
        )
        for url in urls:
            self.assertEqual(self.client.post(url, {"post": "yes"}).status_code, 403)
        self.assertEqual(Image.objects.count(), 2)

    def test_staff_need_the_permission_to_view_images(self):
        sam = User.objects.create(email="sam@example.org", is_staff=True)
        self.client.force_login(sam)
        self.assertEqual(self.client.get(self.url).status_code, 403)
        sam.user_permissions.add(Permission.objects.get(codename="view_image"))
        self.assertEqual(self.client.get(self.url).status_code, 200)
