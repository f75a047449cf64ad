from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from s3label_site.testing import S3LabelTestCase

CHANGE = "admin:accounts_user_change"
PASSWORD = "admin:auth_user_password_change"


class UserAdminTests(S3LabelTestCase):
    """Sam is staff who may add and change users, but is no superuser."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.sam = User.objects.create(email="sam@example.org", is_staff=True)
        cls.sam.user_permissions.set(
            Permission.objects.filter(content_type__app_label="accounts", codename__endswith="user")
        )

    def change(self, by, user, **fields):
        self.client.force_login(by)
        data = {"email": user.email, "first_name": "New", "is_active": "on"} | fields
        answer = self.client.post(reverse(CHANGE, args=[user.pk]), data)
        user.refresh_from_db()
        return answer.status_code

    def test_a_person_is_added_with_an_e_mail_address_in_lower_case(self):
        self.client.force_login(self.sam)
        secret = "a long pass phrase"
        data = {"usable_password": "true", "password1": secret, "password2": secret}
        answer = self.client.post(
            reverse("admin:accounts_user_add"), data | {"email": "Dora@Example.org"}
        )
        dora = User.objects.get(email="dora@example.org")
        self.assertRedirects(answer, reverse(CHANGE, args=[dora.pk]))
        self.assertFalse(dora.is_staff)

    def test_a_person_may_choose_the_first_password(self):
        self.client.force_login(self.sam)
        data = {"usable_password": "false", "email": "dora@example.org"}
        self.client.post(reverse("admin:accounts_user_add"), data)
        self.assertFalse(User.objects.get(email="dora@example.org").has_usable_password())
        url = reverse("admin:accounts_user_changelist")
        self.assertContains(self.client.get(url), "Make links to choose a password")

    def test_an_address_that_differs_only_by_case_is_refused(self):
        self.client.force_login(self.sam)
        data = {"usable_password": "false", "email": "ANN@example.org"}
        answer = self.client.post(reverse("admin:accounts_user_add"), data)
        self.assertContains(answer, "already exists")

    def test_staff_change_labelers(self):
        self.assertEqual(self.change(self.sam, self.ann), 302)
        self.assertEqual(self.ann.first_name, "New")

    def test_staff_grant_neither_staff_nor_superuser_nor_permissions(self):
        granted = {"is_staff": "on", "is_superuser": "on", "user_permissions": ["1"]}
        self.assertEqual(self.change(self.sam, self.ann, **granted), 302)
        self.assertEqual(self.ann.first_name, "New")
        self.assertFalse(self.ann.is_staff or self.ann.is_superuser)
        self.assertFalse(self.ann.user_permissions.exists())

    def test_superusers_grant_them(self):
        self.assertEqual(self.change(self.rita, self.ann, is_staff="on", is_superuser="on"), 302)
        self.assertTrue(self.ann.is_staff and self.ann.is_superuser)

    def test_staff_change_neither_superusers_nor_other_staff_nor_themselves(self):
        tom = User.objects.create(email="tom@example.org", is_staff=True)
        for person in (self.rita, tom, self.sam):
            with self.subTest(person=person):
                self.assertEqual(self.change(self.sam, person, is_superuser="on"), 403)
                self.assertNotEqual(person.first_name, "New")

    def test_staff_set_the_password_of_labelers_only(self):
        self.client.force_login(self.sam)
        secret = "another long pass phrase"
        data = {"usable_password": "true", "password1": secret, "password2": secret}
        for person, status in ((self.ann, 302), (self.rita, 403)):
            answer = self.client.post(reverse(PASSWORD, args=[person.pk]), data)
            self.assertEqual(answer.status_code, status)
            person.refresh_from_db()
            self.assertEqual(person.check_password(secret), status == 302)

    def test_staff_without_permission_get_nothing(self):
        self.sam.user_permissions.clear()
        self.assertEqual(self.change(self.sam, self.ann), 403)

    def test_a_person_with_labels_cannot_be_deleted(self):
        self.client.force_login(self.rita)
        url = reverse("admin:accounts_user_delete", args=[self.ann.pk])
        self.assertContains(self.client.get(url), "Cannot delete user")
        self.client.post(url, {"post": "yes"})
        self.assertTrue(User.objects.filter(pk=self.ann.pk).exists())

    def test_the_list_costs_a_fixed_number_of_queries(self):
        self.client.force_login(self.rita)
        url = reverse("admin:accounts_user_changelist")
        self.client.get(url)
        with self.assertNumQueries(6):
            self.assertContains(self.client.get(url), "Superuser")
