"""The admin of labeling, one module for each kind of page."""

from labeling.admin.labels import LabelAdmin
from labeling.admin.tasks import LabelTaskAdmin

__all__ = ["LabelAdmin", "LabelTaskAdmin"]
