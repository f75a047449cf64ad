from functools import wraps

from django.contrib import admin
from django.core.exceptions import BadRequest

from datasets.space import low_spaces
from s3label_site.way import stations

# Our own tables first, in the order of the work; what belongs to the machinery comes last.
APPS_IN_ORDER = ("datasets", "labeling", "accounts", "auth")
MODELS_IN_ORDER = (
    "Dataset",
    "Image",
    "FolderImport",
    "ImageCheck",
    "DatasetGroup",
    "LabelTask",
    "Label",
    "LabelImport",
    "PredictionSet",
    "Export",
    "Webhook",
    "Delivery",
)
# Django calls both a set of permissions and nothing else a group; here groups hold datasets.
APP_NAMES = {"auth": "Permissions", "axes": "Log-ins", "django_tasks_database": "Queue"}
MODEL_NAMES = {"auth.Group": "Permission groups"}


class S3LabelAdminSite(admin.AdminSite):
    site_title = "S3Label"
    site_header = "S3Label"
    index_title = "From a folder of images to labels"
    empty_value_display = "–"

    def admin_view(self, view, cacheable=False):
        """Answers a number above what SQLite stores, in a filter or a selection, with 400."""
        checked = super().admin_view(view, cacheable)

        @wraps(checked)
        def answer(request, *args, **kwargs):
            try:
                return checked(request, *args, **kwargs)
            except OverflowError as problem:
                raise BadRequest("No number of ours is so large.") from problem

        return answer

    def each_context(self, request):
        # The page to log in is for everybody.
        low = low_spaces() if self.has_permission(request) else []
        return super().each_context(request) | {"low_spaces": low}

    def index(self, request, extra_context=None):
        way = {"stations": stations(self, request)}
        return super().index(request, way | (extra_context or {}))

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        for app in apps:
            label = app["app_label"]
            app["name"] = APP_NAMES.get(label, app["name"])
            for model in app["models"]:
                name = f"{label}.{model['object_name']}"
                model["name"] = MODEL_NAMES.get(name, model["name"])
            app["models"].sort(key=lambda model: _place(MODELS_IN_ORDER, model["object_name"]))
        return sorted(apps, key=lambda app: _place(APPS_IN_ORDER, app["app_label"]))


def _place(order, name):
    return order.index(name) if name in order else len(order)
