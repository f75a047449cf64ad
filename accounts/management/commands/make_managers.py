from django.core.management.base import BaseCommand

from accounts.managers import complete_managers


class Command(BaseCommand):
    help = "Make or complete the group Managers: staff in it do all the work from folder to labels."

    def handle(self, **options):
        group = complete_managers()
        count = group.permissions.count()
        self.stdout.write(f"The group {group.name} has all {count} permissions of the way.")
