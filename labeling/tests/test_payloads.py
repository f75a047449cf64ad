"""What comes instead of honest changes: refused in words, with nothing stored, never a crash.

Each row makes one thing wrong with a save that is right; after the refusal the right one is
saved, so that no row can pass because the world of the test does not work.
"""

import copy
import json
import uuid
from datetime import timedelta
from unittest import mock

from django.utils import timezone

from labeling import saving
from labeling.models import Label, LabelRevision, Shape
from labeling.tests.test_api import ApiTestCase

MEGABYTE = 1024 * 1024


def nested(depth):
    """A list in a list in a list …, as text."""
    return "[" * depth + "]" * depth


class PayloadTestCase(ApiTestCase):
    def setUp(self):
        super().setUp()
        self.good = {
            "op_id": str(uuid.uuid4()),
            "changes": [{"id": self.uid, "base": None, "shape": self.state(attrs={"n": 1})}],
        }

    def send(self, body, content_type="application/json"):
        if not isinstance(body, str | bytes):
            body = json.dumps(body)
        return self.client.post(self.url("/changes"), body, content_type=content_type)

    def changed(self, **fields):
        """The good save with other fields in its first shape."""
        body = copy.deepcopy(self.good)
        body["changes"][0]["shape"] |= fields
        return body

    def with_change(self, **fields):
        body = copy.deepcopy(self.good)
        body["changes"][0] |= fields
        return body

    def with_text(self, old, new):
        """The good save as text, with one part of it replaced."""
        text = json.dumps(self.good)
        self.assertEqual(text.count(old), 1, (old, text))
        return text.replace(old, new)

    def polygon(self, *rings):
        return self.changed(geom={"rings": list(rings)})

    def rect(self, **fields):
        return self.changed(
            kind="rect", geom={"cx": 20, "cy": 20, "w": 9, "h": 9, "angle": 0} | fields
        )

    def ellipse(self, **fields):
        return self.changed(
            kind="ellipse", geom={"cx": 20, "cy": 20, "rx": 9, "ry": 9, "angle": 0} | fields
        )

    def point(self, **fields):
        point = {"name": "", "x": 3, "y": 3, "visible": True} | fields
        return self.changed(kind="points", geom={"points": [point]})

    def assert_refused(self, body, *statuses, content_type="application/json"):
        response = self.send(body, content_type)
        self.assertIn(response.status_code, statuses, response.content[:300])
        answer = response.json()
        self.assertTrue(answer["message"] and answer["error"], answer)
        # What was sent is not sent back, at whatever length.
        self.assertLess(len(response.content), 500_000)
        self.assertEqual((LabelRevision.objects.count(), Shape.objects.count()), (0, 0))
        return answer

    def try_each(self, cases, *statuses):
        """Each case is refused; the good save works before and after."""
        for name, body in cases.items():
            with self.subTest(name):
                self.assert_refused(body, *statuses)
        response = self.send(self.good)
        self.assertEqual((response.status_code, response.json()), (200, {"rev": 1}))


