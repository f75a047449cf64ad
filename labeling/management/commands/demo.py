import os
import re
import sys

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from labeling import demonstrating

SCENES = 24
# Smaller ones may hold nothing to label.
SMALLEST, LARGEST = (320, 240), (3000, 2400)


class Bar(tqdm):
    # The thread that watches a bar would keep the importer from forking its readers.
    monitor_interval = 0


class Command(BaseCommand):
    help = "Draw aerial scenes and make a task of them that can be tried at once."

    def add_arguments(self, parser):
        parser.add_argument(
            "--scenes", type=int, default=SCENES, metavar="N", help=f"How many (default {SCENES})."
        )
        parser.add_argument(
            "--size", metavar="WIDTHxHEIGHT", help="One size for all scenes, in pixels."
        )
        parser.add_argument(
            "--force", action="store_true", help="Also beside accounts and datasets of your own."
        )

    def handle(self, *, scenes, size, force, **options):
        if scenes < 1:
            raise CommandError("Draw at least one scene.")
        if demonstrating.is_there():
            self.stdout.write(f"The demo is already there. {_where_the_accounts_are()}")
        elif demonstrating.is_in_use() and not force:
            self.stdout.write(
                "Nothing was done: this database already has accounts or datasets. "
                "Use --force to add the demo beside them."
            )
        else:
            self.make(scenes, size and _parse(size))

    def make(self, scenes, size):
        workers = len(os.sched_getaffinity(0))
        with Bar(total=scenes, unit=" scenes", disable=not sys.stderr.isatty()) as bar:
            try:
                task = demonstrating.make_demo(
                    scenes=scenes, size=size, workers=workers, listener=bar.update
                )
            except demonstrating.CannotMakeDemo as problem:
                raise CommandError(str(problem)) from problem
        self.stdout.write(
            f"The demo is there: {task.images().count()} images in the task “{task}”. "
            f"{_where_the_accounts_are()}"
        )


def _where_the_accounts_are():
    path = demonstrating.accounts_file()
    if path.is_file():
        return f"Its accounts are in {path}."
    return "The file with its accounts is gone; manage.py changepassword sets a new password."


def _parse(size):
    match = re.fullmatch(r"(\d{3,4})x(\d{3,4})", size)
    width, height = map(int, match.groups()) if match else (0, 0)
    if not (SMALLEST[0] <= width <= LARGEST[0] and SMALLEST[1] <= height <= LARGEST[1]):
        raise CommandError(f"--size {size} is not WIDTHxHEIGHT between 320x240 and 3000x2400.")
    return width, height
