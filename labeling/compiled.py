"""Queries that are asked with every claim: Django makes their SQL once, not each time anew.

Making it takes several times as long as the database needs to answer.
"""

from inspect import signature

from django.db import connection

# From here on numbers stand for those that are put in later; no query of ours names such a one.
FIRST_MARK = 32_100


class Compiled:
    """Decorates a function of numbers that makes a query; it is called once."""

    def __init__(self, make):
        self.make = make
        self.sql = None

    def ask(self, *numbers):
        """The tuples that the query selects."""
        params = self._filled_in(numbers)
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            return cursor.fetchall()

    def first(self, *numbers):
        """The first object that it selects, or None."""
        params = self._filled_in(numbers)
        return next(iter(self.model.objects.raw(self.sql, params)), None)

    def _filled_in(self, numbers):
        if self.sql is None:
            self._compile()
        return [
            param if place is None else numbers[place]
            for param, place in zip(self.params, self.places, strict=True)
        ]

    def _compile(self):
        marks = [FIRST_MARK + n for n in range(len(signature(self.make).parameters))]
        query = self.make(*marks).query
        sql, self.params = query.get_compiler(connection=connection).as_sql()
        self.places = [marks.index(one) if one in marks else None for one in self.params]
        self.model, self.sql = query.model, sql
