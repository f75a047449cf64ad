"""What commands that people and cron start do alike: say in one line why they stop, with a code."""

import os
import sys

from django.core.management.base import BaseCommand

from datasets.models import Dataset
from datasets.objects import is_url
from datasets.roots import BadFolder, find_folder

CANNOT_START = 2
INTERRUPTED = 130


class ShellCommand(BaseCommand):
    # Faults go to standard error in one line; warnings about other parts would hide it.
    requires_system_checks = ()

    def dataset_of(self, number):
        dataset = Dataset.objects.numbered(number)
        if dataset is None:
            self.stop(f"There is no dataset {number}; the admin lists them with their ids.")
        return dataset

    def folder_of(self, text):
        """The folder, as it is below a root."""
        try:
            return find_folder(text if is_url(text) else os.path.abspath(text))
        except BadFolder as problem:
            self.stop(str(problem))

    def run_here(self, job, kept):
        """Do a job in this process; `kept` says what of it stays when somebody stops it.

        False if a worker has it.
        """
        try:
            if not job.run():
                return False
        except KeyboardInterrupt:
            job.end(job.Status.CANCELLED)
            self.stop(f"Stopped. {kept}", INTERRUPTED)
        if job.status == job.Status.CANCELLED:
            self.stop(f"Cancelled in the admin. {kept}")
        if job.error:
            self.stop(job.error)
        return True

    def stop(self, words, code=CANNOT_START):
        self.stderr.write(words.replace("\n", " "))
        sys.exit(code)
