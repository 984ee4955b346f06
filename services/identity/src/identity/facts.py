"""The facts about people and sessions; those of workspaces come from the change log (crm_facts.append)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import crm_facts
from identity.db import Tx
from identity.users import Account, display_name

API_JWT_TTL_S = 600  # of the JWT that an API token is exchanged for


async def sessions_ended(tx: Tx, account_id: UUID, session_ids: Iterable[UUID], token_ttl_s: int) -> None:
    """`expires_at`: the last moment at which an access token of the session could still verify."""
    expires_at = datetime.now(UTC) + timedelta(seconds=token_ttl_s)
    for session_id in session_ids:
        data = {"session_id": str(session_id), "user_id": str(account_id), "expires_at": expires_at.isoformat()}
        await crm_facts.state(tx, "session.ended", str(session_id), data)


async def user_changed(tx: Tx, account: Account) -> None:
    """An address, a name or a ban changed. `name` is what others see."""
    data = {
        "user_id": str(account.id),
        "email": account.email or "",
        "name": display_name(account.user_metadata, account.email),
        "banned": account.is_banned(),
    }
    await crm_facts.state(tx, "user.changed", str(account.id), data)


async def keys_changed(tx: Tx, kid: UUID, state: str) -> None:
    """A signing key went to another state; whoever keeps the key set reads it again."""
    await crm_facts.state(tx, "keys.changed", str(kid), {"kid": str(kid), "state": state})
