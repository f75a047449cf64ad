"""The checker of histories itself: it takes a good one and rejects each broken one."""

from copy import deepcopy

import pytest

from labeling.tests.history import Call, Stored, check

ANN, BEN = 1, 2


def make_history():
    """Ann was given label 7, saved three times, lost one conflict, and submitted revision 3."""
    calls = [
        Call("claim", "claim", ANN, 7, 0, 1, "ok"),
        Call("a", "save", ANN, 7, 2, 3, "ok", 1, "s"),
        Call("b", "save", ANN, 7, 4, 6, "ok", 2, "t"),
        Call("c", "save", ANN, 7, 5, 7, "conflict", None, "t"),
        Call("d", "save", ANN, 7, 8, 9, "ok", 3, "s"),
        Call("e", "save", ANN, 7, 10, None, "unknown", None, "u"),
        Call("f", "save", ANN, 7, 11, 12, "refused", None, "u"),
        Call("submit", "submit", ANN, 7, 13, 14, "ok", 3),
    ]
    found = Stored(
        labels={7: (ANN, "approved", 3, 2, 3)},
        revisions=[(7, 1, "a", ""), (7, 2, "b", ""), (7, None, "c", '"c"'), (7, 3, "d", "")],
        shapes=[(7, "s", 1, 3, "a"), (7, "t", 2, None, "b"), (7, "s", 3, None, "d")],
        steps=[
            (7, "submit", "in_progress", "submitted", 3),
            (7, "approve", "submitted", "approved", 3),
        ],
    )
    return calls, found


def test_a_good_history_is_taken():
    assert check(*make_history()) == []


def test_an_unknown_save_may_have_been_stored_too():
    calls, found = make_history()
    found.labels[7] = (ANN, "approved", 4, 3, 3)
    found.revisions.append((7, 4, "e", ""))
    found.shapes.append((7, "u", 4, None, "e"))
    assert check(calls, found) == []


def lose_a_save(calls, found):
    del found.revisions[1]


def lose_the_last_save(calls, found):
    found.labels[7] = (ANN, "approved", 2, 2, 2)
    del found.revisions[3], found.shapes[2]
    found.shapes[0] = (7, "s", 1, None, "a")


def lose_what_was_drawn(calls, found):
    found.shapes[2] = (7, "s", 3, None, "a")


def store_a_save_twice(calls, found):
    found.labels[7] = (ANN, "approved", 4, 2, 3)
    found.revisions.append((7, 4, "d", ""))


def turn_two_saves_round(calls, found):
    calls[1].rev, calls[4].rev = 3, 1
    found.revisions[0], found.revisions[3] = (7, 3, "a", ""), (7, 1, "d", "")
    found.shapes[0], found.shapes[2] = (7, "s", 1, 3, "d"), (7, "s", 3, None, "a")


def forget_a_conflict(calls, found):
    del found.revisions[2]


def keep_a_conflict_without_what_it_wanted(calls, found):
    found.revisions[2] = (7, None, "c", "")


def apply_what_was_refused(calls, found):
    found.revisions.append((7, None, "f", ""))


def give_a_label_to_two(calls, found):
    calls.append(Call("claim 2", "claim", BEN, 7, 2, 3, "ok"))


def give_a_label_to_another_than_it_says(calls, found):
    found.labels[7] = (BEN, *found.labels[7][1:])


def approve_what_is_not_there(calls, found):
    found.labels[7] = (ANN, "approved", 3, 2, 4)


def leave_a_gap_in_the_revisions(calls, found):
    found.labels[7] = (ANN, "approved", 4, 2, 3)


def show_a_shape_twice(calls, found):
    found.shapes[0] = (7, "s", 1, None, "a")
    found.labels[7] = (ANN, "approved", 3, 3, 3)


def count_the_shapes_wrong(calls, found):
    found.labels[7] = (ANN, "approved", 3, 1, 3)


def remove_a_shape_at_a_revision_to_come(calls, found):
    found.shapes[1] = (7, "t", 2, 9, "b")
    found.labels[7] = (ANN, "approved", 3, 1, 3)


def lose_a_step(calls, found):
    del found.steps[0]


def take_a_step_from_another_status(calls, found):
    found.steps[1] = (7, "approve", "sent_back", "approved", 3)


def draw_after_the_approval(calls, found):
    found.steps[1] = (7, "approve", "submitted", "approved", 4)


BREAKS = [
    lose_a_save,
    lose_the_last_save,
    lose_what_was_drawn,
    store_a_save_twice,
    turn_two_saves_round,
    forget_a_conflict,
    keep_a_conflict_without_what_it_wanted,
    apply_what_was_refused,
    give_a_label_to_two,
    give_a_label_to_another_than_it_says,
    approve_what_is_not_there,
    leave_a_gap_in_the_revisions,
    show_a_shape_twice,
    count_the_shapes_wrong,
    remove_a_shape_at_a_revision_to_come,
    lose_a_step,
    take_a_step_from_another_status,
    draw_after_the_approval,
]


@pytest.mark.parametrize("break_it", BREAKS, ids=lambda break_it: break_it.__name__)
def test_a_broken_history_is_rejected(break_it):
    calls, found = deepcopy(make_history())
    break_it(calls, found)
    assert check(calls, found) != []
