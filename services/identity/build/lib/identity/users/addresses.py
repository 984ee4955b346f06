"""The one form in which an address is kept and looked up."""

import re

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

# "ada@crm.local" is a good address inside somebody's own network, "ada@crm.test" on somebody's test machine. The
# library documents changing this list as the way to say so.
SPECIAL_USE_DOMAIN_NAMES.clear()

EMAIL_MAX_CHARS = 255
PHONE = re.compile(r"[1-9][0-9]{1,14}")  # E.164 without its "+"


class BadAddress(ValueError):
    """The sentence for the caller, as upstream words it."""


def email_address(text: str) -> str:
    """Lower-cased as a whole, before anything else: one account per address. Syntax only, no DNS look-up."""
    lowered = text.strip().lower()
    if len(lowered) > EMAIL_MAX_CHARS:
        raise BadAddress("An email address is too long")
    try:
        checked = validate_email(lowered, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise BadAddress("Unable to validate email address: invalid format") from error
    return checked.normalized.lower()


def phone_number(text: str) -> str:
    digits = text.strip().replace(" ", "").removeprefix("+")
    if not PHONE.fullmatch(digits):
        raise BadAddress("Invalid phone number format (E.164 required)")
    return digits
