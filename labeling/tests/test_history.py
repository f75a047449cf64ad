"""The time line of a label over HTTP: what it tells, its pages, old states, and differences."""

import uuid

from labeling import steps
from labeling.models import Label, LabelRevision, Shape
from labeling.tests.test_api import TRIANGLE, ApiTestCase

MOVED = {"rings": [[4, 3, 23, 3, 13.25, 17]]}
SQUARE = {"rings": [[10, 10, 20, 10, 20, 20, 10, 20]]}


class HistoryTestCase(ApiTestCase):
    def get(self, what):
        return self.client.get(self.url(what))

    def events(self):
        return self.get("/history").json()["events"]

    def saves(self):
        """What each save did, the oldest first."""
        return [event["did"] for event in reversed(self.events()) if event["kind"] == "save"]

    def draw(self):
        uid = str(uuid.uuid4())
        answer = self.save(None, self.state(), uid=uid).json()
        self.assertIn("rev", answer)
        return uid


class TimeLineTests(HistoryTestCase):
    def test_it_tells_what_each_save_did(self):
        tree = self.task.classes.get(name="Tree")
        self.save(None, self.state())
        self.save(1, self.state(geom=MOVED))
        self.save(2, self.state(geom=SQUARE))
        self.save(3, self.state(geom=SQUARE) | {"class": tree.pk})
        self.save(4, self.state(geom=SQUARE) | {"class": tree.pk, "z": 7})
        self.save(5, self.state(geom=TRIANGLE, z=7))
        self.save(6, None)
        self.save(7, self.state())
        expected = ["drawn", "moved", "reshaped", "class changed", "changed"]
        self.assertEqual(
            self.saves(),
            [{kind: 1} for kind in expected]
            + [{"class changed": 1, "reshaped": 1}, {"deleted": 1}, {"brought back": 1}],
        )
        self.assertEqual(self.events()[2]["change"], "1 class changed, 1 reshaped")

    def test_it_tells_who_submitted_and_what_the_reviewer_said(self):
        self.draw()
        steps.submit(self.label, by=self.ann, rev=1)
        steps.send_back(self.label, by=self.rita, comment="The shed is missing.")
        found = [
            (event["rev"], event["by"], event["mine"], event["words"], event["comment"])
            for event in self.events()
        ]
        self.assertEqual(
            found,
            [
                (1, "Rita", False, "sent back", "The shed is missing."),
                (1, "Ann", True, "submitted", ""),
                (1, "Ann", True, "saved", ""),
            ],
        )

    def test_a_save_that_lost_stands_where_it_was_made_with_what_it_wanted(self):
        self.draw()
        self.save(None, self.state())
        self.save(None, self.state(geom=SQUARE))
        self.draw()
        kinds = [(event["kind"], event["rev"]) for event in self.events()]
        self.assertEqual(kinds, [("save", 3), ("conflict", 2), ("save", 2), ("save", 1)])
        number = self.events()[1]["id"].removeprefix("save-")
        (change,) = self.get(f"/kept/{number}").json()["changes"]
        self.assertEqual((change["id"], change["shape"]["geom"]), (self.uid, SQUARE))
        applied = self.events()[0]["id"].removeprefix("save-")
        self.assertEqual(self.get(f"/kept/{applied}").status_code, 404)

    def test_pages_follow_each_other_and_leave_nothing_out(self):
        for _ in range(30):
            self.draw()
            self.save(9, self.state())
            label = Label.objects.get(pk=self.label.pk)
            steps.submit(label, by=self.ann, rev=label.rev)
            steps.reopen(label, by=self.ann)
        before, sizes, found = "", [], []
        while before is not None:
            answer = self.get(f"/history?before={before}" if before else "/history").json()
            sizes.append(len(answer["events"]))
            found += [(event["rev"], event["kind"], event["id"]) for event in answer["events"]]
            before = answer["before"]
        self.assertEqual(sizes, [50, 50, 20])
        self.assertEqual(len({key for _, _, key in found}), 120)
        kinds = ["step", "step", "conflict", "save"]
        self.assertEqual(
            [(rev, kind) for rev, kind, _ in found],
            [(rev, kind) for rev in range(30, 0, -1) for kind in kinds],
        )

    def test_many_lost_saves_in_a_row_keep_their_revision_over_pages(self):
        self.draw()
        for _ in range(120):
            self.save(9, self.state())
        self.draw()
        second = self.get("/history").json()["before"]
        answer = self.get(f"/history?before={second}").json()
        self.assertEqual({event["rev"] for event in answer["events"]}, {1})
        self.assertEqual({event["kind"] for event in answer["events"]}, {"conflict"})

    def test_a_place_that_is_none_is_refused(self):
        for place in ("x", "1", "1.2", "-1.2.3", "1.2.3.4", "1.2." + "9" * 30):
            self.assertEqual(self.get(f"/history?before={place}").status_code, 422, place)

    def test_every_page_takes_the_same_few_queries(self):
        for _ in range(60):
            self.draw()
        with self.assertNumQueries(5):
            self.get("/history")


