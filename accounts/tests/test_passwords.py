import re

from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory, TestCase, override_settings
from django.urls import reverse

from accounts.links import password_link
from accounts.models import User

NEW = {"new_password1": "nine green frogs", "new_password2": "nine green frogs"}


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
class PasswordLinkTests(TestCase):
    def setUp(self):
        self.ann = User.objects.create_user("ann@example.org", None, first_name="Ann")
        self.link = password_link(self.ann, RequestFactory().get("/"))

    def open_link(self, client=None):
        return (client or self.client).get(self.link, follow=True)

    def set_password(self):
        form_url = self.open_link().redirect_chain[-1][0]
        return self.client.post(form_url, NEW, follow=True)

    def test_it_sets_the_password_and_logs_in(self):
        self.assertContains(self.open_link(), "ann@example.org")
        response = self.set_password()
        self.assertContains(response, "Your password is set")
        self.assertEqual(response.context["user"], self.ann)
        self.ann.refresh_from_db()
        self.assertTrue(self.ann.check_password("nine green frogs"))

    def test_the_token_does_not_stay_in_the_address(self):
        # From there it would reach the history of the browser and the Referer header.
        self.assertNotIn(self.link.split("/")[-2], self.open_link().redirect_chain[-1][0])

    def test_it_works_once(self):
        self.set_password()
        response = self.open_link(Client())
        self.assertContains(response, "does not work any more", status_code=404)

    def test_it_dies_when_the_address_changes(self):
        self.ann.email = "ann.other@example.org"
        self.ann.save()
        self.assertEqual(self.open_link().status_code, 404)

    def test_it_dies_after_a_few_days(self):
        with self.settings(PASSWORD_RESET_TIMEOUT=-1):
            self.assertEqual(self.open_link().status_code, 404)

    def test_it_does_not_work_for_somebody_deactivated(self):
        self.ann.is_active = False
        self.ann.save()
        self.assertEqual(self.open_link().status_code, 404)

    def test_a_weak_password_is_refused_with_the_reason(self):
        form_url = self.open_link().redirect_chain[-1][0]
        response = self.client.post(form_url, dict.fromkeys(NEW, "password"))
        self.assertContains(response, "too short")


class LinkInTheAdminTests(TestCase):
    def setUp(self):
        self.ann = User.objects.create(email="ann@example.org")
        self.rita = User.objects.create(email="rita@example.org", is_staff=True)
        self.rita.user_permissions.set(
            Permission.objects.filter(codename__in=["view_user", "change_user"])
        )
        self.client.force_login(self.rita)

    def make_link(self, user):
        fields = {"action": "make_password_links", "_selected_action": user.pk}
        return self.client.post(reverse("admin:accounts_user_changelist"), fields, follow=True)

    def test_staff_make_a_link_that_works(self):
        response = self.make_link(self.ann)
        (link,) = re.findall(r"<code>http://testserver(.*?)</code>", response.content.decode())
        self.assertContains(Client().get(link, follow=True), "ann@example.org")

    def test_the_link_is_shown_once(self):
        self.make_link(self.ann)
        self.assertNotContains(
            self.client.get(reverse("admin:accounts_user_changelist")), "works once"
        )

    def test_nobody_becomes_another_member_of_staff_by_it(self):
        other = User.objects.create(email="sam@example.org", is_staff=True)
        self.assertContains(self.make_link(other), "cannot make a link")
        self.assertNotContains(self.make_link(other), "<code>http")

    def test_there_is_none_for_an_account_that_is_closed(self):
        User.objects.filter(pk=self.ann.pk).update(is_active=False)
        self.assertContains(self.make_link(self.ann), "cannot make a link")


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
class SessionTests(TestCase):
    def setUp(self):
        self.ann = User.objects.create_user("ann@example.org", "seven grey herons")
        self.client.force_login(self.ann)
        self.phone = Client()
        self.phone.force_login(self.ann)
        self.tasks = reverse("labeling:task_list")

    def change_password(self):
        fields = {"old_password": "seven grey herons"} | NEW
        return self.client.post(reverse("accounts:change_password"), fields, follow=True)

    def test_changing_the_password_ends_the_other_sessions(self):
        self.assertEqual(self.phone.get(self.tasks).status_code, 200)
        self.assertContains(self.change_password(), "Your password is changed")
        self.assertEqual(self.client.get(self.tasks).status_code, 200)
        self.assertEqual(self.phone.get(self.tasks).status_code, 302)

    def test_logging_out_ends_the_session_on_the_server(self):
        cookie = self.client.cookies["sessionid"].value
        self.client.post(reverse("accounts:logout"))
        self.client.cookies["sessionid"] = cookie
        self.assertEqual(self.client.get(self.tasks).status_code, 302)

    def test_a_link_cannot_log_out(self):
        self.assertEqual(self.client.get(reverse("accounts:logout")).status_code, 405)
        self.assertEqual(self.client.get(self.tasks).status_code, 200)

    def test_deactivation_ends_every_session_at_once(self):
        self.ann.is_active = False
        self.ann.save()
        self.assertEqual(self.client.get(self.tasks).status_code, 302)
        self.assertEqual(self.phone.get(self.tasks).status_code, 302)
