"""The admin of labeling, one module for each kind of page."""

from labeling.admin.assignments import AssignmentAdmin
from labeling.admin.exports import ExportAdmin
from labeling.admin.images import ImageInTasksAdmin
from labeling.admin.label_classes import LabelClassAdmin
from labeling.admin.label_imports import LabelImportAdmin
from labeling.admin.labels import LabelAdmin
from labeling.admin.predictions import PredictionSetAdmin
from labeling.admin.reports import ImageReportAdmin, LabelStepAdmin
from labeling.admin.tasks import LabelTaskAdmin

__all__ = [
    "AssignmentAdmin",
    "ExportAdmin",
    "ImageInTasksAdmin",
    "ImageReportAdmin",
    "LabelAdmin",
    "LabelClassAdmin",
    "LabelImportAdmin",
    "LabelStepAdmin",
    "LabelTaskAdmin",
    "PredictionSetAdmin",
]
