from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from datasets.models import Dataset
from labeling.exporting import export_labels, file_name, manifest_path
from labeling.exports import FORMATS
from labeling.exports.choosing import IMAGES, SPLITS, WHOSE, BadChoice, Choice, parse_shares
from labeling.manifest import note_in_words
from labeling.models import Export, LabelTask
from labeling.placing import CannotPlace


class Command(BaseCommand):
    help = "Write the labels of a task to a file, for training and for other tools."

    def add_arguments(self, parser):
        parser.add_argument("task", type=int, metavar="TASK", help="id of the label task")
        formats = "; ".join(f"{name}: {kind.title}, {kind.hint}" for name, kind in FORMATS.items())
        parser.add_argument("--format", required=True, choices=FORMATS, help=formats)
        parser.add_argument(
            "--out", required=True, metavar="PATH", help="the file to write, or a folder for it"
        )
        parser.add_argument(
            "--status",
            choices=Export.Which.values,
            default="submitted",
            help="submitted (default): work handed in, approved or not; "
            "approved: exactly what was approved; all: unfinished work too",
        )
        parser.add_argument("--force", action="store_true", help="replace the file if it exists")
        self._add_choices(parser.add_argument_group("which labels, and with what"))

    def _add_choices(self, group):
        group.add_argument("--labeler", action="append", default=[], metavar="EMAIL")
        group.add_argument("--dataset", action="append", default=[], type=int, metavar="ID")
        group.add_argument("--since", default="", metavar="DAY", help="2026-01-31 or later")
        group.add_argument("--until", default="", metavar="DAY", help="this day included")
        group.add_argument(
            "--whose",
            choices=WHOSE,
            default="all",
            help="where several people labeled an image: all labels (default), "
            "the approved ones if there are any, or only the newest",
        )
        group.add_argument(
            "--without-empty", action="store_true", help="leave out images without shapes"
        )
        group.add_argument("--shares", default="", metavar="80/10/10", help="train/val/test")
        group.add_argument("--split", choices=SPLITS, default="", help="only this one")
        group.add_argument(
            "--images",
            choices=IMAGES,
            default="none",
            help="none (default): their paths only; copy: all in one zip file; "
            "link: a folder with hard links",
        )

    def handle(self, *, task, format, out, force, **options):
        try:
            label_task = LabelTask.objects.get(pk=task)
        except LabelTask.DoesNotExist:
            raise CommandError(f"There is no label task {task}.", returncode=2) from None
        try:
            choice = _choice(**options)
            path = Path(out)
            if path.is_dir() and not (choice.images == "link" and force):
                path /= file_name(label_task, format, choice)
            written = export_labels(
                label_task, format=format, choice=choice, path=path, replace=force
            )
        except (BadChoice, CannotPlace) as problem:
            raise CommandError(str(problem), returncode=2) from None
        self._summarise(written)

    def _summarise(self, written):
        contents = written.contents
        self.stdout.write(
            f"{contents.images} images, {contents.labels} labels, {contents.shapes} shapes: "
            f"{written.path} (and {manifest_path(written.path).name})"
        )
        if contents.splits:
            self.stdout.write(", ".join(f"{n} {split}" for split, n in contents.splits.items()))
        for note, times in sorted(written.notes.items()):
            self.stderr.write(note_in_words(note, times))
        if contents.images_not_ok:
            self.stderr.write(
                f"{contents.images_not_ok} images are missing, changed or broken by now; "
                "the manifest names them."
            )


def _choice(*, labeler, dataset, since, until, without_empty, shares, **options):
    fields = {name: options[name] for name in ("status", "whose", "split", "images")}
    return Choice(
        **fields,
        labelers=tuple(_labeler(email) for email in labeler),
        datasets=tuple(_dataset(number) for number in dataset),
        since=_day(since),
        until=_day(until),
        empty=not without_empty,
        shares=parse_shares(shares) if shares else (),
    )


def _labeler(email):
    try:
        return User.objects.get(email__iexact=email).pk
    except User.DoesNotExist:
        raise BadChoice(f"There is no user {email}.") from None


def _dataset(number):
    if not Dataset.objects.filter(pk=number).exists():
        raise BadChoice(f"There is no dataset {number}.")
    return number


def _day(text):
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise BadChoice(f"Write the day {text} as year-month-day: 2026-01-31.") from None
