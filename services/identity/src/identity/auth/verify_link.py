"""GET /verify: the link of upstream's mails. Opening it spends the code, which is why ours lead to a page instead."""

from dataclasses import dataclass

from crm_service.answer import Answer
from identity import sessions
from identity.auth.confirming import HALF_DONE, KINDS, confirm
from identity.auth.session_answer import session
from identity.auth.signup import redirect_of
from identity.auth.verify import HASH
from identity.auth.wire import AnyRequest, as_refusal, auth_get, client_of, see_other
from identity.client import Client
from identity.codes import flows, lock_by_hash
from identity.codes.redirects import with_fragment, with_query
from identity.codes.secrets import PKCE_PREFIX
from identity.db import Tx
from identity.errors import AuthRefused, LinkExpired, ValidationFailed
from identity.sessions import Opened
from identity.state import State


@dataclass(frozen=True)
class Clicked:
    """What the link led to: a session, an auth code for the PKCE flow, or, with neither, the first half of a change."""

    opened: Opened | None = None
    auth_code: str | None = None


@auth_get("/auth/v1/verify")
async def verify_link(request: AnyRequest, state: State) -> Answer:
    token, kind = request.query_params.get("token", ""), request.query_params.get("type", "")
    target, is_pkce = redirect_of(request, state), token.startswith(PKCE_PREFIX)
    try:
        clicked = await _spend(state, token, kind, client_of(request))
    except Exception as error:
        return see_other(_with_error(target, as_refusal(error), is_pkce=is_pkce))
    if clicked.auth_code is not None:
        return see_other(with_query(target, {"code": clicked.auth_code}))
    if clicked.opened is None:
        return see_other(_with_both(target, {"message": HALF_DONE}, is_pkce=is_pkce))
    return see_other(with_fragment(target, await _implicit(state, clicked.opened, kind)))


async def _spend(state: State, token: str, kind: str, client: Client) -> Clicked:
    if kind not in KINDS:
        raise ValidationFailed("Invalid verification type")

    async def act(tx: Tx) -> Clicked:
        code = await lock_by_hash(tx, token, KINDS[kind]) if HASH.fullmatch(token) else None
        if code is None:
            raise LinkExpired
        account = (await confirm(tx, state, code)).account
        if account is None:
            return Clicked()
        if code.flow_id is not None:
            return Clicked(auth_code=await flows.clicked(tx, code.flow_id))
        return Clicked(opened=await sessions.open_session(tx, state.vault, account, method="otp", client=client))

    clicked: Clicked = await state.db.retrying(None, act)
    return clicked


async def _implicit(state: State, opened: Opened, kind: str) -> dict[str, str]:
    answer = await session(state, opened)
    members = ("access_token", "expires_at", "expires_in", "refresh_token", "token_type")
    return {**{name: str(answer[name]) for name in members}, "type": kind}


def _with_error(target: str, refusal: AuthRefused, *, is_pkce: bool) -> str:
    kind = {403: "access_denied", 500: "server_error", 503: "server_error"}.get(refusal.status, "invalid_request")
    members = {"error": kind, "error_code": refusal.code, "error_description": refusal.message}
    return _with_both(target, members, is_pkce=is_pkce)


def _with_both(target: str, members: dict[str, str], *, is_pkce: bool) -> str:
    return with_fragment(with_query(target, members) if is_pkce else target, members)
