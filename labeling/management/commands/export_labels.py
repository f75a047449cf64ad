from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from labeling.exporting import CannotExport, export_labels, file_name, manifest_path
from labeling.exports import FORMATS
from labeling.models import Export, LabelTask


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

    def handle(self, *, task, format, out, status, force, **options):
        try:
            label_task = LabelTask.objects.get(pk=task)
        except LabelTask.DoesNotExist:
            raise CommandError(f"There is no label task {task}.", returncode=2) from None
        path = Path(out)
        if path.is_dir():
            path /= file_name(label_task, format, status)
        try:
            written = export_labels(
                label_task, format=format, status=status, path=path, replace=force
            )
        except CannotExport as problem:
            raise CommandError(str(problem), returncode=2) from None
        self._summarise(written)

    def _summarise(self, written):
        contents = written.contents
        self.stdout.write(
            f"{contents.images} images, {contents.labels} labels, {contents.shapes} shapes: "
            f"{written.path} (and {manifest_path(written.path).name})"
        )
        for note, times in sorted(written.notes.items()):
            self.stderr.write(f"{note} ({times} times)")
        if contents.images_not_ok:
            self.stderr.write(
                f"{contents.images_not_ok} images are missing, changed or broken by now; "
                "the manifest names them."
            )
