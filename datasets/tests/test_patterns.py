"""Patterns mean the same to the database as to a matcher that knows nothing of databases."""

import random
import re

from django.test import TestCase

from datasets.models import Dataset, FolderImport, FoundFile
from datasets.patterns import is_pattern, pattern_below

FOLDER = "/data/a_b"


def fits(path, pattern):
    """Whether the parts of a path fit the parts of a pattern, each by itself."""
    if "/" not in pattern:
        pattern = "**/" + pattern
    return _fit(path.lower().split("/"), pattern.lower().split("/"))


def _fit(parts, patterns):
    if not patterns:
        return not parts
    first, *rest = patterns
    if first == "**":
        # At the end it is a name; before, any number of folders.
        return any(_fit(parts[n:], rest) for n in range(len(parts) + bool(rest))) if rest else (
            len(parts) > 0
        )  # fmt: skip
    return bool(parts) and _fits_name(parts[0], first) and _fit(parts[1:], rest)


def _fits_name(name, pattern):
    places = {"*": ".*", "?": "."}
    regex = "".join(places.get(sign) or re.escape(sign) for sign in pattern)
    return re.fullmatch(regex, name, re.DOTALL) is not None


class PatternTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        dataset = Dataset.objects.create(site="Test site", sensor="Test camera")
        cls.job = FolderImport.objects.create(dataset=dataset, folder=FOLDER, stage="found")
        choose = random.Random(7).choice  # noqa: S311
        names = ("a", "b", "ab", "A", "a_b", "a%b", "axb", "a.png", "b.PNG", "a\\b", "[a]", "a\nb")
        paths = {"/".join(choose(names) for _ in range(choose((1, 2, 3, 4)))) for _ in range(800)}
        cls.paths = sorted(paths)
        FoundFile.objects.bulk_create(
            FoundFile(folder_import=cls.job, path=f"{FOLDER}/{path}", state="new")
            for path in cls.paths
        )

    def found(self, pattern):
        files = self.job.found_files.matching(pattern, FOLDER).order_by("pk")
        return [path.removeprefix(FOLDER + "/") for path in files.values_list("path", flat=True)]

    def test_each_means_what_it_says(self):
        for pattern, examples, others in (
            ("*.png", ("a.png", "a/b.PNG"), ("a", "a.png/a")),
            ("a/*", ("a/b",), ("a", "b/a/b", "a/a/b")),
            ("a/**", ("a/b", "a/b/a"), ("a", "b/a/b")),
            ("**/a/b", ("a/b", "b/a/b"), ("b/a",)),
            ("a/**/b", ("a/b", "a/ab/b", "a/ab/a/b"), ("a/ab",)),
            ("?", ("a", "b", "a/a"), ("ab",)),
            ("a?b", ("a_b", "a%b", "axb"), ("ab", "a/b")),
            ("[a*", ("[a]",), ("a",)),
        ):
            for path in examples:
                with self.subTest(pattern=pattern, path=path):
                    self.assertTrue(fits(path, pattern))
            for path in others:
                with self.subTest(pattern=pattern, not_path=path):
                    self.assertFalse(fits(path, pattern))

    def test_the_database_finds_what_fits_and_nothing_else(self):
        choose = random.Random(3).choice  # noqa: S311
        parts = ("*", "?", "**", "a*", "*b", "a?b", "a", "b", "*.png", "a_*", "a%*", "*a*b", "a\\*")
        found_some = 0
        for _ in range(250):
            pattern = "/".join(choose(parts) for _ in range(choose((1, 1, 2, 3, 4))))
            if not is_pattern(pattern):
                continue
            expected = [path for path in self.paths if fits(path, pattern)]
            found_some += bool(expected)
            with self.subTest(pattern=pattern):
                self.assertEqual(self.found(pattern), expected)
        self.assertGreater(found_some, 100)

    def test_a_pattern_may_begin_at_the_root(self):
        self.assertEqual(self.found(f"{FOLDER}/a/*"), self.found("a/*"))
        self.assertEqual(self.found("/a/*"), self.found("a/*"))
        self.assertNotEqual(self.found("a/*"), [])

    def test_other_text_is_a_part_of_the_path(self):
        self.assertEqual(
            self.found("B.p"), [path for path in self.paths if "b.png" in path.lower()]
        )
        for text in ("a_b", "a%b", "a\\b", "[a]"):
            with self.subTest(text=text):
                expected = [p for p in self.paths if text in f"{FOLDER}/{p}".lower()]
                self.assertEqual(self.found(text), expected)

    def test_too_many_wildcards_are_only_text(self):
        self.assertTrue(is_pattern("a*b*c*d?e**/*.png"))
        self.assertFalse(is_pattern("*a" * 9))
        self.assertEqual(self.found("*a" * 9), [])

    def test_usual_patterns_need_no_regular_expression(self):
        for pattern in ("*.png", "night/*.png", "*/img_?.*", "night/**", "**/a.png"):
            with self.subTest(pattern=pattern):
                self.assertEqual(pattern_below(FOLDER, pattern).regex, "")
