"""A server of its own with labels of many polygons, and a browser to look at them with."""

import contextlib
import hashlib
import json
import math
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
# Before Django is loaded: nothing here may touch the data of the house.
DATA = Path(tempfile.mkdtemp(prefix="s3label-bench-"))
for name in [name for name in os.environ if name.startswith("S3LABEL_")]:
    del os.environ[name]
os.environ |= {
    "S3LABEL_DATA_DIR": str(DATA),
    "DATABASE_URL": f"sqlite:///{DATA}/bench.sqlite3",
    "DJANGO_SETTINGS_MODULE": "s3label_site.settings",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
}

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from PIL import Image as Picture  # noqa: E402

from datasets.models import Image  # noqa: E402
from labeling.models import Label, Prediction, PredictionSet, Shape  # noqa: E402
from s3label_site.testing import make_cast, make_task  # noqa: E402

WIDTH, HEIGHT = 4000, 3000
SCREEN = {"width": 1400, "height": 900}
FLAGS = ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info", "--js-flags=--expose-gc"]
UNLIMITED = ["--disable-frame-rate-limit", "--disable-gpu-vsync"]


def polygons(count, vertices, seed=1):
    """Polygons in rows and columns, each a star with uneven rays; flat lists."""
    chance = random.Random(seed)  # noqa: S311  a scene, no secret
    columns = math.ceil(math.sqrt(count * WIDTH / HEIGHT))
    step = WIDTH / columns
    made = []
    for number in range(count):
        x, y = (number % columns + 0.5) * step, (number // columns + 0.5) * step
        ring = []
        for vertex in range(vertices):
            angle = 2 * math.pi * vertex / vertices
            radius = step * (0.3 + 0.15 * chance.random())
            ring += [round(x + radius * math.cos(angle), 2), round(y + radius * math.sin(angle), 2)]
        made.append(ring)
    return made


def make_label(task, ann, shapes):
    dataset = task.dataset_group.datasets.get()
    path = Path(settings.IMAGE_ROOTS[0]) / "bench" / f"{len(shapes)}-{len(shapes[:1])}.jpg"
    path = path.with_stem(f"{path.stem}-{time.monotonic_ns()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    gradient = Picture.radial_gradient("L").resize((WIDTH, HEIGHT)).convert("RGB")
    gradient.putpixel((0, 0), (len(shapes) % 256, 0, 0))
    gradient.save(path, quality=90)
    data = path.read_bytes()
    sha256 = hashlib.sha256(data + path.name.encode()).hexdigest()
    image = Image.objects.create(
        dataset=dataset, path=str(path), sha256=sha256,
        byte_size=len(data), mtime_ns=path.stat().st_mtime_ns, format="JPEG",
        width=WIDTH, height=HEIGHT,
    )  # fmt: skip
    label = Label.objects.create(
        task=task, image=image, labeler=ann, status="in_progress", claimed_at=timezone.now(), rev=1,
        n_shapes=len(shapes),
    )  # fmt: skip
    house = task.classes.first()
    Shape.objects.bulk_create(
        [
            Shape(label=label, rev_added=1, label_class=house, kind="polygon", z=z,
                  geometry=json.dumps({"rings": [ring]}, separators=(",", ":")))
            for z, ring in enumerate(shapes, 1)
        ],
        batch_size=500,
    )  # fmt: skip
    return label


def suggest(label, shapes):
    """Let a model suggest these shapes on the image of a label."""
    made, _ = PredictionSet.objects.get_or_create(task=label.task, model="bench")
    house = label.task.classes.first()
    Prediction.objects.bulk_create(
        [
            Prediction(set=made, image=label.image, label_class=house, kind="polygon", score=0.5,
                       geometry=json.dumps({"rings": [ring]}, separators=(",", ":")))
            for ring in shapes
        ],
        batch_size=500,
    )  # fmt: skip


class World:
    """Ann's task, a server of S3Label, and one for the pages of the others."""

    def __init__(self, **fields):
        call_command("migrate", verbosity=0)
        self.ann = make_cast()["ann"]
        self.task = make_task(self.ann, images=0, **fields)
        self.port, self.their_port = _free_port(), _free_port()

    def label(self, shapes):
        return make_label(self.task, self.ann, shapes)

    @contextlib.contextmanager
    def serving(self):
        command = [sys.executable, "manage.py", "serve", "--no-demo"]
        environment = os.environ | {"PORT": str(self.port)}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        # Without the pages of the others, which are built, theirs has nothing to serve.
        dist = ROOT / "bench" / "editor" / "dist"
        dist.mkdir(exist_ok=True)
        ours = subprocess.Popen(command, cwd=ROOT, env=environment, **quiet)  # noqa: S603
        theirs = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "http.server", str(self.their_port), "-b", "127.0.0.1"],
            cwd=dist, **quiet,
        )  # fmt: skip
        try:
            _wait_for(f"http://127.0.0.1:{self.port}/readyz")
            yield self
        finally:
            for process in (ours, theirs):
                process.terminate()
                process.wait()
            shutil.rmtree(DATA, ignore_errors=True)

    def log_in(self, context):
        client = Client()
        client.force_login(self.ann)
        name = settings.SESSION_COOKIE_NAME
        url = f"http://127.0.0.1:{self.port}"
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])

    def url(self, label):
        return f"http://127.0.0.1:{self.port}{label.get_absolute_url()}"


def launch(playwright, *, limited):
    found = shutil.which("chromium") or shutil.which("google-chrome")
    return playwright.chromium.launch(
        executable_path=found, args=FLAGS + ([] if limited else UNLIMITED)
    )


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _wait_for(url):
    for _ in range(300):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url)  # noqa: S310
            return
        time.sleep(0.2)
    raise SystemExit("The server did not start.")
