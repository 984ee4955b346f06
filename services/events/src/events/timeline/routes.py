"""HTTP of the timeline: one read."""

from uuid import UUID

from litestar import get

from crm_auth import Reader
from crm_db import cursor as cursors
from crm_resource import BadQuery, Problem
from crm_service import IF_NONE_MATCH, Answer, crm
from events import http
from events.http import AnyRequest, Limit
from events.state import State
from events.timeline import store
from events.timeline.schemas import TimelinePage


@get("/api/v1/timeline", opt=crm(answer=TimelinePage, parameters=[IF_NONE_MATCH]))
async def read_timeline(
    request: AnyRequest,
    state: State,
    reader: Reader,
    contact_id: UUID | None = None,
    company_id: UUID | None = None,
    deal_id: UUID | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Answer:
    """What happened, newest first: of one contact, company or deal, or of the whole workspace. One item a fact."""
    subjects = [each for each in (contact_id, company_id, deal_id) if each is not None]
    if len(subjects) > 1:
        raise BadQuery([Problem("/query/company_id", "one_subject", "A timeline is of one contact, company or deal.")])
    subject = subjects[0] if subjects else None
    scope, secret = f"timeline {reader.workspace_id} {subject}", state.settings.crm_secret
    after: store.Place | None = http.place(secret, cursor, scope, store.Place)
    if subject is None:
        page = await store.of_workspace(state.postgres, reader.workspace_id, after=after, limit=limit)
    else:
        page = await store.of_subject(
            state.postgres, reader.workspace_id, subject, is_contact=contact_id is not None, after=after, limit=limit
        )
    following = None if page.next is None else cursors.encode(secret, page.next, scope=scope)
    return http.page(request, b"[" + ",".join(page.items).encode() + b"]", following)


ROUTES = [read_timeline]
