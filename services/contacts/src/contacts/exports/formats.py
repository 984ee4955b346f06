"""People as CSV, JSON and vCard, written piece by piece."""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

from crm_resource import FieldTable, Json
from crm_resource.cells import safe, write_cell
from crm_resource.names import importable

COMPANY = "company"
FOR_READERS = ("id", "created_at", "updated_at")  # behind the columns that an import reads
VCARD_LINE_OCTETS = 75


async def as_csv(fields: FieldTable, records: AsyncIterator[dict[str, Json]]) -> AsyncIterator[str]:
    """RFC 4180 with a byte order mark, or Excel takes UTF-8 for its own encoding. An import reads it back unchanged."""
    columns = importable(fields)
    yield "\ufeff" + _line([*columns, COMPANY, *FOR_READERS])
    async for record in records:
        cells = [write_cell(field, _value(record, name)) for name, field in columns.items()]
        yield _line([*cells, safe(record["company_name"] or ""), *(str(record[name]) for name in FOR_READERS)])


def _value(record: Mapping[str, Json], name: str) -> Json:
    head, _, tail = name.partition(".")
    return (record[head] or {}).get(tail) if tail else record[head]


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


async def as_json(documents: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """One array of whole records, as GET gives each."""
    separator = b"["
    async for document in documents:
        yield separator + document
        separator = b",\n"
    yield b"[]\n" if separator == b"[" else b"]\n"


async def as_vcards(records: AsyncIterator[dict[str, Json]]) -> AsyncIterator[str]:
    """vCard 3.0 (RFC 2426): the version that address books of phones and mail programs all read."""
    async for record in records:
        yield "".join(_folded(line) for line in _vcard(record))


def _vcard(record: Mapping[str, Json]) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield "VERSION:3.0"
    yield f"UID:urn:uuid:{record['id']}"
    yield f"FN:{_text(record['name'])}"
    yield f"N:{_text(record['last_name'])};{_text(record['first_name'])};;;"
    for name, member in (("ORG", "company_name"), ("TITLE", "title"), ("NOTE", "description")):
        if record[member]:
            yield f"{name}:{_text(record[member])}"
    for each in record["emails"]:
        yield f"EMAIL{_types(each, 'INTERNET')}:{_text(each['value'])}"
    for each in record["phones"]:
        yield f"TEL{_types(each)}:{_text(each['value'])}"
    for link in record["links"]:
        yield f"URL:{link['url']}"
    if address := record["address"]:
        parts = (address.get(part) for part in ("street", "city", "region", "postal_code", "country"))
        yield f"ADR:;;{';'.join(_text(part) for part in parts)}"
    if record["birthday"]:
        yield f"BDAY:{record['birthday']}"
    if record["tags"]:
        yield f"CATEGORIES:{','.join(_text(tag) for tag in record['tags'])}"
    yield f"REV:{record['updated_at']}"
    yield "END:VCARD"


def _types(child: Mapping[str, Json], *more: str) -> str:
    """`;TYPE=INTERNET,WORK,PREF`. A label with other letters than a parameter may have is left out."""
    label = child["label"] if child["label"] and re.fullmatch(r"[A-Za-z0-9-]+", child["label"]) else None
    types = [*more, *([label.upper()] if label else []), *(["PREF"] if child["primary"] else [])]
    return f";TYPE={','.join(types)}" if types else ""


def _text(value: str | None) -> str:
    return re.sub(r"([\\;,])", r"\\\1", value or "").replace("\r\n", "\\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """RFC 2425 5.8.1: a line has at most 75 octets; it goes on behind a line end and a space."""
    octets = line.encode()
    pieces, start, room = [], 0, VCARD_LINE_OCTETS
    while start < len(octets):
        end = min(start + room, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # never inside a character
            end -= 1
        pieces.append(octets[start:end].decode())
        start, room = end, VCARD_LINE_OCTETS - 1
    return "\r\n ".join(pieces) + "\r\n"
