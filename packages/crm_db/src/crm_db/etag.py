"""ETags of records: `"<version>.<derived>"` (data.md section 3)."""

from __future__ import annotations


def etag(version: int, derived: int = 0) -> str:
    """`"3.7"`: version 3, and the seventh change of what is not the record's own."""
    return f'"{version}.{derived}"'


def matches(if_match: str | None, version: int) -> bool:
    """Whether a change may be made: no If-Match, `*`, or one of its tags names this version.

    A weak tag counts: a proxy that compressed the answer made it weak, and the version it names is the same.
    """
    if if_match is None or if_match.strip() == "*":
        return True
    return any(_version(tag) == str(version) for tag in if_match.split(","))


def _version(tag: str) -> str | None:
    text = tag.strip().removeprefix("W/")
    if len(text) < 3 or text[0] != '"' or text[-1] != '"':
        return None
    return text[1:-1].partition(".")[0]
