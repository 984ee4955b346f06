"""An API token becomes a short-lived JWT of our own issuer, so that services see one kind of caller."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from identity.api_tokens import store
from identity.api_tokens.actions import PREFIX
from identity.facts import API_JWT_TTL_S
from identity.state import State
from identity.vault import fingerprint
from identity.workspaces import store as workspaces


@dataclass(frozen=True)
class TokenOwner:
    """The person behind an API token, as the JWT names them."""

    id: UUID
    email: str
    user_metadata: Mapping[str, Any]
    phone: str | None = None
    app_metadata: Mapping[str, Any] = field(default_factory=dict)
    is_anonymous: bool = False


async def exchange(state: State, token: str) -> dict[str, Any] | None:
    """None for a token that is unknown, revoked, past its end, or whose owner left the workspace."""
    if not token.startswith(PREFIX):
        return None
    async with state.db.transaction(None) as tx:
        usable = await store.by_hash(tx, fingerprint(token))
        if usable is None:
            return None
        await workspaces.enter(tx, usable.workspace_id)
        await store.used(tx, usable)
        email, name = await workspaces.profile_of(tx, usable.user_id) or ("", "")
    ends = time.time() + API_JWT_TTL_S
    if usable.expires_at is not None:
        ends = min(ends, usable.expires_at.timestamp())
    amr = [{"method": "api_token", "timestamp": int(time.time())}]
    owner = TokenOwner(usable.user_id, email, {"name": name})
    # session_id is the token's own id: revoking it ends that "session" everywhere, by the same fact
    access = await state.writer.write(owner, usable.id, aal="aal1", amr=amr, expires_by=ends)
    return {
        "jwt": access.jwt,
        "expires_at": datetime.fromtimestamp(access.expires_at, UTC),
        "workspace_id": usable.workspace_id,
        "role": usable.role,
        "scopes": usable.scopes,
    }
