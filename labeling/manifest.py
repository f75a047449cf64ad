"""What went into an export, counted while it is written, and the manifest that says so."""

from array import array
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson
from django.conf import settings

MANIFEST_SUFFIX = ".manifest.json"
MOST_NAMED = 1_000


def note_in_words(note, times):
    return f"{note} ({times:,} {'time' if times == 1 else 'times'})"


@dataclass
class Contents:
    images: int = 0
    labels: int = 0
    shapes: int = 0
    images_without_shapes: int = 0
    # Images whose file is not what was imported any more: the first are named, all counted.
    images_not_ok: int = 0
    named_not_ok: list = field(default_factory=list)
    revisions: array = field(default_factory=lambda: array("q"))  # label, revision, label, …
    splits: dict = field(default_factory=dict)  # {split: images}

    def count(self, images, report):
        for image in images:
            self._add(image)
            yield image
            report(self.images)

    def _add(self, image):
        n_shapes = sum(len(label.shapes) for label in image.labels)
        self.images += 1
        self.labels += len(image.labels)
        self.shapes += n_shapes
        self.images_without_shapes += not n_shapes
        if image.split:
            self.splits[image.split] = self.splits.get(image.split, 0) + 1
        if image.state != "ok":
            self.images_not_ok += 1
            if self.images_not_ok <= MOST_NAMED:
                self.named_not_ok.append({"id": image.id, "path": image.path, "state": image.state})
        for label in image.labels:
            self.revisions.extend((label.id, label.rev))


@dataclass(frozen=True)
class Written:
    path: Path
    contents: Contents
    notes: dict
    # Of a folder: its files as (name, SHA-256), those of images left out.
    files: list
    sha256: str
    byte_size: int


def manifest_path(path):
    return path.with_name(path.name + MANIFEST_SUFFIX)


def write_manifest(file, task, format, choice, written):
    contents = written.contents
    head = {
        "file": written.path.name,
        "sha256": written.sha256,
        "byte_size": written.byte_size,
        "format": format,
        "status": choice.status,
        "choice": asdict(choice),
        "made_by": f"S3Label {settings.VERSION}",
        "task": {"id": task.pk, "title": task.title},
        "images": contents.images,
        "labels": contents.labels,
        "shapes": contents.shapes,
        "images_without_shapes": contents.images_without_shapes,
        "splits": contents.splits,
        "images_not_ok": contents.images_not_ok,
        "first_images_not_ok": contents.named_not_ok,
        "notes": [{"note": note, "times": times} for note, times in sorted(written.notes.items())],
    }
    if written.files:
        head["files"] = [{"name": name, "sha256": sha256} for name, sha256 in written.files]
    file.write(orjson.dumps(head, option=orjson.OPT_INDENT_2)[:-2])
    file.write(b',\n  "revisions": [')
    separator = b"\n"
    for at in range(0, len(contents.revisions), 2):
        label, rev = contents.revisions[at : at + 2]
        file.write(b'%b    {"label": %d, "rev": %d}' % (separator, label, rev))
        separator = b",\n"
    file.write(b"\n  ]\n}\n")
