"""Which of the found files: by state, path, pattern."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Lookup, Q, TextField, Value
from django.db.models.functions import Length, Replace

from datasets.patterns import is_pattern, like_part, pattern_below


@TextField.register_lookup
class ILike(Lookup):
    """LIKE as it is written, A to Z without regard to case.

    Django's own icontains turns a million paths into upper case, which takes PostgreSQL a second.
    """

    lookup_name = "ilike"

    def as_sql(self, compiler, connection):
        path, params = self.process_lhs(compiler, connection)
        pattern, more = self.process_rhs(compiler, connection)
        return f"{path} LIKE {pattern} ESCAPE '\\'", [*params, *more]

    def as_postgresql(self, compiler, connection):
        path, params = self.process_lhs(compiler, connection)
        pattern, more = self.process_rhs(compiler, connection)
        return f"{path} ILIKE {pattern}", [*params, *more]


class FoundFileQuerySet(models.QuerySet):
    def of_state(self, *states):
        return self.filter(state__in=states)

    def selectable(self):
        """Files that can be imported: new ones, and moved ones, which are re-linked."""
        return self.filter(state__in=self.model.SELECTABLE)

    def selected(self):
        """Once the import began; before, what staff deselected is to be known from selecting."""
        return self.selectable().filter(selected=True)

    def to_import(self):
        """Selected and not imported yet."""
        return self.selected().filter(outcome="")

    def below(self, folder):
        prefix = folder.rstrip("/") + "/"
        # "0" is the character after the slash; by its range an index finds them.
        return self.filter(path__gte=prefix, path__lt=prefix[:-1] + "0")

    def matching(self, text, folder):
        """Files whose path below the folder of the import contains a text or fits a pattern."""
        if not is_pattern(text):
            return self.filter(path__ilike=like_part(text))
        pattern = pattern_below(folder, text)
        files = self.filter(path__ilike=pattern.like)
        if pattern.slashes is not None:
            slashes = Length("path") - Length(Replace("path", Value("/"), Value("")))
            files = files.alias(slashes=slashes).filter(slashes=pattern.slashes)
        if pattern.regex:
            crosses = reduce(or_, (Q(path__ilike=like) for like in pattern.crossing))
            files = files.filter(~crosses | Q(path__iregex=pattern.regex))
        return files

    def count_by_state(self):
        """{state: how many}, every state present."""
        return self._count_by("state", self.model.State.values)

    def count_by_outcome(self):
        return self._count_by("outcome", self.model.Outcome.values)

    def _count_by(self, column, values):
        rows = self.order_by().values_list(column).annotate(files=models.Count("pk"))
        return dict.fromkeys(values, 0) | dict(rows)
