"""Making and revoking API tokens."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import crm_facts
from crm_auth import Caller
from crm_service import FieldError, Invalid, NotFound
from identity import facts
from identity.api_tokens import store
from identity.api_tokens.schemas import NewApiToken
from identity.api_tokens.store import ApiToken
from identity.db import Tx
from identity.state import State
from identity.vault import Vault, fingerprint
from identity.workspaces import store as workspaces

PREFIX = "mcrm_"
HINT_CHARS = 4


def token_of(vault: Vault, token_id: UUID) -> str:
    """Derived from its id under our own key: a repeated request can be answered again without the token being kept."""
    return PREFIX + base64.urlsafe_b64encode(vault.mac("api-token", str(token_id))).rstrip(b"=").decode()


async def make(tx: Tx, state: State, caller: Caller, new: NewApiToken) -> tuple[ApiToken, UUID]:
    """(token's record, operation). Raises Invalid."""
    expires_at = _checked_end(new.expires_at)
    if not new.name.strip() or "\0" in new.name:
        raise Invalid(errors=[FieldError("/name", "required", "A token needs a name.")])
    token_id = await workspaces.new_id(tx)
    token = token_of(state.vault, token_id)
    made = await store.insert(
        tx,
        caller.workspace_id,
        token_id,
        caller.user_id,
        name=new.name.strip(),
        token_hash=fingerprint(token),
        hint=token[-HINT_CHARS:],
        scopes=sorted(set(new.scopes)),
        expires_at=expires_at,
    )
    operation_id = await crm_facts.begin(tx, caller, kind="create", summary=f"Made the API token {made.name}")
    after = {"name": made.name, "scopes": made.scopes, "expires_at": made.expires_at}
    await crm_facts.append(
        tx, caller.workspace_id, operation_id, [crm_facts.Change("api_token", token_id, 1, "created", {}, after)]
    )
    return made, operation_id


async def revoke(tx: Tx, caller: Caller, token_id: UUID) -> UUID:
    """Ends it at once: the JWTs that it was exchanged for end by the same fact as a signed-out session's."""
    token = await store.lock(tx, caller.workspace_id, caller.user_id, token_id)
    if token is None:
        raise NotFound
    revoked = await store.revoke(tx, token)
    operation_id = await crm_facts.begin(tx, caller, kind="edit", summary=f"Revoked the API token {token.name}")
    change = crm_facts.Change(
        "api_token", token.id, revoked.version, "revoked", {"revoked_at": None}, {"revoked_at": revoked.revoked_at}
    )
    await crm_facts.append(tx, caller.workspace_id, operation_id, [change])
    await facts.sessions_ended(tx, caller.user_id, [token.id], facts.API_JWT_TTL_S)
    return operation_id


def _checked_end(expires_at: datetime | None) -> datetime | None:
    if expires_at is None:
        return None
    if expires_at.tzinfo is None or expires_at <= datetime.now(UTC) + timedelta(seconds=1):
        fault = FieldError("/expires_at", "in_the_past", "The end has to be in the future, with a time zone.")
        raise Invalid(errors=[fault])
    return expires_at
