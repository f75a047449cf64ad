from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from datasets.models import Image
from labeling.models import Assignment, Label
from s3label_site.testing import S3LabelTestCase


class AdminIndexTests(S3LabelTestCase):
    url = reverse("admin:index")

    def page(self, user):
        self.client.force_login(user)
        return self.client.get(self.url)

    def test_the_stations_stand_in_the_order_of_the_work(self):
        titles = [station.title for station in self.page(self.rita).context["stations"]]
        way = ["Datasets", "Dataset groups", "Label tasks", "People", "Progress"]
        self.assertEqual(titles, [title for title in way if title in titles])
        self.assertEqual(titles[:2], ["Datasets", "Dataset groups"])

    def test_the_stations_count(self):
        page = self.page(self.rita)
        self.assertContains(page, "1 dataset<")
        self.assertContains(page, "2 images<")
        self.assertContains(page, "2 assigned to a task<")

    def test_the_first_station_not_begun_is_the_next_step(self):
        Label.objects.all().delete()
        Assignment.objects.all().delete()
        stations = self.page(self.rita).context["stations"]
        self.assertEqual([s.title for s in stations if s.is_next], ["People"])
        Image.objects.all().delete()
        stations = self.page(self.rita).context["stations"]
        self.assertEqual([s.title for s in stations if s.is_next], ["Datasets"])

    def test_the_last_station_leads_to_all_that_comes_and_goes(self):
        progress = self.page(self.rita).context["stations"][-1]
        texts = [link.text for link in progress.links]
        self.assertEqual(texts[-3:], ["Label imports", "Predictions", "Exports"])

    def test_the_filter_of_the_list_says_that_it_shows_what_is_to_be_reviewed(self):
        progress = self.page(self.rita).context["stations"][-1]
        (link,) = [link for link in progress.links if link.text == "Labels to review"]
        shown = self.client.get(link.url).context["cl"]
        (by_status,) = [spec for spec in shown.filter_specs if spec.title == "status"]
        chosen = [one["display"] for one in by_status.choices(shown) if one["selected"]]
        self.assertEqual(chosen, ["Submitted"])

    def test_every_list_is_called_what_is_in_it(self):
        self.client.force_login(self.rita)
        for name, title in (("labeling_label", "Labels"), ("accounts_user", "Users")):
            page = self.client.get(reverse(f"admin:{name}_changelist"))
            self.assertContains(page, f"<h1>{title}</h1>", html=True)
            self.assertContains(page, f"<title>{title} | S3Label</title>", html=True)

    def test_staff_see_only_the_stations_they_may_enter(self):
        sam = User.objects.create(email="sam@example.org", is_staff=True)
        self.assertEqual(self.page(sam).context["stations"], [])
        sam.user_permissions.add(Permission.objects.get(codename="view_datasetgroup"))
        station = self.page(User.objects.get(pk=sam.pk)).context["stations"][0]
        self.assertEqual(station.title, "Dataset groups")
        self.assertEqual([link.text for link in station.links], ["Dataset groups"])

    def test_the_tables_of_the_machinery_come_last(self):
        apps = [app["app_label"] for app in self.page(self.rita).context["app_list"]]
        self.assertEqual(apps[0], "datasets")
        self.assertIn("axes", apps[-2:])

    def test_the_page_asks_the_database_at_most_once_for_each_count(self):
        self.client.force_login(self.rita)
        with CaptureQueriesContext(connection) as asked:
            self.client.get(self.url)
        self.assertLessEqual(len(asked), 11)

    def test_labelers_do_not_get_in(self):
        self.client.force_login(self.ann)
        self.assertRedirects(
            self.client.get(self.url), reverse("admin:login") + f"?next={self.url}"
        )
