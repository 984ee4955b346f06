"""HTTP of exports: one streamed file."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from litestar import Request, get
from litestar.response import Stream

from contacts.custom_fields.fields import table
from contacts.exports import formats
from contacts.exports.reading import documents, records
from contacts.people import PEOPLE
from contacts.records import http
from contacts.records.listing import ListQuery, now_in, parse_query
from contacts.state import State
from crm_auth import Reader
from crm_resource import BadQuery, FieldTable, Problem, compile_filter
from crm_resource.filters import Arguments
from crm_service import crm


class Format(StrEnum):
    CSV = "csv"
    JSON = "json"
    VCF = "vcf"


MEDIA_TYPES = {
    Format.CSV: "text/csv",
    Format.JSON: "application/json",
    Format.VCF: "text/vcard",
}
_FORMAT = {
    "name": "format",
    "in": "query",
    "required": True,
    "schema": {"type": "string", "enum": [each.value for each in Format]},
    "description": "csv: one row a person, safe to open, and the columns that an import reads back. vcf: vCard 3.0.",
}
_CHOICE = [each for each in http.LIST_PARAMETERS if each["name"] in ("q", "filter", "trashed")]


@get(
    "/api/v1/exports",
    opt=crm(
        answer={"type": "string"}, answer_media_type="text/csv", cost=50, long=True, parameters=[_FORMAT, *_CHOICE]
    ),
)
async def export_contacts(request: Request[Any, Any, Any], state: State, reader: Reader) -> Stream:
    """All people that the filter finds, as a file that is streamed while it is read."""
    chosen = _format(request.query_params.get("format"))
    query = replace(parse_query(request.query_params), sort="id", cursor=None)
    fields = await table(state.postgres, reader.workspace_id, PEOPLE)
    if query.filter is not None:
        # refused now: once the first byte is out there is no status left to say it with
        compile_filter(fields, query.filter, Arguments(), now=now_in(reader))
    name = f"contacts-{datetime.now(UTC):%Y-%m-%d}.{chosen}"
    return Stream(
        _pieces(chosen, state, reader, fields, query),
        media_type=MEDIA_TYPES[chosen],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _format(text: str | None) -> Format:
    try:
        return Format(text or "")
    except ValueError:
        known = ", ".join(Format)
        raise BadQuery([Problem("/query/format", "bad_value", f"This must be one of: {known}.")]) from None


def _pieces(
    chosen: Format, state: State, reader: Reader, fields: FieldTable, query: ListQuery
) -> AsyncIterator[str] | AsyncIterator[bytes]:
    found = documents(state, reader, fields, query)
    match chosen:
        case Format.CSV:
            return formats.as_csv(fields, records(found))
        case Format.JSON:
            return formats.as_json(found)
        case Format.VCF:
            return formats.as_vcards(records(found))


ROUTES = [export_contacts]
