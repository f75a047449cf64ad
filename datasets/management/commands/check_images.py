import json
import sys

from datasets.checking import summary
from datasets.management.shell import ShellCommand
from datasets.models import Dataset, ImageCheck

NOT_IN_ORDER = 1
WORDS = ("missing", "changed", "broken")


class Command(ShellCommand):
    help = "Look whether the files of images are there, and still what was imported."

    def add_arguments(self, parser):
        parser.add_argument(
            "dataset", nargs="?", metavar="DATASET", help="The id of one; else all are checked."
        )
        parser.add_argument(
            "--verify", action="store_true", help="Read every file, not only size and time."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args, dataset, verify, **options):
        datasets = [self.dataset_of(dataset)] if dataset else list(Dataset.objects.order_by("pk"))
        results = []
        for each in datasets:
            results.append(self.check(each, verify))
            if not options["json"]:
                self.tell(each, results[-1])
        if options["json"]:
            self.stdout.write(json.dumps({"checks": results}))
        if any(result["problems"] or result["away"] for result in results):
            sys.exit(NOT_IN_ORDER)

    def check(self, dataset, verify):
        job = ImageCheck.objects.create(dataset=dataset, verify=verify)
        self.run_here(job, "What was checked is stored.")
        return summary(job)

    def tell(self, dataset, result):
        counts = [f"{result[state]:,} {state}" for state in WORDS if result[state]]
        if result["moved"]:
            counts.append(f"{result['moved']:,} of them seen at another path")
        if result["restored"]:
            counts.append(f"{result['restored']:,} back in order")
        if away := sum(result["away"].values()):
            counts.append(f"{away:,} not looked at")
        words = ", ".join(counts) or "all in order"
        self.stdout.write(f"{dataset}: {result['checked']:,} images checked: {words}.")
        for words, number in result["away"].items():
            self.stdout.write(f"  {words}: {number:,} images, left as they were")
        for problem in result["problems"]:
            now_at = f"; now at {problem['moved_to']!r}" if problem["moved_to"] else ""
            self.stdout.write(
                f"  {problem['state']}: {problem['path']!r}: {problem['reason']}{now_at}"
            )
