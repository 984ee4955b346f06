"""POST /logout: this session, the others, or all."""

from crm_service.answer import Answer
from identity import audit, sessions
from identity.auth.signed_in import signed_in
from identity.auth.wire import AnyRequest, auth_post, nothing
from identity.errors import ValidationFailed
from identity.state import State

SCOPES = ("global", "local", "others")


@auth_post("/auth/v1/logout")
async def logout(request: AnyRequest, state: State) -> Answer:
    who = await signed_in(request, state)
    scope = request.query_params.get("scope") or "global"
    if scope not in SCOPES:
        raise ValidationFailed(f'Unsupported logout scope "{scope[:20]}"')
    account_id, session_id = who.account.id, who.session.id
    async with state.db.transaction(None) as tx:
        if scope == "local":
            await sessions.end(tx, account_id, session_id, token_ttl_s=state.token_ttl_s)
        else:
            keep = session_id if scope == "others" else None
            await sessions.end_all(tx, account_id, keep=keep, token_ttl_s=state.token_ttl_s)
        await audit.note(tx, "session.signed_out", account_id=account_id, session_id=session_id, scope=scope)
    return nothing()
