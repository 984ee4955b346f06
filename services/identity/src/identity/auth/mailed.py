"""The endpoints that mail a code: /otp, /magiclink, /recover, /resend.

Each answers the same, in the same time, whether or not there is an account; what differs is the mailbox.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from crm_service.answer import Answer
from identity.auth import checks
from identity.auth.admission import without_token
from identity.auth.bodies import Otp, Recover, Resend
from identity.auth.email_change import send_change_codes
from identity.auth.pace import even_pace
from identity.auth.signup import insert_unconfirmed, redirect_of, send_confirmation
from identity.auth.wire import AnyRequest, auth_post, read, reply
from identity.codes import issue, issue_flow
from identity.db import Tx
from identity.errors import (
    EmailProviderDisabled,
    EmailSignInDisabled,
    PhoneProviderDisabled,
    SignupDisabled,
    SmsSendFailed,
    ValidationFailed,
)
from identity.state import State
from identity.users import Account
from identity.users import store as accounts

EMAIL_TYPES = ("signup", "email_change")
PHONE_TYPES = ("sms", "phone_change")


@auth_post("/auth/v1/otp")
async def otp(request: AnyRequest, state: State) -> Answer:
    body = await read(request, Otp)
    if body.email and body.phone:
        raise ValidationFailed("Only an email address or phone number should be provided")
    if body.phone:
        _refuse_phone(state, body.phone)
    return await _magic_link(request, state, body)


@auth_post("/auth/v1/magiclink")
async def magiclink(request: AnyRequest, state: State) -> Answer:
    return await _magic_link(request, state, await read(request, Otp))


async def _magic_link(request: AnyRequest, state: State, body: Otp) -> Answer:
    if not state.settings.crm_auth_email:
        raise EmailSignInDisabled
    email, challenge = checks.email(body.email), checks.challenge(body)
    data, token = without_token(body.data, request.query_params.get("redirect_to"))
    metadata, redirect_to = checks.metadata({}, data), redirect_of(request, state)
    async with even_pace(), state.db.transaction(None) as tx:
        await state.frequency.claim(tx, email, "sign_in")
        account = await accounts.lock_by_email(tx, email)
        if account is None and body.create_user is not False:
            account = await _sign_up(tx, state, email, metadata, token)
        if account is not None and account.is_confirmed:
            await send_recovery(
                tx,
                state,
                account,
                challenge=challenge,
                redirect_to=redirect_to,
                template="magic_link",
                amr_method="magiclink",
            )
        elif account is not None:
            await send_confirmation(
                tx,
                state,
                account,
                challenge=challenge,
                redirect_to=redirect_to,
                proves_owner=True,
                fresh_metadata=metadata,
            )
    return reply({})


async def _sign_up(tx: Tx, state: State, email: str, metadata: Mapping[str, Any], token: str | None) -> Account | None:
    """None where sign-up is closed to this person: a refusal would tell that the address has no account."""
    try:
        return await insert_unconfirmed(tx, state, email, metadata, token)
    except SignupDisabled:
        return None


@auth_post("/auth/v1/recover")
async def recover(request: AnyRequest, state: State) -> Answer:
    body = await read(request, Recover)
    if not state.settings.crm_auth_email:
        raise EmailProviderDisabled
    email, challenge, redirect_to = checks.email(body.email), checks.challenge(body), redirect_of(request, state)
    async with even_pace(), state.db.transaction(None) as tx:
        await state.frequency.claim(tx, email, "recovery")
        account = await accounts.lock_by_email(tx, email)
        if account is not None:
            await send_recovery(
                tx,
                state,
                account,
                challenge=challenge,
                redirect_to=redirect_to,
                template="recovery",
                amr_method="recovery",
            )
    return reply({})


async def send_recovery(
    tx: Tx,
    state: State,
    account: Account,
    *,
    challenge: tuple[str, str] | None,
    redirect_to: str,
    template: str,
    amr_method: str,
) -> None:
    """Magic links and recovery share the code of kind `recovery`."""
    address = account.email or ""
    flow_id = await issue_flow(tx, account.id, challenge, amr_method=amr_method, ttl=state.issuer.ttl)
    issued = await issue(tx, state.issuer, account.id, "recovery", address, flow_id=flow_id, proves_owner=True)
    await accounts.update(tx, account.id, recovery_sent_at=datetime.now(UTC))
    write = state.letters.magic_link if template == "magic_link" else state.letters.recovery
    await state.mails.add(tx, write(address, issued, redirect_to))


@auth_post("/auth/v1/resend")
async def resend(request: AnyRequest, state: State) -> Answer:
    body = await read(request, Resend)
    _check_type(state, body)
    email, challenge, redirect_to = checks.email(body.email), checks.challenge(body), redirect_of(request, state)
    async with even_pace(), state.db.transaction(None) as tx:
        await state.frequency.claim(tx, email, "confirmation" if body.type == "signup" else "email_change")
        account = await accounts.lock_by_email(tx, email)
        if account is not None and body.type == "signup" and not account.is_confirmed:
            await send_confirmation(tx, state, account, challenge=challenge, redirect_to=redirect_to)
        if account is not None and body.type == "email_change" and account.new_email is not None:
            await send_change_codes(tx, state, account, account.new_email, challenge=challenge, redirect_to=redirect_to)
    return reply({})


def _check_type(state: State, body: Resend) -> None:
    if body.type in PHONE_TYPES:
        if not body.phone:
            raise ValidationFailed("Type provided requires a phone number")
        _refuse_phone(state, body.phone)
    if body.type not in EMAIL_TYPES:
        raise ValidationFailed("Missing one of these types: signup, email_change, sms, phone_change")
    if not body.email:
        raise ValidationFailed("Type provided requires an email address")
    if not state.settings.crm_auth_email:
        raise EmailProviderDisabled


def _refuse_phone(state: State, phone: str) -> None:
    if not state.settings.crm_auth_phone:
        raise PhoneProviderDisabled
    checks.phone(phone)
    raise SmsSendFailed
