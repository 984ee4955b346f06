"""GET /reauthenticate: mails a code that a change of password may ask for as its `nonce`."""

from datetime import UTC, datetime

from crm_service.answer import Answer
from identity.auth.signed_in import signed_in
from identity.auth.wire import AnyRequest, auth_get, reply
from identity.codes import issue
from identity.errors import ReauthenticationNeedsConfirmedEmail, ValidationFailed
from identity.state import State
from identity.users import store as accounts


@auth_get("/auth/v1/reauthenticate")
async def reauthenticate(request: AnyRequest, state: State) -> Answer:
    who = await signed_in(request, state)
    email = who.account.email
    if email is None:
        raise ValidationFailed("Reauthentication requires the user to have an email or a phone number")
    if who.account.email_confirmed_at is None:
        raise ReauthenticationNeedsConfirmedEmail
    async with state.db.transaction(None) as tx:
        await accounts.lock(tx, who.account.id)
        await state.frequency.claim(tx, email, "reauthentication")
        issued = await issue(tx, state.issuer, who.account.id, "reauthentication", email)
        await accounts.update(tx, who.account.id, reauthentication_sent_at=datetime.now(UTC))
        await state.mails.add(tx, state.letters.reauthentication(email, issued))
    return reply({})