class NumberTests(PayloadTestCase):
    def test_what_is_no_number_of_json_is_refused(self):
        numbers = ("NaN", "Infinity", "-Infinity", "+1", "01", ".5", "0x10", "1_000", "1e999")
        self.try_each({text: self.with_text("10.25", text) for text in numbers}, 400, 422)

    def test_numbers_far_outside_and_other_types_are_refused(self):
        values = [1e308, -1e308, 1e10, "12", True, False, None, [], {}, [1], "1e3", ""]
        cases = {repr(value): self.polygon([1, 1, 20, 1, value, 15]) for value in values}
        for digits in (20, 4_000):
            cases[f"{digits} digits"] = self.with_text("10.25", "9" * digits)
        for value in values:
            cases[f"cx {value!r}"] = self.rect(cx=value)
            cases[f"angle {value!r}"] = self.rect(angle=value)
            cases[f"rx {value!r}"] = self.ellipse(rx=value)
            cases[f"x {value!r}"] = self.point(x=value)
        self.try_each(cases, 400, 422)

    def test_the_smallest_numbers_and_minus_zero_become_zero(self):
        self.assertEqual(self.send(self.with_text("10.25", "-0.0")).status_code, 200)
        self.assertIn('"rings":[[1,1,20,1,0,15]]', Shape.objects.get().geometry)
        small = self.with_change(
            base=1, shape=self.state(geom={"rings": [[5e-324, 1, 9, 1, 9, 9]]})
        )
        self.assertEqual(self.send(small | {"op_id": str(uuid.uuid4())}).status_code, 200)
        self.assertEqual(json.loads(Shape.objects.current().get().geometry)["rings"][0][0], 0)

    def test_revisions_classes_and_orders_are_whole_numbers_in_range(self):
        values = (-1, 2**31, 2**63, 2**64, 10**400, 1.5, "1", True, [], {})
        cases = {f"base {value!r}"[:40]: self.with_change(base=value) for value in values}
        cases |= {f"class {value!r}"[:40]: self.changed(**{"class": value}) for value in values}
        cases |= {f"z {value!r}"[:40]: self.changed(z=value) for value in values if value != -1}
        cases |= {"base 0": self.with_change(base=0), "class null": self.changed(**{"class": None})}
        self.try_each(cases, 400, 422)


