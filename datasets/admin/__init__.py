"""Staff pages for datasets, groups and images, importing folders and webhooks."""

from datasets.admin.checks import ImageCheckAdmin
from datasets.admin.datasets import DatasetAdmin
from datasets.admin.groups import DatasetGroupAdmin
from datasets.admin.images import ImageAdmin
from datasets.admin.imports import FolderImportAdmin
from datasets.admin.webhooks import DeliveryAdmin, WebhookAdmin

__all__ = [
    "DatasetAdmin",
    "DatasetGroupAdmin",
    "DeliveryAdmin",
    "FolderImportAdmin",
    "ImageAdmin",
    "ImageCheckAdmin",
    "WebhookAdmin",
]
