from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from datasets.pruning import prune_imports


class Command(BaseCommand):
    help = "Forget the lists of files of old imports, and old entries of the queue."

    def add_arguments(self, parser):
        parser.add_argument(
            "--days",
            type=int,
            default=settings.KEEP_FOUND_DAYS,
            metavar="N",
            help="Of imports that ended so many days ago (S3LABEL_KEEP_FOUND_DAYS).",
        )

    def handle(self, *args, days, **options):
        if days < 0:
            raise CommandError(f"--days {days}: the days to come are not known yet.")
        imports, files = prune_imports(days)
        call_command("prune_db_task_results", min_age_days=days, queue_name="*", verbosity=0)
        self.stdout.write(f"Forgot {files:,} files of {imports:,} imports.")
