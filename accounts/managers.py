"""The group for staff who do all the work from folder to labels, without being superusers."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

NAME = "Managers"
# The applications of the way; of the accounts, what is needed to invite labelers.
WAY = ("datasets", "labeling")
INVITING = ("view_user", "add_user", "change_user")


def complete_managers():
    """The group with every permission of the way, made if it is absent; returns it.

    It is completed at each start, so that what a new version brings is in it. Who is to do
    less belongs to a group with another name.
    """
    group, _ = Group.objects.get_or_create(name=NAME)
    of_the_way = Q(content_type__app_label__in=WAY)
    of_inviting = Q(content_type__app_label="accounts", codename__in=INVITING)
    group.permissions.set(Permission.objects.filter(of_the_way | of_inviting))
    return group
