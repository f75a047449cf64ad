"""A JSON file of any size, read piece by piece: the elements of its great lists. No Django.

Parsers that give one event for each number take minutes for a gigabyte. Here numpy finds where
the elements begin and end, and orjson reads many of them at once.
"""

import re
from typing import NamedTuple

import numpy as np
import orjson

from labeling.imports.contents import BadFile

BLOCK = 4 << 20
LARGEST_ELEMENT = 256 << 20
STRUCTURE = np.zeros(256, dtype=bool)
STRUCTURE[list(b'"\\{}[]')] = True
STEP = np.zeros(256, dtype=np.int8)
STEP[list(b"{[")] = 1
STEP[list(b"}]")] = -1
KEY = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*:\s*$')
BETWEEN = b", \t\r\n"
QUOTE, BACKSLASH, OPENS_LIST = b'"\\['


class Elements(NamedTuple):
    """Some elements that follow one another in the list called key."""

    key: str
    values: list
    starts: list[int]  # where each begins in the file
    ends: list[int]


def brackets_of(data):
    """(places of the brackets outside of strings, their depth after each) in bytes that begin
    outside of a string.
    """
    codes = np.frombuffer(data, dtype=np.uint8)
    places = np.flatnonzero(STRUCTURE[codes])
    found = codes[places]
    if (found == BACKSLASH).any():
        keep = ~_escaped(places, found)
        places, found = places[keep], found[keep]
    is_quote = found == QUOTE
    is_outside = np.cumsum(is_quote) % 2 == 0
    is_bracket = is_outside & ~is_quote & (found != BACKSLASH)
    places = places[is_bracket]
    return places, np.cumsum(STEP[codes[places]], dtype=np.int64)


def _escaped(places, found):
    """Which structural bytes stand behind a backslash that counts; only quotes and backslashes
    can do harm there.
    """
    escaped = np.zeros(len(places), dtype=bool)
    last = -1  # the place that the backslash before it takes away
    for i in np.flatnonzero(found == BACKSLASH).tolist():
        if places[i] == last:
            escaped[i] = True
            continue
        last = places[i] + 1
        if i + 1 < len(places) and places[i + 1] == last:
            escaped[i + 1] = True
    return escaped


class JsonStream:
    """A JSON object whose lists called like one of `keys` are given out element by element.

    `rest` is all else of it, with these lists empty, as far as it was read.
    """

    def __init__(self, file, name, keys):
        self.file, self.name, self.keys = file, name, keys
        self.data, self.offset = b"", 0  # what is at hand, and where it begins in the file
        self.skeleton = []

    @property
    def rest(self):
        text = b"".join(self.skeleton).strip()
        try:
            return orjson.loads(text if text.endswith(b"}") else text.rstrip(b",") + b"}")
        except orjson.JSONDecodeError as problem:
            raise BadFile(f"{self.name} is not readable JSON: {problem}.") from problem

    def __iter__(self):
        """Elements, portion by portion."""
        self.file.seek(0)
        self.data, self.offset, self.skeleton = self.file.read(BLOCK), 0, []
        if self.data.startswith(b"\xef\xbb\xbf"):
            self._drop(3)
        if not self.data.lstrip().startswith(b"{"):
            raise BadFile(f"{self.name} does not begin like a JSON object.")
        depth = 0
        while (key := self._next_list(depth)) is not None:
            yield from self._elements(key)
            depth = 1

    def _more(self, least=1):
        """Read on, at least as much as is at hand: what is there is looked at again."""
        block = self.file.read(max(BLOCK, len(self.data)))
        if not block or len(self.data) > LARGEST_ELEMENT:
            why = "an element of it is too large" if block else "it ends in the middle"
            raise BadFile(f"{self.name} is not readable JSON: {why}.")
        self.data += block

    def _drop(self, size):
        self.offset += size
        self.data = self.data[size:]

    def _next_list(self, depth):
        """The key of the next list to give out, which is then at hand; None at the end."""
        while True:
            places, depths = brackets_of(self.data)
            depths += depth
            closed = np.flatnonzero(depths == 0)
            opened = np.flatnonzero((depths == 2) & (STEP[_codes(self.data, places)] > 0))
            for i in opened[opened < closed[0]] if len(closed) else opened:
                place = int(places[i])
                key = KEY.search(self.data, max(0, place - 1000), place)
                if (
                    self.data[place] == OPENS_LIST
                    and key
                    and key[1].decode(errors="replace") in self.keys
                ):
                    self.skeleton += [self.data[: place + 1], b"]"]
                    self._drop(place + 1)
                    return key[1].decode()
            if len(closed):
                end = int(places[closed[0]]) + 1
                if self.data[end:].strip() or self.file.read(BLOCK).strip():
                    raise BadFile(f"{self.name} is not readable JSON: it goes on behind its end.")
                self.skeleton.append(self.data[:end])
                return None
            self._more()

    def _elements(self, key):
        while True:
            places, depths = brackets_of(self.data)
            ends = np.flatnonzero(depths < 0)
            last = int(ends[0]) if len(ends) else len(places)
            steps = STEP[_codes(self.data, places[:last])]
            starts = places[:last][(depths[:last] == 1) & (steps > 0)]
            stops = places[:last][(depths[:last] == 0) & (steps < 0)] + 1
            starts = starts[: len(stops)]
            first, done = (int(starts[0]), int(stops[-1])) if len(stops) else (0, 0)
            end = int(places[last]) if len(ends) else done
            if (self.data[:first] + self.data[done:end]).strip(BETWEEN):
                raise self._no_objects(key)
            if len(stops):
                yield self._portion(key, starts, stops)
            if len(ends):
                self._drop(end + 1)
                return
            if done:
                self._drop(done)
            else:
                self._more()

    def _no_objects(self, key):
        return BadFile(f"{self.name}: the list {key} holds something that is no object.")

    def _portion(self, key, starts, stops):
        first, last = int(starts[0]), int(stops[-1])
        try:
            values = orjson.loads(b"[" + self.data[first:last] + b"]")
        except orjson.JSONDecodeError as problem:
            where = self._line(self.offset + first + max(0, problem.pos - 1))
            raise BadFile(f"{self.name}, line {where}: not readable JSON: {problem}.") from problem
        if len(values) != len(starts) or not {dict}.issuperset(map(type, values)):
            raise self._no_objects(key)
        return Elements(
            key, values, (starts + self.offset).tolist(), (stops + self.offset).tolist()
        )

    def _line(self, offset):
        place = self.file.tell()
        self.file.seek(0)
        lines, left = 1, offset
        while left > 0 and (block := self.file.read(min(BLOCK, left))):
            lines += block.count(b"\n")
            left -= len(block)
        self.file.seek(place)
        return lines


def _codes(data, places):
    return np.frombuffer(data, dtype=np.uint8)[places]
