import os
import signal
import sys
import threading

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.timezone import localtime

from datasets.importing import summary
from datasets.models import Dataset
from datasets.objects import is_url
from datasets.roots import BadFolder, find_folder
from datasets.watching import is_being_imported, is_quiet, look

CANNOT_START = 2
WORDS = ("imported", "relinked", "changed", "unreadable", "duplicate")


class Command(BaseCommand):
    help = (
        "Import what is new in a folder, again and again, until stopped. "
        "The admin can have the worker do it: see the page of a dataset."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("dataset", metavar="DATASET", help="The id of the dataset.")
        parser.add_argument("folder", metavar="FOLDER")
        parser.add_argument("--no-recursive", action="store_true", help="Leave out subfolders.")
        parser.add_argument("--every", type=int, default=15, metavar="MINUTES", help="Default: 15.")

    def handle(self, *args, dataset, folder, no_recursive, every, **options):
        if every < 1:
            self.stop(f"--every {every}: at least a minute lies between two looks.")
        self.dataset = Dataset.objects.numbered(dataset)
        if self.dataset is None:
            self.stop(f"There is no dataset {dataset}; the admin lists them with their ids.")
        try:
            self.folder = find_folder(folder if is_url(folder) else os.path.abspath(folder))
        except BadFolder as problem:
            self.stop(str(problem))
        # However it is asked to end, it ends the import that runs.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        self.stdout.write(f"Watching {self.folder} for {self.dataset}; Ctrl+C ends it.")
        try:
            while True:
                self.look(recursive=not no_recursive)
                self.wait(60 * every)
        except KeyboardInterrupt:
            self.stdout.write("Stopped watching. What was imported stays.")

    def look(self, recursive):
        if is_being_imported(self.dataset.pk, self.folder):
            return
        job = look(self.dataset, self.folder, recursive)
        job.save()
        try:
            job.run()
        except KeyboardInterrupt:
            job.end(job.Status.CANCELLED)
            raise
        if is_quiet(job):
            job.delete()
        else:
            self.tell(job)

    def wait(self, seconds):
        threading.Event().wait(seconds)

    def tell(self, job):
        when = localtime(timezone.now()).strftime("%Y-%m-%d %H:%M")
        if job.error:
            self.stderr.write(f"{when} {job.error}")
            return
        result = summary(job)
        counts = [f"{result[name]:,} {name}" for name in WORDS if result[name]]
        self.stdout.write(f"{when} {', '.join(counts) or 'nothing to import'}")

    def stop(self, words):
        self.stderr.write(words.replace("\n", " "))
        sys.exit(CANNOT_START)
