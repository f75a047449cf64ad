"""The skeleton of a class: its named keypoints, and which of them are joined. No Django.

It is written as lines of names, as staff would put it on paper:

    nose - left eye - left ear
    nose - right eye - right ear
    tail

Every name is a keypoint, in the order in which it is first named; neighbours in a line are
joined. A line with one name is a keypoint that is joined to nothing.
"""

import re

from labeling.shapes import LONGEST_NAME

MOST_POINTS = 200
LONGEST_TEXT = 20_000
# Spaces around it, because names such as "left-eye" have one too.
JOINT = re.compile(r"\s+[-–—]+\s+")  # noqa: RUF001  dashes that editors make of hyphens


class BadSkeleton(ValueError):
    """A text that describes no skeleton; the message says why, to staff."""


def parse_skeleton(text):
    """{"points": [name, …], "edges": [[i, j], …]} by the places of the points."""
    if len(text) > LONGEST_TEXT:
        raise BadSkeleton(f"Write at most {LONGEST_TEXT:,} characters.")
    places, edges = {}, []
    for line in text.splitlines():
        chain = [_place(name.strip(), places) for name in JOINT.split(line) if name.strip()]
        for edge in zip(chain, chain[1:], strict=False):
            if edge[0] == edge[1]:
                raise BadSkeleton(f"“{list(places)[edge[0]]}” cannot be joined to itself.")
            if not {edge, edge[::-1]} & set(edges):
                edges.append(edge)
    if len(places) > MOST_POINTS:
        raise BadSkeleton(f"A skeleton has at most {MOST_POINTS} keypoints.")
    return {"points": list(places), "edges": [list(edge) for edge in edges]}


def readable_skeleton(text):
    """The same, but empty for what SQL may have put there instead."""
    try:
        return parse_skeleton(text)
    except BadSkeleton:
        return {"points": [], "edges": []}


def _place(name, places):
    if len(name) > LONGEST_NAME:
        raise BadSkeleton(f"A name has at most {LONGEST_NAME} characters.")
    if "\0" in name:
        raise BadSkeleton("A name holds a NUL character.")
    return places.setdefault(name, len(places))
