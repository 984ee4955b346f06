"""A value as one cell of a spreadsheet, and the cell read back: `read_cell(write_cell(x)) == x` for every stored x.

A list stands in one cell, its parts parted by `; `. A part with a label is `ada@example.org (work)`; one that is
primary without being the first ends with ` *`. People's own files are read too: commas between e-mails and tags, dates
as they are written in the workspace's country, yes and no.
"""

import re
from collections.abc import Callable
from datetime import datetime

from crm_resource.fields import Field, Json, Kind

_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # what a spreadsheet would run; OWASP ASVS 1.2.10
_PROTECTED = re.compile(r"'+[=+\-@\t\r]")
_SEPARATOR = "; "
_PART = re.compile(r"(?P<value>.*?)(?: \((?P<label>(?:[^()\\]|\\.)*)\))?(?P<primary> \*)?", re.DOTALL)
_YES, _NO = {"true", "yes", "y", "1", "x"}, {"false", "no", "n", "0"}
_MONTH_FIRST = {"US", "PH", "FM", "MH", "PW"}  # where 3/4/2026 is the fourth of March


def write_cell(field: Field, value: Json) -> str:
    """The text of a stored value, safe against being run as a formula."""
    return safe(_text(field, value))


def read_cell(field: Field, text: str, country: str | None = None) -> Json:
    """A JSON value for `parse_value`. What can't be read is passed on as it is, so that the parser names the fault."""
    bare = unsafe(text).strip()
    if not bare:
        return None
    return _READERS.get(field.kind, _as_it_is)(bare, country)


def safe(text: str) -> str:
    """A text that a spreadsheet would run as a formula gets a `'` in front."""
    return f"'{text}" if _FORMULA.match(text) else text


def unsafe(text: str) -> str:
    """Takes exactly one such `'` off; a name such as `'t Hooft` keeps its own."""
    return text[1:] if _PROTECTED.match(text) else text


def _text(field: Field, value: Json) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            commas = field.kind in (Kind.TAGS, Kind.MULTI_SELECT, Kind.EMAILS)
            parts = (_part(each, first=index == 0) for index, each in enumerate(value))
            return _SEPARATOR.join(part.replace(",", "\\,") if commas else part for part in parts)
        case _:
            return str(value)


def _part(value: Json, *, first: bool) -> str:
    if isinstance(value, str):
        return _escape(value, "\\;\n")
    text = _escape(str(value.get("value", value.get("url"))), "\\;\n")
    label = value.get("label")
    primary = bool(value.get("primary")) and not first
    if label is None and not primary and not _ends_like_a_label(text):
        return text
    named = _escape(label or "", "\\;()")
    return f"{text} ({named})" + (" *" if primary else "")


def _ends_like_a_label(text: str) -> bool:
    return text.endswith((")", " *"))


def _escape(text: str, special: str) -> str:
    return re.sub(f"([{re.escape(special)}])", r"\\\1", text)


def _unescape(text: str) -> str:
    return re.sub(r"\\([\\;,()\n])", r"\1", text)


def _split(text: str, separators: str) -> list[str]:
    """Parts between unescaped separators, empty ones left out."""
    pattern = rf"((?:\\.|[^{separators}\\]|\\$)+)"
    return [part.strip() for part in re.findall(pattern, text, re.DOTALL) if part.strip()]


def _children(member: str, separators: str) -> Callable[[str, str | None], Json]:
    def read(text: str, _: str | None) -> Json:
        found = [_PART.fullmatch(part) for part in _split(text, separators)]
        children = [
            {member: _unescape(part["value"]), "label": _unescape(part["label"] or "") or None}
            | ({"primary": True} if part["primary"] else {})
            for part in found
            if part is not None
        ]
        return children

    return read


def _names(text: str, _: str | None) -> Json:
    return [_unescape(part) for part in _split(text, ";,\n")]


def _date(text: str, country: str | None) -> Json:
    slashed = ("%m/%d/%Y", "%m/%d/%y") if country in _MONTH_FIRST else ("%d/%m/%Y", "%d/%m/%y")
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", *slashed):
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    return text


def _number(text: str, _: str | None) -> Json:
    try:
        return int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)
    except ValueError:
        return text


def _boolean(text: str, _: str | None) -> Json:
    plain = text.casefold()
    return True if plain in _YES else False if plain in _NO else text


def _as_it_is(text: str, _: str | None) -> Json:
    return text


_READERS: dict[Kind, Callable[[str, str | None], Json]] = {
    Kind.EMAILS: _children("value", ";,\n"),
    Kind.PHONES: _children("value", ";\n"),
    Kind.LINKS: _children("url", ";\n"),
    Kind.TAGS: _names,
    Kind.MULTI_SELECT: _names,
    Kind.DATE: _date,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _boolean,
}
