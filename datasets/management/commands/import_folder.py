import json
import sys

from tqdm import tqdm

from datasets.importing import summary
from datasets.management.shell import ShellCommand
from datasets.models import Dataset, FolderImport

WORDS = (
    ("imported", "imported"),
    ("relinked", "linked to a new path"),
    ("waiting", "new"),
    ("known", "imported before"),
    ("duplicate", "duplicate"),
    ("moved", "moved"),
    ("changed", "changed"),
    ("unreadable", "unreadable"),
    ("skipped", "skipped"),
)


class Bar(tqdm):
    """A progress bar without a thread of its own: beside one the readers start slowly."""

    monitor_interval = 0


class Command(ShellCommand):
    help = "Import the images of a folder into a dataset, by reference. Can be repeated."

    def add_arguments(self, parser):
        parser.add_argument(
            "where",
            nargs="+",
            metavar="DATASET FOLDER",
            help="The id of the dataset and the folder; with --new-dataset the folder only.",
        )
        parser.add_argument(
            "--new-dataset",
            nargs=3,
            metavar=("SITE", "SENSOR", "DESCRIPTION"),
            help="Make the dataset first.",
        )
        parser.add_argument("--no-recursive", action="store_true", help="Leave out subfolders.")
        parser.add_argument(
            "--verify", action="store_true", help="Read files again that look unchanged."
        )
        parser.add_argument("--dry-run", action="store_true", help="Find and compare only.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        parser.add_argument(
            "--workers", type=int, metavar="N", help="Processes that read (default: the CPUs)."
        )

    def handle(self, *args, where, new_dataset, dry_run, **options):
        if options["workers"] is not None and options["workers"] < 1:
            self.stop(f"--workers {options['workers']}: at least one must read.")
        dataset, folder = self.find(where, new_dataset)
        is_new = dataset.pk is None
        if is_new:
            dataset.save()
        job = FolderImport.objects.create(
            dataset=dataset,
            folder=folder,
            recursive=not options["no_recursive"],
            verify=options["verify"],
            unattended=not dry_run,
        )
        try:
            self.run(job, options)
            result = summary(job)
        finally:
            if is_new and dry_run:
                dataset.delete()
        if is_new and dry_run:
            result |= {"dataset": None, "folder_import": None}
        self.tell(result, job, options["json"])

    def find(self, where, new_dataset):
        """The dataset and the folder that the arguments mean, or exit 2 with one line."""
        if len(where) != (1 if new_dataset else 2):
            wanted = "a folder" if new_dataset else "the id of a dataset and a folder"
            self.stop(f"Name {wanted}; got {' '.join(where)}.")
        if new_dataset:
            site, sensor, description = new_dataset
            dataset = Dataset(site=site, sensor=sensor, description=description)
        else:
            dataset = self.dataset_of(where[0])
        return dataset, self.folder_of(where[-1])

    def run(self, job, options):
        job.workers = options["workers"]
        with Bar(unit=" files", disable=not sys.stderr.isatty() or options["json"]) as bar:
            job.listener = lambda: bar.update(job.done - bar.n)
            self.run_here(job, "Run it again: what was imported stays.")

    def tell(self, result, job, as_json):
        if as_json:
            self.stdout.write(json.dumps(result))
            return
        for problem in result["problems"]:
            self.stdout.write(f"{problem['state']}: {problem['path']!r}: {problem['reason']}")
        waiting = {"waiting": result["new"] - result["imported"]}
        counts = [
            f"{count:,} {words}" for key, words in WORDS if (count := (result | waiting)[key])
        ]
        self.stdout.write(
            f"{result['found']:,} images found in {job.folder} "
            f"in {result['seconds']} s: {', '.join(counts) or 'nothing'}."
        )
