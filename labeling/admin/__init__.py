"""The admin of labeling, one module for each kind of page."""

from labeling.admin.exports import ExportAdmin
from labeling.admin.images import ImageInTasksAdmin
from labeling.admin.label_classes import LabelClassAdmin
from labeling.admin.labels import LabelAdmin
from labeling.admin.tasks import LabelTaskAdmin

__all__ = ["ExportAdmin", "ImageInTasksAdmin", "LabelAdmin", "LabelClassAdmin", "LabelTaskAdmin"]
