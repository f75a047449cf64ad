"""Patterns for paths, as people write them, in terms that a database is fast with (no Django).

`*` stands for any characters but `/`, `?` for one, `**` for any characters. A pattern without
`/` is one for names, in every folder. Upper and lower case make no difference.
"""

import re
from typing import NamedTuple

MOST_WILDCARDS = 8

STAR, ONE, ANY, FOLDERS = "*", "?", "**", "**/"
LIKE = {STAR: "%", ONE: "_", ANY: "%", FOLDERS: "%/"}
REGEX = {STAR: "[^/]*", ONE: "[^/]", ANY: "(.|\n)*", FOLDERS: "/((.|\n)*/)?"}
# What LIKE would also take there, for it knows nothing of folders.
CROSSING = {STAR: "%/%", ONE: "/"}


class Pattern(NamedTuple):
    """A path matches if it is like `like` and, where these are there, has so many slashes, and
    is like none of `crossing` or else matches the regular expression, which is slow."""

    like: str
    slashes: int | None = None
    crossing: tuple[str, ...] = ()
    regex: str = ""


def is_pattern(text: str) -> bool:
    """Whether the text has wildcards, but not so many that matching them could take for ever."""
    return 0 < text.replace("**", "*").count("*") + text.count("?") <= MOST_WILDCARDS


def pattern_below(folder: str, text: str) -> Pattern:
    """The pattern for the paths below a folder."""
    tokens = _tokens(folder.rstrip("/") + "/", text)
    like = "".join(map(_like, tokens))
    crossing = tuple(
        "".join(map(_like, tokens[:n])) + CROSSING[token] + "".join(map(_like, tokens[n + 1 :]))
        for n, token in enumerate(tokens)
        if token in CROSSING
    )
    if ANY not in tokens and FOLDERS not in tokens:
        # As many slashes as are written: so none is in what the wildcards stand for.
        return Pattern(like, like.count("/"))
    if not crossing:
        return Pattern(like)
    regex = "".join(REGEX.get(token) or re.escape(token) for token in tokens)
    return Pattern(like, None, crossing, f"^{regex}$")


def like_part(text: str) -> str:
    """What paths that contain the text are like."""
    return f"%{_like(text)}%"


def like_deeper(prefix: str) -> str:
    """What paths are like that have a folder more after the prefix."""
    return f"{_like(prefix)}%/%"


def _tokens(folder: str, text: str) -> list[str]:
    text = text.removeprefix(folder).removeprefix("/")
    if "/" not in text:
        text = "**/" + text
    text = re.sub(r"(\*\*/)+", "**/", text)
    # A star may cross folders where any folders may come before it.
    text = re.sub(r"\*\*/\*+(?![/*])", "**", text)
    tokens = [folder]
    for part in re.findall(r"\*\*+/|\*\*+|\*|\?|[^*?]+", text):
        if not part.startswith("**"):
            tokens.append(part)
        elif part.endswith("/") and tokens[-1].endswith("/") and tokens[-1] != FOLDERS:
            tokens[-1] = tokens[-1][:-1]  # its slash is part of FOLDERS
            tokens.append(FOLDERS)
        else:
            tokens.append(ANY)
            tokens.extend("/" if part.endswith("/") else "")
    return tokens


def _like(token: str) -> str:
    return LIKE.get(token) or re.sub(r"[%_\\]", r"\\\g<0>", token)
