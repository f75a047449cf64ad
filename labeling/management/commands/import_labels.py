import json
import sys

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import User
from labeling.importing import AS_IN_FILE, Wishes, import_labels
from labeling.imports import FORMATS
from labeling.models import LabelTask
from labeling.resolving import Refused

SHOWN = 20


class Command(BaseCommand):
    help = "Read labels from a file or folder into a task; what is there stays."

    def add_arguments(self, parser):
        parser.add_argument("task", type=int, metavar="TASK", help="id of the label task")
        parser.add_argument("path", metavar="FILE_OR_FOLDER", help="a zip file will do too")
        formats = "; ".join(f"{name}: {kind.title}, {kind.hint}" for name, kind in FORMATS.items())
        parser.add_argument("--format", required=True, choices=FORMATS, help=formats)
        parser.add_argument(
            "--as",
            choices=("labels", "predictions"),
            default="labels",
            dest="kind",
            help="labels (default): the work of a labeler; predictions: of a model, as suggestions",
        )
        parser.add_argument("--model", default="", help="name and version, of predictions")
        parser.add_argument(
            "--labeler",
            default="",
            metavar="EMAIL",
            help="whose work it becomes; file: of those whom an S3Label JSON file names",
        )
        parser.add_argument(
            "--class",
            action="append",
            default=[],
            dest="renames",
            metavar="THEIRS=OURS",
            help="the class of the task for a name in the file; nothing behind = leaves it out",
        )
        parser.add_argument(
            "--new-classes",
            choices=("refuse", "create"),
            default="refuse",
            help="what to do with names that the task does not have",
        )
        parser.add_argument("--boxes", action="store_true", help="take the boxes of all shapes")
        parser.add_argument("--padding", type=int, metavar="PIXELS", help="s3label2019 only")
        parser.add_argument("--their-task", type=int, metavar="ID", help="s3label2019 only")
        parser.add_argument("--submit", action="store_true", help="submit the labels for review")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be; store nothing"
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *, task, path, format, renames, new_classes, **options):
        try:
            label_task = LabelTask.objects.get(pk=task)
        except LabelTask.DoesNotExist:
            raise CommandError(f"There is no label task {task}.", returncode=2) from None
        wishes = Wishes(
            **_whose(options),
            renames=dict(_rename(text) for text in renames),
            create_classes=new_classes == "create",
            options={name: options[name] for name in ("padding", "their_task")},
            **{name: options[name] for name in ("boxes", "submit", "dry_run")},
        )
        is_quiet = options["json"] or not sys.stderr.isatty()
        with tqdm(unit=" images", disable=is_quiet) as bar:

            def progress(done, total):
                bar.total = total
                bar.update(done - bar.n)

            try:
                report = import_labels(
                    label_task, path=path, format=format, wishes=wishes, report=progress
                )
            except Refused as problem:
                raise CommandError(str(problem), returncode=2) from None
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), indent=2))
        else:
            self._summarise(report, options["dry_run"])

    def _summarise(self, report, is_dry):
        would = "would be " if is_dry else ""
        self.stdout.write(
            f"{report.items} entries, {report.images} with an image of the task; of "
            f"{report.shapes} shapes {report.added} {would}added to {report.labels} labels, "
            f"{report.there} were there, {report.left_out} left out, {report.refused} refused."
        )
        if report.values:
            self.stdout.write(f"{report.values} tags and attributes of images {would}added.")
        if report.new_classes:
            self.stdout.write(f"New classes: {', '.join(report.new_classes)}.")
        for where, reason in report.problems[:SHOWN]:
            self.stderr.write(f"{where}: {reason}")
        if report.n_problems > SHOWN:
            self.stderr.write(f"… and {report.n_problems - SHOWN} more; --json lists them.")


def _whose(options):
    """The labeler, or the model, of what is imported."""
    labeler, model = options["labeler"], options["model"].strip()
    if options["kind"] == "predictions":
        if not model or labeler or options["submit"]:
            problem = "Predictions have a --model, and neither --labeler nor --submit."
            raise CommandError(problem, returncode=2)
        return {"model": model[:200]}
    if not labeler or model:
        raise CommandError("Labels have a --labeler and no --model.", returncode=2)
    return {"labeler": _labeler(labeler)}


def _labeler(given):
    if given == AS_IN_FILE:
        return None
    try:
        return User.objects.get(email__iexact=given)
    except User.DoesNotExist:
        raise CommandError(f"There is no user {given}.", returncode=2) from None


def _rename(text):
    theirs, equals, ours = text.rpartition("=")
    if not equals or not theirs:
        raise CommandError(f"Write {text} as THEIRS=OURS.", returncode=2)
    return theirs, ours
