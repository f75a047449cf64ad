"""How long a save takes while many people draw, against a server as it is used.

    .venv/bin/python bench/load_bench.py [PEOPLE] [--seconds 60] [--every 5]
    DATABASE_URL=postgresql://… .venv/bin/python bench/load_bench.py 50

Starts `manage.py serve` with a data folder of its own; without DATABASE_URL on SQLite, else in that
database, which should be empty. Each of PEOPLE (10) claims an image, then saves a new polygon of
40 points every 5 seconds; every tenth time the label is submitted and the next one claimed.
The reference, asked for in between by one more person, is /readyz, which asks the database one
question.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "s3label_site.settings")

import django  # noqa: E402

django.setup()

from s3label_site.tests.running import Server  # noqa: E402

SAVES_PER_IMAGE = 10
POINTS = 40


class Person(threading.Thread):
    """Claims, draws, submits, as long as the bench lasts."""

    def __init__(self, bench, token):
        super().__init__(daemon=True)
        self.bench, self.token = bench, token

    def run(self):
        time.sleep(random.uniform(0, self.bench.every))  # noqa: S311
        label = saves = 0
        while time.monotonic() < self.bench.end:
            begun = time.monotonic()
            if not label:
                label = self.ask("claim", f"/tasks/{self.bench.task}/claim", {})["label"]
            rev = self.ask("save", f"/labels/{label}/changes", self.changes())["rev"]
            saves += 1
            if saves % SAVES_PER_IMAGE == 0:
                self.ask("submit", f"/labels/{label}/submit", {"rev": rev})
                label = 0
            time.sleep(max(0, self.bench.every - (time.monotonic() - begun)))

    def changes(self):
        ring = [round(random.uniform(1, 479), 2) for _ in range(2 * POINTS)]  # noqa: S311
        shape = {"class": self.bench.label_class, "kind": "polygon", "geom": {"rings": [ring]}}
        change = {"id": str(uuid.uuid4()), "base": None, "shape": shape | {"z": 0}}
        return {"op_id": str(uuid.uuid4()), "changes": [change]}

    def ask(self, what, path, body):
        return self.bench.ask(what, "POST", f"/api/v1{path}", body, self.token)


class Bench:
    def __init__(self, server, people, seconds, every):
        self.server, self.every = server, every
        self.times = defaultdict(list)  # milliseconds
        self.errors = []
        told = server.run(
            "from s3label_site.tests.load import prepare; "
            f"prepare({people}, {people * (2 + int(seconds / every / SAVES_PER_IMAGE))})"
        )
        self.task, self.label_class = told["task"], told["class"]
        self.people = [Person(self, token) for _, token in told["people"]]
        self.seconds = seconds

    def ask(self, what, method, path, body=None, token=None):
        begun = time.perf_counter()
        status, answer = self.server.ask(method, path, body, token)
        self.times[what].append(1000 * (time.perf_counter() - begun))
        if status != 200:
            self.errors.append((what, status, answer))
            raise SystemExit(f"{what}: {status} {answer}")
        return answer

    def run(self):
        self.end = time.monotonic() + self.seconds
        for person in self.people:
            person.start()
        while time.monotonic() < self.end:
            self.ask("readyz", "GET", "/readyz")
            time.sleep(0.25)
        for person in self.people:
            person.join()

    def tell(self):
        print(f"{len(self.people)} people, a save every {self.every:g} s, {self.seconds:g} s")
        for what, times in sorted(self.times.items()):
            parts = statistics.quantiles(times, n=100)
            in_words = f"median {statistics.median(times):6.1f} ms"
            in_words += f"  p95 {parts[94]:6.1f}  p99 {parts[98]:6.1f}  longest {max(times):6.1f}"
            print(f"{what:8} {len(times):6,} times  {in_words}")
        print(f"errors: {len(self.errors)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("people", nargs="?", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="s3label-bench-") as folder:
        server = Server(Path(folder), os.environ.get("DATABASE_URL"))
        try:
            server.start()
            bench = Bench(server, asked.people, asked.seconds, asked.every)
            bench.run()
            bench.tell()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
