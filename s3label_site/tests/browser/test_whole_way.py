"""The whole way in Chromium: a folder of photos becomes labels in a COCO file.

With the raccoon photos where the shared data lies beside the project, and with pictures
made here everywhere.
"""

import json
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect
from pycocotools.coco import COCO

from datasets.models import Dataset, DatasetGroup, FolderImport
from labeling.models import Assignment, Label, LabelClass, LabelTask, Shape
from s3label_site.testing import log_in, make_cast, make_picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHOTOS = settings.BASE_DIR.parent / "shared" / "data" / "raccoon" / "images"
# As shares of the image's width and height.
ROOF = [(0.12, 0.15), (0.45, 0.2), (0.4, 0.62), (0.2, 0.55)]
BOX = [(0.55, 0.3), (0.85, 0.8)]


@pytest.fixture(params=["pictures", *(["photos"] if PHOTOS.is_dir() else [])])
def folder(request):
    folder = Path(settings.IMAGE_ROOTS[0]) / f"the whole way with {request.param}"
    if request.param == "photos":
        shutil.copytree(PHOTOS, folder, dirs_exist_ok=True)
    else:
        for number in range(9):
            make_picture(folder / f"{number}.JPG", (640, 480), (20 * number, 120, 90))
        (folder / "copy.JPG").write_bytes((folder / "0.JPG").read_bytes())
    return folder


@pytest.fixture
def cast():
    return make_cast()


def run_waiting_jobs():
    for job in FolderImport.objects.filter(status="queued"):
        job.run()


def import_all_but_three(page, live_server, dataset, folder):
    page.goto(live_server.url + reverse("admin:datasets_dataset_import", args=[dataset.pk]))
    page.get_by_label("Folder", exact=True).fill(str(folder))
    page.get_by_role("button", name="Find images in folder recursively").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    run_waiting_jobs()
    expect(page.locator("#progress")).to_have_count(0)
    for number in range(3):
        with page.expect_response("**/select/"):
            page.locator("input[name=chosen]").nth(number).uncheck()
    page.locator("a.look-at").nth(4).click()
    expect(page.locator("#look img")).to_be_visible()
    page.get_by_role("button", name="Upload selected images").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    run_waiting_jobs()
    expect(page.locator("#progress")).to_have_count(0)


def make_task(dataset, labeler):
    group = DatasetGroup.objects.create(name="Photos")
    group.datasets.add(dataset)
    task = LabelTask.objects.create(
        dataset_group=group, title="Roofs", description="-", type="instance_segmentation"
    )
    LabelClass.objects.create(task=task, name="Roof")
    Assignment.objects.create(task=task, user=labeler)
    return task


class Canvas:
    """Real pointer events at places of the image."""

    def __init__(self, page, label):
        expect(page.locator(f"#editor[data-ready='{label.pk}']")).to_be_visible()
        self.page, self.image = page, label.image
        self.stage = page.locator(".stage")

    def place(self, share):
        box = self.stage.bounding_box()
        view = self.stage.evaluate("e => [+e.dataset.scale, +e.dataset.x, +e.dataset.y]")
        x, y = share[0] * self.image.width, share[1] * self.image.height
        return box["x"] + x * view[0] + view[1], box["y"] + y * view[0] + view[2]

    def draw(self):
        """A polygon and a rectangle, and wait until the server has both."""
        mouse, keyboard = self.page.mouse, self.page.keyboard
        keyboard.press("p")
        for corner in ROOF:
            mouse.click(*self.place(corner))
        mouse.click(*self.place(ROOF[0]))
        keyboard.press("r")
        mouse.move(*self.place(BOX[0]))
        mouse.down()
        mouse.move(*self.place(BOX[1]), steps=4)
        mouse.up()
        expect(self.page.locator("[data-shape-count]")).to_have_attribute("data-shape-count", "2")
        expect(self.page.locator(".save-state")).to_have_text("Saved", timeout=10_000)


def label_two_images(page, live_server, labeler):
    page.goto(live_server.url)
    page.get_by_role("button", name="Label next image").click()
    for number in (1, 2):
        expect(page.locator("#editor[data-ready]")).to_be_visible()
        label = labeler.labels.get(status="in_progress")
        Canvas(page, label).draw()
        page.keyboard.press("Control+Enter")
        expect(page.locator(f"#editor[data-ready='{label.pk}']")).to_have_count(0)
        assert labeler.labels.filter(status="submitted").count() == number


def approve_two(page, live_server):
    page.goto(live_server.url + reverse("admin:labeling_label_review"))
    for _ in range(2):
        expect(page.locator("#shapes")).to_have_attribute("data-painted", "2")
        with page.expect_navigation():
            page.get_by_role("button", name="Approve").click()


def check_drawn(label):
    """The stored shapes are where the pointer was, to a screen pixel or so."""
    polygon, rect = (json.loads(shape.geometry) for shape in label.shapes.current().order_by("z"))
    width, height = label.image.width, label.image.height
    wanted = [value for x, y in ROOF for value in (x * width, y * height)]
    assert polygon["rings"][0] == pytest.approx(wanted, abs=max(width, height) / 300)
    assert rect["w"] == pytest.approx(0.3 * width, abs=width / 150)
    assert rect["h"] == pytest.approx(0.5 * height, abs=height / 150)


def check_exported(task, path):
    call_command("export_labels", task.pk, format="coco", out=str(path), status="approved")
    coco = COCO(str(path))
    assert len(coco.getImgIds()) == 2
    by_shape = {one["attributes"]["shape_id"]: one for one in coco.dataset["annotations"]}
    shapes = Shape.objects.current().filter(label__status="approved")
    assert set(by_shape) == {str(shape.uid) for shape in shapes}
    for shape in shapes:
        ring = by_shape[str(shape.uid)]["segmentation"][0]
        geometry = json.loads(shape.geometry)
        if shape.kind == "polygon":
            assert ring == pytest.approx(geometry["rings"][0], abs=0.01)
        else:
            left, top = geometry["cx"] - geometry["w"] / 2, geometry["cy"] - geometry["h"] / 2
            assert [min(ring[::2]), min(ring[1::2])] == pytest.approx([left, top], abs=0.01)


def test_a_folder_of_photos_becomes_a_coco_file(page, live_server, cast, folder, tmp_path):
    ann, rita = cast["ann"], cast["rita"]
    dataset = Dataset.objects.create(site="Cape Town", sensor="hot air balloon camera")
    log_in(page.context, live_server, rita)
    import_all_but_three(page, live_server, dataset, folder)
    contents = len({path.read_bytes() for path in folder.iterdir()})
    assert dataset.images.count() == contents - 3
    if folder.name.endswith("photos"):
        assert dataset.images.count() == 193

    task = make_task(dataset, ann)
    log_in(page.context, live_server, ann)
    label_two_images(page, live_server, ann)
    for label in Label.objects.filter(status="submitted"):
        check_drawn(label)

    log_in(page.context, live_server, rita)
    approve_two(page, live_server)
    assert Label.objects.filter(status="approved").count() == 2
    check_exported(task, tmp_path / "roofs.json")
