"""What the EXIF block of a file says of its picture: how it is held, and when it was taken.

No Django, and nothing but the few entries that are wanted is read. A damaged block says nothing.
"""

import re
import struct
from typing import NamedTuple

ORIENTATION, MORE, TAKEN, DIGITIZED, FRACTION = 0x0112, 0x8769, 0x9003, 0x9004, 0x9291
SHORT, TEXT = 3, 2
MOST_ENTRIES = 500
MOMENT = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")


class Exif(NamedTuple):
    orientation: int = 1
    # As the clock of the camera said, which knows no zone: 2024-05-01 10:11:12.5; or empty.
    captured: str = ""


def read_exif(block):
    """What a block of bytes says, with or without the Exif mark before it."""
    block = bytes(block).removeprefix(b"Exif\0\0")
    return read_exif_at(lambda offset, length: block[offset : offset + length])


def read_exif_at(at):
    """The same of anything that gives bytes by (offset, length); a TIFF file is such a block."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(at(0, 4)))
    if order is None:
        return Exif()
    try:
        entries = _entries(at, order, *struct.unpack(order + "I", at(4, 4)))
        kind, _, value = entries.get(ORIENTATION, (SHORT, 1, struct.pack(order + "HH", 1, 0)))
        orientation = struct.unpack_from(order + "H", value)[0] if kind == SHORT else 1
    except struct.error:
        return Exif()
    try:
        return Exif(orientation, _captured(at, order, entries))
    except struct.error:
        return Exif(orientation)


def _entries(at, order, start):
    """{tag: (kind, count, four bytes)} of one directory."""
    (count,) = struct.unpack(order + "H", at(start, 2))
    rows = at(start + 2, 12 * min(count, MOST_ENTRIES))
    found = {}
    for begin in range(0, len(rows) - 11, 12):
        tag, kind, number = struct.unpack_from(order + "HHI", rows, begin)
        found.setdefault(tag, (kind, number, rows[begin + 8 : begin + 12]))
    return found


def _captured(at, order, entries):
    if MORE not in entries:
        return ""
    more = _entries(at, order, *struct.unpack(order + "I", entries[MORE][2]))
    taken = moment_of(_text(at, order, more, TAKEN))
    if not taken:
        return moment_of(_text(at, order, more, DIGITIZED))
    fraction = _text(at, order, more, FRACTION).strip()
    return f"{taken}.{fraction}" if re.fullmatch("[0-9]{1,9}", fraction) else taken


def _text(at, order, entries, tag):
    kind, number, value = entries.get(tag, (TEXT, 0, b""))
    if kind != TEXT:
        return ""
    if number > 4:
        value = at(*struct.unpack(order + "I", value), min(number, 64))
    return bytes(value[:number]).split(b"\0")[0].decode("ascii", "replace")


def moment_of(text):
    """A moment as we write it, or nothing: cameras without a set clock write zeros or blanks."""
    found = MOMENT.match(str(text).strip())
    if not found:
        return ""
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    is_real = year > 0 and 1 <= month <= 12 and 1 <= day <= 31
    is_real = is_real and hour < 24 and minute < 60 and second <= 60
    return "{}-{}-{} {}:{}:{}".format(*found.groups()) if is_real else ""
