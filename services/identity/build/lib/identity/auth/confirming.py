"""What a spent code does: confirms an address, or a half of a change; then the person may come in."""

from dataclasses import dataclass
from datetime import UTC, datetime

from identity import audit, facts, sessions
from identity.auth.email_change import CURRENT, NEW, complete, half_confirmed
from identity.auth.own_claims import own_claims
from identity.codes import Code, void_all
from identity.db import Tx
from identity.errors import LinkExpired, UserBanned
from identity.state import State
from identity.users import Account
from identity.users import store as accounts

HALF_DONE = "Confirmation link accepted. Please proceed to confirm link sent to the other email"
# Which codes each `type` of /verify takes (auth-protocol section 4).
KINDS = {
    "signup": ("confirmation",),
    "invite": ("confirmation",),
    "magiclink": ("recovery",),
    "recovery": ("recovery",),
    "email": ("confirmation", "recovery"),
    "email_change": (CURRENT, NEW),
}


@dataclass(frozen=True)
class Confirmed:
    """`account` may come in now; None while the other half of a change is missing."""

    account: Account | None


async def confirm(tx: Tx, state: State, code: Code) -> Confirmed:
    """Spends the code, whose account is locked, and voids the person's others."""
    account = await accounts.by_id(tx, code.account_id)
    if account is None:
        raise LinkExpired
    if account.is_banned():
        raise UserBanned
    if code.kind in (CURRENT, NEW):
        if await half_confirmed(tx, account, code.kind):
            return Confirmed(None)
        await complete(tx, state, account, account.new_email or "")
    elif account.email_confirmed_at is None:
        await _confirm_address(tx, state, account, code)
    await void_all(tx, account.id, keep_flow=code.flow_id)
    return Confirmed(await accounts.by_id(tx, account.id))


async def _confirm_address(tx: Tx, state: State, account: Account, code: Code) -> None:
    """A stranger may have signed up this address, with a password and data of theirs. Whoever proves by a sign-in code
    that the address is theirs inherits nothing of it."""
    metadata = account.user_metadata
    if code.proves_owner:
        metadata = code.fresh_metadata
        await accounts.update(tx, account.id, password_hash=None)
        await accounts.unlink_all_but(tx, account.id, "email")
        await sessions.end_all(tx, account.id, token_ttl_s=state.token_ttl_s)
    verified = {"email": True, "phone": account.phone_confirmed_at is not None}
    claims = own_claims(account.id, email=account.email, phone=account.phone, verified=verified)
    await accounts.update(tx, account.id, email_confirmed_at=datetime.now(UTC), user_metadata={**metadata, **claims})
    await accounts.link(tx, account.id, "email", str(account.id), claims, account.email)
    await audit.note(tx, "account.confirmed", account_id=account.id)
    await facts.user_changed(tx, await accounts.by_id(tx, account.id) or account)
