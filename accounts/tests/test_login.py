from django.conf import settings
from django.test import TestCase, override_settings
from django.urls import reverse

from accounts.models import User

PASSWORD = "seven grey herons"


# The hasher is not what these tests are about, and Argon2 takes its time on purpose.
@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
class LoginTests(TestCase):
    def setUp(self):
        self.ann = User.objects.create_user("ann@example.org", PASSWORD)
        self.url = reverse("accounts:login")

    def log_in(self, email="ann@example.org", password=PASSWORD, url=None, **extra):
        return self.client.post(url or self.url, {"username": email, "password": password}, **extra)

    def test_it_leads_to_the_tasks(self):
        self.assertRedirects(self.log_in(), reverse("labeling:task_list"))

    def test_the_case_of_the_address_does_not_matter(self):
        self.assertEqual(self.log_in(" Ann@Example.ORG ").status_code, 302)

    def test_an_account_made_by_sql_with_capitals_can_log_in(self):
        User.objects.filter(pk=self.ann.pk).update(email="Ann@Example.org")
        self.assertEqual(self.log_in().status_code, 302)

    def test_a_wrong_password_keeps_the_address_and_says_what_to_do(self):
        response = self.log_in(password="wrong")
        self.assertContains(response, "do not belong together")
        self.assertContains(response, 'value="ann@example.org"')
        self.assertNotIn("_auth_user_id", self.client.session)

    def test_unknown_and_deactivated_people_read_the_same_words(self):
        wrong = self.log_in(password="wrong").context["form"].errors
        self.assertEqual(self.log_in("nobody@example.org").context["form"].errors, wrong)
        self.ann.is_active = False
        self.ann.save()
        self.assertEqual(self.log_in().context["form"].errors, wrong)

    def test_spaces_around_a_password_belong_to_it(self):
        self.ann.set_password(" seven grey herons ")
        self.ann.save()
        self.assertEqual(self.log_in().status_code, 200)
        self.assertEqual(self.log_in(password=" seven grey herons ").status_code, 302)

    def test_an_endless_password_is_refused_before_it_is_hashed(self):
        self.assertContains(self.log_in(password="x" * 5000), "at most 4096 characters")

    def test_the_session_gets_a_new_key(self):
        self.client.get(self.url)
        session = self.client.session
        session["seen"] = True
        session.save()
        self.client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        self.log_in()
        self.assertNotEqual(self.client.session.session_key, session.session_key)

    def test_somebody_logged_in_is_led_on(self):
        self.client.force_login(self.ann)
        self.assertRedirects(self.client.get(self.url), reverse("labeling:task_list"))

    def test_next_stays_on_this_host(self):
        target = reverse("labeling:my_labels")
        self.assertRedirects(self.log_in(url=f"{self.url}?next={target}"), target)
        for evil in (
            "//evil.example",
            "/\\evil.example",
            "https:evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "%0d%0aLocation:%20https://evil.example",
        ):
            with self.subTest(next=evil):
                self.client.logout()
                response = self.log_in(url=f"{self.url}?next={evil}")
                self.assertRedirects(response, reverse("labeling:task_list"))


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
class LockoutTests(TestCase):
    def setUp(self):
        User.objects.create_user("ann@example.org", PASSWORD)
        User.objects.create_user("ben@example.org", PASSWORD)
        self.url = reverse("accounts:login")

    def log_in(self, email, password, address="192.0.2.1"):
        fields = {"username": email, "password": password}
        return self.client.post(self.url, fields, REMOTE_ADDR=address)

    def fail_often(self):
        # Spellings of one address count together.
        for number in range(settings.AXES_FAILURE_LIMIT):
            email = "ann@example.org" if number % 2 else "ANN@example.org"
            response = self.log_in(email, "wrong")
        return response

    def test_the_last_allowed_failure_closes_the_door_and_says_for_how_long(self):
        response = self.fail_often()
        self.assertContains(response, "Too many attempts", status_code=429)
        self.assertContains(response, "Try again in 15 minutes", status_code=429)

    def test_the_right_password_does_not_open_it_then(self):
        self.fail_often()
        self.assertEqual(self.log_in("ann@example.org", PASSWORD).status_code, 429)

    def test_it_is_not_closed_for_others_nor_elsewhere(self):
        self.fail_often()
        self.assertEqual(self.log_in("ben@example.org", PASSWORD).status_code, 302)
        elsewhere = self.log_in("ann@example.org", PASSWORD, address="192.0.2.2")
        self.assertEqual(elsewhere.status_code, 302)

    def test_one_failure_less_leaves_it_open(self):
        for _ in range(settings.AXES_FAILURE_LIMIT - 1):
            self.log_in("ann@example.org", "wrong")
        self.assertEqual(self.log_in("ann@example.org", PASSWORD).status_code, 302)
