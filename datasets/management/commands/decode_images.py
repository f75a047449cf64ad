import sys

from django.core.management.base import BaseCommand

from datasets.decoding import decode_again
from datasets.models import Dataset, Decoding

CANNOT_START = 2
INTERRUPTED = 130


class Command(BaseCommand):
    help = "Make thumbnails of images that have none yet, and find those that cannot be decoded."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "dataset", nargs="?", metavar="DATASET", help="The id of one; else all datasets."
        )
        parser.add_argument(
            "--again", action="store_true", help="Try all images again, broken ones too."
        )

    def handle(self, *args, dataset, again, **options):
        datasets = [self.find(dataset)] if dataset else list(Dataset.objects.order_by("pk"))
        for each in datasets:
            if again:
                decode_again(each)
            self.decode(each)

    def find(self, number):
        dataset = Dataset.objects.numbered(number)
        if dataset is None:
            self.stop(f"There is no dataset {number}; the admin lists them with their ids.")
        return dataset

    def decode(self, dataset):
        job, _ = Decoding.objects.get_or_create(dataset=dataset)
        others = Decoding.objects.filter(pk=job.pk).exclude(status=Decoding.Status.RUNNING)
        others.update(status=Decoding.Status.QUEUED, queue_id="", attempts=0)
        job.gives_way = False
        try:
            if not job.run():
                self.stop(f"A worker decodes the images of {dataset} at this moment.")
        except KeyboardInterrupt:
            job.end(job.Status.CANCELLED)
            self.stop("Stopped. What was decoded stays.", INTERRUPTED)
        if job.error:
            self.stop(job.error)
        broken = dataset.images.filter(state="broken").count()
        self.stdout.write(f"{dataset}: {job.message}, {broken:,} broken.")

    def stop(self, words, code=CANNOT_START):
        self.stderr.write(words.replace("\n", " "))
        sys.exit(code)
