from datasets.decoding import decode_again
from datasets.management.shell import ShellCommand
from datasets.models import Dataset, Decoding


class Command(ShellCommand):
    help = "Make thumbnails of images that have none yet, and find those that cannot be decoded."

    def add_arguments(self, parser):
        parser.add_argument(
            "dataset", nargs="?", metavar="DATASET", help="The id of one; else all datasets."
        )
        parser.add_argument(
            "--again", action="store_true", help="Try all images again, broken ones too."
        )

    def handle(self, *args, dataset, again, **options):
        datasets = [self.dataset_of(dataset)] if dataset else list(Dataset.objects.order_by("pk"))
        for each in datasets:
            if again:
                decode_again(each)
            self.decode(each)

    def decode(self, dataset):
        job, _ = Decoding.objects.get_or_create(dataset=dataset)
        others = Decoding.objects.filter(pk=job.pk).exclude(status=Decoding.Status.RUNNING)
        others.update(status=Decoding.Status.QUEUED, queue_id="", attempts=0)
        job.gives_way = False
        if not self.run_here(job, "What was decoded stays."):
            self.stop(f"A worker decodes the images of {dataset} at this moment.")
        broken = dataset.images.filter(state="broken").count()
        self.stdout.write(f"{dataset}: {job.message}, {broken:,} broken.")
