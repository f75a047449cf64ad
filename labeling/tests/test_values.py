import math

import pytest

from labeling.values import (
    BadValue,
    Definition,
    Definitions,
    check_attributes,
    parse_default,
    parse_options,
    parse_value,
)


def define(kind="text", name="Roof", **about):
    fields = {"id": 1, "name": name, "key": name, "of_image": False, "class_id": None}
    options = ("flat", "steep") if kind in ("choice", "choices") else ()
    return Definition(**fields | {"kind": kind, "options": options} | about)


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("choice", "flat", "flat"),
        ("choice", None, None),
        ("choices", ["steep", "flat"], ["flat", "steep"]),
        ("choices", [], None),
        ("checkbox", False, False),
        ("text", " new ", " new "),
        ("text", "  ", None),
        ("number", 2.0, 2),
        ("number", -0.25, -0.25),
        ("number", 0, 0),
    ],
)
def test_a_value_of_the_right_kind_is_kept(kind, value, kept):
    found = parse_value(define(kind), value)
    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("choice", "round", "no option “round”"),
        ("choice", 1, "text of one option"),
        ("choice", ["flat"], "text of one option"),
        ("choices", "flat", "list of options"),
        ("choices", ["flat", 1], "list of options"),
        ("choices", ["flat", "round"], "no option “round”"),
        ("choices", ["flat", "flat"], "twice"),
        ("checkbox", 1, "true or false"),
        ("checkbox", "yes", "true or false"),
        ("text", 5, "is text"),
        ("text", "x" * 1_001, "at most 1,000 characters"),
        ("text", "a\0b", "NUL"),
        ("number", "5", "is a number"),
        ("number", True, "is a number"),
        ("number", math.nan, "can be kept"),
        ("number", -math.inf, "can be kept"),
        ("number", 10**16, "can be kept"),
        ("number", {}, "is a number"),
    ],
)
def test_any_other_value_is_refused_in_words(kind, value, words):
    with pytest.raises(BadValue, match=words):
        parse_value(define(kind), value)


def test_options_stand_one_in_each_line():
    assert parse_options(" flat \n\nsteep\r\nflat\n") == ("flat", "steep")


@pytest.mark.parametrize(
    ("text", "words"),
    [("x" * 101, "100 characters"), ("\n".join(map(str, range(201))), "200"), ("a\0", "NUL")],
)
def test_odd_options_are_refused(text, words):
    with pytest.raises(BadValue, match=words):
        parse_options(text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("choice", " flat ", "flat"),
        ("choice", "", None),
        ("choices", "steep\nflat", ["flat", "steep"]),
        ("checkbox", "", False),
        ("checkbox", "Yes", True),
        ("number", "2.50", 2.5),
        ("text", "new", "new"),
    ],
)
def test_a_default_is_read_from_its_text(kind, text, value):
    assert parse_default(kind, define(kind).options, text) == value


@pytest.mark.parametrize(
    ("kind", "text"), [("choice", "round"), ("checkbox", "maybe"), ("number", "many, 3")]
)
def test_a_default_that_cannot_be_is_refused(kind, text):
    with pytest.raises(BadValue):
        parse_default(kind, define(kind).options, text)


def never(key, value):
    return False


def test_attributes_are_those_of_the_class():
    everywhere = define("text", "Note")
    roof = define("choice", "Roof", class_id=3)
    sign = define("text", "Sign", of_image=True)
    definitions = Definitions([everywhere, roof, sign])
    assert definitions.of_class(3) == {"Note": everywhere, "Roof": roof}
    assert definitions.of_class(4) == {"Note": everywhere}
    assert check_attributes({"Roof": "flat"}, definitions.of_class(3), never) == {"Roof": "flat"}
    with pytest.raises(BadValue, match="no attribute called “Roof”"):
        check_attributes({"Roof": "flat"}, definitions.of_class(4), never)


def test_what_a_class_says_itself_comes_before_what_all_say():
    of_all, of_class = define("text", "Roof"), define("choice", "Roof", class_id=3)
    for order in ([of_all, of_class], [of_class, of_all]):
        assert Definitions(order).of_class(3) == {"Roof": of_class}
        assert Definitions(order).of_class(4) == {"Roof": of_all}


def test_what_was_there_before_may_stay():
    archived = define("choice", "Roof", archived=True)
    with pytest.raises(BadValue, match="archived"):
        check_attributes({"Roof": "flat"}, {"Roof": archived}, never)
    with pytest.raises(BadValue, match="no option"):
        check_attributes({"Roof": "round"}, {"Roof": define("choice")}, never)

    def had(key, value):
        return (key, value) == ("Roof", "round")

    for known in ({"Roof": archived}, {"Roof": define("choice")}, {}):
        assert check_attributes({"Roof": "round"}, known, had) == {"Roof": "round"}


def test_what_says_nothing_is_not_kept():
    known = {"Roof": define("choice"), "Note": define("text", "Note")}
    assert check_attributes({"Roof": None, "Note": ""}, known, never) == {}
