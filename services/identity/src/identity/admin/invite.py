"""POST /invite: an account that its owner takes over by the mailed link, and then sets a password."""

from datetime import UTC, datetime

from crm_service.answer import Answer
from identity.admin.bodies import Invite
from identity.admin.guard import require_admin
from identity.auth import checks
from identity.auth.signup import new_account, redirect_of
from identity.auth.wire import AnyRequest, auth_post, read, reply
from identity.codes import issue
from identity.errors import EmailExists
from identity.state import State
from identity.users import as_user
from identity.users import store as accounts


@auth_post("/auth/v1/invite")
async def invite(request: AnyRequest, state: State) -> Answer:
    await require_admin(request, state)
    body = await read(request, Invite)
    email, metadata, redirect_to = checks.email(body.email), checks.metadata({}, body.data), redirect_of(request, state)
    async with state.db.transaction(None) as tx:
        known = await accounts.lock_by_email(tx, email)
        if known is not None and known.is_confirmed:
            raise EmailExists
        account = known or await new_account(tx, email=email, metadata=metadata)
        issued = await issue(
            tx, state.issuer, account.id, "confirmation", email, proves_owner=True, fresh_metadata=metadata
        )
        now = datetime.now(UTC)
        await accounts.update(tx, account.id, invited_at=now, confirmation_sent_at=now)
        await state.mails.add(tx, state.letters.account_invitation(email, issued, redirect_to))
        return reply(as_user(await accounts.by_id(tx, account.id) or account))
