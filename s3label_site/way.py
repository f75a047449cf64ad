"""The way from a folder of images to labels, as the first page of the admin shows it."""

from dataclasses import dataclass, field

from django.urls import reverse

from accounts.models import User
from datasets.counting import number_of_images
from datasets.models import Dataset, DatasetGroup, FolderImport, Image
from labeling.counting import labels_by_status
from labeling.models import Assignment, Export, Label, LabelImport, LabelTask, PredictionSet


@dataclass
class Link:
    text: str
    url: str
    is_main: bool = False


@dataclass
class Station:
    """One step of the way: what to do there, how far one is, and where to click."""

    title: str
    sentence: str
    url: str
    counts: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    is_begun: bool = False
    is_next: bool = False


def stations(site, request):
    """The stations that this user may enter; the first one not begun is marked as next."""
    links = Links(site, request)
    found = [
        make(links)
        for model, make in (
            (Dataset, _datasets),
            (DatasetGroup, _groups),
            (LabelTask, _tasks),
            (User, _people),
            (Label, _progress),
        )
        if links.may_view(model)
    ]
    for station in found:
        if not station.is_begun:
            station.is_next = True
            break
    return found


class Links:
    """Links to pages of the admin, only those that are there and that this user may open."""

    def __init__(self, site, request):
        self.site = site
        self.request = request

    def may_view(self, model):
        return self.site.is_registered(model) and self.site.get_model_admin(
            model
        ).has_view_permission(self.request)

    def may_add(self, model):
        return self.site.is_registered(model) and self.site.get_model_admin(
            model
        ).has_add_permission(self.request)

    def page(self, model, name):
        meta = model._meta
        return reverse(
            f"admin:{meta.app_label}_{meta.model_name}_{name}", current_app=self.site.name
        )

    def list(self, model, text, query=""):
        return [Link(text, self.page(model, "changelist") + query)] if self.may_view(model) else []

    def add(self, model, text):
        if not self.may_add(model):
            return []
        return [Link(text, self.page(model, "add"), is_main=True)]


def counted(number, one, many):
    """1 image, 1,240 images."""
    return f"{number:,} {one if number == 1 else many}"


def _datasets(links):
    datasets, images = Dataset.objects.count(), number_of_images()
    return Station(
        "Datasets",
        "Make a dataset for each site and sensor, then import a folder of images into it. "
        "The files stay where they are; S3Label remembers their paths.",
        links.page(Dataset, "changelist"),
        [counted(datasets, "dataset", "datasets"), counted(images, "image", "images")],
        links.add(Dataset, "Add a dataset")
        + links.list(Dataset, "Datasets")
        + links.list(Image, "Images")
        + links.list(FolderImport, "Folder imports"),
        is_begun=images > 0,
    )


def _groups(links):
    groups = DatasetGroup.objects.count()
    return Station(
        "Dataset groups",
        "Put datasets into a group; label tasks are made on groups. "
        "Images that you add to a dataset later join the running tasks by themselves.",
        links.page(DatasetGroup, "changelist"),
        [counted(groups, "group", "groups")],
        links.add(DatasetGroup, "Add a dataset group") + links.list(DatasetGroup, "Dataset groups"),
        is_begun=groups > 0,
    )


def _tasks(links):
    tasks = LabelTask.objects.count()
    running = LabelTask.objects.filter(is_active=True).count()
    return Station(
        "Label tasks",
        "Say what to draw on the images of a group: title, instructions, tools and classes. "
        "Choose who labels on the same page.",
        links.page(LabelTask, "changelist"),
        [counted(tasks, "task", "tasks"), f"{running:,} active"],
        links.add(LabelTask, "Add a label task") + links.list(LabelTask, "Label tasks"),
        is_begun=tasks > 0,
    )


def _people(links):
    people = User.objects.filter(is_active=True).count()
    assignments = Assignment.objects.filter(is_active=True, user__is_active=True)
    assigned = assignments.values("user").distinct().count()
    return Station(
        "People",
        "Give each person an account and assign them to tasks. "
        "Nobody sees a task or its images without being assigned.",
        links.page(User, "changelist"),
        [counted(people, "person", "people"), f"{assigned:,} assigned to a task"],
        links.add(User, "Add a user")
        + links.list(User, "Users")
        + links.list(Assignment, "Assignments"),
        is_begun=assigned > 0,
    )


def _progress(links):
    status = labels_by_status()
    return Station(
        "Progress",
        "Look at what was submitted, approve it or send it back with a comment, "
        "and export what is done.",
        links.page(Label, "changelist"),
        [
            f"{status[Label.Status.SUBMITTED]:,} to review",
            f"{status['in_progress'] + status['sent_back']:,} being labeled",
            f"{status['approved']:,} approved",
        ],
        links.list(Label, "Labels to review", "?status=submitted")
        + links.list(Label, "All labels")
        + links.list(LabelImport, "Label imports")
        + links.list(PredictionSet, "Predictions")
        + links.list(Export, "Exports"),
        is_begun=sum(status.values()) > status["free"],
    )
