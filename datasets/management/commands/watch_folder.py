import signal
import threading

from django.utils import timezone
from django.utils.timezone import localtime

from datasets.importing import summary
from datasets.management.shell import ShellCommand
from datasets.watching import is_being_imported, is_quiet, look

WORDS = ("imported", "relinked", "changed", "unreadable", "duplicate")


class Command(ShellCommand):
    help = (
        "Import what is new in a folder, again and again, until stopped. "
        "The admin can have the worker do it: see the page of a dataset."
    )

    def add_arguments(self, parser):
        parser.add_argument("dataset", metavar="DATASET", help="The id of the dataset.")
        parser.add_argument("folder", metavar="FOLDER")
        parser.add_argument("--no-recursive", action="store_true", help="Leave out subfolders.")
        parser.add_argument("--every", type=int, default=15, metavar="MINUTES", help="Default: 15.")

    def handle(self, *args, dataset, folder, no_recursive, every, **options):
        if every < 1:
            self.stop(f"--every {every}: at least a minute lies between two looks.")
        self.dataset, self.folder = self.dataset_of(dataset), self.folder_of(folder)
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
