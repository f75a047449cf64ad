"""Which datasets, and which watched folders."""

from django.db import models
from django.db.models.functions import Now


class DatasetQuerySet(models.QuerySet):
    def numbered(self, given):
        """The dataset of an id as a person wrote it, or None."""
        is_id = given.isascii() and given.isdigit() and len(given) < 19
        return self.filter(pk=int(given)).first() if is_id else None


class WatchedFolderQuerySet(models.QuerySet):
    def due(self):
        return self.filter(is_active=True, next_at__lte=Now())
