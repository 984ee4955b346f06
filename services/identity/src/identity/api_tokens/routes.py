"""API tokens over HTTP: everybody sees and revokes their own."""

from uuid import UUID

import msgspec
from litestar import delete, get, post

from crm_auth import Reader
from crm_service import Answer, crm, etag_of, json_answer, no_content
from identity.api import AnyRequest, answered_once, encoded, newest_first, page, refuse_programs, tag
from identity.api_tokens import actions, store
from identity.api_tokens.schemas import ApiTokenMade, ApiTokens, ApiTokenShown, NewApiToken
from identity.state import State


@get("/api/v1/api-tokens", opt=crm(answer=ApiTokens))
async def list_api_tokens(
    request: AnyRequest, reader: Reader, state: State, limit: int = 50, cursor: str | None = None
) -> Answer:
    """My tokens for this workspace, newest first."""
    refuse_programs(reader)
    async with state.db.transaction(reader.workspace_id) as tx:
        found = await store.of_user(tx, reader.workspace_id, reader.user_id)
    shown = [msgspec.convert(token.shown(), ApiTokenShown) for token in found]
    scope = f"api-tokens {reader.workspace_id} {reader.user_id}"
    body = encoded(page(state, shown, lambda item: newest_first(item.id), scope, limit=limit, after=cursor))
    return json_answer(request, body, etag=etag_of(body))


@post("/api/v1/api-tokens", opt=crm(answer=ApiTokenMade, role="viewer"))
async def make_api_token(request: AnyRequest, reader: Reader, state: State, data: NewApiToken) -> Answer:
    """A token for a program, which acts as me within its scopes. The token is shown in this answer only."""
    refuse_programs(reader)
    async with state.db.transaction(reader.workspace_id) as tx:

        async def act() -> Answer:
            made, operation_id = await actions.make(tx, state, reader, data)
            headers = {"Location": f"/api/v1/api-tokens/{made.id}"}
            body = encoded({**made.shown(), "token": ""})  # kept for a repeat, so without the token
            return json_answer(
                request, body, etag=tag(made.version), status=201, headers=headers, operation_id=operation_id
            )

        kept = await answered_once(tx, request, reader, act)
    made = msgspec.json.decode(kept.body, type=ApiTokenMade)
    made.token = actions.token_of(state.vault, made.id)
    return Answer(kept.status, encoded(made), {**kept.headers, "Cache-Control": "no-store"})


@delete("/api/v1/api-tokens/{token_id:uuid}", status_code=204, opt=crm(role="viewer"))
async def revoke_api_token(reader: Reader, state: State, token_id: UUID) -> Answer:
    """Revokes one of my tokens at once."""
    refuse_programs(reader)
    async with state.db.transaction(reader.workspace_id) as tx:
        operation_id = await actions.revoke(tx, reader, token_id)
    return no_content(operation_id=operation_id)


ROUTES = [list_api_tokens, make_api_token, revoke_api_token]
