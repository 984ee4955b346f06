"""What the routes of plain rows share."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from contacts.plain.store import Document
from contacts.records import http
from crm_service import Answer, etag_of, json_answer


def row_answer(
    request: Any, document: Document, operation_id: UUID | None, *, status: int = 200, place: str | None = None
) -> Answer:
    headers = {"Location": f"{place}/{document['id']}"} if place else None
    tag = f'"{document["version"]}.0"'
    return json_answer(
        request, http.encoded(document), etag=tag, status=status, headers=headers, operation_id=operation_id
    )


def list_answer(request: Any, documents: Sequence[str]) -> Answer:
    """All of them at once: a workspace has tens."""
    body = f'{{"items":[{",".join(documents)}],"next_cursor":null}}'.encode()
    return json_answer(request, body, etag=etag_of(body))