class GeometryTests(PayloadTestCase):
    def test_rings_that_cover_nothing_are_refused(self):
        self.try_each(
            {
                "no rings": self.polygon(),
                "an empty ring": self.polygon([]),
                "one point": self.polygon([1, 1]),
                "two points": self.polygon([1, 1, 9, 9]),
                "one point three times": self.polygon([5, 5] * 3),
                "a line": self.polygon([1, 1, 5, 5, 9, 9]),
                "a point there and back": self.polygon([1, 1, 9, 1, 1, 1]),
                "less than a hundredth": self.polygon([1, 1, 1.004, 1, 1, 1.004]),
                "half a point": self.polygon([1, 1, 20, 1, 10]),
                "one bad ring of two": self.polygon([1, 1, 20, 1, 10, 15], [2, 2]),
                "no width": self.rect(w=0),
                "a negative height": self.rect(h=-3),
                "a width below a hundredth": self.rect(w=0.004),
                "no radius": self.ellipse(rx=0),
                "a negative radius": self.ellipse(ry=-1),
                "no points": self.changed(kind="points", geom={"points": []}),
            },
            422,
        )

    def test_shapes_outside_the_image_are_refused(self):
        self.try_each(
            {
                "beside it": self.polygon([900, 900, 910, 900, 905, 910]),
                "negative": self.polygon([-30, -30, -20, -30, -25, -20]),
                "reaching too far": self.polygon([1, 1, 5_000, 1, 10, 15]),
                "a huge box": self.rect(w=1e6, h=1e6),
                "a huge ellipse": self.ellipse(rx=999_999_999, ry=999_999_999),
                "a thin huge ellipse": self.ellipse(rx=999_999_999, ry=0.01),
                "a far point": self.point(x=9_000),
            },
            422,
        )

    def test_thousands_of_huge_ellipses_are_refused_at_once(self):
        # Each of them would become a ring of 500,000 points, one after the other.
        body = self.ellipse(rx=999_999_999, ry=999_999_999)
        change = body["changes"][0]
        body["changes"] = [change | {"id": str(uuid.uuid4())} for _ in range(3_000)]
        self.try_each({"3,000 huge ellipses": body}, 422)

    def test_drawn_oddly_is_stored_as_drawn(self):
        bow_tie, repeated = [1, 1, 20, 20, 20, 1, 1, 20], [1, 1, 20, 1, 20, 1, 10, 15]
        for ring in (bow_tie, repeated, [1, 1, 64 + 6, 1, 10, 15]):
            with self.subTest(ring=ring):
                body = self.polygon(ring)
                body["changes"][0]["id"], body["op_id"] = str(uuid.uuid4()), str(uuid.uuid4())
                self.assertEqual(self.send(body).status_code, 200)
                self.assertEqual(self.shapes()[-1]["geom"], {"rings": [ring]})

    def test_other_forms_than_the_kind_has_are_refused(self):
        self.try_each(
            {
                "a rect's fields": self.changed(geom={"cx": 1, "cy": 1, "w": 1, "h": 1}),
                "more fields": self.changed(
                    geom=self.good["changes"][0]["shape"]["geom"] | {"a": 1}
                ),
                "no fields": self.changed(geom={}),
                "a list": self.changed(geom=[]),
                "text": self.changed(geom="rings"),
                "nothing": self.changed(geom=None),
                "rings of objects": self.polygon({"x": 1}),
                "rings that are text": self.changed(geom={"rings": "123456"}),
                "closed pairs": self.polygon([[1, 1], [20, 1], [10, 15]]),
                "deep": self.polygon(json.loads(nested(200))),
                "__proto__": self.changed(geom={"__proto__": {"rings": []}}),
                "a long value": self.polygon([1, 1, 20, 1, "9" * MEGABYTE, 15]),
            },
            400,
            422,
        )

    def test_too_much_is_refused(self):
        ring = [value for n in range(20_001) for value in (n % 60, (n * 7) % 40)]
        many = copy.deepcopy(self.good)
        one = many["changes"][0]
        many["changes"] = [one | {"id": str(uuid.uuid4())} for _ in range(5_001)]
        deletions = copy.deepcopy(self.good)
        deletions["changes"] = [
            {"id": str(uuid.UUID(int=n)), "base": None, "shape": None} for n in range(70_000)
        ]
        cases = {
            "20,001 points": self.polygon(ring),
            "points of many rings": self.polygon(*[ring[:2_000]] * 21),
            "5,001 changes": many,
            "70,000 deletions": deletions,
        }
        self.try_each(cases, 422)

    def test_more_shapes_than_a_label_holds_are_refused(self):
        Label.objects.filter(pk=self.label.pk).update(n_shapes=50_000)
        self.assert_refused(self.good, 422)
        Label.objects.filter(pk=self.label.pk).update(n_shapes=49_999)
        self.assertEqual(self.send(self.good).status_code, 200)

    def test_a_count_that_is_too_low_keeps_nobody_from_deleting(self):
        self.assertEqual(self.send(self.good).status_code, 200)
        Label.objects.filter(pk=self.label.pk).update(n_shapes=0)
        gone = {"id": self.uid, "base": 1, "shape": None}
        deletion = {**self.good, "op_id": str(uuid.uuid4()), "changes": [gone]}
        self.assertEqual(self.send(deletion).status_code, 200)
        self.label.refresh_from_db()
        self.assertEqual(self.label.n_shapes, 0)

    def test_more_points_than_a_label_holds_are_refused(self):
        with mock.patch.object(saving, "MOST_VERTICES_IN_ALL", 9):
            self.assert_refused(self.polygon([1, 1, 20, 1, 10, 15] * 4), 422)
            self.assertEqual(self.send(self.polygon([1, 1, 20, 1, 10, 15] * 3)).status_code, 200)
            # What takes its place counts instead of it.
            self.good = self.with_change(base=1) | {"op_id": str(uuid.uuid4())}
            self.assertEqual(self.send(self.good).status_code, 200)
        self.label.refresh_from_db()
        self.assertEqual(self.label.n_vertices, 3)

    def test_who_saves_too_often_is_told_to_wait_and_loses_nothing(self):
        with mock.patch.object(saving, "MOST_SAVES", 2):
            for _ in range(2):
                self.good["op_id"] = str(uuid.uuid4())
                self.good["changes"][0]["id"] = str(uuid.uuid4())
                self.assertEqual(self.send(self.good).status_code, 200)
            self.good["op_id"], self.good["changes"][0]["id"] = str(uuid.uuid4()), self.uid
            answer = self.send(self.good)
            self.assertEqual((answer.status_code, answer["Retry-After"]), (429, "10"))
            self.assertEqual(answer.json()["error"], "too_often")
            past = timezone.now() - timedelta(seconds=11)
            LabelRevision.objects.update(made_at=past)
            self.assertEqual(self.send(self.good).json(), {"rev": 3})


