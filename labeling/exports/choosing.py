"""Which labels an export holds, and with what. No Django."""

from dataclasses import asdict, dataclass

import orjson

STATUSES = ("submitted", "approved", "all")
WHOSE = ("all", "approved", "newest")
SPLITS = ("train", "val", "test")
IMAGES = ("none", "copy", "link")
USUAL_SHARES = (80, 10, 10)


class BadChoice(ValueError):
    """A choice that cannot be; the message says why, to people."""


@dataclass(frozen=True)
class Choice:
    status: str = "submitted"
    labelers: tuple[int, ...] = ()  # ids of users; empty: all
    datasets: tuple[int, ...] = ()  # ids; empty: all
    since: str = ""  # days as 2026-01-31: when a label got the status it has
    until: str = ""
    whose: str = "all"  # where several people labeled an image
    empty: bool = True  # images without shapes too
    shares: tuple[int, ...] = ()  # per cent of train, val and test; empty: no split
    split: str = ""  # only this one
    images: str = "none"

    def __post_init__(self):
        if self.split and not self.shares:
            object.__setattr__(self, "shares", USUAL_SHARES)

    def to_json(self):
        """Canonical, and only what differs from the usual choice."""
        usual = asdict(Choice())
        said = {name: value for name, value in asdict(self).items() if value != usual[name]}
        return orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()

    @classmethod
    def from_json(cls, text, **fields):
        said = orjson.loads(text)
        lists = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
        return cls(**said | lists | fields)


def parse_shares(text):
    """(80, 10, 10) of "80/10/10"; what is not named is nothing."""
    parts = [part.strip() for part in text.split("/")]
    shares = [int(part) for part in parts if part.isascii() and part.isdigit()]
    if len(shares) != len(parts) or len(parts) > len(SPLITS) or sum(shares) != 100:
        raise BadChoice("Write the split as three shares that make 100, for example 80/10/10.")
    return (*shares, *(0,) * (len(SPLITS) - len(shares)))


def choose_labels(rows, whose):
    """Of the rows of one image, those that its export holds.

    approved: only approved ones, where there is one. newest: the one whose status is the most
    recent.
    """
    if whose == "approved":
        return [row for row in rows if row["status"] == "approved"] or rows
    if whose == "newest":
        return [max(rows, key=lambda row: (row["status_since"], row["pk"]))]
    return rows
