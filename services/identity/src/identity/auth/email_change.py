"""Changing the address: asked for, confirmed by one or both mailboxes, done at the last confirmation."""

from datetime import UTC, datetime

import asyncpg

from crm_db import savepoint
from identity import audit, facts
from identity.auth.own_claims import own_claims
from identity.codes import issue, issue_flow
from identity.codes.spending import void
from identity.db import Tx
from identity.errors import EmailExists
from identity.state import State
from identity.users import Account
from identity.users import store as accounts

CURRENT, NEW = "email_change_current", "email_change_new"


async def ask_for_change(
    tx: Tx, state: State, account: Account, new_email: str, *, challenge: tuple[str, str] | None, redirect_to: str
) -> None:
    """The account is locked. Whoever has no address yet gets the new one at once under autoconfirm."""
    if await accounts.by_email(tx, new_email) is not None:
        raise EmailExists
    if account.email is None and state.settings.autoconfirm:
        await complete(tx, state, account, new_email)
        return
    await state.frequency.claim(tx, new_email, "email_change")
    # Both halves are needed, whatever autoconfirm says (upstream #2600); without a confirmed address there is one half.
    is_two_sided = state.settings.crm_auth_secure_email_change and account.email_confirmed_at is not None
    await accounts.update(
        tx,
        account.id,
        new_email=new_email,
        email_change_sent_at=datetime.now(UTC),
        email_change_confirmed_by=None if is_two_sided else "current",
    )
    fresh = await accounts.by_id(tx, account.id) or account
    await send_change_codes(tx, state, fresh, new_email, challenge=challenge, redirect_to=redirect_to)


async def send_change_codes(
    tx: Tx, state: State, account: Account, new_email: str, *, challenge: tuple[str, str] | None, redirect_to: str
) -> None:
    """A code to each side that has not confirmed yet."""
    sides = {CURRENT: account.email or "", NEW: new_email}
    confirmed = {"current": CURRENT, "new": NEW}.get(account.email_change_confirmed_by or "")
    for kind, address in sides.items():
        if kind == confirmed:
            await void(tx, account.id, kind)
            continue
        flow_id = await issue_flow(tx, account.id, challenge, amr_method="email_change", ttl=state.issuer.ttl)
        issued = await issue(tx, state.issuer, account.id, kind, address, flow_id=flow_id)
        await state.mails.add(tx, state.letters.email_change(address, issued, redirect_to, new_email=new_email))


async def half_confirmed(tx: Tx, account: Account, kind: str) -> bool:
    """Notes this side's confirmation; True when the other side still has to."""
    side, other = ("current", "new") if kind == CURRENT else ("new", "current")
    if account.email_change_confirmed_by == other:
        return False
    await void(tx, account.id, kind)
    await accounts.update(tx, account.id, email_change_confirmed_by=side)
    return True


async def complete(tx: Tx, state: State, account: Account, new_email: str) -> None:
    """The address changes, every pending code is void, the old mailbox hears of it. Raises EmailExists."""
    verified = {"email": True, "phone": account.phone_confirmed_at is not None}
    claims = own_claims(account.id, email=new_email, phone=account.phone, verified=verified)
    providers = account.app_metadata.get("providers", [])
    app_metadata = {"provider": "email", "providers": [*providers, *([] if "email" in providers else ["email"])]}
    try:
        async with savepoint(tx):
            await accounts.update(
                tx,
                account.id,
                email=new_email,
                email_confirmed_at=datetime.now(UTC),
                new_email=None,
                email_change_confirmed_by=None,
                is_anonymous=False,
                user_metadata={**account.user_metadata, **claims},
                app_metadata={**account.app_metadata, **app_metadata},
            )
    except asyncpg.UniqueViolationError as error:
        raise EmailExists from error
    await accounts.link(tx, account.id, "email", str(account.id), claims, new_email)
    if account.email is not None:
        await state.mails.add(tx, state.letters.email_changed(account.email, new_email=new_email))
    await audit.note(tx, "account.email_changed", account_id=account.id)
    await facts.user_changed(tx, await accounts.by_id(tx, account.id) or account)
