"""What found files have to do with images and with each other: same content, moved, changed.

The names of datasets and paths are those of now, by one query each for all files of a page.
"""

from typing import NamedTuple

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from datasets.admin.display import list_url
from datasets.admin.found_filters import in_words
from datasets.comparing import ALSO
from datasets.models import FoundFile, Image

State = FoundFile.State
SAME = "same content as"
# Of a content that is in very many datasets nobody wants to read all.
MOST_NAMED = 3


class Relation(NamedTuple):
    """Words, then a link to a path, then the dataset it is in."""

    words: str
    path: str
    url: str
    dataset: str = ""
    dataset_url: str = ""


def described(job, files):
    """For each file: the file, its state in words, why, and what it is related to."""
    twins = _twins(files)
    originals = _originals(job, files)
    for file in files:
        file.folder_import = job  # of all alike, so not asked for again
        tone, text = in_words(file)
        relations = list(_relations(file, twins.get(file.sha256, ()), originals))
        why = _why(file, relations)
        yield {"file": file, "tone": tone, "text": text, "why": why, "relations": relations}


def _twins(files):
    """{sha256: images with this content}, in all datasets."""
    hashes = {file.sha256 for file in files if file.sha256 and file.state != State.KNOWN}
    found = {}
    for image in Image.objects.filter(sha256__in=hashes).select_related("dataset").order_by("pk"):
        found.setdefault(image.sha256, []).append(image)
    return found


def _originals(job, files):
    """{path: id} of earlier files of the same folder that others are duplicates of."""
    paths = {file.same_as_path for file in files if file.same_as_path}
    return dict(job.found_files.filter(path__in=paths).values_list("path", "pk"))


def _relations(file, twins, originals):
    image = file.same_as
    if file.state == State.MOVED and image and image.path != file.path:
        yield _to_image("was", image)
    elif pk := file.image_id or (file.state in (State.KNOWN, State.CHANGED) and file.same_as_id):
        yield Relation("", "see the image", _image_url(pk))
    if file.state == State.CHANGED:
        return  # who else has the new content says nothing about the image
    own = {file.image_id, None if file.state == State.DUPLICATE else file.same_as_id}
    others = [twin for twin in twins if twin.pk not in own]
    original = originals.get(file.same_as_path)
    if original and file.same_as_path not in {twin.path for twin in others}:
        url = reverse("admin:datasets_folderimport_change", args=[file.folder_import_id])
        yield Relation(SAME, file.same_as_path, f"{url}?at={original}&look={original}")
    words = SAME if file.state == State.DUPLICATE else "also"
    yield from (_to_image(words, twin, named=True) for twin in others[:MOST_NAMED])
    if more := others[MOST_NAMED:]:
        yield Relation("and", f"{len(more)} more", list_url(Image, q=file.sha256))


def _to_image(words, image, named=False):
    url = _image_url(image.pk)
    if not named:
        return Relation(words, image.path, url)
    dataset = reverse("admin:datasets_dataset_change", args=[image.dataset_id])
    return Relation(words, image.path, url, str(image.dataset), dataset)


def _image_url(pk):
    return reverse("admin:datasets_image_change", args=[pk])


def _why(file, relations):
    """The reason, without what the links say already."""
    if file.state in (State.DUPLICATE, State.MOVED) and any(
        relation.words in (SAME, "was") for relation in relations
    ):
        return ""
    if file.state == State.CHANGED and file.same_as:
        return f"{_difference(file, file.same_as)}; {file.reason}"
    return file.reason.partition(ALSO)[0].rstrip("; ")


def _difference(file, image):
    """What is not as it was when the image was imported."""
    parts = []
    if (image.width, image.height) != (file.width, file.height):
        parts.append(f"{image.width} × {image.height} pixels became {file.width} × {file.height}")
    if image.byte_size != file.byte_size:
        before, now = filesizeformat(image.byte_size), filesizeformat(file.byte_size)
        if before == now:
            before, now = f"{image.byte_size:,} bytes", f"{file.byte_size:,}"
        parts.append(f"{before} became {now}")
    return ", ".join(parts) or "same size and pixels"
