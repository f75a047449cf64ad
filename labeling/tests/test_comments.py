"""Comments on places: labeler and reviewer talk to each other, and to nobody else."""

import uuid

from labeling.comments import MOST_OF_A_LABEL, LabelComment
from labeling.tests.test_api import ApiTestCase


class CommentTests(ApiTestCase):
    def say(self, person, words="Here?", **more):
        self.client.force_login(person)
        return self.post("/comments", {"words": words} | more)

    def settle(self, person, comment, settled=True):
        self.client.force_login(person)
        return self.post(f"/comments/{comment}/settle", {"settled": settled})

    def seen_by(self, person):
        self.client.force_login(person)
        return self.client.get(self.url()).json()["comments"]

    def test_what_a_reviewer_marks_is_seen_by_the_labeler_at_its_place(self):
        shape = str(uuid.uuid4())
        self.say(self.rita, "The roof ends here.", place=[12.344, 30], shape=shape)
        (comment,) = self.seen_by(self.ann)
        self.assertEqual((comment["words"], comment["by"]), ("The roof ends here.", "Rita"))
        self.assertEqual((comment["place"], comment["shape"]), ([12.34, 30], shape))
        self.assertEqual((comment["mine"], comment["settled"]), (False, False))

    def test_an_answer_is_in_its_thread_and_opens_it_again(self):
        (first,) = self.say(self.rita).json()["comments"]
        self.settle(self.ann, first["id"])
        (thread,) = self.say(self.ann, "It is a shed.", answer_to=first["id"]).json()["comments"]
        self.assertEqual([answer["words"] for answer in thread["answers"]], ["It is a shed."])
        self.assertFalse(thread["settled"])

    def test_an_answer_has_no_place_and_no_answers_of_its_own(self):
        (first,) = self.say(self.rita, place=[1, 2]).json()["comments"]
        answer = self.say(self.ann, "Yes.", answer_to=first["id"], place=[5, 5])
        (thread,) = answer.json()["comments"]
        self.assertIsNone(LabelComment.objects.get(words="Yes.").x)
        below = self.say(self.rita, "No.", answer_to=thread["answers"][0]["id"])
        self.assertEqual(below.status_code, 404)

    def test_what_is_settled_says_by_whom_and_can_be_opened_again(self):
        (first,) = self.say(self.rita).json()["comments"]
        (settled,) = self.settle(self.ann, first["id"]).json()["comments"]
        self.assertEqual((settled["settled"], settled["settled_by"]), (True, "Ann"))
        self.settle(self.rita, first["id"])
        self.assertEqual(self.seen_by(self.ann)[0]["settled_by"], "Ann", "it was settled before")
        (opened,) = self.settle(self.rita, first["id"], settled=False).json()["comments"]
        self.assertEqual((opened["settled"], opened["settled_by"]), (False, ""))

    def test_others_neither_read_nor_write_them(self):
        (first,) = self.say(self.rita).json()["comments"]
        for outsider in (self.ben, self.cem):
            self.assertEqual(self.say(outsider).status_code, 404)
            self.assertEqual(self.client.get(self.url("/comments")).status_code, 404)
            self.assertEqual(self.settle(outsider, first["id"]).status_code, 404)
        self.assertEqual(LabelComment.objects.get().settled_at, None)

    def test_they_are_no_edit_and_possible_when_nothing_can_be_drawn(self):
        self.label.status = "submitted"
        self.label.save()
        self.assertEqual(self.say(self.ann, "I am not sure here.", place=[1, 1]).status_code, 200)
        self.label.refresh_from_db()
        self.assertEqual((self.label.status, self.label.rev), ("submitted", 0))

    def test_odd_ones_are_refused_in_words(self):
        width, height = self.image.width, self.image.height
        for odd, words in [
            ({"words": "  "}, "Write a few words."),
            ({"words": "x", "place": [width + 1, 1]}, "That place is outside the image."),
            ({"words": "x", "place": [1, height + 0.5]}, "That place is outside the image."),
        ]:
            response = self.post("/comments", odd)
            self.assertEqual((response.status_code, response.json()["message"]), (422, words))
        for odd in (
            {"words": "x" * 4001},
            {"words": "a\0b"},
            {"words": "x", "place": [1]},
            {"words": "x", "place": [-1, 2]},
            {"words": "x", "place": ["a", 2]},
            {"words": "x", "shape": "roof"},
            {"words": "x", "author": self.rita.pk},
        ):
            self.assertEqual(self.post("/comments", odd).status_code, 422, odd)
        self.assertEqual(
            self.post("/comments", {"words": "x", "place": [width, 0]}).status_code, 200
        )

    def test_a_label_has_no_end_of_comments(self):
        fields = {"label": self.label, "author": self.ann, "words": "x"}
        LabelComment.objects.bulk_create(LabelComment(**fields) for _ in range(MOST_OF_A_LABEL))
        self.assertEqual(self.say(self.ann).status_code, 422)
        LabelComment.objects.last().delete()
        self.assertEqual(self.say(self.ann).status_code, 200)

    def test_reading_takes_as_many_queries_for_many_as_for_one(self):
        (first,) = self.say(self.rita).json()["comments"]
        self.say(self.ann, answer_to=first["id"])

        def ask():
            with self.assertNumQueries(5):
                self.client.get(self.url("/comments"))

        self.client.force_login(self.ann)
        ask()
        for _ in range(3):
            (first, *_) = self.say(self.rita).json()["comments"]
            self.say(self.ann, answer_to=first["id"])
        ask()