class OldStateTests(HistoryTestCase):
    def setUp(self):
        super().setUp()
        self.save(None, self.state())
        self.other = self.draw()
        self.save(1, self.state(geom=MOVED))
        self.save(2, None, uid=self.other)
        self.third = self.draw()

    def shown(self, shapes):
        return {shape["id"]: shape.get("geom", {}).get("rings") for shape in shapes}

    def test_a_revision_is_the_drawing_as_it_was(self):
        def states(rev):
            return self.shown(self.get(f"/revisions/{rev}").json()["shapes"])

        triangle, moved = TRIANGLE["rings"], MOVED["rings"]
        self.assertEqual(states(0), {})
        self.assertEqual(states(1), {self.uid: triangle})
        self.assertEqual(states(2), {self.uid: triangle, self.other: triangle})
        self.assertEqual(states(3), {self.uid: moved, self.other: triangle})
        self.assertEqual(states(5), {self.uid: moved, self.third: triangle})

    def test_what_ended_since_and_what_is_left_make_up_every_revision(self):
        now = self.shapes()
        for rev in range(6):
            ended = self.get(f"/revisions/{rev}?ended=true").json()["shapes"]
            left = [shape for shape in now if shape["rev"] <= rev]
            whole = self.get(f"/revisions/{rev}").json()["shapes"]
            self.assertEqual(self.shown(left + ended), self.shown(whole), rev)

    def test_an_old_state_is_brought_back_on_the_base_that_is_told(self):
        ended = self.get("/revisions/2?ended=true").json()["shapes"]
        self.assertEqual({s["id"]: s["latest"] for s in ended}, {self.uid: 3, self.other: 4})
        for shape in ended:
            state = {key: shape[key] for key in ("class", "kind", "geom", "z", "attrs")}
            self.assertEqual(self.save(shape["latest"], state, uid=shape["id"]).status_code, 200)
        self.save(5, None, uid=self.third)
        whole = self.get("/revisions/2").json()["shapes"]
        self.assertEqual(self.shown(self.shapes()), self.shown(whole))

    def test_what_changed_since_names_new_and_deleted_shapes(self):
        answer = self.get("/since/2").json()
        self.assertEqual((answer["rev"], answer["status"]), (5, "in_progress"))
        found = {s["id"]: (s["rev"], s.get("deleted", False)) for s in answer["shapes"]}
        expected = {self.uid: (3, False), self.other: (4, True), self.third: (5, False)}
        self.assertEqual(found, expected)
        self.assertEqual(self.get("/since/5").json()["shapes"], [])

    def test_a_shape_that_was_brought_back_is_not_told_as_deleted(self):
        self.save(4, self.state(), uid=self.other)
        answer = self.get("/since/2").json()
        found = {s["id"]: s.get("deleted", False) for s in answer["shapes"]}
        self.assertEqual(found, {self.uid: False, self.other: False, self.third: False})

    def test_revisions_to_come_are_not_there(self):
        self.assertEqual(self.get("/revisions/6").status_code, 404)
        self.assertEqual(self.get("/revisions/" + "9" * 30).status_code, 404)
        self.assertEqual(self.get("/since/" + "9" * 30).json()["shapes"], [])

    def test_another_label_of_the_same_labeler_stays_out_of_it(self):
        other = Label.objects.create(
            task=self.task, image=self.other_image, labeler=self.ann, status="in_progress"
        )
        LabelRevision.objects.update(label=other)
        Shape.objects.update(label=other)
        self.assertEqual(self.events(), [])
        self.assertEqual(self.get("/revisions/5").json()["shapes"], [])
        self.assertEqual(self.get("/since/0").json()["shapes"], [])
