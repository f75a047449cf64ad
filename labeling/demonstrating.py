"""Make the demo: scenes and datasets, a task, people, and labels that one of them drew.

All rows are made in one transaction and all files in a folder of their own, through the
same importer, claim, save and steps that people use.
"""

import filecmp
import os
import secrets
import shutil
import tempfile
import uuid
from pathlib import Path

import numpy as np
import shapely
from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime

from accounts.models import User
from datasets.importing import summary
from datasets.models import Dataset, DatasetGroup, FolderImport, Image
from labeling import comments, steps
from labeling.claiming import claim_next
from labeling.demo.pictures import COLORS, EXAMPLES, write_examples, write_scenes
from labeling.models import Assignment, LabelClass, LabelTask, TaskExample
from labeling.saving import save_changes
from labeling.shapes import box_of

ACCOUNTS_FILE = "demo-accounts.txt"
PEOPLE = {
    "admin@example.org": ("Rita", "Reed", "staff"),
    "ann@example.org": ("Ann", "Adams", "labeler"),
    "ben@example.org": ("Ben", "Baker", "labeler"),
}
SITES = (
    (
        "cape_town",
        "Cape Town",
        "hot air balloon camera",
        "This is a dataset of aerial images collected from a hot air balloon",
    ),
    (
        "hex_river_valley",
        "Hex River Valley",
        "hot air balloon camera",
        "Farms and orchards along the river, from a second flight",
    ),
)
INSTRUCTIONS = """\
Draw an outline around **every house** in the image, and around the other things below.

- **House**: the edge of the roof, as you see it. Walls and shadow stay outside. Parts of a house \
that touch are one shape.
- **Shed**: garages, barns and other buildings that nobody lives in, also where they touch a house.
- **Pool**: the edge of the water.
- **Car**: a rectangle, turned so that it fits.
- **Tree**: only trees that touch no other tree, at least as wide as a car is long. No bushes, no \
hedges and no woods.

What the edge of the image cuts off is drawn up to the edge. An image without any of these is \
submitted empty."""
EXAMPLE_TEXTS = (
    ("good", "Outlines follow the roof", "Corners are where the roof has corners; no shadow."),
    ("good", "What belongs to which class", "Garages are sheds. Bushes and hedges stay free."),
    (
        "bad",
        "Boxes, too loose, corners cut off, houses forgotten",
        "Such labels are sent back.",
    ),
)
COMMENT = "Please add the buildings that are still missing, the small sheds too."
MARK = "Something is missing here."
# What Ann has done when the demo begins, label by label.
ANNS_WORK = ("approved", "sent back", "submitted", "submitted", "approved", "in progress")
# Letters and digits that nobody mistakes for another.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class CannotMakeDemo(Exception):
    """There is a reason, in words, and a cure."""


def is_there():
    return User.objects.filter(email__in=PEOPLE).exists()


def is_in_use():
    """Whether somebody has begun to work with this database."""
    return User.objects.exists() or Dataset.objects.exists()


def accounts_file():
    return settings.DATA_DIR / ACCOUNTS_FILE


def make_demo(*, scenes, size=None, workers=1, listener=None):
    """The task of the demo. `listener` is called after every scene that is drawn."""
    folder, outlines = _draw(_own_root(), scenes, size, workers, listener or (lambda: None))
    with transaction.atomic():
        people, passwords = _make_people()
        datasets = [_import(folder / place, *about) for place, *about in SITES]
        task = _make_task(datasets)
        _add_examples(task, folder / "examples")
        for email in ("ann@example.org", "ben@example.org"):
            Assignment.objects.create(user=people[email], task=task)
        _let_ann_label(task, people, {str(folder / path): o for path, o in outlines.items()})
        # Before the commit: passwords that nobody can read would be worse than a stale file.
        _write_accounts(passwords)
    return task


def _own_root():
    """The one image root that S3Label writes to; tried, because permissions say too little."""
    root = settings.OWN_ROOT
    try:
        root.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=root).close()
    except OSError as problem:
        raise CannotMakeDemo(
            f"The demo needs a place for its images, but {root} cannot be written to "
            f"({problem.strerror}). Let S3Label write there, or do without the demo."
        ) from problem
    return root


