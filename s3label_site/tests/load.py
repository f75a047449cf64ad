"""People at work while a test kills what serves them: they claim, draw in two tabs, and submit.

Each tab notes what it asked and what it was answered; labeling/tests/history.py tells whether
that is true of the database.
"""

import json
import random
import sys
import threading
import time
import uuid
from collections import Counter

from accounts.models import User
from accounts.tokens import make_token
from datasets.models import Image
from s3label_site.testing import make_task
from s3label_site.tests.running import wait_until

PAUSE = 0.02
SAVES_PER_IMAGE = 10


def prepare(number, images):
    """In the server's database: print the class, the task, and [person, token] of each."""
    people = [User.objects.create(email=f"labeler{n}@example.org") for n in range(number)]
    task = make_task(*people, images=0)
    dataset = task.dataset_group.datasets.get()
    facts = {"byte_size": 1, "format": "PNG", "width": 640, "height": 480}
    Image.objects.bulk_create(
        Image(dataset=dataset, path=f"/images/{n}.png", sha256=f"{n:064x}", **facts)
        for n in range(images)
    )
    tokens = [[person.pk, make_token(person, "load", "label", 1)[1]] for person in people]
    told = {"class": task.classes.first().pk, "task": task.pk, "people": tokens}
    sys.stdout.write(json.dumps(told))


class Desk:
    """What the two tabs of one person share: the label that is open."""

    def __init__(self, user, token):
        self.user, self.token = user, token
        self.label, self.rev, self.saves = None, 0, 0


class Tab(threading.Thread):
    def __init__(self, load, desk, seed, *, is_first):
        super().__init__(daemon=True)
        self.load, self.desk, self.is_first = load, desk, is_first
        self.chance = random.Random(seed)  # noqa: S311
        self.notes = (load.folder / f"{seed}.jsonl").open("w")
        self.shared = {}  # label: the revision on which this tab changes the shape of both
        self.problem = None

    def run(self):
        try:
            while not self.load.is_over.is_set():
                self.work()
                time.sleep(PAUSE)
        except Exception as problem:  # noqa: BLE001  the test looks at it
            self.problem = problem
        self.notes.close()

    def work(self):
        desk = self.desk
        if desk.label is not None:
            self.save(desk.label)
        if self.is_first and desk.saves >= SAVES_PER_IMAGE:
            self.submit(desk.label)
        if self.is_first and desk.label is None:
            self.claim()

    def note(self, op, **facts):
        self.notes.write(json.dumps({"op": op, **facts}) + "\n")

    def begin(self, kind, label, op=None, **facts):
        op = op or str(uuid.uuid4())
        now = time.monotonic_ns()
        facts = {"kind": kind, "user": self.desk.user, "label": label, "began": now} | facts
        self.note(op, is_new=True, **facts)
        return op

    def end(self, op, outcome, **facts):
        now = time.monotonic_ns()
        self.note(op, is_new=False, ended=now, outcome=outcome, **facts)

    def ask(self, path, body, patience=1.0):
        """The answer, asked for until it comes; None if that is given up before it does."""
        while not self.load.is_over.is_set():
            status, answer = self.load.server.ask("POST", f"/api/v1{path}", body, self.desk.token)
            if status and status < 500 and status != 429:
                return status, answer
            self.load.refusals[status] += 1
            if self.chance.random() > patience:
                return None
            time.sleep(0.1)
        return None

    def claim(self):
        op = self.begin("claim", None)
        told = self.ask(f"/tasks/{self.load.task}/claim", {})
        if told is None:
            return
        assert told[0] == 200, told
        label = told[1]["label"]
        self.end(op, "ok", label=label)
        self.desk.saves, self.desk.rev, self.desk.label = 0, 0, label

    def save(self, label):
        op = str(uuid.uuid4())
        is_shared = self.chance.random() < 0.4
        shape = str(uuid.UUID(int=label)) if is_shared else str(uuid.uuid4())
        geom = {"cx": self.chance.randrange(9, 600), "cy": 50, "w": 9, "h": 9, "angle": 0}
        state = {"class": self.load.label_class, "kind": "rect", "geom": geom, "z": 0}
        base = self.shared.get(label) if is_shared else None
        change = {"id": shape, "base": base, "shape": state | {"attrs": {"op": op}}}
        self.begin("save", label, op, shape=shape)
        told = self.ask(f"/labels/{label}/changes", {"op_id": op, "changes": [change]}, 0.9)
        if told is None:
            return
        status, answer = told
        if status == 200:
            rev = answer["rev"]
            self.end(op, "ok", rev=rev)
            self.desk.saves += 1
            self.load.acknowledged += 1
        elif status == 409 and answer["error"] == "conflict":
            rev = answer["shapes"][0]["rev"]
            self.end(op, "conflict")
        else:
            assert status == 409 and answer["error"] == "not_editable", told
            return self.end(op, "refused")
        if is_shared:
            self.shared[label] = rev

    def submit(self, label):
        # What both tabs saved so far; the other may be faster once more, which is refused.
        status, answer = self.load.server.ask(
            "GET", f"/api/v1/labels/{label}", token=self.desk.token
        )
        if status != 200:
            return
        rev = answer["rev"]
        op = self.begin("submit", label)
        told = self.ask(f"/labels/{label}/submit", {"rev": rev})
        if told and told[0] == 200:
            self.end(op, "ok", rev=rev)
        # Refused perhaps only because an earlier try, whose answer was lost, had done it.
        if told and (told[0] == 200 or told[1].get("status") == "submitted"):
            self.desk.label = None


class Load:
    """Everybody at work on a Server; stop() ends it and raises what went wrong in a tab."""

    def __init__(self, server, folder, people, images, seed):
        folder.mkdir()
        self.server, self.folder = server, folder
        self.is_over = threading.Event()
        self.acknowledged = 0
        self.refusals = Counter()  # of answers that asked to come again, 0 for none
        told = server.run(
            f"from s3label_site.tests.load import prepare; prepare({people}, {images})"
        )
        self.task, self.label_class = told["task"], told["class"]
        self.tabs = [
            Tab(self, desk, f"{seed}-{n}-{is_first}", is_first=is_first)
            for n, desk in enumerate(Desk(*person) for person in told["people"])
            for is_first in (True, False)
        ]

    def start(self):
        for tab in self.tabs:
            tab.start()

    def wait_for_saves(self, number, why):
        """Until so many more saves are acknowledged than now."""
        before = self.acknowledged

        def are_there():
            self.raise_problems()
            return self.acknowledged >= before + number

        wait_until(are_there, f"{number} saves {why}")

    def raise_problems(self):
        for tab in self.tabs:
            if tab.problem:
                raise tab.problem

    def stop(self):
        self.is_over.set()
        for tab in self.tabs:
            tab.join()
        self.raise_problems()

    def check(self):
        """{"outcomes": how many of each kind, "problems": what is wrong, in words}."""
        folder = str(self.folder)
        return self.server.run(f"from labeling.tests.history import main; main({folder!r})")
