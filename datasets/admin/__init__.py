"""Staff pages for datasets, groups and images, and for importing folders."""

from datasets.admin.checks import ImageCheckAdmin
from datasets.admin.datasets import DatasetAdmin
from datasets.admin.groups import DatasetGroupAdmin
from datasets.admin.images import ImageAdmin
from datasets.admin.imports import FolderImportAdmin

__all__ = [
    "DatasetAdmin",
    "DatasetGroupAdmin",
    "FolderImportAdmin",
    "ImageAdmin",
    "ImageCheckAdmin",
]