class BodyTests(PayloadTestCase):
    def test_bodies_that_are_not_one_json_object_are_refused(self):
        good = json.dumps(self.good)
        self.try_each(
            {
                "empty": "",
                "blank": " \n",
                "an object": "{}",
                "a list": "[]",
                "null": "null",
                "text": '"changes"',
                "a number": "7",
                "a list around it": f"[{good}]",
                "cut": good[:-5],
                "a trailing comma": good[:-1] + ",}",
                "two documents": good + good,
                "a comment": "/* */" + good,
                "single quotes": good.replace('"', "'"),
                "a BOM": b"\xef\xbb\xbf" + good.encode(),
                "UTF-16": good.encode("utf-16"),
                "bytes that are no UTF-8": good.encode().replace(b"polygon", b"p\xff"),
                "NUL bytes": b"\0" * 100,
                "100,000 lists": nested(100_000),
                "100,000 objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
                "a form": "op_id=1&changes=2",
            },
            400,
            422,
        )

    def test_deep_attributes_are_refused(self):
        self.try_each(
            {
                f"{depth} deep": self.with_text('{"n": 1}', '{"n": ' + nested(depth) + "}")
                for depth in (11, 200, 260, 500, 1_000, 1_020)
            },
            400,
            422,
        )

    def test_more_than_the_limit_is_refused_before_it_is_read(self):
        body = " " * (50 * MEGABYTE)
        answer = self.assert_refused(body, 413)
        self.assertEqual(answer["error"], "too_large")
        self.assertEqual(self.send(self.good).status_code, 200)

    def test_a_name_twice_in_one_object_is_refused(self):
        # Parsers disagree which of the two counts, so somebody is deceived.
        self.try_each(
            {
                "op_id": self.with_text('{"op_id"', '{"op_id": "x", "op_id"'),
                "class": self.with_text('"class":', '"class": 999, "class":'),
                "escaped": self.with_text('"kind":', '"k\\u0069nd": "rect", "kind":'),
                "in geometry": self.with_text('"rings":', '"rings": [], "rings":'),
                "in attributes": self.with_text('"n": 1', '"n": 1, "n": 2'),
                "hidden by a colon": self.with_text('"n": 1', '"n": ":\\u003a", "n": "::", "m": 1'),
            },
            400,
        )

    def test_colons_and_quotes_in_texts_are_no_names(self):
        attrs = {'a":"b': 'c":{"d\\', "e::": "\\", 'f\\"': ["::", '":', {"f": ":"}], "": ":"}
        self.assertEqual(self.send(self.changed(attrs=attrs)).status_code, 200)
        self.assertEqual(self.shapes()[0]["attrs"], attrs)

    def test_only_json_is_taken(self):
        # A form of another site can send the others without being asked by the browser.
        for content_type in (
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/xml",
            "",
        ):
            with self.subTest(content_type):
                self.assert_refused(json.dumps(self.good), 415, content_type=content_type)
        response = self.send(self.good, "application/json; charset=utf-8")
        self.assertEqual(response.status_code, 200)

    def test_fields_that_are_not_asked_for_are_refused(self):
        names = ("paid", "author", "user", "rev", "labeler", "approved", "__proto__", "label_class")
        cases = {f"{name} of a save": self.good | {name: 1} for name in names}
        cases |= {f"{name} of a change": self.with_change(**{name: 1}) for name in names}
        cases |= {f"{name} of a shape": self.changed(**{name: 1}) for name in names}
        cases["a long name"] = self.good | {"x" * MEGABYTE: 1}
        cases["many names"] = self.good | {f"x{n}": 1 for n in range(20_000)}
        self.try_each(cases, 422)

    def test_every_field_is_needed(self):
        cases = {}
        for name in ("op_id", "changes"):
            cases[name] = {key: value for key, value in self.good.items() if key != name}
        for name in ("id", "base", "shape"):
            cases[name] = copy.deepcopy(self.good)
            del cases[name]["changes"][0][name]
        for name in ("class", "kind", "geom"):
            cases[name] = copy.deepcopy(self.good)
            del cases[name]["changes"][0]["shape"][name]
        cases["no changes"] = self.good | {"changes": []}
        for value in (None, "text", 7, {}, [None], ["text"], [[]], [7]):
            cases[f"changes {value!r}"] = self.good | {"changes": value}
        self.try_each(cases, 422)
