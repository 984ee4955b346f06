"""POST /admin/generate_link: the code and the link of a mail, for a program that writes its own; nothing is mailed."""

from typing import Any
from urllib.parse import urlencode

from crm_service.answer import Answer
from identity.admin.bodies import Link
from identity.admin.guard import require_admin
from identity.auth import checks
from identity.auth.email_change import CURRENT, NEW
from identity.auth.signup import new_account, redirect_of
from identity.auth.wire import AnyRequest, auth_post, read, reply
from identity.codes import issue
from identity.db import Tx
from identity.errors import EmailExists, UserNotFoundByAdmin, ValidationFailed
from identity.state import State
from identity.users import Account, as_user
from identity.users import store as accounts

KINDS = {
    "signup": "confirmation",
    "invite": "confirmation",
    "magiclink": "recovery",
    "recovery": "recovery",
    "email_change_current": CURRENT,
    "email_change_new": NEW,
}


@auth_post("/auth/v1/admin/generate_link")
async def generate_link(request: AnyRequest, state: State) -> Answer:
    await require_admin(request, state)
    body = await read(request, Link)
    if body.type not in KINDS:
        raise ValidationFailed(f"type is one of {', '.join(KINDS)}")
    email = checks.email(body.email)
    redirect_to = state.redirects.resolve(body.redirect_to) if body.redirect_to else redirect_of(request, state)
    password_hash = await _password(state, body)
    async with state.db.transaction(None) as tx:
        known = await accounts.lock_by_email(tx, email)
        kind = "signup" if body.type == "magiclink" and known is None else body.type
        account = await _account(tx, kind, email, known, body, password_hash)
        address = await _address(tx, account, kind, body)
        issued = await issue(
            tx, state.issuer, account.id, KINDS[kind], address, proves_owner=kind not in ("signup", CURRENT, NEW)
        )
        fresh = await accounts.by_id(tx, account.id) or account
    verification_type = "email_change" if kind in (CURRENT, NEW) else kind
    query = {"token": issued.token_hash, "type": verification_type, "redirect_to": redirect_to}
    answer: dict[str, Any] = {
        **as_user(fresh),
        "action_link": f"{state.settings.issuer}/verify?{urlencode(query)}",
        "email_otp": issued.code,
        "hashed_token": issued.token_hash,
        "verification_type": kind,
        "redirect_to": redirect_to,
    }
    return reply(answer)


async def _password(state: State, body: Link) -> str | None:
    if body.type != "signup":
        return None
    if not body.password:
        raise ValidationFailed("Signup requires a valid password")
    return await state.hasher.hash(checks.new_password(body.password, state.policy))


async def _account(
    tx: Tx, kind: str, email: str, known: Account | None, body: Link, password_hash: str | None
) -> Account:
    if kind in ("signup", "invite"):
        if known is not None and known.is_confirmed:
            raise EmailExists
        metadata = checks.metadata({}, body.data)
        return known or await new_account(tx, email=email, metadata=metadata, password_hash=password_hash)
    if known is None:
        raise UserNotFoundByAdmin
    return known


async def _address(tx: Tx, account: Account, kind: str, body: Link) -> str:
    """Whose mailbox the code is for. A change of address is begun if it was not yet."""
    if kind not in (CURRENT, NEW):
        return account.email or ""
    new_email = checks.email(body.new_email)
    if await accounts.by_email(tx, new_email) is not None:
        raise EmailExists
    if account.new_email != new_email:
        await accounts.update(tx, account.id, new_email=new_email, email_change_confirmed_by=None)
    return new_email if kind == NEW else account.email or ""
