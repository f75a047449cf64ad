"""Staff in the group Managers go the whole way without being superusers."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.managers import complete_managers
from accounts.models import User

pytestmark = pytest.mark.django_db

PAGES = [
    "datasets_dataset_add",
    "datasets_datasetgroup_add",
    "labeling_labeltask_add",
    "labeling_label_review",
    "labeling_export_add",
    "accounts_user_add",
]


@pytest.fixture
def mia(client):
    mia = User.objects.create_user("mia@example.org", is_staff=True)
    client.force_login(mia)
    return mia


def statuses(client):
    return {name: client.get(reverse(f"admin:{name}")).status_code for name in PAGES}


def test_staff_start_without_permissions_and_managers_have_those_of_the_way(client, mia):
    assert set(statuses(client).values()) <= {403, 404}
    mia.groups.add(complete_managers())
    # Without a label to review, the page of reviews leads to the list.
    assert set(statuses(client).values()) == {200, 302}


def test_managers_make_no_groups_and_no_staff(client, mia):
    mia.groups.add(complete_managers())
    assert client.get(reverse("admin:auth_group_add")).status_code in {403, 404}
    rita = User.objects.create_user("rita@example.org", is_staff=True)
    page = reverse("admin:accounts_user_change", args=[rita.pk])
    client.post(page, {"email": rita.email, "is_superuser": "on"})
    form = {"email": mia.email, "is_superuser": "on", "is_staff": "on"}
    client.post(reverse("admin:accounts_user_change", args=[mia.pk]), form)
    assert not User.objects.filter(is_superuser=True).exists()


def test_the_group_is_completed_again(capsys):
    group = complete_managers()
    whole = group.permissions.count()
    group.permissions.remove(group.permissions.first())
    call_command("make_managers")
    assert group.permissions.count() == whole
    assert f"all {whole} permissions" in capsys.readouterr().out
