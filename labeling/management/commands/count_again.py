from django.core.management.base import BaseCommand

from datasets.counting import count_again
from labeling.counting import KEPT


class Command(BaseCommand):
    help = "Count images and labels again, after loaddata or with triggers switched off."

    def handle(self, *args, verbosity, **options):
        for counted in KEPT:
            count_again(counted)
        if verbosity:
            self.stdout.write("The numbers of images and labels are right again.")