def _draw(root, scenes, size, workers, listener):
    """Draw beside the final folder, so that an interrupted demo leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=root) as unfinished:
        pictures = Path(unfinished) / "demo"
        outlines = {}
        for path, objects in write_scenes(pictures, scenes, size, workers):
            outlines[path] = objects
            listener()
        write_examples(pictures / "examples", *([size] if size else []))
        folder = _free_place(root, pictures)
        if not folder.exists():
            shutil.move(pictures, folder)
    return folder, outlines


def _free_place(root, pictures):
    """root/demo, or root/demo-2 …: what is there is used only if it is the same."""
    number = 1
    while True:
        folder = root / ("demo" if number == 1 else f"demo-{number}")
        if not folder.exists() or _is_same(folder, pictures):
            return folder
        number += 1


def _is_same(folder, pictures):
    names = sorted(p.relative_to(pictures) for p in pictures.rglob("*.jpg"))
    there = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return names == there and not filecmp.cmpfiles(folder, pictures, names, shallow=False)[1]


def _make_people():
    people, passwords = {}, {}
    for email, (first, last, role) in PEOPLE.items():
        passwords[email] = _password()
        make = User.objects.create_superuser if role == "staff" else User.objects.create_user
        people[email] = make(email, passwords[email], first_name=first, last_name=last)
    return people, passwords


def _password():
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def _write_accounts(passwords):
    rows = [
        f"  {email:20} {PEOPLE[email][2]:8} {password}" for email, password in passwords.items()
    ]
    text = "\n".join([f"Accounts of the demo, made on {localtime():%d %B %Y}:", *rows, ""])
    # A name of its own first: readable by nobody else from the first byte on.
    handle, draft = tempfile.mkstemp(prefix=f".{ACCOUNTS_FILE}-", dir=settings.DATA_DIR)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    os.replace(draft, accounts_file())


def _import(folder, site, sensor, description):
    dataset = Dataset.objects.create(site=site, sensor=sensor, description=description)
    job = FolderImport.objects.create(dataset=dataset, folder=str(folder), unattended=True)
    job.workers = 1
    job.run()
    result = summary(job)
    if job.status != job.Status.DONE or result["problems"]:
        reasons = [job.error, *(problem["reason"] for problem in result["problems"][:1])]
        raise CannotMakeDemo(f"The images of {site} were not imported: {' '.join(reasons).strip()}")
    return dataset


def _make_task(datasets):
    group = DatasetGroup.objects.create(
        name=_free_name("Hot air balloon datasets"),
        description="All aerial images captured from hot air balloons",
    )
    group.datasets.add(*datasets)
    task = LabelTask.objects.create(
        dataset_group=group,
        title="Aerial house labeling",
        description=INSTRUCTIONS,
        type=LabelTask.Type.INSTANCES,
        allowed_tools="rectangle,polygon,freehand",
        default_tool="polygon",
    )
    for position, (kind, color) in enumerate(COLORS.items(), start=1):
        LabelClass.objects.create(task=task, name=kind.title(), color=color, position=position)
    return task


def _free_name(name):
    """Names of groups are unique, and with --force there may be one of this name."""
    number = 1
    while DatasetGroup.objects.filter(name=name if number == 1 else f"{name} {number}").exists():
        number += 1
    return name if number == 1 else f"{name} {number}"


def _add_examples(task, folder):
    dataset = _import(folder, "Examples", "drawn in", "Shown beside the canvas, not labeled")
    images = {image.name: image for image in Image.objects.filter(dataset=dataset)}
    for position, (name, (verdict, title, description)) in enumerate(
        zip(EXAMPLES, EXAMPLE_TEXTS, strict=True), start=1
    ):
        TaskExample.objects.create(
            task=task,
            image=images[name],
            verdict=verdict,
            title=title,
            description=description,
            position=position,
        )


def _let_ann_label(task, people, outlines):
    """Work in every status, so that every page has something to show."""
    ann, rita = people["ann@example.org"], people["admin@example.org"]
    classes = {label_class.name: label_class.pk for label_class in task.classes.all()}
    label, done = None, []
    for status in ANNS_WORK:
        claimed = claim_next(task=task, labeler=ann, after=label and label.pk)
        if claimed is None:
            break
        label = claimed
        shapes = [_shape(thing, classes) for thing in outlines[label.image.path]]
        # The unfinished and the incomplete have a part only, the others all in two saves.
        part = len(shapes) * 2 // 3
        rev = _save(label, ann, shapes[:part], z=0)
        if status in ("approved", "submitted"):
            rev = _save(label, ann, shapes[part:], z=part) or rev
        if status != "in progress":
            steps.submit(label, by=ann, rev=rev)
            done.append((label, status, rev, shapes[part:]))
    # Only now: what is sent back would be given to Ann again before a new image.
    for label, status, rev, missing in done:
        if status == "approved":
            steps.approve(label, by=rita, rev=rev)
        elif status == "sent back":
            for shape in missing[:2]:
                x_min, y_min, x_max, y_max = box_of(shape["kind"], shape["geom"])
                place = (x_min + x_max) / 2, (y_min + y_max) / 2
                comments.write(label, by=rita, words=MARK, place=place)
            steps.send_back(label, by=rita, comment=COMMENT)


def _save(label, author, shapes, z):
    """The revision after saving the shapes; 0 if there is nothing to save."""
    changes = [
        {"id": uuid.uuid4(), "base": None, "shape": shape | {"z": z + number, "attrs": {}}}
        for number, shape in enumerate(shapes, start=1)
    ]
    if not changes:
        return 0
    answer = save_changes(label, author=author, op_id=uuid.uuid4(), changes=changes)
    return answer.body["rev"]


def _shape(thing, classes):
    """A whole car as a turned rectangle, everything else as a polygon."""
    shape = {
        "class": classes[thing.kind.title()],
        "kind": "polygon",
        "geom": {"rings": thing.rings},
    }
    if thing.kind != "car":
        return shape
    outline = shapely.Polygon(np.reshape(thing.rings[0], (-1, 2)))
    corners = shapely.get_coordinates(shapely.oriented_envelope(outline))
    (w, h), (dx, dy) = np.hypot(*np.diff(corners[:3], axis=0).T), corners[1] - corners[0]
    cx, cy = corners[:4].mean(axis=0)
    angle = np.degrees(np.arctan2(dy, dx)) % 360
    sizes = {"cx": cx, "cy": cy, "w": w, "h": h, "angle": angle}
    return shape | {
        "kind": "rect",
        "geom": {name: round(float(value), 2) for name, value in sizes.items()},
    }
