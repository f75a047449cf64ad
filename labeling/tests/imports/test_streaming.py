"""A JSON file of any size, piece by piece, gives what reading it whole gives."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.imports import streaming
from labeling.imports.contents import BadFile
from labeling.imports.streaming import JsonStream

TEXTS = st.text(alphabet='ab"\\{}[],: \n\u00e9\U0001f642', max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), max_size=6)


def read(data, keys=("images", "annotations")):
    stream = JsonStream(io.BytesIO(data), "a.json", keys)
    found = {}
    for portion in stream:
        found.setdefault(portion.key, []).extend(portion.values)
        for value, start, end in zip(portion.values, portion.starts, portion.ends, strict=True):
            assert json.loads(data[start:end]) == value
    return found, stream.rest


@given(OBJECTS, OBJECTS, VALUES, st.sampled_from([None, 1]), st.integers(1, 40))
def test_it_gives_what_the_whole_file_holds(images, annotations, other, indent, block):
    whole = {"info": other, "images": images, "x": {"images": [other]}, "annotations": annotations}
    data = json.dumps(whole | {"end": other}, indent=indent).encode()
    usual = streaming.BLOCK
    streaming.BLOCK = block
    try:
        found, rest = read(data)
    finally:
        streaming.BLOCK = usual
    assert found.get("images", []) == images
    assert found.get("annotations", []) == annotations
    assert rest == whole | {"images": [], "annotations": [], "end": other}


def test_a_byte_order_mark_is_passed_over():
    assert read(b'\xef\xbb\xbf{"images": [{"a": 1}]}')[0] == {"images": [{"a": 1}]}


@pytest.mark.parametrize(
    "data, said",
    [
        (b"", "does not begin like a JSON object"),
        (b"[1]", "does not begin like a JSON object"),
        (b'{"images": [{"a": 1}', "ends in the middle"),
        (b'{"images": [{"a": 1}], "b": ', "ends in the middle"),
        (b'{"images": [\n{"a": 1},\n{"a": x}]}', "line 3"),
        (b'{"images": [{"a": 1} {"a": 2}]}', "line 1"),
        (b'{"images": [[1], 7, {"a": 2}]}', "holds something that is no object"),
    ],
)
def test_broken_files_are_told_in_words(data, said):
    with pytest.raises(BadFile, match=said):
        read(data)
