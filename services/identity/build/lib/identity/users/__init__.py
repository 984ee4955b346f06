"""Accounts: who exists, by which addresses, and how the protocol shows them."""

from identity.users.addresses import BadAddress, email_address, phone_number
from identity.users.model import Account, Identity, as_user
from identity.users.profile import display_name

__all__ = ["Account", "BadAddress", "Identity", "as_user", "display_name", "email_address", "phone_number"]
