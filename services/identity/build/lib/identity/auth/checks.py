"""The checks that several endpoints share: each returns the good value or raises the protocol's refusal."""

from collections.abc import Mapping
from typing import Any

from identity.auth.bodies import Pkce
from identity.codes import pkce
from identity.errors import ValidationFailed, WeakPassword
from identity.passwords import PasswordPolicy, normal_form
from identity.passwords.policy import PASSWORD_MAX_BYTES, too_long
from identity.users import BadAddress, email_address, phone_number
from identity.users.metadata import BadMetadata, merged


def email(given: str | None) -> str:
    try:
        return email_address(given or "")
    except BadAddress as error:
        raise ValidationFailed(str(error)) from error


def phone(given: str | None) -> str:
    try:
        return phone_number(given or "")
    except BadAddress as error:
        raise ValidationFailed(str(error)) from error


def new_password(given: str, policy: PasswordPolicy) -> str:
    """In its normal form, good enough for the policy."""
    password = normal_form(given)
    if too_long(password):
        raise ValidationFailed(f"Password cannot be longer than {PASSWORD_MAX_BYTES} bytes")
    if weakness := policy.weakness(password):
        raise WeakPassword(weakness.message, weakness.reasons)
    return password


def metadata(current: Mapping[str, Any], given: Mapping[str, Any] | None) -> dict[str, Any]:
    try:
        return merged(current, given)
    except BadMetadata as error:
        raise ValidationFailed(str(error)) from error


def challenge(body: Pkce) -> tuple[str, str] | None:
    try:
        return pkce.checked(body.code_challenge, body.code_challenge_method)
    except pkce.BadChallenge as error:
        raise ValidationFailed(str(error)) from error
